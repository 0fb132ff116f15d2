"""What is laid over the X-ray and shown beside it, as the reader chose. Knows no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from xraydemo.classes import CLASSES
from xraydemo.desktop import text
from xraydemo.model.method_map import asked_map

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from xraydemo.desktop.engine_door import Card
    from xraydemo.engine.client import Want
    from xraydemo.model.method_map import AskedMap, Method, MethodMap
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
    detail : callable
        Gives what was asked of the current X-ray, or in words why it is not there.
    changed : callable
        Called when the heat map is to be drawn anew.
    wanted : callable
        Called when something else is to be seen, which may have to be asked for.
    """

    def __init__(
        self,
        reading: Callable[[], Reading | None],
        card: Callable[[], Card | None],
        detail: Callable[[Want], Reading | str],
        changed: Callable[[], None],
        wanted: Callable[[], None],
    ) -> None:
        self._reading = reading
        self._card = card
        self._detail = detail
        self._changed = changed
        self._wanted = wanted
        self.chosen_class: str | None = None
        """The class of the heat map; None for each X-ray's most likely one."""
        self.method: Method | None = None
        """What draws the heat map, if not Grad-CAM, which comes with each reading."""
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
    def asked_map(self) -> AskedMap | None:
        """The map to be asked for, where a reading is there and doesn't bring it."""
        class_id = self.heatmap_class
        if self.method is None or class_id is None or self._reading() is None:
            return None
        return asked_map(self.method, class_id)

    @property
    def method_map(self) -> MethodMap | str:
        """The map that was asked for, or in words why it is not there; empty if none is."""
        asked = self.asked_map
        answer = self._detail(asked) if asked else ""
        if isinstance(answer, str) or answer.method_map is None:
            return str(answer) if isinstance(answer, str) else ""
        return answer.method_map

    @property
    def heatmap(self) -> NDArray[Any] | None:
        """The raw map of the class, whether it is shown or not; None if there is none yet."""
        if self.method:
            drawn = self.method_map
            return None if isinstance(drawn, str) else drawn.raw
        class_id, reading = self.heatmap_class, self._reading()
        if class_id is None or reading is None or reading.maps is None:
            return None
        raw: NDArray[Any] = reading.maps[CLASSES.index(class_id)]
        return raw

    @property
    def heatmap_scale(self) -> float | None:
        """What is drawn in full colour, for Grad-CAM in logit per cell; None before it is known.

        Other methods have no unit, so theirs is the strongest cell.
        """
        if self.method:
            raw = self.heatmap
            return None if raw is None else float(raw.max())
        card = self._card()
        return card.heatmap_scale if card else None

    @property
    def heatmap_shown(self) -> bool:
        """Whether the heat map is to be laid over the X-ray."""
        return self.layer == "heatmap"

    @property
    def heatmap_hidden_because(self) -> str:
        """Why the map is not drawn although it is to be shown; empty where it is."""
        if self.method:
            return self._method_map_hidden_because
        raw, class_id, card = self.heatmap, self.heatmap_class, self._card()
        if raw is None or class_id is None or not card or not card.heatmap_scale:
            return ""
        from xraydemo.model.heatmap import EXPLAINS_NOTHING, has_evidence

        # a map that stays the same when the weights are shuffled tells nothing of what was learnt
        if card.map_likeness and card.map_likeness.low > EXPLAINS_NOTHING:
            return text.explains_nothing(card.map_likeness)
        return "" if has_evidence(raw, card.heatmap_scale) else text.no_evidence(class_id)

    @property
    def _method_map_hidden_because(self) -> str:
        from xraydemo.model.heatmap import EXPLAINS_NOTHING

        drawn, class_id = self.method_map, self.heatmap_class
        if isinstance(drawn, str) or self.method is None or class_id is None:
            return ""
        if drawn.likeness > EXPLAINS_NOTHING:
            return text.method_explains_nothing(self.method, drawn.likeness)
        return "" if drawn.raw.any() else text.no_evidence(class_id)

    def wants(self, *, blind: bool) -> tuple[Want, ...]:
        """Name what the model has to be asked for; what tells of its answer only if not `blind`."""
        wants: list[Want] = []
        if self.lungs_shown:
            wants.append("lungs")
        if self.layer == "unlike" and not blind:
            wants.append("unlike")
        if self.layer == "heatmap" and self.asked_map:
            wants.append(self.asked_map)
        if self.page == "tensor":
            wants.append("tensor")
        if self.page == "neighbours" and not blind:
            wants.append("neighbours")
        return tuple(wants)

    def choose_class(self, class_id: str | None) -> None:
        """Show the map of this class; None for each X-ray's most likely one."""
        self.chosen_class = class_id
        self._wanted()
        self._changed()

    def choose_method(self, method: Method | None) -> None:
        """Draw the heat map by this method; None for Grad-CAM."""
        self.method = method
        self._wanted()
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
