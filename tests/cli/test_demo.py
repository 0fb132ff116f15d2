"""The demo in print, with a tiny model and few pictures; all of it is what `make run` shows."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from PIL import Image

from tests.conftest import chest_like
from xraydemo.classes import CLASSES
from xraydemo.cli import demo, story
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.check import all_checks


@pytest.fixture
def table(tmp_path):
    folder = tmp_path / "demo"
    folder.mkdir()
    generator = np.random.default_rng(0)
    rows = []
    for part in ("inside", "outside"):
        for k, label in enumerate(CLASSES * 3):
            name, device = f"{part}{k}.png", "new" if label == "covid" or part[0] == "o" else "old"
            Image.fromarray(chest_like(generator)).save(folder / name)
            rows.append((name, label, part, device, 2021 if device == "new" else 2015))
    with (folder / "demo.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "label", "part", "source", "year"))
        writer.writerows(rows)
    (folder / "boxes.csv").write_text("file,x,y,width,height\ninside1.png,0.2,0.2,0.3,0.3\n")
    return folder / "demo.csv"


def no_real_xrays() -> None:
    raise XrayDemoError("The demo X-rays are not installed", "Install them")


@pytest.fixture
def small(monkeypatch, table, tiny_bundle):
    """Make both models the tiny one, and ask two checks alone."""
    two = {name: all_checks()[name] for name in ("confounder.newness", "data.balance")}
    monkeypatch.setattr(story, "TRAP", tiny_bundle)
    monkeypatch.setattr(story, "HONEST", tiny_bundle)
    monkeypatch.setattr(story, "STORY_CHECKS", ("confounder.newness",))
    monkeypatch.setattr(story, "all_checks", lambda: two)
    monkeypatch.setattr(story, "demo_boxes", lambda: table.with_name("boxes.csv"))
    monkeypatch.setattr(story, "demo_files", no_real_xrays)
    monkeypatch.setattr(story, "find_spec", lambda _: None)


def test_it_tells_measures_and_writes(small, table, tmp_path, capsys) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert story.tell(table, out, "nobody") == 0
    said = capsys.readouterr().out
    for title in ("A superb model", "New images", "What if?", "The honest model", "Real X-rays"):
        assert title in said
    assert "(n = 12)" in said
    assert "confounder.newness" in said
    assert "Never for care" in said or "never for care" in said.lower()
    assert (out / "report.pdf").read_bytes().startswith(b"%PDF")
    assert (out / "what-if.png").is_file()
    document = json.loads((out / "tiny" / "results.json").read_text())
    assert [one["id"] for one in document["checks"]] == ["confounder.newness", "data.balance"]


def test_without_a_display_it_writes_below_the_current_folder(monkeypatch, tmp_path, table) -> None:
    told = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo, "demo_cohort", lambda: table)
    monkeypatch.setattr(story, "tell", lambda *arguments: told.append(arguments) or 0)
    assert demo.show("some-model", window=False) == 0
    assert told == [(table, tmp_path / "xraydemo-demo", "some-model")]
    assert (tmp_path / "xraydemo-demo").is_dir()


def test_where_nothing_may_be_written_it_says_so(monkeypatch, tmp_path, table) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo, "demo_cohort", lambda: table)
    (tmp_path / "xraydemo-demo").write_text("in the way")
    with pytest.raises(XrayDemoError, match="can't be made"):
        demo.show("some-model", window=False)
