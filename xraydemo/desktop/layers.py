"""What is laid over the X-ray and shown beside it, as the reader chose. Knows no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from xraydemo.classes import CLASSES
from xraydemo.desktop import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from xraydemo.desktop.engine_door import Card
    from xraydemo.engine.client import Want
    from xraydemo.model.reading import Reading

Layer = Literal["heatmap", "unlike", ""]
Page = Literal["layers", "facts", "tensor", "neighbours"]


class Layers:
    """The heat map, where the X-ray is unlike, the lungs' outline, and the page beside it.

    Parameters
    ----------
    reading : callable
        Gives the current X-ray's reading; None while there is none to be seen.
    card : callable
        Gives what the model says of itself; None before it is known.
    changed : callable
        Called when the heat map is to be drawn anew.
    wanted : callable
        Called when something else is to be seen, which may have to be asked for.
    """

    def __init__(
        self,
        reading: Callable[[], Reading | None],
        card: Callable[[], Card | None],
        changed: Callable[[], None],
        wanted: Callable[[], None],
    ) -> None:
        self._reading = reading
        self._card = card
        self._changed = changed
        self._wanted = wanted
        self.chosen_class: str | None = None
        """The class of the heat map; None for each X-ray's most likely one."""
        self.layer: Layer = "heatmap"
        """What is laid over the X-ray."""
        self.lungs_shown = False
        self.page: Page = "layers"
        """What is shown beside the X-ray, below its reading."""
        self.opacity = 0.6

    @property
    def heatmap_class(self) -> str | None:
        """The class whose map is to be shown."""
        if self.chosen_class:
            return self.chosen_class
        reading = self._reading()
        return reading.predicted if reading else None

    @property
    def heatmap(self) -> NDArray[Any] | None:
        """The raw map of the class, whether it is shown or not; None if there is none yet."""
        class_id, reading = self.heatmap_class, self._reading()
        if class_id is None or reading is None or reading.maps is None:
            return None
        raw: NDArray[Any] = reading.maps[CLASSES.index(class_id)]
        return raw

    @property
    def heatmap_scale(self) -> float | None:
        """Logit per cell that is drawn in full colour; None before the model is known."""
        card = self._card()
        return card.heatmap_scale if card else None

    @property
    def heatmap_shown(self) -> bool:
        """Whether the heat map is to be laid over the X-ray."""
        return self.layer == "heatmap"

    @property
    def heatmap_hidden_because(self) -> str:
        """Why the map is not drawn although it is to be shown; empty where it is."""
        raw, class_id, card = self.heatmap, self.heatmap_class, self._card()
        if raw is None or class_id is None or not card or not card.heatmap_scale:
            return ""
        from xraydemo.model.heatmap import EXPLAINS_NOTHING, has_evidence

        # a map that stays the same when the weights are shuffled tells nothing of what was learnt
        if card.map_likeness and card.map_likeness.low > EXPLAINS_NOTHING:
            return text.explains_nothing(card.map_likeness)
        return "" if has_evidence(raw, card.heatmap_scale) else text.no_evidence(class_id)

    def wants(self, *, blind: bool) -> tuple[Want, ...]:
        """Name what the model has to be asked for; what tells of its answer only if not `blind`."""
        wants: list[Want] = []
        if self.lungs_shown:
            wants.append("lungs")
        if self.layer == "unlike" and not blind:
            wants.append("unlike")
        if self.page == "tensor":
            wants.append("tensor")
        if self.page == "neighbours" and not blind:
            wants.append("neighbours")
        return tuple(wants)

    def choose_class(self, class_id: str | None) -> None:
        """Show the map of this class; None for each X-ray's most likely one."""
        self.chosen_class = class_id
        self._changed()

    def next_class(self) -> None:
        """Show the map of the next class, in their fixed order."""
        now = self.heatmap_class
        self.choose_class(CLASSES[(CLASSES.index(now) + 1) % len(CLASSES)] if now else CLASSES[0])

    def show_layer(self, layer: Layer) -> None:
        """Lay this over the X-ray; empty for nothing."""
        self.layer = layer
        self._wanted()
        self._changed()

    def toggle_layer(self, layer: Layer) -> None:
        """Lay this over the X-ray, or take it away."""
        self.show_layer("" if self.layer == layer else layer)

    def show_lungs(self, *, shown: bool) -> None:
        """Show or hide the lungs' outline."""
        self.lungs_shown = shown
        self._wanted()

    def toggle_lungs(self) -> None:
        """Show the lungs' outline, or hide it."""
        self.show_lungs(shown=not self.lungs_shown)

    def show_page(self, page: Page) -> None:
        """Show this beside the X-ray."""
        self.page = page
        self._wanted()

    def set_opacity(self, opacity: float) -> None:
        """Set the heat map's opacity, in [0, 1]."""
        self.opacity = opacity
        self._changed()
