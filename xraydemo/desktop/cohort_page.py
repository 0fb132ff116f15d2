"""The cohort as it was understood, what can be changed about it, and the run's progress."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from xraydemo.classes import CLASSES
from xraydemo.desktop import style, text
from xraydemo.desktop.beside_panel import BesidePanel
from xraydemo.desktop.parts import Card, ElidedLabel, Page, Problem, words_label
from xraydemo.desktop.type_fit import TypeFit

if TYPE_CHECKING:
    from xraydemo.desktop.evaluate_presenter import EvaluatePresenter
    from xraydemo.desktop.evaluate_work import Understood

_CARD = 460  # pixels high at most: room for twelve names, and no desert below four
_CARD_LEAST, _CARD_HEAD, _CARD_ROW = 230, 112, 31
_CARD_BESIDE = 230  # while other data are chosen below
_A_CLASS = 21  # letters
_MOST_PROBLEMS = 500  # in the list: more are counted, and nobody reads them here


class CohortPage(QWidget):
    """Shows what the presenter knows of a cohort, and passes on what the reader changes."""

    def __init__(self, presenter: EvaluatePresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._name, self._path = words_label(), ElidedLabel()
        self._name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        font = self._name.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        self._name.setFont(font)
        self._path.setObjectName("dim")
        self._problem = Problem()
        self.where = QLineEdit()
        self.folder, self._choose = QLineEdit(), QPushButton(text.COHORT_FOLDER_CHOOSE)
        self._folder_note = words_label("dim")
        self.run, self.stop = QPushButton(text.RUN), QPushButton(text.STOP)
        self._progress, self._progress_note = QProgressBar(), words_label("dim")
        self._counts = Counts()
        self.names = OwnNames(presenter)
        self.more, self.beside = QPushButton(text.MORE), BesidePanel(presenter)
        self._problems_title, self.problems = words_label("title"), QPlainTextEdit()
        self._lay_out()
        self.where.editingFinished.connect(lambda: presenter.set_where(self.where.text().strip()))
        self.folder.editingFinished.connect(self._folder_typed)
        self._choose.clicked.connect(self._ask_for_folder)
        self.more.toggled.connect(self._fold)
        self.run.clicked.connect(self.start)
        self.stop.clicked.connect(presenter.stop)

    def _lay_out(self) -> None:
        self.where.setPlaceholderText(text.COHORT_WHERE_EXAMPLE)
        self.where.setToolTip(text.COHORT_WHERE_TIP)
        self.where.setAccessibleName(text.COHORT_WHERE)
        self.folder.setToolTip(text.COHORT_FOLDER_TIP)
        self.folder.setAccessibleName(text.COHORT_FOLDER)
        self.run.setObjectName("main")
        self._progress.setAccessibleName(text.NAME_READING)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(8)
        self.problems.setAccessibleName(text.NAME_PROBLEMS)
        self.problems.setReadOnly(True)
        self.problems.setTabChangesFocus(True)
        self.problems.setFrameShape(QFrame.Shape.NoFrame)

        self._counts_card = Card()
        self._counts_card.column.addWidget(self._counts)
        self._counts_card.column.addStretch(1)
        self._names_card = Card(text.COHORT_NAMES)
        self._names_card.column.addWidget(words_label("dim", text.COHORT_NAMES_HELP))
        self._names_card.column.addWidget(self.names, 1)
        self._problems_card = Card()
        self._problems_card.column.addWidget(self._problems_title)
        self._problems_card.column.addWidget(self.problems, 1)
        across = QHBoxLayout()
        across.setSpacing(12)
        across.addWidget(self._counts_card, 4)
        across.addWidget(self._names_card, 5)
        across.addWidget(self._problems_card, 5)

        self._names_card.setMinimumHeight(_CARD_LEAST)
        self._settings = QWidget()
        settings = QGridLayout(self._settings)
        settings.setContentsMargins(0, 0, 0, 0)
        settings.setHorizontalSpacing(12)
        settings.setVerticalSpacing(8)
        settings.addWidget(_label_of(text.COHORT_WHERE, self.where), 0, 0)
        settings.addWidget(self.where, 0, 1, 1, 2)
        settings.addWidget(_label_of(text.COHORT_FOLDER, self.folder), 1, 0)
        settings.addWidget(self.folder, 1, 1)
        settings.addWidget(self._choose, 1, 2)
        settings.addWidget(self._folder_note, 2, 1, 1, 2)
        settings.setColumnStretch(1, 1)
        self.more.setObjectName("fold")
        self.more.setCheckable(True)
        settings.addWidget(self.more, 3, 0, 1, 3, Qt.AlignmentFlag.AlignLeft)
        settings.addWidget(self.beside, 4, 0, 1, 3)
        self._fold(unfolded=False)

        self._below = QWidget()
        below = QHBoxLayout(self._below)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(12)
        below.addWidget(self.run)
        below.addWidget(self.stop)
        progress = QVBoxLayout()
        progress.setSpacing(4)
        progress.addWidget(self._progress)
        progress.addWidget(self._progress_note)
        below.addLayout(progress, 1)

        page = Page()
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 14, 24, 4)
        column.setSpacing(12)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addWidget(self._name)
        head.addWidget(self._path)
        column.addLayout(head)
        column.addWidget(self._problem)
        column.addLayout(across, 100)
        column.addWidget(self._settings)
        column.addStretch(1)
        area = QScrollArea()  # with other data unfolded it is higher than a small screen
        area.setAccessibleName(text.COHORT_PAGE)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 16)
        whole.setSpacing(8)
        whole.addWidget(area, 1)
        self._below.setContentsMargins(24, 0, 24, 0)
        whole.addWidget(self._below)

    def show_cohort(self) -> None:
        """Show the cohort, or why there is none, and what can be done now."""
        presenter = self._presenter
        understood, source, doing = presenter.understood, presenter.source, presenter.doing
        name = source.name or str(source) if source else ""
        if doing == "understanding":
            self._name.setText(text.UNDERSTANDING.format(name=name))
        else:
            self._name.setText(understood.name if understood else name)
        self._path.setText(str(source or ""))
        self._path.setToolTip(str(source or ""))
        self._problem.say(presenter.problem)
        if doing != "understanding":  # else it would flicker at each change
            self._counts_card.setVisible(understood is not None)
            self._names_card.setVisible(bool(presenter.names))
            known = understood is not None or bool(presenter.names)
            self._settings.setVisible(known)
            self._below.setVisible(known)
            self._counts.show_cohort(understood)
            self.names.show_names()
            self._show_problems(understood)
            self._show_folder(understood)
            self._fit_cards()
        if not self.where.isModified() or not self.where.hasFocus():
            self.where.setText(presenter.where_text)
        reading = doing == "reading"
        for field in (self.where, self.folder, self._choose, self.names, self.more, self.beside):
            field.setEnabled(not reading)
        goes_on = presenter.stopped or bool(
            understood and understood.folder and understood.folder.done
        )
        self.run.setText(text.RUN_ON if goes_on else text.RUN)
        self.run.setEnabled(presenter.can_run)
        self.run.setVisible(not reading)
        self.stop.setVisible(reading)
        self.stop.setEnabled(presenter.can_stop)
        self.stop.setText(text.STOP if presenter.can_stop or not reading else text.STOPPING)
        self.show_progress()

    def start(self) -> None:
        """Read the cohort with what is chosen, or say what is wrong with that."""
        if self.beside.try_to_take():
            self._presenter.start()
        else:
            self.more.setChecked(True)

    def _fold(self, unfolded: bool) -> None:
        self.more.setText(f"{'▾' if unfolded else '▸'}  {text.MORE}")
        self.beside.setVisible(unfolded)
        self._fit_cards()

    def _fit_cards(self) -> None:
        """Make the cards as high as what is in them, and lower while there is more below."""
        rows = len(self._presenter.names)
        fitting = max(_CARD_LEAST, _CARD_HEAD + _CARD_ROW * rows)
        has_problems = bool(self._presenter.understood and self._presenter.understood.problems)
        most = _CARD_BESIDE if self.more.isChecked() else _CARD
        height = most if has_problems else min(fitting, most)
        for card in (self._counts_card, self._names_card, self._problems_card):
            card.setMaximumHeight(height)

    def show_progress(self) -> None:
        """Show how far the reading is."""
        presenter = self._presenter
        progress, reading = presenter.progress, presenter.doing == "reading"
        self._progress.setVisible(reading or progress is not None)
        note = ""
        if progress:
            self._progress.setRange(0, max(progress.total, 1))
            self._progress.setValue(progress.done)
            left = progress.seconds_left if reading else None
            note = text.reading(
                progress.done, progress.total, progress.per_second, left, progress.failed
            )
        elif reading:
            self._progress.setRange(0, 0)
            note = text.RUN_STARTING
        if presenter.stopped and not reading and progress:
            note = f"{note}  ·  {text.RUN_STOPPED}"
        self._progress_note.setText(note or presenter.waits_for_model)

    def _show_problems(self, understood: Understood | None) -> None:
        problems = understood.problems if understood else ()
        kinds = Counter(problem.kind for problem in problems)
        places: dict[str, list[str]] = {}
        for problem in problems:
            places.setdefault(problem.message, []).append(problem.where)
        self._problems_card.setVisible(bool(problems))
        self._problems_title.setText(text.problems(kinds.most_common()))
        said = [
            text.problem(message, where[0], len(where) - 1)
            for message, where in list(places.items())[:_MOST_PROBLEMS]
        ]
        if len(places) > _MOST_PROBLEMS:
            said.append(text.more(len(places) - _MOST_PROBLEMS))
        self.problems.setPlainText("\n\n".join(said))

    def _show_folder(self, understood: Understood | None) -> None:
        presenter = self._presenter
        folder = understood.folder if understood else None
        self.folder.setText(str(folder.path if folder else presenter.own_folder or ""))
        note = text.run_folder(folder.done, understood.total) if folder and understood else ""
        self._folder_note.setText(note)

    def _folder_typed(self) -> None:
        if self.folder.isModified():
            words = self.folder.text().strip()
            self.folder.setModified(False)
            self._presenter.set_folder(Path(words) if words else None)

    def _ask_for_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, text.COHORT_FOLDER)
        if name:
            self._presenter.set_folder(Path(name))


class Counts(QWidget):
    """How many X-rays there are, and of each class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._total = words_label()
        font = self._total.font()
        font.setPointSizeF(font.pointSizeF() * 1.8)
        self._total.setFont(font)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(2, 1)
        self._rows: dict[str, tuple[QLabel, QLabel, QProgressBar]] = {}
        for row, class_id in enumerate((*CLASSES, "")):
            name = QLabel(text.class_name(class_id) or text.COHORT_WITHOUT_LABEL)
            n, bar = QLabel(), QProgressBar()
            n.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            bar.setAccessibleName(name.text())
            bar.setTextVisible(False)
            bar.setFixedHeight(8)
            bar.setObjectName("count")
            for column, widget in enumerate((name, n, bar)):
                self._grid.addWidget(widget, row, column)
            self._rows[class_id] = (name, n, bar)
        self._note = words_label("dim")
        inner = QVBoxLayout(self)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(10)
        inner.addWidget(self._total)
        inner.addLayout(self._grid)
        inner.addWidget(self._note)

    def show_cohort(self, understood: Understood | None) -> None:
        """Show a cohort's numbers, or nothing."""
        if understood is None:
            return
        self._total.setText(text.xrays(understood.total))
        most = max(n for _, n in understood.counts)
        for class_id, n in understood.counts:
            name, count, bar = self._rows[class_id]
            count.setText(f"{n:,}")
            bar.setRange(0, max(most, 1))
            bar.setValue(n)
            for widget in (name, count, bar):
                widget.setVisible(bool(class_id or n))
        labelled = sum(n for class_id, n in understood.counts if class_id)
        notes = [
            text.grouping(understood.cohort.grouping),
            text.unusable(understood.unusable),
            "" if labelled else text.COHORT_NO_LABELS,
        ]
        self._note.setText("\n".join(note for note in notes if note))


