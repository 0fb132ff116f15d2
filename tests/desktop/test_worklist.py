from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pytest

from xraydemo.desktop import text
from xraydemo.desktop.items import Item
from xraydemo.desktop.list_panel import ListPanel
from xraydemo.desktop.order import KEYS, Order
from xraydemo.desktop.presenter import Presenter, View
from xraydemo.desktop.worklist import NUMBER, Worklist


@pytest.fixture
def presenter(post):
    presenter = Presenter(Mock(spec=View), post, list)
    yield presenter
    presenter.close()


def test_the_longest_probability_is_not_cut(qtbot, presenter) -> None:
    """It was shown as ">…%": the column was as wide as its heading only."""
    worklist = Worklist(presenter)
    qtbot.addWidget(worklist)
    needed = worklist.fontMetrics().horizontalAdvance(text.percent(0.999)) + 20  # both margins
    assert worklist.columnWidth(NUMBER) >= needed


def test_a_narrow_list_shows_what_tells_xrays_apart(qtbot, presenter) -> None:
    """Signs were out of sight with large type, and all names looked alike."""
    names = [Path(f"/x/radiography-256_COVID-{number}.jpg") for number in (1293, 1865)]
    presenter.items = [Item(row, path) for row, path in enumerate(names)]
    presenter.shown = [0, 1]
    worklist = Worklist(presenter)
    qtbot.addWidget(worklist)
    font = worklist.font()
    font.setPointSizeF(18)
    worklist.setFont(font)
    worklist.resize(360, 300)
    worklist.show()
    worklist.show_order()
    assert [worklist.model().index(row, 0).data() for row in range(2)] == ["…293", "…865"]
    assert sum(map(worklist.columnWidth, range(4))) <= worklist.viewport().width()
    worklist.resize(900, 300)
    assert worklist.model().index(0, 0).data() == names[0].name


def test_one_sign_says_whether_there_are_more() -> None:
    assert text.gravest_sign(["foreign"]) == "◆"
    assert text.gravest_sign(["foreign", "unsure"]) == "◆…"
    assert text.gravest_sign([]) == ""


def test_the_chooser_shows_which_way_the_list_is_sorted(qtbot, presenter) -> None:
    panel = ListPanel(presenter)
    qtbot.addWidget(panel)
    assert panel.key.currentText() == "▲ File"
    for arrow in "▼▲":
        presenter.sort_by("priority")
        panel.show_order()
        assert panel.key.currentText() == f"{arrow} {text.SORT_KEYS['priority']}"
    assert sum(panel.key.itemText(place)[0] in "▲▼" for place in range(panel.key.count())) == 1


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("backwards", [False, True])
def test_the_arrow_points_up_where_the_smallest_is_first(judged, key, backwards) -> None:
    """What `Order` does with two X-rays is what counts."""
    small = judged("normal", share=0.8, score=1.0, date="2020-01-01")
    large = judged("covid", share=0.9, score=2.0, date="2021-01-01")
    items = [Item(0, Path("/x/a.png"), reading=small), Item(1, Path("/x/b.png"), reading=large)]
    is_upwards = Order(key, backwards).apply(items) == [0, 1]
    assert text.sort_arrow(Order(key, backwards)) == ("▲" if is_upwards else "▼")
