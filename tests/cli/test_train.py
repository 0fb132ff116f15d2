"""``xraydemo train`` starts a training or a search, and lets Ctrl-C reach it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xraydemo.cli.app import app
from xraydemo.errors import XrayDemoError

# stands in for Python: tells what it was started with, and whether it would hear Ctrl-C
CHILD = f"""#!{sys.executable}
import json, pathlib, signal, sys
deaf = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
pathlib.Path(__file__).with_name("told.json").write_text(json.dumps([sys.argv[1:], deaf]))
sys.exit(2)
"""


@pytest.fixture
def told(tmp_path, monkeypatch) -> Iterator[Path]:
    """Where the process that is started tells of itself."""
    child = tmp_path / "python"
    child.write_text(CHILD)
    child.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(child))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield tmp_path / "told.json"
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(os.name == "nt", reason="a script can't stand in for Python there")
@pytest.mark.parametrize(
    ("more", "started"),
    [
        ([], ["xraydemo.training", "t.csv", "--out=d", "--max-minutes=9.0", "--seed=0"]),
        (
            ["--search", "--seed", "3"],
            ["xraydemo.training.search", "t.csv", "--out=d", "--minutes=9.0", "--seed=3"],
        ),
        (
            ["--search", "--minutes-a-trial", "2", "--leave-out", "-a source"],
            [
                *["xraydemo.training.search", "t.csv", "--out=d", "--minutes=9.0"],
                *["--minutes-a-trial=2.0", "--leave-out=-a source", "--seed=0"],
            ],
        ),
    ],
)
def test_another_process_does_the_work(told, more, started) -> None:
    done = CliRunner().invoke(app, ["train", "t.csv", "--out", "d", "--max-minutes", "9", *more])
    assert done.exit_code == 2  # its own status
    arguments, deaf = json.loads(told.read_text())
    assert arguments == ["-m", *started]
    assert not deaf


@pytest.mark.parametrize("option", [["--leave-out", "there"], ["--minutes-a-trial", "2"]])
def test_what_belongs_to_a_search_is_refused_without_it(told, option) -> None:
    asked = ["train", "t.csv", "--out", "d", "--max-minutes", "9", *option]
    done = CliRunner().invoke(app, asked)
    assert isinstance(done.exception, XrayDemoError)
    assert "belong to a search. Give --search, too." in str(done.exception)
    assert not told.exists()


def test_a_search_names_what_is_wrong(tmp_path) -> None:
    command = [sys.executable, "-m", "xraydemo", "train", str(tmp_path / "no.csv"), "--search"]
    command += ["--out", str(tmp_path / "d"), "--max-minutes", "9", "--leave-out", "there"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 2
    assert "There is no table" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "d").exists()
