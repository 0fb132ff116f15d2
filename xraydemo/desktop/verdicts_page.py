"""The verdicts of a run: the headline, the list of checks, and the chosen answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop import text
from xraydemo.desktop.answer_panel import AnswerPanel
from xraydemo.desktop.parts import Card, ElidedLabel, Problem, words_label
from xraydemo.desktop.verdict_list import VerdictList, entries_of

if TYPE_CHECKING:
    from xraydemo.desktop.evaluate_presenter import EvaluatePresenter

_STEPS = 1000


class VerdictsPage(QWidget):
    """Shows what the checks found."""

    def __init__(self, presenter: EvaluatePresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._title, self._folder = ElidedLabel(), ElidedLabel()
        self._title.setObjectName("title")
        self._folder.setObjectName("dim")
        self._problem = Problem()
        self._headline, self._caveat = words_label(), words_label("warning")
        self._headline.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        font = self._headline.font()
        font.setPointSizeF(font.pointSizeF() * 1.1)
        self._headline.setFont(font)
        self._asking, self._bar = QLabel(), QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._bar.setRange(0, _STEPS)
        self.stop, self.again = QPushButton(text.STOP), QPushButton(text.ASK_AGAIN)
        self.list, self.panel = VerdictList(), AnswerPanel(presenter)
        self._lay_out()
        self.list.selected.connect(presenter.select)
        self.panel.width_settled.connect(presenter.set_width)
        self.stop.clicked.connect(presenter.stop)
        self.again.clicked.connect(presenter.ask_again)

    def _lay_out(self) -> None:
        top = Card()
        names = QHBoxLayout()
        names.setSpacing(20)
        names.addWidget(self._title, 3)
        names.addWidget(self._folder, 2)
        self._folder.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        top.column.addLayout(names)
        top.column.addWidget(self._headline)
        top.column.addWidget(self._caveat)
        self._state = QWidget()
        state = QHBoxLayout(self._state)
        state.setContentsMargins(0, 0, 0, 0)
        state.setSpacing(12)
        self._asking.setObjectName("dim")
        state.addWidget(self._asking)
        state.addWidget(self._bar, 1)
        state.addWidget(self.stop)
        state.addWidget(self.again)
        top.column.addWidget(self._state)
        across = QSplitter()
        across.addWidget(self.list)
        across.addWidget(self.panel)
        across.setSizes([460, 880])
        across.setStretchFactor(0, 2)
        across.setStretchFactor(1, 3)
        across.setChildrenCollapsible(False)
        across.setHandleWidth(4)
        self.list.setMinimumWidth(300)
        self.panel.setMinimumWidth(420)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addWidget(top)
        column.addWidget(self._problem)
        column.addWidget(across, 1)

    def show_verdicts(self) -> None:
        """Show the run's name, its headline and the list."""
        presenter, run = self._presenter, self._presenter.run
        opening = presenter.doing == "opening"
        title = text.OPENING_RUN if opening else ""
        caveats = []
        if run is not None:
            meta = run.meta
            title = text.run_title(meta.cohort["name"], meta.bundle["name"], len(run))
            if presenter.unfinished:
                caveats.append(text.unfinished(presenter.unfinished, len(run)))
        if presenter.partly_asked:
            caveats.append(text.VERDICTS_STOPPED)
        self._title.setText(title)
        self._title.setToolTip(title)
        self._folder.setText(str(presenter.run_folder or ""))
        self._folder.setToolTip(str(presenter.run_folder or ""))
        headline = presenter.headline
        self._headline.setText(headline.paragraph if headline else "")
        self._headline.setVisible(headline is not None)
        self._caveat.setText("\n".join(caveats))
        self._caveat.setVisible(bool(caveats))
        self._problem.say(presenter.asking_problem)
        self.list.show_entries(entries_of(presenter), presenter.chosen)
        self.show_progress()

    def show_progress(self) -> None:
        """Show which check is being asked."""
        presenter = self._presenter
        asking, at_work = presenter.asking, presenter.doing == "asking"
        self._asking.setVisible(at_work)
        self._bar.setVisible(at_work)
        self.stop.setVisible(at_work)
        self.stop.setEnabled(presenter.can_stop)
        self.stop.setText(text.STOP if presenter.can_stop else text.STOPPING)
        self.again.setVisible(presenter.partly_asked)
        self.again.setEnabled(not presenter.doing)
        self._state.setVisible(at_work or presenter.partly_asked)
        if asking:
            self._asking.setText(text.asking(asking.check, asking.number, asking.total))
            self._bar.setValue(round(_STEPS * (asking.number + asking.share) / asking.total))
        else:
            self._asking.setText(text.VERDICTS_NONE)
            self._bar.setValue(0)
