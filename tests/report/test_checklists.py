from __future__ import annotations

from xraydemo.report.checklists import checklists
from xraydemo.report.explanations import explanations

SECTIONS = {
    "first", "answer", "statistics", "xrays", "files", "run", "repeat", "thresholds", "card",
    "part external",
}  # fmt: skip


def test_the_checklists_have_all_their_items():
    by_name = {one.name: one for one in checklists()}
    assert [item.number for item in by_name["TRIPOD+AI"].items] == [str(i) for i in range(1, 28)]
    assert [item.number for item in by_name["CLAIM"].items] == [str(i) for i in range(1, 43)]
    domains = {item.number[:2] for item in by_name["PROBAST+AI"].items}
    assert domains == {f"{part}{domain}" for part in "DE" for domain in range(1, 5)}


def test_every_place_that_an_item_names_exists():
    named = {key for one in checklists() for item in one.items for key in item.told_by}
    assert named <= SECTIONS | set(explanations())


def test_what_a_report_can_not_know_is_blank():
    tripod = {item.number: item for item in checklists()[0].items}
    assert tripod["17"].told_by == ()
    assert tripod["18"].told_by == ()
