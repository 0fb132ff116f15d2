from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pikepdf
import pytest

from tests.evaluation.runs import make_run
from tests.report.findings import (
    AWKWARD,
    FIGURES,
    OUTSIDE,
    awkward_run,
    empty_run,
    every_result,
    headline_of,
)
from tests.report.test_results import document_of
from xraydemo.classes import CLASSES, DISCLAIMER
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.figures import Bars, Exhibit, Gallery
from xraydemo.evaluation.headline import headline as headline_for
from xraydemo.evaluation.result import CheckResult, Number, Table, Verdict
from xraydemo.report.anonymous import without_file_names
from xraydemo.report.pdf import write_pdf

NAN = float("nan")


def run_with_pictures(xray):
    """Give the awkward run, whose X-rays can be read but for the first and the last."""
    run = awkward_run()
    run.rows.loc[1:4, "path"] = str(xray)
    return run


@pytest.fixture(scope="module")
def document():
    return document_of()


@pytest.fixture(scope="module")
def report(document, xray, tmp_path_factory):
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"
    write_pdf(path, run_with_pictures(xray), document)
    return path


def raw_text_of(path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext of poppler-utils")
    # -raw: as the content stands in the file, which is the order in which it is read aloud
    done = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True)
    return done.stdout.decode()


def text_of(path) -> str:
    return " ".join(raw_text_of(path).split())


def objects_of(path, subtype: str) -> list:
    with pikepdf.open(path) as pdf:
        return [
            (name, drawn.read_raw_bytes())
            for page in pdf.pages
            for name, drawn in page.resources.get("/XObject", {}).items()
            if drawn.Subtype == subtype
        ]


def assert_sound(path) -> None:
    """Let pikepdf, and what else is installed, look for faults; no page is empty."""
    with pikepdf.open(path) as pdf:
        assert pdf.check_pdf_syntax() == []
        for number, page in enumerate(pdf.pages, start=1):
            page.contents_coalesce()
            stream = page.Contents.read_bytes()
            foot_and_head = 3
            assert b" Do" in stream or stream.count(b"Tj") > foot_and_head, f"page {number}"
    for command in (["qpdf", "--check"], ["pdfinfo"]):
        if shutil.which(command[0]):  # both end with a status other than 0 where they find faults
            done = subprocess.run([*command, path], capture_output=True, text=True, check=True)
            assert done.stderr == ""


def test_the_results_are_attached_without_file_names(report, document):
    with pikepdf.open(report) as pdf:
        assert list(pdf.attachments) == ["results.json"]
        attached = pdf.attachments["results.json"].get_file().read_bytes()
    files = awkward_run().rows["file"].tolist()
    assert json.loads(attached) == without_file_names(document, files)


def test_files_are_named_only_when_that_is_asked_for(report, document, xray, tmp_path):
    path = tmp_path / "named.pdf"
    run = run_with_pictures(xray)
    write_pdf(path, run, document, names=True)
    assert "00003.png" in text_of(path)
    assert "00005.png is empty" in text_of(path)
    without = text_of(report)
    assert not re.search(r"\d{5}\.png", without)
    assert "X-ray 3 (map for" in without
    with pikepdf.open(path) as pdf:
        attached = pdf.attachments["results.json"].get_file().read_bytes()
    assert json.loads(attached) == document


def test_title_author_language_and_date_are_told(report):
    with pikepdf.open(report) as pdf:
        assert str(pdf.docinfo.Title) == "Should tiny be believed on cohort.csv?"
        assert str(pdf.docinfo.Author).startswith("xraydemo ")
        assert str(pdf.docinfo.CreationDate) == "D:20261121120000Z"
        assert str(pdf.Root.Lang) == "en"


def test_the_outline_leads_through_the_report(report):
    with pikepdf.open(report) as pdf, pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
        of_data = next(i for i in outline.root if i.title.startswith("The data"))
        children = [item.title for item in of_data.children]
    assert titles[:3] == ["The answer", "The answer in full", "Contents"]
    assert titles[-3:] == ["Thresholds and settings", "The model's card", "Reporting checklists"]
    assert children == ["data.files: fail", "data.duplicates: warn", "data.images: pass"]


def test_the_contents_lead_to_the_pages_that_they_name(report):
    text = text_of(report)
    named = int(re.search(r"data\.files: fail · Do the files give the class away\? (\d+)", text)[1])
    pages = raw_text_of(report).split("\f")
    assert "The file alone tells the label" in " ".join(pages[named - 1].split())
    with pikepdf.open(report) as pdf:
        links = [a for page in pdf.pages for a in page.get("/Annots", []) if a.Subtype == "/Link"]
    assert len(links) > 40


