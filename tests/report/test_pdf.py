from __future__ import annotations

import json
import re
import shutil
import subprocess

import pikepdf
import pytest

from tests.report.findings import (
    FIGURES,
    OUTSIDE,
    awkward_run,
    empty_run,
    every_result,
    headline_of,
)
from tests.report.test_results import document_of
from xraydemo.classes import DISCLAIMER
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.report.pdf import MARGIN, write_pdf


@pytest.fixture(scope="module")
def document():
    return document_of()


@pytest.fixture(scope="module")
def report(document, tmp_path_factory):
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"
    write_pdf(path, awkward_run(), every_result(), headline_of(OUTSIDE), document)
    return path


def text_of(path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext of poppler-utils")
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def test_the_results_are_attached(report, document):
    with pikepdf.open(report) as pdf:
        assert list(pdf.attachments) == ["results.json"]
        attached = pdf.attachments["results.json"].get_file().read_bytes()
    assert json.loads(attached) == document


def test_title_author_and_outline_are_told(report):
    with pikepdf.open(report) as pdf:
        assert str(pdf.docinfo.Title) == "Should tiny be believed on cohort.csv?"
        assert str(pdf.docinfo.Author).startswith("xraydemo ")
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root]
    assert titles[0].startswith("The checks: 1 fail")
    assert titles[-3:] == ["The X-rays", "The model and the run", "Thresholds and settings"]


def test_figures_are_vectors_each_placed_once_on_a_page(report):
    with pikepdf.open(report) as pdf:
        forms = [
            name
            for page in pdf.pages
            for name, form in page.Resources.get("/XObject", {}).items()
            if form.Subtype == "/Form"
        ]
    assert forms == ["/Figure0", "/Figure1", "/Figure2"]  # the gap, and the first two of a check


def test_the_same_run_gives_the_same_bytes(report, document, tmp_path):
    path = tmp_path / "again.pdf"
    write_pdf(path, awkward_run(), every_result(), headline_of(OUTSIDE), document)
    assert path.read_bytes() == report.read_bytes()


def test_it_says_what_was_found(report):
    text = text_of(report)
    for words in (
        "Should tiny be believed here?",
        "0.713",
        DISCLAIMER,
        "✗ fail",
        "? cannot check",
        "50 more rows are in the attached results.json",
        "9 more figures are in the attached results.json",
        "Problems of the cohort: 25",
        "00005.png: 00005.png is empty",
        "warn = 0.6",
        "page 1 of",
    ):
        assert words in text


def empty_pages_of(path) -> list[int]:
    """Give the numbers of the pages that hold a foot and no more."""
    with pikepdf.open(path) as pdf:
        return [
            number
            for number, page in enumerate(pdf.pages, start=1)
            if b"Do" not in (stream := page_stream(page)) and stream.count(b"Tj") < 4
        ]


def page_stream(page: pikepdf.Page) -> bytes:
    page.contents_coalesce()
    return page.Contents.read_bytes()


def test_no_page_is_empty(report):
    assert not empty_pages_of(report)


def test_an_evaluation_in_which_nothing_was_read_and_nothing_asked(tmp_path):
    path = tmp_path / "report.pdf"
    document = document_of(empty_run(), [], headline_of())
    write_pdf(path, empty_run(), [], headline_of(), document)
    text = text_of(path)
    assert "2, of which 0 could be read" in text
    assert "Nothing is known." in text


def test_the_tallest_figures_fit_their_pages(tmp_path):
    figures = (FIGURES["many bars"], FIGURES["twins"])
    results = [CheckResult(Verdict.INFO, "Tall.", figures=figures, check="x")]
    run, path = awkward_run(), tmp_path / "report.pdf"
    write_pdf(path, run, results, headline_of(), document_of(run, results))
    assert not empty_pages_of(path)
    with pikepdf.open(path) as pdf:
        placed = [
            re.findall(rb"q 1 0 0 1 (\S+) (\S+) cm /Figure", page_stream(p)) for p in pdf.pages
        ]
    places = [(float(x), float(y)) for found in placed for x, y in found]
    assert len(places) == 2
    assert all(x >= MARGIN and y >= MARGIN for x, y in places)


def test_a_place_that_can_not_be_written_is_named(document, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(XrayDemoError, match="can't be written"):
        write_pdf(tmp_path / "file" / "a.pdf", empty_run(), [], headline_of(), document)
