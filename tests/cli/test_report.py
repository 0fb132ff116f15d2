from __future__ import annotations

import pytest

from tests.evaluation.runs import make_run
from tests.report.findings import headline_of
from tests.report.test_results import document_of
from xraydemo.cli import report as module
from xraydemo.cli.report import make_report, verify_report
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.store import DATABASE
from xraydemo.report.results import write_results


@pytest.fixture
def run():
    return make_run(["normal", "covid"])


@pytest.fixture
def folder(run, tmp_path, monkeypatch):
    write_results(tmp_path / "results.json", document_of(run, [], headline_of()))
    (tmp_path / DATABASE).touch()
    monkeypatch.setattr(module, "open_run", lambda _: run)
    monkeypatch.setattr("xraydemo.report.verify.open_run", lambda _: run)
    return tmp_path


def test_the_report_is_made_again_and_belongs_to_its_run(folder, capsys):
    make_report(folder, None, paper="a4", names=False)
    assert capsys.readouterr().out.strip() == str(folder / "report.pdf")
    assert verify_report(folder, None) == 0
    said = capsys.readouterr().out
    assert "✓ belongs    the run's readings: the fingerprint is the same" in said
    assert "? not there  the model: tiny is not on this machine" in said


def test_another_place_and_paper(folder):
    make_report(folder, folder / "new" / "b.pdf", paper="letter", names=True)
    assert (folder / "new" / "b.pdf").is_file()


def test_status_3_where_it_does_not_belong(folder, run, capsys):
    make_report(folder, None, paper="a4", names=False)
    run.rows.loc[0, "label"] = "covid"
    assert verify_report(folder / "report.pdf", None) == 3
    said = capsys.readouterr()
    assert "✗ does not   the run's readings" in said.out
    assert "does not belong" in said.err


def test_results_of_an_earlier_state_of_the_run_are_refused(folder, run):
    run.rows.loc[0, "label"] = "covid"
    with pytest.raises(XrayDemoError, match="written before the run"):
        make_report(folder, None, paper="a4", names=False)


def test_a_run_that_is_not_finished_says_what_to_do(folder):
    (folder / "results.json").unlink()
    with pytest.raises(XrayDemoError, match="xraydemo evaluate"):
        make_report(folder, None, paper="a4", names=False)


def test_wrong_use_is_told(folder):
    with pytest.raises(XrayDemoError, match="paper"):
        make_report(folder, None, paper="a5", names=False)
    with pytest.raises(XrayDemoError, match="--verify"):
        make_report(folder / "results.json", None, paper="a4", names=False)