def test_figures_are_vectors_with_their_fonts_each_with_a_line_of_text(report):
    figures = objects_of(report, "/Form")
    assert [name for name, _ in figures] == ["/Figure0", "/Figure1"]
    text = text_of(report)
    assert "Figure 1. 4 bars (AUC): the largest is" in text
    assert text.index("Figure 1.") < text.index("Figure 2.") < text.index("Passed.")


def test_every_font_is_embedded(report):
    with pikepdf.open(report) as pdf:
        fonts = [
            one
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"
        ]
        simple = [font for font in fonts if font.Subtype not in ("/Type0", "/Type3")]
        assert simple
        assert all("/FontFile2" in font.FontDescriptor for font in simple)


def test_pictures_are_jpegs_with_a_heat_map_beside_each(report):
    pictures = objects_of(report, "/Image")
    assert len(pictures) > 8
    assert all(jpeg.startswith(b"\xff\xd8") for _, jpeg in pictures)
    with pikepdf.open(report) as pdf:
        spaces = {
            str(drawn.ColorSpace)
            for page in pdf.pages
            for drawn in page.resources.get("/XObject", {}).values()
            if drawn.Subtype == "/Image"
        }
    assert spaces == {"/DeviceGray", "/DeviceRGB"}
    assert "this X-ray can't be read now" in text_of(report)


def test_the_same_results_and_run_give_the_same_bytes(report, document, xray, tmp_path):
    path = tmp_path / "again.pdf"
    write_pdf(path, run_with_pictures(xray), document)
    assert path.read_bytes() == report.read_bytes()


def test_two_evaluations_differ_in_their_time_alone(report, document, xray, tmp_path):
    path = tmp_path / "later.pdf"
    later = document | {"created": "2026-11-22T09:30:00+00:00"}
    write_pdf(path, run_with_pictures(xray), later)
    assert objects_of(path, "/Form") == objects_of(report, "/Form")
    assert objects_of(path, "/Image") == objects_of(report, "/Image")
    times = re.compile(r"2026-11-2\d\S*|\b[0-9a-f]{64}\b")
    first, second = (times.sub("then", text_of(one)) for one in (report, path))
    assert first == second


def test_it_says_what_was_found(report):
    text = text_of(report)
    for words in (
        "Should tiny be believed on cohort.csv?",
        "0.713",
        DISCLAIMER,
        "✗ fail",
        "cannot check",
        "In the attached results.json: 3 more findings, 8 more figures and 1 more table",
        "Needs dates",
        "5 of 6 read",
        "25",
        "– X-ray 5 is empty",
        "warn = 0.6",
        "xraydemo evaluate cohort.csv --out DIR --model tiny --seed 7 --checks data.files,",
        "TRIPOD+AI: ",
        "Ethical approval not available",
    ):
        assert words in text, words


def test_every_page_says_what_it_is_for_and_its_number(report):
    pages = raw_text_of(report).split("\f")[:-1]
    for number, page in enumerate(pages, start=1):
        assert DISCLAIMER in page
        assert f"page {number} of {len(pages)}" in page
    assert all("Should tiny be believed on cohort.csv?" in page for page in pages)


def test_the_text_stands_in_the_order_in_which_it_is_read(report):
    text = text_of(report)
    first = ("Evaluation report", "Should tiny be believed", "Found", "How sure", "Do next",
             "All checks:", "page 1 of", "The answer in full", "Not measured", "Contents",
             "The data, before any model", "How it was computed", "What could not be asked",
             "How the numbers were made", "The model's card", "TRIPOD+AI")  # fmt: skip
    at = 0
    for words in first:
        at = text.index(words, at)


def test_a_report_is_sound(report):
    assert_sound(report)


def test_lines_that_are_not_the_shipped_ones_are_marked(tmp_path):
    path = tmp_path / "edited.pdf"
    document = document_of(empty_run(), [], headline_of())
    document["thresholds"] = {"data.files": {"warn": 0.9, "fail": 0.75}}
    write_pdf(path, empty_run(), document)
    text = text_of(path)
    assert "1 is not as shipped: in bold, with what is shipped." in text
    assert "warn = 0.9 (shipped: 0.6), fail = 0.75" in text
    assert "--thresholds FILE" in text


def test_letter_paper(tmp_path):
    path = tmp_path / "letter.pdf"
    document = document_of(results=every_result()[1:])
    write_pdf(path, awkward_run(), document, paper="letter")
    with pikepdf.open(path) as pdf:
        assert {tuple(map(float, page.mediabox)) for page in pdf.pages} == {
            (0.0, 0.0, 612.0, 792.0)
        }
    assert_sound(path)


