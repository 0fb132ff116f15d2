"""Sizes that are measured in lines or letters, and so change with the type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


class TypeFit(QObject):
    """Measures now, and again whenever a widget's type is another.

    Parameters
    ----------
    widget : QWidget
        Whose type it is.
    measure : callable
        Gives the sizes to whatever has them.
    """

    def __init__(self, widget: QWidget, measure: Callable[[], object]) -> None:
        super().__init__(widget)
        self._measure = measure
        widget.installEventFilter(self)
        measure()

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Measure when the type is another; keep no event."""
        if event.type() == QEvent.Type.FontChange:
            self._measure()
        return False
