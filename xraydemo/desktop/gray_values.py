"""The window through which the current X-ray is seen, and its inversion. Knows no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xraydemo.desktop import windowing

if TYPE_CHECKING:
    from collections.abc import Callable

    from xraydemo.desktop.loader import Picture
    from xraydemo.radiograph import Presentation


class GrayValues:
    """How the values of the current X-ray become gray.

    Parameters
    ----------
    picture : callable
        Gives the current X-ray; None while there is none to be seen.
    changed : callable
        Called when it is to be seen in other grays.
    """

    def __init__(self, picture: Callable[[], Picture | None], changed: Callable[[], None]) -> None:
        self._picture = picture
        self._changed = changed
        self._drag: tuple[Presentation, str] | None = None
        self.presentation: Presentation | None = None
        self.preset = "file"
        """Name of the preset that is in force; empty for a window of one's own."""

    @property
    def inverted(self) -> bool:
        """Whether the current X-ray is shown the other way round than its file says."""
        picture = self._picture()
        if not (picture and self.presentation):
            return False
        return self.presentation.inverted != picture.radiograph.presentation.inverted

    def begin(self) -> None:
        """Begin with the current X-ray as its file says; nothing is told."""
        picture = self._picture()
        self.presentation = picture.radiograph.presentation if picture else None
        self.preset = "file"
        self._drag = None

    def set_preset(self, name: str) -> None:
        """Show the current X-ray under one of the presets."""
        picture = self._picture()
        if not (picture and self.presentation):
            return
        new = windowing.preset(name, picture.radiograph.presentation, picture.values)
        if new.inverted != self.presentation.inverted:
            new = new.toggled()
        self._present(new, name)

    def set_window(self, low: float, high: float) -> None:
        """Show the current X-ray with black at `low` and white at `high`."""
        if self.presentation:
            self._present(windowing.between(self.presentation, low, high), "")

    def invert(self) -> None:
        """Change dark and bright over."""
        if self.presentation:
            self._present(self.presentation.toggled(), self.preset)

    def drag(self, right: float, down: float, *, fine: bool) -> None:
        """Change the window by dragging; distances are since the drag began."""
        picture = self._picture()
        if not (picture and self.presentation):
            return
        if self._drag is None:
            self._drag = (self.presentation, self.preset)
        start = self._drag[0]
        self._present(windowing.dragged(start, picture.values, right, down, fine=fine), "")

    def end_drag(self, *, cancel: bool = False) -> None:
        """End dragging; a cancelled one leaves everything as it was."""
        if self._drag and cancel:
            self._present(*self._drag)
        self._drag = None

    def reset(self) -> None:
        """Show the current X-ray as its file says."""
        picture = self._picture()
        if picture:
            self._present(picture.radiograph.presentation, "file")

    def _present(self, presentation: Presentation, preset: str) -> None:
        self.presentation, self.preset = presentation, preset
        self._changed()
