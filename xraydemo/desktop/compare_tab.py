"""The Compare tab: two runs, what changed, which X-rays flipped, and which group lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop import style, text
from xraydemo.desktop.compare_presenter import ComparePresenter
from xraydemo.desktop.over_time_page import OverTimePage
from xraydemo.desktop.parts import (
    Card,
    ElidedLabel,
    MessagePage,
    Page,
    Problem,
    page_head,
    words_label,
    work_strip,
)
from xraydemo.desktop.scenario_dialog import ScenarioDialog
from xraydemo.desktop.word_table import Cell, WordTable
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Callable

    from xraydemo.desktop.compare_presenter import Selection, Side
    from xraydemo.desktop.compare_work import RunName
    from xraydemo.desktop.memory import Device
    from xraydemo.desktop.show_files import ShowFiles
    from xraydemo.evaluation.compare import ChangedAnswer, Difference, SideBySide
    from xraydemo.evaluation.result import Verdict

_STEPS = 1000
_SIGNIFICANT = 0.05
_CLASS = "class = "  # of a metric of one class; its name says so


class CompareTab(QWidget):
    """The view of a `ComparePresenter`; tells which runs were opened.

    Parameters
    ----------
    post : callable
        Takes a function and has the window's thread call it soon; may be called from any thread.
    show_files : ShowFiles
        Shows X-rays in the worklist, with their labels.
    run_at_hand : callable
        Gives the folder of the run that is open in Evaluate; None for none.
    device : callable
        Gives the device that another model reads on, which the reader may change meanwhile.
    """

    run_opened = Signal(Path)

    def __init__(
        self,
        post: Callable[[Callable[[], None]], None],
        show_files: ShowFiles,
        run_at_hand: Callable[[], Path | None],
        device: Callable[[], Device],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._folders: frozenset[Path] = frozenset()
        self.presenter = ComparePresenter(self, post, show_files)
        self._run_at_hand, self._device = run_at_hand, device
        self.over_time = OverTimePage(post, run_at_hand)
        self.to_two, self.to_over_time = (
            QPushButton(words) for words in (text.COMPARE_TWO, text.OVER_TIME)
        )
        self._names: dict[Side, ElidedLabel] = {"before": ElidedLabel(), "after": ElidedLabel()}
        self.choosers: dict[Side, QPushButton] = {}
        self._at_hand: list[QPushButton] = []
        self.read_with = QPushButton(text.COMPARE_MODEL)
        self._models = QMenu(self.read_with)
        self.go, self.stop = QPushButton(text.COMPARE_GO), QPushButton(text.STOP)
        self._bar, self._note = QProgressBar(), ElidedLabel()
        self._problem = Problem()
        self._start = MessagePage()
        self._start.say(text.COMPARE_TITLE, text.COMPARE_BODY)
        self._what, self._headline = words_label("dim"), words_label()
        self._notes = words_label("dim")
        self.metrics = WordTable(text.COMPARE_COLUMNS[:-1], text.COMPARE_METRICS)
        self.groups = WordTable(text.COMPARE_COLUMNS, text.COMPARE_GROUPS)
        self.checks = WordTable(text.COMPARE_CHECK_COLUMNS, text.COMPARE_CHECKS)
        self._tally, self._of_checks = words_label(), words_label("dim")
        self.kind, self.group = QComboBox(), QComboBox()
        self.flips = WordTable(text.COMPARE_FLIP_COLUMNS, text.NAME_FLIPS)
        self.show_chosen = QPushButton(text.COMPARE_SHOW)
        self.show_all = QPushButton(text.COMPARE_SHOW_ALL)
        self.make_scenario = QPushButton(text.SCENARIO_MAKE)
        self._scenario_note = words_label("dim")
        self._shown: list[ChangedAnswer] = []
        self._lay_out()
        presenter = self.presenter
        self.go.clicked.connect(presenter.compare)
        self.stop.clicked.connect(presenter.stop)
        self.read_with.setMenu(self._models)
        self._models.aboutToShow.connect(self._fill_models)
        self._fill_models()
        for chooser in (self.kind, self.group):
            chooser.activated.connect(lambda _: self._fill_flips())
        self.groups.itemClicked.connect(lambda item: self._go_to_group(item.row()))
        self.groups.opened.connect(lambda item: self._go_to_group(item.row()))
        self.flips.opened.connect(self._open_chosen)
        self.flips.itemSelectionChanged.connect(self._selected)
        self.show_chosen.clicked.connect(self._open_chosen)
        self.show_all.clicked.connect(lambda: presenter.show(self._shown))
        self.make_scenario.clicked.connect(self._want_scenario)
        self.runs_changed()
        self.progress_changed()
        self.comparison_changed()

    def _lay_out(self) -> None:
        head, grid = page_head()
        grid.setColumnStretch(1, 1)
        sides: tuple[tuple[Side, str], ...] = (
            ("before", text.COMPARE_BEFORE),
            ("after", text.COMPARE_AFTER),
        )
        for row, (side, words) in enumerate(sides):
            label = QLabel(words)
            label.setObjectName("title")
            choose = QPushButton(text.COMPARE_RUN)
            choose.setAccessibleName(f"{words}: {text.COMPARE_RUN}")
            choose.clicked.connect(self._asking_for_run(side))
            here = QPushButton(text.COMPARE_THIS)
            here.setAccessibleName(f"{words}: {text.COMPARE_THIS}")
            here.clicked.connect(self._taking_run_at_hand(side))
            self.choosers[side] = choose
            self._at_hand.append(here)
            for column, widget in enumerate((label, self._names[side], choose, here)):
                grid.addWidget(widget, row, column)
        self.read_with.setToolTip(text.COMPARE_MODEL_TIP)
        grid.addWidget(self.read_with, 1, 4)
        self.go.setObjectName("main")
        grid.addWidget(self.go, 0, 4)
        self._note.setObjectName("dim")
        self._bar.setAccessibleName(text.NAME_COMPARE_BAR)
        self._at_work = work_strip(self._note, self._bar, self.stop)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._start)
        self._stack.addWidget(self._found())
        two = QWidget()
        inner = QVBoxLayout(two)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(4)
        inner.addWidget(head)
        inner.addWidget(self._at_work)
        inner.addWidget(self._problem)
        inner.addWidget(self._stack, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(two)
        self._pages.addWidget(self.over_time)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._page_bar())
        whole.addWidget(self._pages, 1)

    def _page_bar(self) -> QWidget:
        """Put together what leads from page to page."""
        bar = QWidget()
        bar.setObjectName("head")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 10, 0)
        row.setSpacing(8)
        group = QButtonGroup(self)
        for page, button in enumerate((self.to_two, self.to_over_time)):
            button.setCheckable(True)
            group.addButton(button)
            row.addWidget(button)
            button.clicked.connect(lambda _, page=page: self._show_page(page))
        row.addStretch(1)
        self.to_two.setChecked(True)
        return bar

    def _show_page(self, page: int) -> None:
        self._pages.setCurrentIndex(page)
        self.enable()
        self.over_time.enable()

    def _found(self) -> QWidget:
        """Put together what is shown once there is a comparison."""
        font = self._headline.font()
        font.setPointSizeF(font.pointSizeF() * 1.1)
        self._headline.setFont(font)
        for label in (self._what, self._headline, self._notes, self._tally, self._of_checks):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        page = Page()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(14, 10, 10, 16)
        inner.setSpacing(10)
        self._loud_card = Problem()
        for widget in (self._loud_card, self._headline, self._what, self._notes):
            inner.addWidget(widget)
        for table, title in (
            (self.metrics, text.COMPARE_METRICS),
            (self.groups, text.COMPARE_GROUPS),
            (self.checks, text.COMPARE_CHECKS),
        ):
            card = Card(title)
            if table is self.checks:
                card.column.addWidget(self._tally)
            card.column.addWidget(table)
            if table is self.checks:
                card.column.addWidget(self._of_checks)
            inner.addWidget(card)
        self.checks.setToolTip(text.COMPARE_CHECK_TIP)
        inner.addStretch(1)
        area = QScrollArea()
        area.setAccessibleName(text.COMPARE_METRICS)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        right = Card(text.COMPARE_FLIPS)
        self.kind.setAccessibleName(text.COMPARE_FLIPS)
        self.group.setAccessibleName(text.COMPARE_OF_GROUP)
        self.group.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.group.setMinimumContentsLength(16)
        self.groups.setToolTip(text.COMPARE_GROUP_TIP)
        self.groups.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.flips.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        choosers = QHBoxLayout()
        choosers.addWidget(self.kind, 2)
        choosers.addWidget(self.group, 3)
        right.column.addLayout(choosers)
        right.column.addWidget(self.flips, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.show_chosen)
        buttons.addWidget(self.show_all)
        self.make_scenario.setToolTip(text.SCENARIO_MAKE_TIP)
        buttons.addWidget(self.make_scenario)
        buttons.addStretch(1)
        right.column.addLayout(buttons)
        right.column.addWidget(self._scenario_note)
        across = QSplitter()
        across.addWidget(area)
        across.addWidget(right)
        across.setSizes([690, 670])
        across.setStretchFactor(0, 1)
        across.setStretchFactor(1, 1)
        across.setChildrenCollapsible(False)
        across.setHandleWidth(4)
        area.setMinimumWidth(480)
        right.setMinimumWidth(380)
        return across

    # what the presenter tells (see compare_presenter.CompareView)

    def runs_changed(self) -> None:
        """Show the chosen runs, and what can be done with them; tell which of them are others."""
        presenter = self.presenter
        folders = frozenset(run.folder for run in presenter.runs.values() if run)
        before, self._folders = self._folders, folders
        for folder in folders - before:
            self.run_opened.emit(folder)
        for side, label in self._names.items():
            run = presenter.runs[side]
            label.setText(_run_words(run))
            label.setToolTip(_run_words(run) if run else "")
        file = presenter.scenarios
        self._scenario_note.setText(text.COMPARE_SCENARIO_ADDED.format(file=file) if file else "")
        self._scenario_note.setVisible(file is not None)
        self._problem.say(presenter.problem)
        self.enable()

    def progress_changed(self) -> None:
        """Show how far the work is."""
        presenter, working = self.presenter, self.presenter.working
        self._at_work.setVisible(presenter.is_at_work)
        words = working.words if working else text.COMPARE_WORKING
        left = presenter.seconds_left if working and working.share is not None else None
        self._note.setText(text.with_time(words, left, presenter.seconds))
        self._note.setToolTip(self._note.text())
        share = working.share if working else None
        self._bar.setRange(0, 0 if share is None else _STEPS)
        self._bar.setValue(round(_STEPS * (share or 0.0)))
        self.stop.setEnabled(presenter.can_stop)
        self.stop.setText(text.STOP if presenter.can_stop else text.STOPPING)
        self.enable()

    def comparison_changed(self) -> None:
        """Show what changed, or what can be done here."""
        compared = self.presenter.compared
        self._stack.setCurrentIndex(int(compared is not None))
        if compared is None:
            return
        found = compared.found
        loud = XrayDemoError(text.COMPARE_LOUD, "\n\n".join(found.loud)) if found.loud else None
        self._loud_card.say(loud)
        self._headline.setText(f"{found.headline}.")
        self._what.setText(text.compared(found))
        self._notes.setText("\n".join(found.notes))
        self.metrics.fill([_difference(d, tested=False) for d in found.metrics])
        self.groups.fill([_difference(d, tested=True) for d in found.groups])
        self._fill_checks()
        with QSignalBlocker(self.kind):
            self.kind.clear()
            self.kind.addItem(text.choice(text.COMPARE_EVERY, len(found.changed)), "")
            for kind, count in self.presenter.kinds:
                self.kind.addItem(text.became(kind, count), kind)
        with QSignalBlocker(self.group):
            self.group.clear()
            self.group.addItem(text.COMPARE_ALL_GROUPS, "")
            for group in found.groups:
                if group.where in compared.of_groups:
                    self.group.addItem(group.where, group.where)
        self._fill_flips()

    # what the reader does

    def enable(self) -> None:
        """Let the buttons act that can."""
        presenter = self.presenter
        self.go.setEnabled(presenter.can_compare)
        self.read_with.setEnabled(presenter.can_read)
        for button in self.choosers.values():
            button.setEnabled(not presenter.is_at_work)
        for button in self._at_hand:
            button.setEnabled(not presenter.is_at_work and self._run_at_hand() is not None)

    def take_focus(self) -> None:
        """Put the keyboard where the next step is."""
        self.enable()
        if self._pages.currentWidget() is self.over_time:
            self.over_time.take_focus()
        elif self.presenter.compared:
            self.flips.setFocus()
        elif self.presenter.can_compare:
            self.go.setFocus()
        else:
            self.choosers["after" if self.presenter.runs["before"] else "before"].setFocus()

    def ask_for_model(self) -> None:
        """Ask for a bundle, and read the first run's cohort with it."""
        name = QFileDialog.getExistingDirectory(self, text.COMPARE_MODEL)
        if name:
            self.presenter.read_with(Path(name), self._device())

    def restyle(self) -> None:
        """Draw the tables anew: their colours are in their cells."""
        self.comparison_changed()
        self.over_time.restyle()

    @property
    def at_work(self) -> str:
        """What would be broken off now, in a sentence; empty for nothing."""
        # be it already stopping
        comparing = text.CLOSE_COMPARING if self.presenter.is_at_work else ""
        return "\n".join(filter(None, (comparing, self.over_time.at_work)))

    def close_down(self) -> None:
        """End all that is at work."""
        self.presenter.close()
        self.over_time.close_down()

    def ask_for_scenario(self, selection: Selection) -> None:
        """Ask for a scenario of X-rays with another answer."""
        dialog = ScenarioDialog(selection, selection.words, selection.positions, self)
        dialog.add.setText(text.SCENARIO_ADD_ONLY)  # a comparison is not asked anew
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _fill_models(self) -> None:
        """Offer the bundles that have a name, and any other."""
        self._models.clear()
        for model in self.presenter.models:
            words = f"{model.name}  ·  {model.trained}"
            self._models.addAction(words).triggered.connect(self._reading_with(model.folder))
        self._models.addSeparator()
        self._models.addAction(text.COMPARE_OTHER_MODEL).triggered.connect(self.ask_for_model)

    def _reading_with(self, bundle: Path) -> Callable[[], None]:
        def read() -> None:
            self.presenter.read_with(bundle, self._device())

        return read

    def _asking_for_run(self, side: Side) -> Callable[[], None]:
        def ask() -> None:
            name = QFileDialog.getExistingDirectory(self, text.COMPARE_RUN)
            if name:
                self.presenter.choose(side, Path(name))

        return ask

    def _taking_run_at_hand(self, side: Side) -> Callable[[], None]:
        def take() -> None:
            folder = self._run_at_hand()
            if folder is not None:
                self.presenter.choose(side, folder)

        return take

    def _fill_checks(self) -> None:
        """Show the checks, the numbers of those that changed, and why others aren't compared."""
        from xraydemo.evaluation.compare import reasons_not_compared, tally_sides
        from xraydemo.report.comparison_words import numbers_text

        sides = self.presenter.sides
        self._tally.setText(f"{tally_sides(sides)}.")
        self.checks.fill([_side(side) for side in sides])
        changed = [side for side in sides if side.became not in ("", "same")]
        lines = [f"{one.name}: {said}." for one in changed if (said := numbers_text(one))]
        why_not = reasons_not_compared(sides).items()
        lines += [text.not_compared(why, names) for why, names in why_not]
        self._of_checks.setText("\n".join(lines))
        self._of_checks.setVisible(bool(lines))

    def _want_scenario(self) -> None:
        """Make a scenario of the chosen X-rays, or of all that are listed where none is."""
        rows = sorted({item.row() for item in self.flips.selectedItems()})
        kind, group = self.kind.currentData() or "", self.group.currentData() or ""
        flips = [self._shown[row] for row in rows] if rows else self._shown
        self.presenter.make_scenario(text.flips_name(kind, group), flips)

    def _fill_flips(self) -> None:
        kind, group = self.kind.currentData() or "", self.group.currentData() or ""
        self._shown = self.presenter.flips(kind, group)
        self.flips.fill([_flip(answer) for answer in self._shown], whole=True)
        self.show_all.setEnabled(bool(self._shown))
        self.make_scenario.setEnabled(bool(self._shown))
        self._selected()

    def _go_to_group(self, row: int) -> None:
        """Show the flips of a group of the table."""
        compared = self.presenter.compared
        if compared is not None:
            place = self.group.findData(compared.found.groups[row].where)
            self.group.setCurrentIndex(max(place, 0))
            self._fill_flips()

    def _selected(self) -> None:
        self.show_chosen.setEnabled(bool(self.flips.selectedItems()))

    def _open_chosen(self) -> None:
        rows = sorted({item.row() for item in self.flips.selectedItems()})
        self.presenter.show([self._shown[row] for row in rows])


