from __future__ import annotations

import pytest
from typer.testing import CliRunner

from tests.evaluation.runs import make_run
from tests.report.findings import headline_of
from tests.report.test_results import document_of
from xraydemo.cli import report as module
from xraydemo.cli.app import app
from xraydemo.cli.report import make_report, verify_report
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.check import all_checks
from xraydemo.evaluation.store import DATABASE
from xraydemo.report.results import read_results, write_results


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


def test_of_a_stopped_run_the_checks_that_need_no_model_are_asked(folder, monkeypatch, capsys):
    run = make_run(["normal", "covid"], unreadable=[1])
    run.rows.loc[1, ["error_type", "error_message"]] = ""  # it was not looked at
    monkeypatch.setattr(module, "open_run", lambda _: run)
    monkeypatch.setattr("xraydemo.report.verify.open_run", lambda _: run)
    (folder / "results.json").unlink()
    make_report(folder, None, paper="a4", names=False)
    said = capsys.readouterr()
    assert "The evaluation was stopped with 1 of 2 X-rays unread" in said.err
    assert (folder / "report.pdf").is_file()
    asked = {check["id"]: check for check in read_results(folder / "results.json")["checks"]}
    assert set(asked) == set(all_checks())
    assert asked["confounder.pixels"]["verdict"] == "cannot_check"
    assert verify_report(folder, None) == 0


def test_wrong_use_is_told(folder):
    with pytest.raises(XrayDemoError, match="paper"):
        make_report(folder, None, paper="a5", names=False)
    with pytest.raises(XrayDemoError, match="--verify"):
        make_report(folder / "results.json", None, paper="a4", names=False)


def test_where_to_write_and_what_to_verify_are_not_mixed_up(tmp_path):
    asked = ["report", str(tmp_path), "--pdf", str(tmp_path / "other.pdf"), "--verify"]
    done = CliRunner().invoke(app, asked)
    assert isinstance(done.exception, XrayDemoError)
    assert "--verify writes none" in done.exception.message
    assert not (tmp_path / "other.pdf").exists()
