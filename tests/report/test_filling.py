"""The parts of a check fill its pages."""

from __future__ import annotations

from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from reportlab.platypus import Flowable, SimpleDocTemplate, Spacer

from xraydemo.report.filling import Filling, Part

PAGE = 500.0


class Block(Flowable):
    """Says on which page it stands."""

    def __init__(self, name: str, height: float, pages: dict[str, int]) -> None:
        super().__init__()
        self.name, self.height, self.pages = name, height, pages

    def wrap(self, *_: float) -> tuple[float, float]:
        return 10.0, self.height

    def draw(self) -> None:
        self.pages[self.name] = self.canv.getPageNumber()


def pages_of(*heights: tuple[str, float], before: float = 0.0) -> dict[str, int]:
    """Set parts, of which those named f... are figures; give the page of each, as they stand."""
    pages: dict[str, int] = {}
    parts = [
        Part([Block(name, height, pages)], is_figure=name.startswith("f"))
        for name, height in heights
    ]
    # reportlab's frames keep 6 points free on each side
    report = SimpleDocTemplate(
        BytesIO(),
        pagesize=(200, PAGE + 12),
        leftMargin=0,
        rightMargin=0,
        topMargin=0,
        bottomMargin=0,
    )
    report.build([*([Spacer(10, before)] if before else []), Filling(parts)])
    return pages


def test_what_fits_stands_in_its_order() -> None:
    assert list(pages_of(("f1", 200), ("text", 100), ("f2", 200)).items()) == [
        ("f1", 1),
        ("text", 1),
        ("f2", 1),
    ]


def test_text_fills_the_page_on_which_a_figure_has_no_room() -> None:
    assert pages_of(("f1", 300), ("text", 100), before=350) == {"text": 1, "f1": 2}


def test_figures_keep_their_order_for_they_are_numbered() -> None:
    assert pages_of(("f1", 300), ("f2", 100), ("text", 50), before=350) == {
        "text": 1,
        "f1": 2,
        "f2": 2,
    }


def test_a_part_that_can_be_divided_begins_where_its_least_has_room() -> None:
    pages: dict[str, int] = {}
    divided = Part([Block(f"row {i}", 40, pages) for i in range(5)], least=40)
    report = SimpleDocTemplate(BytesIO(), pagesize=(200, PAGE + 156))  # margins of an inch
    report.build([Spacer(10, PAGE - 90), Filling([divided])])
    assert list(pages.values()) == [1, 1, 2, 2, 2]


def test_no_parts_are_nothing() -> None:
    assert pages_of() == {}


@given(st.lists(st.tuples(st.booleans(), st.floats(1, PAGE)), max_size=12), st.floats(1, PAGE - 1))
def test_every_part_stands_once_on_a_page_that_has_room_for_it(
    drawn: list[tuple[bool, float]], before: float
) -> None:
    named = [(f"{'f' if figure else 't'}{i}", height) for i, (figure, height) in enumerate(drawn)]
    pages = pages_of(*named, before=before)
    assert set(pages) == {name for name, _ in named}
    figures = [name for name in pages if name.startswith("f")]
    assert figures == [name for name, _ in named if name.startswith("f")]
    heights, used = dict(named), {1: before}
    for name, page in pages.items():
        used[page] = used.get(page, 0.0) + heights[name]
    assert all(height <= PAGE + 1e-6 for height in used.values())
