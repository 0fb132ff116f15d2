"""The counterfactual bench: do something to an X-ray, and watch what the model then says."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop import style, text
from xraydemo.desktop.bench_presenter import BenchPresenter, kind_of, kinds
from xraydemo.desktop.parts import Problem, words_label
from xraydemo.desktop.reading_panel import ProbabilityBars
from xraydemo.desktop.saving import ask_where_to_save
from xraydemo.desktop.scrolled import Scrolled
from xraydemo.desktop.step_card import StepCard
from xraydemo.desktop.type_fit import TypeFit

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from xraydemo.desktop.engine_door import EngineDoor
    from xraydemo.model.reading import Reading

_LEFT = 47  # letters that the steps are wide
_WIDEST = 500  # pixels: at larger type the pictures need the rest of a small screen


class Plate(QWidget):
    """A picture, as large as fits; an area can be drawn onto it with the mouse."""

    drawn = Signal(list)
    """Corners of the area, each (x, y) as shares of the picture's width and height."""

    def __init__(self, *, drawable: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 200)
        self._drawable = drawable
        self._image: QImage | None = None
        self._stroke: list[QPointF] = []
        if drawable:
            self.setCursor(Qt.CursorShape.CrossCursor)

    def show_picture(self, picture: NDArray[np.uint8] | None) -> None:
        """Show gray levels of shape (height, width); None for nothing."""
        self._image = None
        if picture is not None:
            height, width = picture.shape
            solid = picture if picture.flags.c_contiguous else picture.copy()
            gray = QImage.Format.Format_Grayscale8
            self._image = QImage(solid.data, width, height, width, gray).copy()
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the picture, and the area that is being drawn."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(style.BLACK))
            if self._image is None:
                return
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._place(), self._image)
            if self._stroke:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(QColor(style.WARNING_ON_BLACK), 2))
                painter.drawPolygon(QPolygonF(self._stroke))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin an area."""
        if self._drawable and self._image and event.button() == Qt.MouseButton.LeftButton:
            self._stroke = [event.position()]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Go on with it."""
        if self._stroke:
            self._stroke.append(event.position())
            self.update()

    def mouseReleaseEvent(self, _: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """End it."""
        if not self._stroke:
            return
        place, stroke, self._stroke = self._place(), self._stroke, []
        self.update()
        shares = [
            ((p.x() - place.left()) / place.width(), (p.y() - place.top()) / place.height())
            for p in stroke
        ]
        self.drawn.emit(shares)

    def at(self, x: float, y: float) -> QPoint:
        """Give the point of the widget that lies at these shares of the picture."""
        place = self._place()
        point = QPointF(place.left() + x * place.width(), place.top() + y * place.height())
        return point.toPoint()

    def _place(self) -> QRectF:
        if self._image is None:
            return QRectF(self.rect())
        size = QSize(self._image.size()).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        return QRectF(left, top, size.width(), size.height())


class Side:
    """One of the two: a title, the picture, the answer, the bars, and what speaks against it.

    They are laid out one below the other in a column of a grid, so that what belongs together in
    both of them is at the same height.
    """

    def __init__(self, title: str, *, drawable: bool = False) -> None:
        self.title = words_label("title", title)
        self.title.setAlignment(Qt.AlignmentFlag.AlignBottom)
        self.plate = Plate(drawable=drawable)
        self.plate.setAccessibleName(title)
        self.answer = words_label("", "")
        font = self.answer.font()
        font.setBold(True)
        self.answer.setFont(font)
        self.bars = ProbabilityBars()
        self.judged = words_label("dim", "")
        judged = self.judged
        TypeFit(judged, lambda: judged.setMinimumHeight(3 * judged.fontMetrics().lineSpacing()))
        self.judged.setAlignment(Qt.AlignmentFlag.AlignTop)

    def lay_out(self, grid: QGridLayout, row: int, column: int) -> None:
        """Put all into a column of a grid; the picture takes what height is left."""
        widgets = (self.title, self.plate, self.answer, self.bars, self.judged)
        for below, widget in enumerate(widgets):
            grid.addWidget(widget, row + below, column)
            grid.setRowStretch(row + below, int(widget is self.plate))
        grid.setColumnStretch(column, 1)

    def show_reading(self, reading: Reading | None) -> None:
        """Show an answer; None for none yet."""
        self.bars.show_reading(reading)
        judged = reading.judgement if reading else None
        self.judged.setText(text.judged(judged) if judged else "")
        if reading is None:
            self.answer.setText(text.READING_ANSWER_NONE)
        else:
            predicted = reading.predicted
            self.answer.setText(text.summary(predicted, reading.probability_of(predicted)))


class BenchTab(QWidget):
    """The view of a `BenchPresenter`.

    Parameters
    ----------
    post : callable
        Takes a function and has the window's thread call it soon; may be called from any thread.
    engine : callable
        Gives the window's engine; None while it isn't ready.
    engine_failure : callable
        Gives why there will be no engine, in the engine's own words; empty if it didn't fail.
    """

    def __init__(
        self,
        post: Callable[[Callable[[], None]], None],
        engine: Callable[[], EngineDoor | None],
        engine_failure: Callable[[], str] = lambda: "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.presenter = BenchPresenter(self, post, engine, engine_failure)
        self.before = Side(text.BENCH_BEFORE)
        self.after = Side(text.BENCH_AFTER, drawable=True)
        self.chooser = QComboBox()
        self.chooser.setAccessibleName(text.BENCH_CHOOSE)
        self._add = QPushButton(text.BENCH_ADD)
        self._clear = QPushButton(text.BENCH_CLEAR)
        self._save = QPushButton(text.BENCH_SAVE)
        self._about = words_label("dim", "")
        self._note = words_label("dim", "")
        self._written = words_label("dim", "")
        self._problem, self._export_problem = Problem(), Problem()
        self.cards: list[StepCard] = []
        self._lay_out()

        self._add.clicked.connect(lambda: self.presenter.add(self.chooser.currentData()))
        self._clear.clicked.connect(self.presenter.clear)
        self._save.clicked.connect(self.ask_where_to_save)
        self.chooser.currentIndexChanged.connect(self._explain)
        self.after.plate.drawn.connect(self.presenter.cover)
        self.subject_changed()
        self.steps_changed()
        self.export_changed()

    def take(self, path: Path | None) -> None:
        """Lay an X-ray onto the bench."""
        if not self.chooser.count():  # late: it brings OpenCV with it
            for name, kind in kinds().items():
                self.chooser.addItem(text.BENCH_KINDS[name], name)
                tip = Qt.ItemDataRole.ToolTipRole
                self.chooser.setItemData(self.chooser.count() - 1, kind.sentence, tip)
        self.presenter.take(path)

    @property
    def at_work(self) -> str:
        """What would be broken off now, in a sentence; empty for nothing."""
        return text.CLOSE_WRITING if self.presenter.export.is_writing else ""

    def take_focus(self) -> None:
        """Put the keyboard on the chooser of steps."""
        self.chooser.setFocus()

    def restyle(self) -> None:
        """Do nothing: all is drawn as it is looked at."""

    def close_down(self) -> None:
        """End all that is at work."""
        self.presenter.close()

    def ask_where_to_save(self) -> None:
        """Ask for a file, and have the figure written there."""
        proposed = Path("what-if.png")
        if path := ask_where_to_save(self, text.BENCH_SAVE, proposed, text.FIGURES):
            self.presenter.save_figure(path)

    # what the presenter tells

    def subject_changed(self) -> None:
        """Show another X-ray, or that there is none."""
        path = self.presenter.subject
        self._name.setText(path.name if path else text.BENCH_EMPTY)
        self.pictures_changed()
        self.answers_changed()

    def steps_changed(self) -> None:
        """Show other steps."""
        for card in self.cards:
            self._steps.removeWidget(card)
            card.hide()  # it is deleted only when its own button's click is over
            card.deleteLater()
        self.cards = [
            StepCard(step, kind_of(step), place, self.presenter.change, self.presenter.remove)
            for place, step in enumerate(self.presenter.steps)
        ]
        for place, card in enumerate(self.cards):
            self._steps.insertWidget(place, card)
        fields = [field for card in self.cards for field in card.fields]
        for before, after in pairwise([self._add, *fields, self._clear, self._save]):
            self.setTabOrder(before, after)

    def pictures_changed(self) -> None:
        """Show other pictures."""
        pictures = self.presenter.pictures
        self.before.plate.show_picture(pictures.before if pictures else None)
        self.after.plate.show_picture(pictures.after if pictures else None)

    def answers_changed(self) -> None:
        """Show other answers, or what is wrong."""
        presenter = self.presenter
        self.before.show_reading(presenter.before)
        self.after.show_reading(presenter.after)
        self._problem.say(presenter.problem)
        self._note.setText(presenter.note)
        for card, step in zip(self.cards, presenter.steps, strict=False):
            card.say(step.sentence)
        self._clear.setEnabled(bool(presenter.steps))
        self._save.setEnabled(not presenter.why_not_saved)
        self._save.setToolTip(presenter.why_not_saved)

    def export_changed(self) -> None:
        """Show how the writing of a figure goes."""
        export = self.presenter.export
        self._written.setText(export.note)
        self._written.setToolTip(export.note)
        self._written.setVisible(bool(export.note))
        self._export_problem.say(export.problem)

    # within

    def _lay_out(self) -> None:
        self._name = words_label("", "")
        left = QWidget()
        left.setObjectName("panel")
        left.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        TypeFit(
            left,
            lambda: left.setFixedWidth(min(_LEFT * left.fontMetrics().averageCharWidth(), _WIDEST)),
        )
        column = QVBoxLayout(left)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(8)
        column.addWidget(words_label("title", text.BENCH_TITLE))
        column.addWidget(words_label("dim", text.BENCH_BODY))
        row = QHBoxLayout()
        row.addWidget(self.chooser, 1)
        row.addWidget(self._add)
        column.addLayout(row)
        column.addWidget(self._about)
        column.addWidget(self._scroll(), 1)
        column.addWidget(self._note)
        buttons = QHBoxLayout()
        buttons.addWidget(self._clear)
        buttons.addWidget(self._save)
        column.addLayout(buttons)
        column.addWidget(self._written)
        column.addWidget(self._export_problem)
        pictures = QWidget()
        sides = QGridLayout(pictures)
        sides.setContentsMargins(14, 10, 14, 10)
        sides.setHorizontalSpacing(14)
        sides.setVerticalSpacing(6)
        sides.addWidget(self._name, 0, 0, 1, 2)
        sides.addWidget(self._problem, 1, 0, 1, 2)
        self.before.lay_out(sides, 2, 0)
        self.after.lay_out(sides, 2, 1)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(left)
        across.addWidget(Scrolled(pictures, text.BENCH_SIDES), 1)

    def _scroll(self) -> QScrollArea:
        inside = QWidget()
        inside.setObjectName("panel")
        self._steps = QVBoxLayout(inside)
        self._steps.setContentsMargins(0, 0, 6, 0)
        self._steps.setSpacing(8)
        self._steps.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        area.setAccessibleName(text.BENCH_STEPS)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the cards' sliders have it
        return area

    def _explain(self) -> None:
        name = self.chooser.currentData()
        self._about.setText(kinds()[name].sentence if name else "")
