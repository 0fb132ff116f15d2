"""Small parts that several places of the window are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from xraydemo.errors import XrayDemoError


_PAGE_MARGIN = 12  # pixels
_MORE = QEvent.Type(QEvent.registerEventType())


class Bridge(QObject):
    """Has functions called in the window's thread, whatever thread asks for it."""

    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._posted.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def post(self, function: Callable[[], None]) -> None:
        """Have `function` called soon, in the thread that the bridge lives in."""
        self._posted.emit(function)

    @Slot(object)
    def _call(self, function: Callable[[], None]) -> None:
        function()


class KeyKeeper(QObject):
    """Leaves a widget the keys that it needs, where the window has them as shortcuts.

    Without it, Space would reset the view and not tick the box that has the focus, and whoever
    works without a mouse could tick none.
    """

    def __init__(self, keys: Iterable[Qt.Key], *widgets: QWidget) -> None:
        super().__init__(widgets[0])
        self._keys = frozenset(keys)
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Take a key for the widget before it becomes a shortcut."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in self._keys
        ):
            event.accept()
            return True
        return False


class ElidedLabel(QLabel):
    """One line that is shortened in the middle where it doesn't fit; the tip has all of it."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Any width will do."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw as much as fits."""
        with QPainter(self) as painter:
            words = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
            painter.drawText(self.rect(), int(self.alignment()), words)


def words_label(name: str = "", words: str = "") -> QLabel:
    """Make a label of plain sentences that wrap; `name` is its style."""
    label = QLabel(words)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


class Card(QFrame):
    """A panel with air around what is put into its `column`, and a title if there is one."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 12, 16, 12)
        self.column.setSpacing(8)
        if title:
            self.column.addWidget(words_label("title", title))


def page_head() -> tuple[QWidget, QGridLayout]:
    """Give the strip at the top of a page, and the grid on it."""
    head = QWidget()
    head.setObjectName("head")
    grid = QGridLayout(head)
    grid.setContentsMargins(12, 8, 10, 8)
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(6)
    return head, grid


def work_strip(words: QWidget, bar: QProgressBar, stop: QPushButton) -> QWidget:
    """Put side by side what is being done, how far it is, and what stops it."""
    strip = QWidget()
    row = QHBoxLayout(strip)
    row.setContentsMargins(12, 4, 10, 4)
    row.setSpacing(12)
    bar.setTextVisible(False)
    bar.setFixedHeight(6)
    row.addWidget(words, 1)
    row.addWidget(bar, 1)
    row.addWidget(stop)
    return strip


class Page(QWidget):
    """What a scroll area scrolls; nothing of it is squashed when something is added.

    Qt lays a page out at its old height first, and has the scroll area make it higher afterwards,
    or not at all where parts are shown one after the other: sentences would lack their last lines.
    """

    _waits = False  # whether it is to grow once what was added is shown

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")

    def event(self, event: QEvent) -> bool:
        """Be as high as is needed when what is on it is laid out, and when more is on it."""
        kind = event.type()
        if kind == QEvent.Type.ChildAdded and not self._waits:
            self._waits = True
            # Qt shows what was added by an event of its own: this one comes after it
            low = Qt.EventPriority.LowEventPriority.value
            QCoreApplication.postEvent(self, QEvent(_MORE), low)
        elif kind == _MORE:
            self._waits = False
            self.grow()
        elif kind == QEvent.Type.LayoutRequest and not self._waits:
            self.grow()
        return super().event(event)

    def grow(self) -> None:
        """Be as high as is needed now."""
        layout = self.layout()
        if layout is None:
            return
        needed = layout.totalMinimumSize().height()
        if layout.hasHeightForWidth():
            needed = max(needed, layout.totalHeightForWidth(self.width()))
        if needed > self.height():
            self.resize(self.width(), needed)


class HtmlPage(QTextBrowser):
    """A page of a dialog that is shown in the colours that are in force.

    Parameters
    ----------
    name : str
        For screen readers.
    write : callable
        Gives the page as HTML, with the colours in it.
    """

    def __init__(self, name: str, write: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._write = write
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(name)
        self.restyle()

    def restyle(self) -> None:
        """Write the page anew, and stay where the reader is in it."""
        place = self.verticalScrollBar().value()
        self.setHtml(self._write())
        self.document().setDocumentMargin(_PAGE_MARGIN)
        self.verticalScrollBar().setValue(place)


class Problem(QFrame):
    """Says what is wrong and what to do about it, in its place; hidden while all is well."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problem")
        self._message, self._hint = words_label("warning"), words_label("dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 9, 14, 9)
        column.setSpacing(3)
        for label in (self._message, self._hint):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        self.hide()

    def say(self, error: XrayDemoError | None) -> None:
        """Show this error; None for none."""
        self._message.setText(f"⚠  {text.in_the_window(error.message)}" if error else "")
        self._hint.setText(text.in_the_window(error.hint) if error else "")
        self._hint.setVisible(bool(error and error.hint))
        self.setVisible(error is not None)

    def words(self) -> str:
        """Return all that is said."""
        return f"{self._message.text()}\n{self._hint.text()}".strip()


class MessagePage(QWidget):
    """Takes the picture's place: a title, sentences, and buttons if there is something to do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel()
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        self._title.setFont(font)
        self._body, self._hint, self._where = QLabel(), QLabel(), ElidedLabel()
        self._hint.setObjectName("dim")
        self._where.setObjectName("dim")
        self._where.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(10)
        self._buttons.addStretch(1)
        self._buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 20, 40, 20)
        column.setSpacing(10)
        column.addStretch(2)
        for label in (self._title, self._body, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        column.addWidget(self._where)
        column.addSpacing(8)
        column.addLayout(self._buttons)
        column.addStretch(3)

    def add_button(self, words: str, tip: str, clicked: Callable[[], None]) -> None:
        """Add a button below the sentences."""
        button = QPushButton(words)
        button.setToolTip(tip)
        button.clicked.connect(clicked)
        self._buttons.insertWidget(self._buttons.count() - 1, button)

    def take_focus(self) -> None:
        """Put the keyboard on the first button."""
        buttons = self.findChildren(QPushButton)
        if buttons:
            buttons[0].setFocus()

    def say(self, title: str, body: str = "", hint: str = "", where: str = "") -> None:
        """Show these sentences."""
        for label, words in (
            (self._title, title),
            (self._body, body),
            (self._hint, hint),
            (self._where, where),
        ):
            label.setText(words)
            label.setToolTip(words if label is self._where else "")
            label.setVisible(bool(words))

    def words(self) -> str:
        """Return all that is said."""
        labels = (self._title, self._body, self._hint, self._where)
        return "\n".join(label.text() for label in labels if label.text())
