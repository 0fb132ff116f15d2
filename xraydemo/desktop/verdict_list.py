"""The list of verdicts: sign and word, the check, its sentence, and the number that decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from xraydemo.desktop import style, text
from xraydemo.desktop.lines import draw_lines, lines_of, number_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xraydemo.desktop.evaluate_presenter import EvaluatePresenter

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_MARGIN, _EDGE, _LINES = 10, 3, 2


@dataclass(frozen=True)
class Entry:
    """A row of the list.

    Parameters
    ----------
    key : str
        A check's id, `HEADLINE` or `UNREADABLE`.
    verdict : str
        Tells the colour.
    mark : str
        Sign and word of the verdict.
    name, sentence, number : str
    """

    key: str
    verdict: str
    mark: str
    name: str
    sentence: str
    number: str


def entries_of(presenter: EvaluatePresenter) -> list[Entry]:
    """List what the presenter has: the answers, and the files that could not be read."""
    from xraydemo.desktop.evaluate_presenter import HEADLINE, UNREADABLE

    entries: list[Entry] = []
    run = presenter.run
    if run is None:
        return entries
    headline = presenter.headline
    if headline:
        number = number_first(headline.number) if headline.number else ""
        entries.append(Entry(HEADLINE, "info", text.HEADLINE_MARK, "", text.HEADLINE_NAME, number))
    failed = presenter.unread_count
    if failed:
        words = text.unread(failed, len(run))
        entries.append(Entry(UNREADABLE, "warn", text.UNREAD_MARK, text.UNREAD_ID, words, ""))
    if presenter.answers:
        from xraydemo.report.words import verdict_text

        for answer in presenter.answers:
            result = answer.result
            entries.append(
                Entry(
                    result.check,
                    result.verdict.value,
                    verdict_text(result.verdict),
                    result.check,
                    text.what_would_help(result.headline),
                    number_first(result.number) if result.number else "",
                )
            )
    return entries


class VerdictModel(QAbstractListModel):
    """The entries, for Qt."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: Sequence[Entry] = ()

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show other entries."""
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802 - as Qt has it
        """Count the entries."""
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:  # noqa: ANN401 - as Qt has it
        """Tell all of an entry in words; the delegate draws it from its parts."""
        entry = self.entries[index.row()]
        if role in (_Role.DisplayRole, _Role.AccessibleTextRole):
            parts = (entry.mark, entry.name, entry.sentence, entry.number)
            return ", ".join(part for part in parts if part)
        return None


class VerdictDelegate(QStyledItemDelegate):
    """Draws an entry: a coloured edge, verdict and check in a line, the sentence, the number."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802 - Qt's name
        """Return the height that the sentence needs at the list's width."""
        view = option.widget
        width = view.viewport().width() if isinstance(view, QListView) else 400
        line = option.fontMetrics.height()
        entry = _entry(index)
        room = width - _EDGE - 2 * _MARGIN
        lines = len(lines_of(entry.sentence, option.fontMetrics, room, _LINES))
        return QSize(width, 2 * 8 + line + 4 + lines * line + (line + 3) * bool(entry.number))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw the entry."""
        entry, rect = _entry(index), option.rect
        state = option.state
        colour = QColor(style.VERDICTS[entry.verdict])
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(style.CHOSEN))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(style.FIELD))
        painter.fillRect(QRect(rect.left(), rect.top(), _EDGE, rect.height() - 1), colour)
        painter.setPen(QColor(style.GROUND))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(_EDGE + _MARGIN, 8, -_MARGIN, -8)
        bold = option.font
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(colour)
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft, entry.mark)
        bold.setBold(False)
        painter.setFont(bold)
        chosen = state & QStyle.StateFlag.State_Selected
        painter.setPen(QColor(style.TEXT if chosen else style.DIM))
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight, entry.name)
        painter.setPen(QColor(style.TEXT))
        below = inner.adjusted(0, option.fontMetrics.height() + 4, 0, 0)
        draw_lines(painter, below, entry.sentence, _LINES)
        if entry.number:
            painter.setPen(QColor(style.TEXT if chosen else style.DIM))
            words = option.fontMetrics.elidedText(
                entry.number, Qt.TextElideMode.ElideRight, inner.width()
            )
            painter.drawText(inner, Qt.AlignmentFlag.AlignBottom, words)
        painter.restore()


class VerdictList(QListView):
    """The list on the screen."""

    selected = Signal(str)
    """Key of the entry that the reader went to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(text.NAME_VERDICTS)
        self._model = VerdictModel(self)
        self.setModel(self._model)
        self.setItemDelegate(VerdictDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.selectionModel().currentChanged.connect(
            lambda index, _: (
                self.selected.emit(self._model.entries[index.row()].key)
                if index.isValid()
                else None
            )
        )

    def show_entries(self, entries: Sequence[Entry], chosen: str) -> None:
        """Show these entries, with the chosen one marked."""
        if list(entries) != list(self._model.entries):
            place = self.verticalScrollBar().value()
            with QSignalBlocker(self.selectionModel()):
                self._model.show_entries(entries)
            if self.isVisible():  # else it is laid out once it is shown
                self.doItemsLayout()
                self.verticalScrollBar().setValue(place)
        self.mark(chosen)

    def mark(self, chosen: str) -> None:
        """Mark the chosen entry without saying that the reader went to it."""
        for row, entry in enumerate(self._model.entries):
            if entry.key == chosen and self.currentIndex().row() != row:
                with QSignalBlocker(self.selectionModel()):
                    self.setCurrentIndex(self._model.index(row))
                self.viewport().update()

    def show_current(self) -> None:
        """Scroll to the marked entry, also where the list was hidden until now."""
        self.executeDelayedItemsLayout()
        self.scrollTo(self.currentIndex())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Wrap the sentences anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()

    def keyboardSearch(self, _: str) -> None:  # noqa: N802 - Qt's name
        """Do nothing: letters would jump between verdicts."""

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Lay out anew in another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.scheduleDelayedItemsLayout()


def _entry(index: _Index) -> Entry:
    model = index.model()
    assert isinstance(model, VerdictModel)
    return model.entries[index.row()]
