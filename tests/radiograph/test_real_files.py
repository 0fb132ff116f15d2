"""Files of real devices and of pydicom's own tests."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import data_store
import numpy as np
import pydicom.data
import pytest
from PIL import Image

from xraydemo.errors import UnreadableImage, UnsupportedEncoding
from xraydemo.radiograph import read, read_facts, read_tags

# not by `get_testdata_files()`, which goes to the network for what is missing
FOLDERS = [
    Path(pydicom.data.__file__).parent / "test_files",
    Path(pydicom.data.__file__).parent / "charset_files",
    Path(data_store.__file__).parent / "data",
]
PYDICOMS = sorted(path for folder in FOLDERS for path in folder.rglob("*") if path.is_file())
RG1 = FOLDERS[2] / "RG1_UNCR.dcm"


def outcome(path: Path) -> str:
    """Return why a file was refused, "" if it was read."""
    for call in (read_facts, read_tags):
        with suppress(UnreadableImage):
            call(path)
    try:
        xray = read(path)
    except (UnreadableImage, UnsupportedEncoding) as error:
        return error.hint
    picture = xray.presented()
    assert picture.shape == (xray.facts["height"], xray.facts["width"])
    assert picture.min() < picture.max()
    return ""


def test_every_file_of_pydicom_is_read_or_refused_with_a_reason() -> None:
    """From two threads at once, as the window does it."""
    assert len(PYDICOMS) > 200
    with ThreadPoolExecutor(2) as threads:
        outcomes = dict(zip(PYDICOMS, threads.map(outcome, PYDICOMS), strict=True))
    read_ones = [path for path, reason in outcomes.items() if not reason]
    assert len(read_ones) >= 70
    assert {path.name for path in read_ones} >= {
        f"{name}_{kind}.dcm" for name in ("RG1", "RG3") for kind in ("UNCR", "UNCI", "J2KR", "J2KI")
    }


def test_the_encodings_of_one_xray_look_the_same() -> None:
    plain = read(RG1)
    assert plain.presentation.inverted
    lossless = read(RG1.with_name("RG1_J2KR.dcm"))
    np.testing.assert_array_equal(lossless.pixels, plain.pixels)
    lossy = read(RG1.with_name("RG1_J2KI.dcm"))
    assert np.abs(lossy.presented() - plain.presented()).mean() < 0.01


def test_bone_is_white() -> None:
    picture = read(RG1).presented()
    height, width = picture.shape
    spine = picture[height // 2, int(width * 0.48) : int(width * 0.54)].mean()
    lung = picture[height // 4 : height // 3, width // 4 : width // 3].mean()
    assert spine > lung + 0.1


@pytest.mark.shared
def test_real_devices(shared_data: Path) -> None:
    files = sorted((shared_data / "dicom" / "real").iterdir())
    assert len(files) == 9
    assert [outcome(path) for path in files] == [""] * 9


@pytest.mark.shared
def test_dicom_and_its_jpeg_twin_look_the_same(shared_data: Path) -> None:
    with (shared_data / "dicom.csv").open() as file:
        rows = list(csv.DictReader(file))[::6]
    for row in rows:
        twin = read(shared_data / row["same_as"]).presented()
        size = twin.shape[::-1]
        picture = Image.fromarray(read(shared_data / row["file"]).presented())
        small = np.asarray(picture.resize(size, Image.Resampling.LANCZOS))
        assert np.abs(small - twin).mean() < 0.02, row["file"]
