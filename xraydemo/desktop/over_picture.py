"""Lays over the X-ray what the reader chose: heat map, where it is unlike, the lungs' outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xraydemo.desktop import text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from xraydemo.desktop.image_view import ImageView
    from xraydemo.desktop.presenter import Presenter


def draw_layers(image: ImageView, presenter: Presenter) -> None:
    """Lay over the picture what is to be seen there, as far as it is known."""
    layers = presenter.layers
    image.set_heatmap_opacity(layers.opacity)
    rgba, words = _layer(presenter, image.heatmap_shape())
    image.show_heatmap(rgba)
    image.say(words)
    lungs = presenter.detail_or_why("lungs") if layers.lungs_shown else None
    mask = None if lungs is None or isinstance(lungs, str) else lungs.lungs
    if mask is None:
        image.show_lungs([])
    else:
        from xraydemo.desktop.overlays import outlines

        image.show_lungs(outlines(mask))


def _layer(presenter: Presenter, shape: tuple[int, int]) -> tuple[NDArray[np.uint8] | None, str]:
    """Give what lies over the X-ray, and what is to be said of it in the corner."""
    layers = presenter.layers
    if layers.layer == "unlike":
        answer = presenter.detail_or_why("unlike")
        if isinstance(answer, str) or answer.unlike is None:
            return None, ""
        from xraydemo.desktop.overlays import unlike_rgba

        return unlike_rgba(answer.unlike, shape), text.UNLIKE_CORNER
    raw, scale = layers.heatmap, layers.heatmap_scale
    if layers.layer != "heatmap" or raw is None or not scale:
        return None, ""
    why = layers.heatmap_hidden_because
    if why:
        return None, text.HEATMAP_HIDDEN.format(why=why)
    from xraydemo.model.heatmap import colour

    return colour(raw, shape, scale), ""
