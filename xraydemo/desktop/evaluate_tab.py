"""The Evaluate tab: what a cohort is chosen with, and the page that is at hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop import text
from xraydemo.desktop.cohort_page import CohortPage
from xraydemo.desktop.evaluate_presenter import EvaluatePresenter
from xraydemo.desktop.parts import MessagePage, Problem
from xraydemo.desktop.verdicts_page import VerdictsPage
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable

    from xraydemo.desktop.engine_door import EngineDoor
    from xraydemo.desktop.show_files import ShowFiles


_LINE = 860  # pixels: longer lines are hard to read


class EvaluateTab(QWidget):
    """The view of an `EvaluatePresenter`; tells which cohorts and runs were opened.

    Parameters
    ----------
    post : callable
        Takes a function and has the window's thread call it soon; may be called from any thread.
    engine : callable
        Gives the window's engine; None while it isn't ready.
    show_files : ShowFiles
        Shows X-rays in the worklist, with their labels.
    engine_failure : callable
        Says why there is no engine and none will come; "" while one may.
    """

    cohort_opened = Signal(Path)
    run_opened = Signal(Path)

    def __init__(
        self,
        post: Callable[[Callable[[], None]], None],
        engine: Callable[[], EngineDoor | None],
        show_files: ShowFiles,
        engine_failure: Callable[[], str] = lambda: "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        # told last: what is told once can be forgotten while it stays open
        self._cohort: Path | None = None
        self._run: Path | None = None
        self.presenter = EvaluatePresenter(
            self, post, engine, show_files, engine_failure=engine_failure
        )
        self._start = MessagePage()
        self._start.say(text.EVALUATE_TITLE, text.EVALUATE_BODY, text.EVALUATE_BEST)
        self._start_problem = Problem()
        self.cohort, self.verdicts = CohortPage(self.presenter), VerdictsPage(self.presenter)
        self._to_cohort, self._to_verdicts = (
            QPushButton(words) for words in (text.COHORT_PAGE, text.VERDICTS_PAGE)
        )
        self._lay_out()
        self.page_changed()
        self.cohort_changed()
        self.verdicts_changed()

    def _lay_out(self) -> None:
        self._bar = QWidget()
        self._bar.setObjectName("head")
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(12, 6, 10, 6)
        row.setSpacing(8)
        self._choosers = []
        for words, action in (
            (text.EVALUATE_FOLDER, self.ask_for_folder),
            (text.EVALUATE_CSV, self.ask_for_csv),
            (text.EVALUATE_OPEN, self.ask_for_run),
        ):
            button = QPushButton(words)
            button.clicked.connect(action)
            row.addWidget(button)
            self._choosers.append(button)
            self._start.add_button(words, "", action)
        row.addStretch(1)
        pages = QButtonGroup(self)
        for button in (self._to_cohort, self._to_verdicts):
            button.setCheckable(True)
            pages.addButton(button)
            row.addWidget(button)
        self._to_cohort.clicked.connect(lambda: self.presenter.show_page("cohort"))
        self._to_verdicts.clicked.connect(lambda: self.presenter.show_page("verdicts"))
        start = QWidget()
        inner = QVBoxLayout(start)
        inner.setContentsMargins(24, 14, 24, 0)
        inner.addWidget(self._start_problem)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._start, 8)
        middle.addStretch(1)
        inner.addLayout(middle, 1)
        self._start.setMaximumWidth(_LINE)
        self._pages = {"start": start, "cohort": self.cohort, "verdicts": self.verdicts}
        self._stack = QStackedWidget()
        for widget in self._pages.values():
            self._stack.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)

    # what the presenter tells (see evaluate_presenter.EvaluateView)

    def page_changed(self) -> None:
        """Show another page."""
        page = self.presenter.page
        self._stack.setCurrentWidget(self._pages[page])
        self._to_cohort.setChecked(page == "cohort")
        self._to_verdicts.setChecked(page == "verdicts")
        self._bar.setVisible(page != "start")
        if page == "verdicts" and self.isVisible():
            self.verdicts.take_focus()

    def cohort_changed(self) -> None:
        """Show the cohort and what can be done; tell if it is another that could be understood."""
        presenter = self.presenter
        before, self._cohort = self._cohort, presenter.source if presenter.understood else None
        if self._cohort and self._cohort != before:
            self.cohort_opened.emit(self._cohort)
        for button in self._choosers:
            button.setEnabled(presenter.doing != "reading")
        self._to_cohort.setEnabled(presenter.source is not None)
        self._to_verdicts.setEnabled(presenter.run is not None)
        self._start_problem.say(presenter.problem)
        self.cohort.show_cohort()
        self.verdicts.show_verdicts()

    def progress_changed(self) -> None:
        """Show how far the reading or the asking is."""
        self.cohort.show_progress()
        self.verdicts.show_progress()

    def verdicts_changed(self) -> None:
        """Show the headline and the list; tell if they are of another run."""
        before, self._run = self._run, self.presenter.run_folder
        if self._run and self._run != before:
            self.run_opened.emit(self._run)
        self._to_verdicts.setEnabled(self.presenter.run is not None)
        self.verdicts.show_verdicts()

    def chosen_changed(self) -> None:
        """Show the chosen answer."""
        self.verdicts.show_chosen()

    def figure_drawn(self, number: int) -> None:
        """Show a figure."""
        self.verdicts.panel.show_figure(number)

    def settings_changed(self) -> None:
        """Show what the run is asked with."""
        self.cohort.beside.show_beside()
        self.verdicts.show_settings()

    def export_changed(self) -> None:
        """Say what is being written, was, or can't be."""
        self.verdicts.show_export()

    # what the reader does

    def ask_for_folder(self) -> None:
        """Ask for a folder of X-rays."""
        self._choose(QFileDialog.getExistingDirectory(self, text.EVALUATE_FOLDER))

    def ask_for_csv(self) -> None:
        """Ask for a CSV."""
        name, _ = QFileDialog.getOpenFileName(
            self, text.EVALUATE_CSV, "", "CSV (*.csv *.tsv);;* (*)"
        )
        self._choose(name)

    def ask_for_run(self) -> None:
        """Ask for the folder of a run."""
        name = QFileDialog.getExistingDirectory(self, text.EVALUATE_OPEN)
        if name:
            self.presenter.open_run(Path(name))

    def take_dropped(self, paths: list[Path]) -> None:
        """Evaluate what was dropped."""
        if len(paths) == 1:
            self.presenter.choose(paths[0])
        else:
            self.presenter.refuse(
                XrayDemoError(text.EVALUATE_ONE_ONLY, text.EVALUATE_ONE_ONLY_HINT)
            )

    def run_or_stop(self) -> None:
        """Run the cohort, or stop what is at work."""
        if self.presenter.can_stop:
            self.presenter.stop()
        elif self.presenter.page == "cohort":
            self.cohort.start()
        else:
            self.presenter.start()

    def take_focus(self) -> None:
        """Put the keyboard where the next step is."""
        page = self.presenter.page
        if page == "start":
            self._start.take_focus()
        elif page == "cohort":
            (self.cohort.run if self.cohort.run.isVisible() else self.cohort.stop).setFocus()
        else:
            self.verdicts.take_focus()

    def restyle(self) -> None:
        """Draw the answers anew: their colours are in their words."""
        self.cohort.show_cohort()
        self.verdicts.show_verdicts()
        if self.presenter.chosen:
            self.verdicts.panel.show_answer()

    @property
    def at_work(self) -> str:
        """What would be broken off now, in a sentence; empty for nothing."""
        if self.presenter.doing in ("reading", "asking"):  # be it already stopping
            return text.CLOSE_RUN
        return text.CLOSE_WRITING if self.presenter.export.is_writing else ""

    def stop_reading(self) -> None:
        """Have a run stopped, before the engine is closed."""
        self.presenter.stop_reading()

    def close_down(self) -> None:
        """End all that is at work."""
        self.verdicts.panel.stop()
        self.presenter.close()

    def _choose(self, name: str) -> None:
        if name:
            self.presenter.choose(Path(name))
