from __future__ import annotations

import hashlib
from dataclasses import replace

import pikepdf
import pytest

from tests.evaluation.runs import make_run
from tests.report.findings import headline_of
from tests.report.test_results import document_of
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.result import CheckResult, Number, Verdict
from xraydemo.evaluation.store import DATABASE
from xraydemo.model.bundle import load_bundle
from xraydemo.report import verify as module
from xraydemo.report.pdf import write_pdf
from xraydemo.report.results import write_results
from xraydemo.report.tables import write_csv
from xraydemo.report.verify import verify

RESULT = CheckResult(
    Verdict.PASS, "Well.", Number("AUC", "all", 0.9, 0.8, 0.95, 4), check="data.files"
)


@pytest.fixture
def run(default_bundle, xray):
    run = make_run(["normal", "covid", "pneumonia"], unreadable=[2])
    run.rows["path"] = str(xray)
    run.rows["sha256"] = hashlib.sha256(xray.read_bytes()).hexdigest()
    fingerprint = load_bundle(default_bundle).fingerprint
    bundle = {"name": "cxr4-lite0", "fingerprint": fingerprint, "folder": str(default_bundle)}
    return replace(run, meta=run.meta.model_copy(update={"bundle": bundle}))


@pytest.fixture
def folder(run, tmp_path, monkeypatch):
    """A folder with a finished run, its results and its report."""
    folder = tmp_path / "run"
    document = document_of(run, [RESULT], headline_of())
    write_results(folder / "results.json", document)
    write_pdf(folder / "report.pdf", run, document)
    write_csv(folder / "predictions.csv", run)
    (folder / DATABASE).touch()
    monkeypatch.setattr(module, "open_run", lambda _: run)
    return folder


def seen(held) -> dict[str, bool | None]:
    return {one.what: one.belongs for one in held}


def test_a_report_belongs_to_the_run_beside_it(folder):
    held = verify(folder / "report.pdf")
    assert len(held) == 8
    assert {one.belongs for one in held} == {True}


def test_so_does_one_that_names_files(folder, run):
    document = module.read_results(folder / "results.json")
    write_pdf(folder / "report.pdf", run, document, names=True)
    assert {one.belongs for one in verify(folder / "report.pdf")} == {True}


def test_without_a_run_the_rest_is_compared(folder, tmp_path):
    alone = (folder / "report.pdf").rename(tmp_path / "mailed.pdf")
    held = seen(verify(alone))
    assert held.pop("the run") is None
    assert set(held.values()) == {True}
    assert {one.belongs for one in verify(alone, folder)} == {True}


def test_results_of_another_evaluation_are_told(folder, run):
    other = replace(RESULT, verdict=Verdict.FAIL)
    write_results(folder / "results.json", document_of(run, [other], headline_of()))
    held = seen(verify(folder / "report.pdf"))
    assert [what for what, belongs in held.items() if not belongs] == ["the run's results.json"]


def test_a_changed_answer_or_label_is_told(folder, run):
    run.rows.loc[0, "label"] = "covid"
    assert seen(verify(folder / "report.pdf"))["the run's readings"] is False
    run.rows.loc[0, "label"] = "normal"
    run.probabilities[0, 0] += 0.01
    assert seen(verify(folder / "report.pdf"))["the run's readings"] is False


def test_a_changed_x_ray_is_told_and_one_that_is_gone_is_counted(folder, run, tmp_path):
    run.rows.loc[0, "path"] = "/gone.png"
    [files] = [one for one in verify(folder / "report.pdf") if "files" in one.what]
    assert files.belongs is True
    assert files.words == "2 are the same, 1 is no longer there"
    other = tmp_path / "other.png"
    other.write_bytes(b"other")
    run.rows.loc[1, "path"] = str(other)
    [files] = [one for one in verify(folder / "report.pdf") if "files" in one.what]
    assert files.belongs is False
    run.rows["path"] = "/gone.png"
    [files] = [one for one in verify(folder / "report.pdf") if "files" in one.what]
    assert files.belongs is None


def test_an_edited_table_is_told_and_one_that_is_gone(folder):
    """Only the run's own readings were looked at."""
    table = folder / "predictions.csv"
    table.write_bytes(table.read_bytes().replace(b"normal", b"covid", 1))
    assert seen(verify(folder / "report.pdf"))["the run's predictions.csv"] is False
    table.unlink()
    assert seen(verify(folder / "report.pdf"))["the run's predictions.csv"] is None


def test_an_edited_page_or_result_is_told(folder):
    path = folder / "report.pdf"
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page = pdf.pages[0]
        page.contents_coalesce()
        page.Contents.write(page.Contents.read_bytes().replace(b"0 0 1 rg", b"1 0 0 rg") + b" ")
        pdf.save(path)
    assert seen(verify(path))["the pages of the report"] is False
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        attached = pdf.attachments["results.json"].get_file().read_bytes()
        pdf.attachments["results.json"] = pikepdf.AttachedFileSpec(
            pdf, attached.replace(b'"pass"', b'"fail"')
        )
        pdf.save(path)
    assert seen(verify(path))["the results attached to it"] is False


def test_another_model_is_told(folder, run):
    run.meta.bundle["fingerprint"] = "0" * 64  # so that the run's own is not found
    document = document_of(run, [RESULT], headline_of())
    write_pdf(folder / "report.pdf", run, document)
    assert seen(verify(folder / "report.pdf"))["the model"] is False


def test_what_is_no_report_is_refused(tmp_path):
    (tmp_path / "a.pdf").write_text("no")
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "b.pdf")
    for name in "ab":
        with pytest.raises(XrayDemoError, match="report") as told:
            verify(tmp_path / f"{name}.pdf")
        assert str(told.value).count(str(tmp_path)) == 1
    with pytest.raises(XrayDemoError, match="There is no report") as told:
        verify(tmp_path / "c.pdf")
    assert "Errno" not in told.value.message
