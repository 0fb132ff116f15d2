"""Choosers for what is to stand beside a run: other data that some checks look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop import text
from xraydemo.desktop.asking import Beside
from xraydemo.desktop.parts import Problem, words_label
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable

    from xraydemo.desktop.evaluate_presenter import EvaluatePresenter

_KINDS = ("far", "near")
_ROW = 32  # pixels: as high as a button


class BesidePanel(QWidget):
    """Fields for a reference, foreign pictures, pairs, boxes and scenarios.

    Parameters
    ----------
    presenter : EvaluatePresenter
        What it has chosen is shown; `take` gives it what is chosen now.
    """

    def __init__(self, presenter: EvaluatePresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self.reference, self.boxes, self.scenarios = (QLineEdit() for _ in range(3))
        self.pairs = QLineEdit(), QLineEdit()
        self.ood, self.ood_name, self.ood_kind = QLineEdit(), QLineEdit(), QComboBox()
        self._ood_list = words_label("dim")
        self.problem = Problem()
        self._kinds: list[tuple[str, Path]] = []
        for kind in _KINDS:
            self.ood_kind.addItem(text.OOD_KINDS[kind], kind)
        self._lay_out()
        self.show_beside()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, str, QWidget, QWidget | None], ...] = (
            (*text.BESIDE_REFERENCE, self.reference, self._chooser(self.reference, "either")),
            (*text.BESIDE_OOD, self._ood_row(), None),
            (*text.BESIDE_PAIRS, self._pairs_row(), None),
            (*text.BESIDE_BOXES, self.boxes, self._chooser(self.boxes, "file")),
            (*text.BESIDE_SCENARIOS, self.scenarios, self._chooser(self.scenarios, "file")),
        )
        row = 0
        for words, tip, field, button in rows:
            label = QLabel(words)
            label.setObjectName("dim")
            label.setToolTip(tip)
            grid.addWidget(label, row, 0)
            grid.setRowMinimumHeight(row, _ROW)
            for named in [field, *field.findChildren(QLineEdit)]:
                if isinstance(named, QLineEdit):
                    named.setToolTip(tip)
                    named.setAccessibleName(named.accessibleName() or words)
            if isinstance(field, QLineEdit):
                label.setBuddy(field)
                field.setPlaceholderText(text.BESIDE_NONE)
            grid.addWidget(field, row, 1, 1, 1 if button else 2)
            if button:
                grid.addWidget(button, row, 2)
            row += 1
            if field is rows[1][2]:
                grid.addWidget(self._ood_list, row, 1, 1, 2)
                row += 1
        grid.addWidget(self.problem, row, 0, 1, 3)
        self._ood_list.hide()

    def _ood_row(self) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        self.ood_name.setPlaceholderText(text.OOD_NAME)
        self.ood_name.setAccessibleName(text.OOD_NAME)
        self.ood_name.setMaximumWidth(160)
        self.ood_kind.setAccessibleName(text.OOD_KIND)
        self.ood.setPlaceholderText(text.OOD_FOLDER)
        self.ood.setAccessibleName(text.OOD_FOLDER)
        add, clear = QPushButton(text.OOD_ADD), QPushButton(text.OOD_CLEAR)
        add.clicked.connect(self._try_to_add_kind)
        clear.clicked.connect(self._clear_kinds)
        row.addWidget(self.ood_name)
        row.addWidget(self.ood_kind)
        row.addWidget(self.ood, 1)
        row.addWidget(self._chooser(self.ood, "either"))
        row.addWidget(add)
        row.addWidget(clear)
        return line

    def _pairs_row(self) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        for field, words in zip(self.pairs, text.PAIRS_FOLDERS, strict=True):
            field.setPlaceholderText(words)
            field.setAccessibleName(words)
            row.addWidget(field, 1)
            row.addWidget(self._chooser(field, "folder"))
        return line

    def _chooser(self, field: QLineEdit, of: str) -> QPushButton:
        button = QPushButton(text.COHORT_FOLDER_CHOOSE)
        if of == "either":
            menu = QMenu(button)
            menu.addAction(text.CHOOSE_FOLDER).triggered.connect(self._folder_into(field))
            menu.addAction(text.CHOOSE_TABLE).triggered.connect(self._file_into(field))
            button.setMenu(menu)
        else:
            wanted = self._folder_into(field) if of == "folder" else self._file_into(field)
            button.clicked.connect(wanted)
        return button

    def _folder_into(self, field: QLineEdit) -> Callable[[], None]:
        def ask() -> None:
            name = QFileDialog.getExistingDirectory(self, text.CHOOSE_FOLDER)
            if name:
                field.setText(name)

        return ask

    def _file_into(self, field: QLineEdit) -> Callable[[], None]:
        def ask() -> None:
            name, _ = QFileDialog.getOpenFileName(self, text.CHOOSE_TABLE)
            if name:
                field.setText(name)

        return ask

    def show_beside(self) -> None:
        """Show what the presenter has chosen."""
        beside, scenarios = self._presenter.beside, self._presenter.scenarios
        self.reference.setText(str(beside.reference or ""))
        self.boxes.setText(str(beside.boxes or ""))
        self.scenarios.setText(str(scenarios or ""))
        for field, folder in zip(self.pairs, beside.pairs or ("", ""), strict=True):
            field.setText(str(folder))
        self._kinds = list(beside.ood)
        self._show_kinds()

    def chosen(self) -> tuple[Beside, Path | None]:
        """Give what is chosen: what stands beside, and the file of scenarios.

        Raises
        ------
        XrayDemoError
            If a path is not there, or one of two folders is missing.
        """
        if self.ood.text().strip():
            self._add_kind()
        first, second = (_path(field) for field in self.pairs)
        if (first is None) != (second is None):
            raise XrayDemoError(text.PAIRS_ONE, text.PAIRS_ONE_HINT)
        pairs = (first, second) if first and second else None
        beside = Beside(_path(self.reference), tuple(self._kinds), pairs, _path(self.boxes))
        return beside, _path(self.scenarios)

    def take(self) -> None:
        """Give the presenter what is chosen; see `chosen`."""
        beside, scenarios = self.chosen()
        if scenarios is not None:
            from xraydemo.evaluation.scenarios import read_scenarios

            read_scenarios(scenarios)
        if beside != self._presenter.beside:
            self._presenter.set_beside(beside)
        if scenarios != self._presenter.scenarios:
            self._presenter.set_scenarios(scenarios)

    def try_to_take(self) -> bool:
        """Give the presenter what is chosen, or say what is wrong with it; tell which."""
        try:
            self.take()
        except XrayDemoError as error:
            self.problem.say(error)
            return False
        self.problem.say(None)
        return True

    def _try_to_add_kind(self) -> None:
        try:
            self._add_kind()
        except XrayDemoError as error:
            self.problem.say(error)
        else:
            self.problem.say(None)

    def _add_kind(self) -> None:
        source = _path(self.ood)
        if source is None:
            return
        name = self.ood_name.text().strip() or source.stem
        kind = self.ood_kind.currentData()
        self._kinds = [*self._kinds, (f"{kind}:{name}", source)]
        self.ood.clear()
        self.ood_name.clear()
        self._show_kinds()

    def _clear_kinds(self) -> None:
        self._kinds = []
        self._show_kinds()

    def _show_kinds(self) -> None:
        self._ood_list.setText("\n".join(f"{name}: {source}" for name, source in self._kinds))
        self._ood_list.setVisible(bool(self._kinds))


class BesideDialog(QDialog):
    """Asks what is to stand beside a run that is open."""

    def __init__(self, presenter: EvaluatePresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(text.BESIDE_TITLE)
        self.resize(940, 0)
        self.panel = BesidePanel(presenter)
        buttons = QDialogButtonBox()
        buttons.addButton(text.BESIDE_TAKE, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        about = words_label("dim", text.BESIDE_HELP)
        about.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(about)
        column.addWidget(self.panel)
        column.addStretch(1)
        column.addWidget(buttons)

    def accept(self) -> None:
        """Take over what is chosen, or say what is wrong with it."""
        if self.panel.try_to_take():
            super().accept()


def _path(field: QLineEdit) -> Path | None:
    """Give the path that is typed; None for none.

    Raises
    ------
    XrayDemoError
        If nothing is there.
    """
    words = field.text().strip()
    if not words:
        return None
    path = Path(words).expanduser()
    if not path.exists():
        raise XrayDemoError(text.NOT_THERE.format(path=path), text.NOT_THERE_HINT)
    return path
