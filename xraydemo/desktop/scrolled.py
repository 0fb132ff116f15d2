"""A column that scrolls up and down where the window is too low for it, as with large type."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QScrollArea, QWidget

_AROUND = 12  # pixels that are seen beside what has the keyboard
_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class Scrolled(QScrollArea):
    """Shows a column, never wider than there is room; what gets the keyboard comes into sight.

    Parameters
    ----------
    column : QWidget
    name : str
        For screen readers.
    narrowest : int
        Width that it has at least.
    """

    def __init__(
        self, column: QWidget, name: str, narrowest: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._column, self._narrowest = column, narrowest
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setWidget(column)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().rangeChanged.connect(self._take_the_keyboard)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._show_focus)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width that the column needs, beside a bar; any height will do."""
        needed = self._column.minimumSizeHint().width()
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(max(needed + bar, self._narrowest), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return no more width than is needed, and the height of the whole column."""
        return QSize(self.minimumSizeHint().width(), self._column.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Keep the keys that scroll from becoming shortcuts; those of what is within are not its.

        Qt asks whatever is around the widget that has the keyboard, too.
        """
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in _KEYS
            and self.hasFocus()
        ):
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Have whatever holds this ask again how wide it is when the column needs another width."""
        if watched is self._column and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _take_the_keyboard(self, _: int, most: int) -> None:
        """Let Tab come here only where there is something to scroll.

        A click never does: in Read the worklist is to keep its keys.
        """
        policy = Qt.FocusPolicy
        self.setFocusPolicy(policy.TabFocus if most else policy.NoFocus)

    @Slot(QWidget, QWidget)
    def _show_focus(self, _: QWidget | None, now: QWidget | None) -> None:
        """Bring what has the keyboard now into sight; all of what scrolls by itself around it."""
        if now is None or not self._column.isAncestorOf(now):
            return
        within = self._column.findChildren(QAbstractScrollArea)
        part = next((area for area in within if area.isAncestorOf(now)), now)
        self.ensureWidgetVisible(part, 0, _AROUND)
