"""The commands as users run them: in a process of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from xraydemo.classes import CLASSES

NO_NETWORK = """
import socket

def refuse(*arguments, **options):
    raise AssertionError("the network was asked for")

socket.create_connection = socket.getaddrinfo = socket.socket.connect = refuse
"""


def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "xraydemo", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, **variables},
    )


@pytest.fixture
def folder(tmp_path: Path, xray: Path) -> Path:
    folder = tmp_path / "x-rays"
    folder.mkdir()
    (folder / "a good one.png").write_bytes(xray.read_bytes())
    (folder / "empty.png").touch()
    (folder / "no image.dcm").write_text("a shopping list")
    (folder / "notes.txt").write_text("left out")
    return folder


def test_json_has_a_line_for_each_file(folder, tiny_bundle) -> None:
    done = run("predict", folder, "--json", "--model", tiny_bundle)
    assert done.returncode == 1  # some could not be read
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(line["file"]).name for line in lines] == [
        "a good one.png",
        "empty.png",
        "no image.dcm",
    ]
    good, empty, none = lines
    assert set(good["probabilities"]) == set(CLASSES)
    assert sum(good["probabilities"].values()) == pytest.approx(1, abs=1e-4)
    assert good["predicted"] in CLASSES
    assert good["milliseconds"] > 0
    assert good["set"] is good["doubt"] is good["foreignness"] is None  # never certified
    assert empty["error"]["type"] == none["error"]["type"] == "UnreadableImage"
    assert "2 of 3 files could not be read" in done.stderr


def test_a_wrong_path_does_not_cost_the_other_answers(folder, tiny_bundle) -> None:
    good = folder / "a good one.png"
    done = run("predict", folder / "gone.png", good, "--json", "--model", tiny_bundle)
    assert done.returncode == 1
    gone, read = (json.loads(line) for line in done.stdout.splitlines())
    assert "gone.png" in gone["error"]["message"]
    assert read["predicted"] in CLASSES


def test_sentences_and_heat_maps(folder, tiny_bundle, tmp_path) -> None:
    maps = tmp_path / "maps"
    good = folder / "a good one.png"
    done = run("predict", good, "--model", tiny_bundle, "--heatmaps", maps)
    assert done.returncode == 0
    assert "COVID-19" in done.stdout
    (picture,) = maps.iterdir()
    with Image.open(picture) as drawn, Image.open(good) as original:
        assert drawn.size == original.size
        assert drawn.mode == "RGB"
    assert not list(folder.glob("*_*"))  # nothing is written among the X-rays


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["predict", "nowhere.dcm"], "no file or folder nowhere.dcm"),
        (["predict", ".", "--model", "nobody"], "no bundle 'nobody'"),
        (["predict", ".", "--device", "tpu"], "no device 'tpu'"),
        (["predict", ".", "--heatmaps", __file__], "Heat maps can't be written to"),
    ],
)
def test_wrong_use_is_one_sentence(arguments, complaint) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_no_command_asks_for_the_network(command, folder, tiny_bundle, tmp_path) -> None:
    """Sockets raise in the command and in its engine, which exports the model anew."""
    (tmp_path / "sitecustomize.py").write_text(NO_NETWORK)
    cache = str(tmp_path / "cache")
    more = ["--out", tmp_path / "run", "--pdf"] if command == "evaluate" else []
    done = run(
        command,
        folder / "a good one.png",
        "--model",
        tiny_bundle,
        *more,
        PYTHONPATH=str(tmp_path),
        XDG_CACHE_HOME=cache,
    )
    assert done.returncode == 0, done.stderr
    assert "the network was asked for" not in done.stderr


def test_models_lists_the_default(default_bundle) -> None:
    done = run("models")
    assert done.returncode == 0
    assert "cxr4-lite0" in done.stdout
    assert "macro F1" in done.stdout


def test_doctor_tells_what_reads_what() -> None:
    done = run("doctor")
    assert done.returncode == 0, done.stderr
    assert "openvino on cpu" in done.stdout or "torch on cuda" in done.stdout
    assert "JPEG 2000" in done.stdout
