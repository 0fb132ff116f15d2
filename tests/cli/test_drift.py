"""The monitor's words; what it computes is tested in tests/evaluation/shift/test_timeline.py."""

from __future__ import annotations

import json

import pytest

from tests.evaluation.shift.test_timeline import run_of
from xraydemo.cli import drift
from xraydemo.errors import XrayDemoError

RUNS = {
    "before": run_of(columns={"view": ["PA"] * 100}),
    "after": run_of(n_foreign=30, seed=1, columns={"view": ["AP"] * 50 + ["PA"] * 50}),
    "alike": run_of(seed=2, columns={"view": ["PA"] * 100}),
}


@pytest.fixture
def folders(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "xraydemo.evaluation.shift.timeline.open_run", lambda folder: RUNS[folder.name]
    )
    return {name: tmp_path / name for name in RUNS}


def test_alarms_come_first_and_are_marked(folders, capsys):
    drift.watch([folders["before"], folders["after"]], None, None)
    said = capsys.readouterr().out
    assert "Changes against before that are shown: 2" in said
    assert "after: foreign rose from 0.0 % [0.0, 3.7] to 30 % [22, 40]" in said
    assert "after: view PA fell from 100 %" in said
    assert "30 % [22, 40] ▲" in said


def test_silence_is_told_and_json_written(folders, tmp_path, capsys):
    file = tmp_path / "drift.json"
    drift.watch([folders["before"], folders["alike"]], "run", file)
    assert "No change against before is shown" in capsys.readouterr().out
    written = json.loads(file.read_text("utf-8"))
    assert written["by"] == "run"
    assert len(written["periods"]) == 2


def test_wrong_use_is_said(folders, tmp_path):
    with pytest.raises(XrayDemoError, match="no period 'week'"):
        drift.watch([folders["before"]], "week", None)
    with pytest.raises(XrayDemoError, match="before is given twice"):
        drift.watch([folders["before"], folders["before"]], None, None)
    (tmp_path / "no").write_text("a file")
    with pytest.raises(XrayDemoError, match="can't be written"):
        drift.watch([folders["before"], folders["alike"]], None, tmp_path / "no" / "where.json")


def test_it_is_drawn_where_asked(folders, tmp_path, capsys):
    files = tmp_path / "drift.pdf", tmp_path / "drift.png"
    drift.watch([folders["before"], folders["after"]], None, None, *files)
    assert all(file.stat().st_size > 10_000 for file in files)
    said = capsys.readouterr().out
    assert "Changes against before" in said
    assert f"Written: {files[0]}" in said


def test_a_change_that_lasts_is_told_once(folders, monkeypatch, capsys):
    monkeypatch.setitem(RUNS, "alike", run_of(n_foreign=40, seed=2))
    drift.watch([folders[name] for name in ("before", "after", "alike")], None, None)
    said = " ".join(capsys.readouterr().out.split())
    assert "after: foreign rose from 0.0 % [0.0, 3.7] to 30 % [22, 40], and in 1 later run" in said
