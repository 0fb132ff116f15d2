"""The reading: its sentence, four bars with the prediction set, foreignness, label and mark."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from xraydemo.classes import CLASSES
from xraydemo.desktop import style, text
from xraydemo.desktop.parts import words_label
from xraydemo.desktop.type_fit import TypeFit

if TYPE_CHECKING:
    from xraydemo.model.foreignness import ForeignnessAnswer
    from xraydemo.model.reading import Reading


# percentiles of held-out training X-rays that the bundle's lines lie at
UNUSUAL, FOREIGN = 95.0, 99.0
_SHORTEST_BAR, _AIR = 60, 11  # pixels


class ProbabilityBars(QWidget):
    """Four bars in the fixed order of the classes; the most likely one is marked and bold.

    A dot marks the classes of the prediction set, where the reading was judged.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(text.NAME_BARS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._reading: Reading | None = None

    def show_reading(self, reading: Reading | None) -> None:
        """Show these probabilities; None for empty bars."""
        self._reading = reading
        self.setAccessibleDescription(text.bars_in_words(reading) if reading else "")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return room for four rows of text with air between them."""
        return QSize(280, len(CLASSES) * self._row())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return no less than all four rows need, with bars that can be told apart."""
        names, numbers = self._beside_bars()
        return QSize(names + _SHORTEST_BAR + numbers, self.sizeHint().height())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw mark, name, bar and number of each class."""
        bold = self.font()
        bold.setBold(True)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(bold)
            mark = painter.fontMetrics().horizontalAdvance(f"{text.MOST_LIKELY_MARK} ")
            judged = self._reading.judgement if self._reading else None
            names, numbers = self._beside_bars()
            space = self.width() - names - numbers
            for number, class_id in enumerate(CLASSES):
                top = number * self._row()
                most = self._reading is not None and self._reading.predicted == class_id
                painter.setFont(bold if most else self.font())
                painter.setPen(QColor(style.TEXT if most or not self._reading else style.DIM))
                middle = Qt.AlignmentFlag.AlignVCenter
                row = QRectF(0, top, self.width(), self._row())
                if most:
                    painter.drawText(row, middle, text.MOST_LIKELY_MARK)
                painter.drawText(row.adjusted(mark, 0, 0, 0), middle, text.class_name(class_id))
                if judged and class_id in judged.set:
                    place = QRectF(0, top, names - _AIR, self._row())
                    painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, text.SET_MARK)
                bar = QRectF(names, top + self._row() / 2 - 5, space, 10)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(style.FIELD))
                painter.drawRoundedRect(bar, 2, 2)
                if self._reading is None:
                    continue
                share = self._reading.probability_of(class_id)
                painter.setBrush(QColor(style.BAR_MOST if most else style.BAR))
                bar.setWidth(max(2.0, share * space))
                painter.drawRoundedRect(bar, 2, 2)
                painter.setPen(QColor(style.TEXT if most else style.DIM))
                painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, text.percent(share))

    def _beside_bars(self) -> tuple[int, int]:
        """Return how much room the names before the bars take, and the numbers after them."""
        bold = self.font()
        bold.setBold(True)
        width = QFontMetrics(bold).horizontalAdvance
        widest = max(width(text.class_name(class_id)) for class_id in CLASSES)
        mark, dot = width(f"{text.MOST_LIKELY_MARK} "), width(f" {text.SET_MARK}")
        return mark + widest + dot + _AIR, width(">99 %") + _AIR

    def _row(self) -> int:
        return self.fontMetrics().height() + 7


class Gauge(QWidget):
    """How unlike the training set an X-ray is: a percentile, with the two lines between verdicts.

    The scale is stretched where it matters: half of it is below the 95th percentile, a quarter
    between the lines, a quarter above.
    """

    _STOPS = ((0.0, 0.0), (UNUSUAL, 0.5), (FOREIGN, 0.75), (100.0, 1.0))

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(text.GAUGE_TITLE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._found: ForeignnessAnswer | None = None

    def show_foreignness(self, found: ForeignnessAnswer | None) -> None:
        """Show an answer; None for none."""
        self._found = found
        self.setAccessibleDescription(
            f"{text.foreignness(found.percentile)}: {found.verdict}" if found else ""
        )
        self.update()

    @classmethod
    def place_of(cls, percentile: float) -> float:
        """Give the place of a percentile on the scale, in [0, 1]."""
        for (low, start), (high, end) in pairwise(cls._STOPS):
            if percentile <= high:
                return start + (end - start) * (percentile - low) / (high - low)
        return 1.0

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return room for the pointer, the scale and its numbers."""
        return QSize(280, 21 + self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return no less height than that."""
        return QSize(200, self.sizeHint().height())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the scale, its lines, and the pointer."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            left, width = 6.0, self.width() - 12.0
            shades = (style.FIELD, style.EDGE, style.BAR)
            for (_low, start), (_high, end), shade in zip(
                self._STOPS, self._STOPS[1:], shades, strict=False
            ):
                part = QRectF(left + start * width, 10, (end - start) * width - 1, 8)
                painter.fillRect(part, QColor(shade))
            painter.setPen(QColor(style.DIM))
            top = 20.0
            height = self.fontMetrics().height()
            for percentile, place in self._STOPS:
                words = f"{percentile:.0f}"
                room = self.fontMetrics().horizontalAdvance(words)
                x = min(max(left + place * width - room / 2, 0.0), self.width() - room - 1.0)
                painter.drawText(QPointF(x, top + height * 0.8), words)
            if self._found is None:
                return
            x = left + self.place_of(self._found.percentile) * width
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(style.TEXT))
            painter.drawPolygon(QPolygonF([QPointF(x, 12), QPointF(x - 6, 1), QPointF(x + 6, 1)]))
            painter.fillRect(QRectF(x - 1, 9, 2, 10), QColor(style.TEXT))


class ReadingPanel(QWidget):
    """The right-hand panel's upper part."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._answer = words_label()
        font = self._answer.font()
        font.setPointSizeF(font.pointSizeF() * 1.3)
        font.setBold(True)
        self._answer.setFont(font)
        self._time = words_label("dim")
        self._time.setWordWrap(False)
        self._sentence = words_label()
        self._bars = ProbabilityBars()
        self._set = words_label("dim")
        self._gauge = Gauge()
        self._gauge_words = words_label("title")
        self._gauge_words.setWordWrap(False)
        self._reason = words_label("dim")
        self._known = words_label("dim")
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(words_label("title", text.READING_TITLE), 1)
        head.addWidget(self._time)
        gauge_head = QHBoxLayout()
        gauge_head.addWidget(words_label("title", text.GAUGE_TITLE), 1)
        gauge_head.addWidget(self._gauge_words)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._answer)
        column.addWidget(self._sentence)
        column.addWidget(self._bars)
        column.addWidget(self._set)
        column.addSpacing(4)
        column.addLayout(gauge_head)
        column.addWidget(self._gauge)
        column.addWidget(self._reason)
        column.addWidget(self._known)
        # these lines are always kept, so that nothing below jumps from one X-ray to the next
        for label, lines in (
            (self._sentence, 2),
            (self._set, 1),
            (self._reason, 2),
            (self._known, 2),
        ):
            TypeFit(label, partial(_keep_lines, label, lines))
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._set.setToolTip(text.SET_TIP)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def show_reading(self, reading: Reading | None, note: str, *, failed: bool) -> None:
        """Show a reading, or why there is none."""
        judged = reading.judgement if reading else None
        found = judged.foreignness if judged else None
        foreign = found is not None and found.verdict == "foreign"
        self._bars.show_reading(reading)
        self._time.setText(text.milliseconds(reading.milliseconds) if reading else "")
        if reading:
            predicted = reading.predicted
            self._answer.setText(text.summary(predicted, reading.probability_of(predicted)))
            self._sentence.setText(text.sentence(reading))
        else:
            self._answer.setText(text.READING_FAILED if failed else text.READING_ANSWER_NONE)
            self._sentence.setText(note)
        _rename(self._sentence, "warning" if failed or foreign else "")
        self._set.setText(text.SET_VOID if foreign else text.SET_CAPTION if judged else "")
        self._gauge.show_foreignness(found)
        self._gauge_words.setText(text.GAUGE_WORDS[found.verdict] if found else "")
        _rename(self._gauge_words, "warning" if foreign else "title")
        if found:
            self._reason.setText(text.gauge_reason(found))
        else:
            self._reason.setText(text.GAUGE_NONE if judged else "")
        self._reason.setToolTip(text.gauge_tip(found) if found else "")

    def show_known(self, label: str, mark: str, predicted: str, *, hidden: bool) -> None:
        """Show what is known of the truth: the file's label and the reader's mark, class ids."""
        self._known.setText("" if hidden else text.known(label, mark, predicted))


def _keep_lines(label: QLabel, lines: int) -> None:
    words = label.text()
    label.setText("\n".join("x" * lines))
    label.setMinimumHeight(label.sizeHint().height())
    label.setText(words)


def _rename(label: QLabel, kind: str) -> None:
    """Give a label another style of the style sheet."""
    if label.objectName() != kind:
        label.setObjectName(kind)
        label.style().unpolish(label)
        label.style().polish(label)
