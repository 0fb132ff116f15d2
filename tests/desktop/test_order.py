from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xraydemo.desktop.items import Item
from xraydemo.desktop.order import KEYS, Order


@pytest.fixture
def items(judged):
    """Four that were read, one that was not."""
    made = [
        judged("normal", verdict="inside", score=0.1, date="2020-01-02"),
        judged("covid", verdict="foreign", score=3.0, date="2021-05-06"),
        judged("opacity", verdict="unusual", score=0.9, share=0.5),
        None,
        judged("covid", verdict="inside", score=0.2, date="2019-12-31", share=0.6),
    ]
    names = ("a.png", "b.png", "c.png", "d.png", "a2.png")
    return [
        Item(row, Path(f"/x/{name}"), reading=reading)
        for row, (name, reading) in enumerate(zip(names, made, strict=True))
    ]


@pytest.mark.parametrize(
    ("key", "rows"),
    [
        ("file", [0, 1, 2, 3, 4]),
        ("class", [0, 1, 4, 2, 3]),
        ("probability", [0, 1, 4, 2, 3]),
        ("foreignness", [1, 2, 4, 0, 3]),
        ("date", [1, 0, 4, 2, 3]),
        ("priority", [1, 4, 2, 0, 3]),
    ],
)
def test_each_key_with_what_lacks_it_last(items, key, rows):
    assert Order(key).apply(items) == rows


@pytest.mark.parametrize("key", KEYS)
def test_backwards_what_lacks_the_key_is_still_last(items, key):
    rows = Order(key, backwards=True).apply(items)
    if key != "file":
        assert rows[-1] == 3
    assert sorted(rows) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("search", "rows"),
    [("", [0, 1, 2, 3, 4]), ("FOREIGN", [1]), ("covid a2", [4]), ("zzz", [])],
)
def test_search_wants_all_words_in_any_case(items, search, rows):
    assert Order(search=search).apply(items) == rows


@given(st.lists(st.integers(0, 3), max_size=30), st.booleans())
def test_equals_stay_as_they_were_opened(drawn, backwards):
    class Known(Item):
        date = property(lambda self: f"2020-01-{drawn[self.row] + 1:02d}")

    items = [Known(row, Path(f"{row}.png")) for row in range(len(drawn))]
    rows = Order("date", backwards=backwards).apply(items)
    expected = sorted(
        range(len(drawn)), key=lambda row: (drawn[row] if backwards else -drawn[row], row)
    )
    assert rows == expected
