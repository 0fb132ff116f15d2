"""A folder as found in life: the good X-rays are read, all else is listed with its reason."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image

from tests.evaluation.cohorts import write_xrays
from tests.radiograph.files import dataset, write
from xraydemo.cli.app import app

N_GOOD = 1000
NAMES = ["صورة الصدر.png", "🫁🩻.png", "Ärzte-Röntgen.png", "胸部X線.png"]
LATIN_1 = os.fsdecode(b"R\xf6ntgen.png")  # a name from an old system, which no table can hold


def break_files(folder: Path) -> int:
    """Write thirty broken files, three of each of ten kinds."""
    picture = folder / "00000.png"
    for i in range(3):
        (folder / f"empty {i}.png").write_bytes(b"")
        (folder / f"text {i}.dcm").write_text("This is a letter, no X-ray.\n" * 20)
        (folder / f"cut {i}.png").write_bytes(picture.read_bytes()[: 300 + i])
        jpeg = folder / f"cut {i}.jpg"
        Image.open(picture).save(jpeg)
        jpeg.write_bytes(jpeg.read_bytes()[:400])
        whole = write(dataset(), folder / f"cut {i}")
        whole.write_bytes(whole.read_bytes()[:-100])
        slices = dataset()
        slices.SOPClassUID = pydicom.uid.CTImageStorage
        slices.Modality = "CT"
        write(slices, folder / f"slice {i}.dcm")
        bare = dataset()
        del bare.PixelData
        write(bare, folder / f"no pixels {i}.dcm")
        (folder / f"noise {i}.tif").write_bytes(np.random.default_rng(i).bytes(5000))
        (folder / f"archive {i}.png").write_bytes(b"PK\x03\x04" + bytes(500))
        (folder / f"dangling {i}.png").symlink_to(folder / "nowhere")
    return 30


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "x"
    write_xrays(folder, N_GOOD - len(NAMES), side=32)
    (folder / "table.csv").unlink()
    generator = np.random.default_rng(1)
    for name in [*NAMES, LATIN_1]:
        Image.fromarray(generator.integers(0, 255, (32, 32)).astype(np.uint8)).save(folder / name)
    assert break_files(folder) == 30
    (folder / "deeper").mkdir()
    (folder / "deeper" / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "locked").mkdir()
    return folder


def test_all_good_ones_are_read_and_all_others_listed(
    folder, tiny_bundle, tmp_path, monkeypatch, capsys
) -> None:
    lock(folder / "locked", monkeypatch)
    out = tmp_path / "out"
    with pytest.raises(SystemExit) as ended:
        app(["evaluate", str(folder), "--out", str(out), "--model", str(tiny_bundle),
             "--checks", "data.duplicates"], standalone_mode=True)  # fmt: skip
    assert ended.value.code == 1
    told = capsys.readouterr()
    assert "locked" in told.out + told.err

    with (out / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == N_GOOD + 31
    good = [row for row in rows if not row["error_type"]]
    bad = [row for row in rows if row["error_type"]]
    assert len(good) == N_GOOD
    assert len(bad) == 31
    assert {row["error_type"] for row in bad} <= {"UnreadableImage", "UnsupportedEncoding"}
    assert all(len(row["error_message"]) > 10 for row in bad)
    assert set(NAMES) <= {row["file"] for row in good}
    assert any("not UTF-8" in row["error_message"] for row in bad)

    results = json.loads((out / "results.json").read_text("utf-8"))
    assert any("locked" in problem["where"] for problem in results["cohort"]["problems"])


def lock(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a folder that may not be entered, also by root, whom rights don't stop."""
    path.chmod(0)
    scandir = os.scandir

    def refuse(entered: str = ".") -> object:
        if Path(entered) == path:
            raise PermissionError(13, "Permission denied", str(entered))
        return scandir(entered)

    monkeypatch.setattr(os, "scandir", refuse)


def test_the_command_on_a_poor_terminal(folder, tiny_bundle, tmp_path) -> None:
    """Names in Arabic and emoji, where the terminal knows ASCII only."""
    command = [sys.executable, "-m", "xraydemo", "evaluate", str(folder), "--out"]
    command += [str(tmp_path / "out"), "--model", str(tiny_bundle), "--checks", "data.balance"]
    poor = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=poor)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