def _run_words(run: RunName | None) -> str:
    if run is None:
        return text.COMPARE_NONE
    title = text.run_title(run.cohort, run.model, run.total)
    return "  ·  ".join(filter(None, (title, run.trained, str(run.folder))))


def _difference(one: Difference, *, tested: bool) -> list[Cell]:
    """Give a row: a change that chance does not explain has its sign, word and colour."""
    from xraydemo.report.words import p_text

    gone, shown = one.gain < 0, one.low > 0 or one.high < 0
    if tested:
        shown = one.p < _SIGNIFICANT
    change = f"{one.change:+z.3f}"
    shown = shown and change != "+0.000"  # surely, and by nothing that matters
    colour = style.VERDICTS["fail" if gone else "pass"] if shown else ""
    sign = (text.COMPARE_DROPPED if one.change < 0 else text.COMPARE_ROSE) if shown else ""
    name = one.metric if one.where == "all" else f"{one.metric}, {one.where.removeprefix(_CLASS)}"
    cells = [
        (name if not tested else one.where, ""),
        (f"{one.before:.3f}", ""),
        (f"{one.after:.3f}", ""),
        (f"{change}  {sign}".rstrip(), colour),
        (text.change_interval(one.low, one.high), ""),
        (f"{one.n:,}", ""),
    ]
    return [*cells, (p_text(one.p), "")] if tested else cells


def _side(side: SideBySide) -> list[Cell]:
    became = side.became
    colours = {"worse": style.VERDICTS["fail"], "better": style.VERDICTS["pass"]}
    plain = style.DIM if became in ("", "same") else ""
    return [
        (side.name, ""),
        _verdict(side.verdict_before),
        _verdict(side.verdict_after),
        (text.COMPARE_BECAME[became], colours.get(became, plain)),
        (side.source if side.is_compared else "", ""),
    ]


def _verdict(verdict: Verdict | None) -> Cell:
    if verdict is None:
        return text.COMPARE_NOT_ASKED, style.DIM
    from xraydemo.report.words import verdict_text

    return verdict_text(verdict), style.VERDICTS[verdict.value]


def _flip(answer: ChangedAnswer) -> list[Cell]:
    colours = {"wrong": style.VERDICTS["fail"], "right": style.VERDICTS["pass"]}
    return [
        (answer.file.rpartition("/")[2], ""),
        (text.class_name(answer.label) if answer.label else "–", ""),
        (text.summary(answer.before, max(answer.probabilities_before)), ""),
        (text.summary(answer.after, max(answer.probabilities_after)), ""),
        (answer.became, colours.get(answer.became, "")),
    ]
