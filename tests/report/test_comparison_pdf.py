"""A comparison of two runs on paper."""

from __future__ import annotations

import json

import pikepdf
import pytest

from tests.evaluation.test_compare import MEN, WOMEN, with_answers, wrong_at
from tests.report.test_pdf import text_of
from xraydemo.evaluation.compare import compare
from xraydemo.report.comparison_pdf import write_comparison_pdf

BEFORE = with_answers(wrong_at(MEN[:80]))
AFTER = with_answers(wrong_at([*MEN[:10], *WOMEN[:40]]))


@pytest.fixture(scope="module")
def found():
    return compare(BEFORE, AFTER)


def test_who_pays_stands_on_the_first_page_and_the_numbers_are_attached(found, tmp_path):
    file = tmp_path / "comparison.pdf"
    write_comparison_pdf(file, found, AFTER)
    said = text_of(file)
    assert "THE AVERAGE ROSE, BUT A GROUP FELL" in said
    assert said.index("THE AVERAGE ROSE") < said.index("Changed answers")
    assert "Never for care" in said
    with pikepdf.open(file) as pdf:
        attached = json.loads(pdf.attachments["comparison.json"].get_file().read_bytes())
    assert attached["metrics"] == json.loads(json.dumps(found.to_dict()))["metrics"]
    assert [answer["became"] for answer in attached["changed"]] == [
        answer.became for answer in found.changed
    ]


def test_files_are_named_only_where_that_is_asked_for(found, tmp_path):
    name = found.changed[0].file
    for names in (False, True):
        file = tmp_path / f"{names}.pdf"
        write_comparison_pdf(file, found, AFTER, names=names)
        with pikepdf.open(file) as pdf:
            attached = pdf.attachments["comparison.json"].get_file().read_bytes().decode()
        assert (name in attached) == names
        assert (name in text_of(file)) == names


def test_the_same_comparison_gives_the_same_bytes(found, tmp_path):
    for name in ("a.pdf", "b.pdf"):
        write_comparison_pdf(tmp_path / name, found, AFTER)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