class OwnNames(QTableWidget):
    """The cohort's own names of classes, each with a box to say what it stands for."""

    def __init__(self, presenter: EvaluatePresenter, parent: QWidget | None = None) -> None:
        super().__init__(0, 3, parent)
        self._presenter = presenter
        self._shown: tuple[str, ...] = ()
        self.setAccessibleName(text.NAME_OWN_NAMES)
        self.setHorizontalHeaderLabels(
            [text.COHORT_NAME_OWN, text.COHORT_NAME_N, text.COHORT_NAME_CLASS]
        )
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().hide()
        TypeFit(self, self._fit)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the boxes have it
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        self.verticalHeader().setDefaultSectionSize(metrics.height() + 16)
        self.setColumnWidth(2, metrics.horizontalAdvance("x" * _A_CLASS))

    def show_names(self) -> None:
        """Show the names; the boxes stay while the names do, so that the focus does."""
        names = self._presenter.names
        labels = tuple(name.label for name in names)
        if labels != self._shown:
            self._shown = labels
            self.setRowCount(len(names))
            for row, label in enumerate(labels):
                self.setCellWidget(row, 2, self._box(label))
        for row, name in enumerate(names):
            own = QTableWidgetItem(name.label)
            own.setToolTip(name.label)
            count = QTableWidgetItem("" if name.n is None else f"{name.n:,}")
            count.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(row, 0, own)
            self.setItem(row, 1, count)
            box = self.box(row)
            with QSignalBlocker(box):
                box.setCurrentIndex(box.findData(name.class_id))
            box.setStyleSheet("" if name.class_id else f"color: {style.WARNING};")

    def box(self, row: int) -> QComboBox:
        """Return the box of a row."""
        box = self.cellWidget(row, 2)
        assert isinstance(box, QComboBox)
        return box

    def _box(self, label: str) -> QComboBox:
        box = QComboBox()
        for class_id in CLASSES:
            box.addItem(text.class_name(class_id), class_id)
        box.addItem(text.COHORT_NO_CLASS, "")
        box.setAccessibleName(label)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.activated.connect(lambda _: self._presenter.set_class(label, box.currentData()))
        return box


def _label_of(words: str, field: QWidget) -> QLabel:
    label = QLabel(words)
    label.setObjectName("dim")
    label.setBuddy(field)
    return label
