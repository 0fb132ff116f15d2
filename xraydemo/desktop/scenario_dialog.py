"""Makes a scenario, a unit test of the model, of X-rays that the reader chose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xraydemo.classes import CLASSES
from xraydemo.desktop import text
from xraydemo.desktop.parts import Problem, words_label
from xraydemo.desktop.scenario_work import METRICS, Draft, add_scenario, draft_of, usual_file
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xraydemo.evaluation.run import Run


class HasScenarios(Protocol):
    """What a scenario is made for: a run, and a file of scenarios to ask of it."""

    @property
    def run(self) -> Run | None:
        """The run that the X-rays are of."""

    @property
    def scenarios(self) -> Path | None:
        """The file that scenarios are in; None for none yet."""

    @property
    def set_scenarios(self) -> Callable[[Path | None], None]:
        """Takes the file that a scenario was added to."""


class ScenarioDialog(QDialog):
    """Asks for what a scenario needs, and adds it to a file.

    Parameters
    ----------
    host : HasScenarios
        Has a run, and is told the file once a scenario was added.
    words : str
        What the X-rays are called.
    positions : sequence of int
        In the run.
    """

    def __init__(
        self,
        host: HasScenarios,
        words: str,
        positions: Sequence[int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._host = host
        run = host.run
        assert run is not None
        draft = draft_of(run, words, positions)
        self._n = draft.n
        self.setWindowTitle(text.SCENARIO_TITLE)
        self.resize(600, 0)
        self.name, self.where = QLineEdit(draft.name), QLineEdit(draft.where)
        self.where.setCursorPosition(0)
        self.measure, self.of_class = QComboBox(), QComboBox()
        for metric in METRICS:
            self.measure.addItem(text.plain_name(metric), metric)
        self.of_class.addItem(text.SCENARIO_ALL_CLASSES, "")
        for class_id in CLASSES:
            self.of_class.addItem(text.class_name(class_id), class_id)
        self.measure.setCurrentIndex(self.measure.findData(draft.metric))
        self.of_class.setCurrentIndex(self.of_class.findData(draft.class_id))
        self.at_least, self.at_most = QLineEdit(draft.at_least), QLineEdit(draft.at_most)
        self.fewest = QLineEdit(draft.fewest)
        self.reason = QPlainTextEdit(draft.reason)
        self.reason.setPlaceholderText(text.SCENARIO_REASON_EXAMPLE)
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(64)
        self.reason.setObjectName("field")
        self.file = QLineEdit(str(host.scenarios or usual_file()))
        self._problem = Problem()
        self._lay_out()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        bounds = QHBoxLayout()
        for words, field in (
            (text.SCENARIO_BOUNDS["at_least"], self.at_least),
            (text.SCENARIO_BOUNDS["at_most"], self.at_most),
            (text.SCENARIO_FEWEST, self.fewest),
        ):
            label = words_label("dim", words)
            label.setWordWrap(False)
            bounds.addWidget(label)
            bounds.addWidget(field, 1)
            field.setAccessibleName(words)
        measured = QHBoxLayout()
        measured.addWidget(self.measure, 1)
        measured.addWidget(self.of_class, 1)
        choose = QPushButton(text.COHORT_FOLDER_CHOOSE)
        choose.clicked.connect(self._choose)
        kept = QHBoxLayout()
        kept.addWidget(self.file, 1)
        kept.addWidget(choose)
        for words, named, part in (
            (text.SCENARIO_NAME, self.name, self.name),
            (text.SCENARIO_WHERE, self.where, self.where),
            (text.SCENARIO_METRIC, self.measure, measured),
            (text.SCENARIO_WANTED, None, bounds),
            (text.SCENARIO_REASON, self.reason, self.reason),
            (text.SCENARIO_FILE, self.file, kept),
        ):
            form.addRow(words, part)
            if named is not None:
                named.setAccessibleName(words)
        self.of_class.setAccessibleName(text.SCENARIO_CLASS)
        buttons = QDialogButtonBox()
        self.add = buttons.addButton(text.SCENARIO_ADD, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(words_label("dim", text.scenario_about(self._n)))
        column.addLayout(form)
        column.addWidget(self._problem)
        column.addWidget(buttons)

    def event(self, event: QEvent) -> bool:
        """Stay as high as the words need at this width: Qt takes them for one line."""
        handled = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize, QEvent.Type.Show):
            column = self.layout()
            if column is not None:  # not yet, while it is put together
                self.setMinimumHeight(column.minimumHeightForWidth(self.width()))
        return handled

    def accept(self) -> None:
        """Add the scenario and have it asked, or say what is wrong with it."""
        draft = Draft(
            self.name.text(),
            self.measure.currentData(),
            self.of_class.currentData(),
            self.where.text(),
            self.at_least.text(),
            self.at_most.text(),
            self.fewest.text(),
            self.reason.toPlainText(),
        )
        path = Path(self.file.text().strip()).expanduser()
        try:
            add_scenario(draft, path)
        except XrayDemoError as error:
            self._problem.say(error)
            return
        self._host.set_scenarios(path)
        super().accept()

    def _choose(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self,
            text.SCENARIO_FILE,
            self.file.text(),
            "TOML (*.toml)",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if name:
            self.file.setText(name)
