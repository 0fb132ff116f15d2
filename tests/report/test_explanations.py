from __future__ import annotations

import re

import pytest

from xraydemo.evaluation.check import all_checks
from xraydemo.report.explanations import explanations

OF_THE_LIST = {
    "data.balance", "data.duplicates", "data.label_conflicts", "data.files", "data.images",
    "data.facts", "performance.classes", "performance.baselines", "performance.errors",
    "performance.decomposition", "performance.calibration", "performance.sets",
    "performance.triage", "performance.scenarios", "confounder.metadata", "confounder.newness",
    "confounder.encoded", "confounder.used", "confounder.groups", "confounder.pixels",
    "confounder.parity", "confounder.heatmaps", "shift.foreign", "shift.ood_auroc",
    "shift.sanity", "shift.drift", "shift.gap", "shift.map",
}  # fmt: skip


def test_every_check_has_an_explanation():
    assert set(explanations()) >= {i for i, c in all_checks().items() if _is_ours(c)}


def test_every_check_of_the_list_has_one_and_nothing_else():
    assert set(explanations()) == OF_THE_LIST


@pytest.mark.parametrize("check_id", sorted(OF_THE_LIST))
def test_an_explanation_is_whole_and_short(check_id):
    one = explanations()[check_id]
    for text in (one.how, one.cannot_tell, one.next):
        assert text.endswith(".")
        assert len(text) < 340
    assert len(re.findall(r"[.?](?: |$)", one.how)) in (2, 3)
    assert one.sources
    assert all(1900 < source.year < 2030 and source.authors for source in one.sources)


@pytest.mark.parametrize(
    "check_id", [i for i in sorted(OF_THE_LIST) if i.startswith("confounder.")]
)
def test_beside_each_confounder_check_stands_what_others_found_and_by_whom(check_id):
    one = explanations()[check_id]
    assert one.literature.endswith(".")
    [year] = re.findall(r"\((20\d\d)\)", one.literature)
    first = one.literature.split()[0]
    assert any(str(s.year) == year and s.authors.startswith(first) for s in one.sources)


def test_a_source_is_told_in_a_line():
    [source] = explanations()["data.balance"].sources
    assert str(source).startswith("Brodersen, Ong, Stephan, Buhmann: The balanced accuracy")
    assert str(source).endswith(", 2010")


def _is_ours(check) -> bool:
    return check.run.__module__.startswith("xraydemo.evaluation.checks")
