from types import SimpleNamespace

import numpy as np
import pytest

from xraydemo.desktop.layers import Layers
from xraydemo.model.measured import Measured


def layers(likeness: Measured | None) -> Layers:
    maps = np.full((4, 6, 6), 0.5, np.float32)
    reading = SimpleNamespace(predicted="covid", maps=maps)
    card = SimpleNamespace(heatmap_scale=0.4, map_likeness=likeness)
    return Layers(lambda: reading, lambda: card, lambda _: "", lambda: None, lambda: None)


@pytest.mark.parametrize(("low", "hidden"), [(0.45, False), (0.55, True)])
def test_a_map_that_shuffled_weights_leave_alone_is_hidden_with_its_reason(low, hidden):
    likeness = Measured(value=low + 0.1, low=low, high=low + 0.2, n=100, n_groups=100)
    why = layers(likeness).heatmap_hidden_because
    assert ("explain nothing" in why) is hidden
    assert (f"{low + 0.1:.2f} [{low:.2f}, {low + 0.2:.2f}]" in why) is hidden


def test_where_nobody_asked_the_map_is_shown():
    assert layers(None).heatmap_hidden_because == ""