def site_bars() -> Bars:
    n = 40
    sites = tuple(f"site = Hospital of the Holy Long Name number {i}" for i in range(n))
    values = tuple(0.5 + i / 100 for i in range(n))
    return Bars("AUC by site", "AUC", sites, values, (NAN,) * n, (NAN,) * n, {"chance": 0.5})


def sixty_checks() -> list[CheckResult]:
    number = Number("AUC", "all", 0.9, 0.8, 0.95, 100)
    verdicts = list(Verdict)
    groups = ("data", "performance", "confounder", "shift", "someone_elses")
    return [
        CheckResult(
            verdicts[i % 6],
            f"What check {i} found.",
            number,
            ("A finding.",),
            (Table("Numbers", (number,)),),
            check=f"{groups[i % 5]}.question_{i}",
        )
        for i in range(60)
    ]


def stopped_run():
    """Twenty X-rays, of which the last twelve were not looked at when the run was stopped."""
    run = make_run(["normal", "covid"] * 10, unreadable=range(8, 20))
    run.rows.loc[8:, ["error_type", "error_message"]] = ""
    return run


def one_image():
    return make_run(["covid"], np.array([[0.1, 0.7, 0.1, 0.1]]))


CASES = {
    "nothing read, nothing asked": (empty_run, [], "Nothing is known."),
    "one image": (one_image, every_result()[1:], "1 X-ray, all read"),
    "no labels": (lambda: make_run([""] * 5), every_result()[3:], "on cpu). It calls "),
    "one class": (lambda: make_run(["normal"] * 30), every_result()[1:], "30 Normal"),
    "a stopped run": (stopped_run, [], "12 of 20 X-rays have not been looked at yet"),
    "60 checks": (lambda: make_run(list(CLASSES)), sixty_checks(), "10 fail"),
    "40 sites": (
        lambda: make_run(list(CLASSES)),
        [CheckResult(Verdict.INFO, "Many.", figures=(site_bars(),), check="confounder.groups")],
        "the first 20 of 40",
    ),
    "tall figures": (
        lambda: make_run(list(CLASSES) * 2),
        [
            CheckResult(
                Verdict.INFO,
                "Tall.",
                figures=(FIGURES["many bars"], FIGURES["twins"]),
                check="shift.map",
            )
        ],
        "(the first 9 of 14)",
    ),
}
CASES["tall figures"][1].append(
    CheckResult(Verdict.INFO, "More.", figures=(FIGURES["gallery"],), check="shift.foreign")
)


@pytest.mark.parametrize("name", CASES)
def test_every_kind_of_run_gives_a_sound_report(name, tmp_path):
    make, results, words = CASES[name]
    run, path = make(), tmp_path / "report.pdf"
    found = headline_of() if name.startswith("nothing") else headline_for(run, results)
    write_pdf(path, run, document_of(run, results, found))
    assert_sound(path)
    assert words in text_of(path)


def test_long_names_do_not_break_a_page(tmp_path):
    run = awkward_run()
    cohort = run.meta.cohort | {"name": AWKWARD * 3, "grouping": AWKWARD}
    bundle = run.meta.bundle | {"name": "model-" * 40}
    meta = run.meta.model_copy(update={"cohort": cohort, "bundle": bundle})
    run, path = replace(run, meta=meta), tmp_path / "report.pdf"
    results = [replace(every_result()[0], figures=(), tables=()), *every_result()[1:]]
    write_pdf(path, run, document_of(run, results))
    assert_sound(path)


def test_the_wall_and_the_answer_stand_on_the_first_page_whatever_their_number(tmp_path):
    run, path = make_run(list(CLASSES)), tmp_path / "report.pdf"
    number = replace(OUTSIDE, where="here")
    write_pdf(path, run, document_of(run, sixty_checks(), headline_of(number)))
    first = " ".join(raw_text_of(path).split("\f")[0].split())
    assert all(f"question {i}" in first for i in range(60))
    assert DISCLAIMER in first


def test_no_more_pictures_are_read_than_are_shown(xray, tmp_path, monkeypatch):
    from xraydemo.report import pictures

    run, seen, real = run_with_pictures(xray), [], pictures.read
    monkeypatch.setattr(pictures, "read", lambda path: seen.append(path) or real(path))
    many = Gallery("t", tuple(Exhibit((1,), "x") for _ in range(60)))
    results = [CheckResult(Verdict.INFO, "So.", figures=(many,), check="x.y")]
    write_pdf(tmp_path / "a.pdf", run, document_of(run, results))
    assert len(seen) == 9


def test_a_place_that_can_not_be_written_is_named(document, tmp_path):
    (tmp_path / "file").write_text("")
    document = document_of(empty_run(), [], headline_of())
    with pytest.raises(XrayDemoError, match="can't be written"):
        write_pdf(tmp_path / "file" / "a.pdf", empty_run(), document)
