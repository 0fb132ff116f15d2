from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from xraydemo.errors import UnreadableImage
from xraydemo.radiograph import read, read_facts, read_tags

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("call", [read, read_facts, read_tags])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"patient,label\n1,covid\n", "is no image"),
        (b"%PDF-1.7 ...", "is a PDF document"),
        (b"GIF89a" + bytes(20), "is a GIF"),
        (b"<!DOCTYPE html>", "is a page of HTML"),
        (bytes(1000), "is no image"),
        (b"\x89PNG\r\n\x1a\n", "is damaged or incomplete"),
        (bytes(128) + b"DICM", None),
        (b"\x02", "is no image"),
    ],
)
def test_what_is_no_image(tmp_path: Path, call: object, content: bytes, message: str) -> None:
    path = tmp_path / "scan.dcm"
    path.write_bytes(content)
    if message is None and call is not read:
        call(path)  # an empty data set has a header to show
        return
    if call is read_tags and content.startswith(b"\x89PNG"):
        assert read_tags(path) == []
        return
    with pytest.raises(UnreadableImage, match=message) as caught:
        call(path)
    assert caught.value.hint


def test_paths(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage, match="does not exist"):
        read(tmp_path / "absent.dcm")
    with pytest.raises(UnreadableImage, match="is a folder"):
        read(str(tmp_path))
    with pytest.raises(UnreadableImage, match="could not be opened"):
        read("a\0b")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"x")
    path.chmod(0)
    with pytest.raises(UnreadableImage, match="may not be read"):
        read(path)
