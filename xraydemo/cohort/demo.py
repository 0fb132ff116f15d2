"""What comes with the program to be shown: phantoms, and real X-rays of ``pydicom-data``."""

from __future__ import annotations

import csv
from importlib.util import find_spec
from pathlib import Path

from xraydemo.errors import XrayDemoError

TABLE, BOXES, SCENARIOS = "demo.csv", "boxes.csv", "scenarios.toml"
FINDINGS, TWINS = "findings", "twins"
INSIDE, OUTSIDE = "inside", "outside"  # of the table's column `part`
TRAP, HONEST = "phantom-trap", "phantom-honest"  # the bundles that it is told with

# The same chest (RG1) and leg (RG3) in four encodings each; the leg shows what a chest model says
# of what is no chest.
FILES = ("RG1_UNCR.dcm", "RG1_UNCI.dcm", "RG1_J2KR.dcm", "RG1_J2KI.dcm", "RG3_UNCR.dcm")


def demo_files() -> list[Path]:
    """List the real X-rays.

    Raises
    ------
    XrayDemoError
        If the package that holds them isn't installed.
    """
    package = find_spec("data_store")
    if package is None or not package.submodule_search_locations:
        hint = "Install it with: pip install 'xraydemo[demo]'"
        raise XrayDemoError("The demo X-rays are not installed", hint)
    folder = Path(package.submodule_search_locations[0], "data")
    return [folder / name for name in FILES]


def demo_cohort() -> Path:
    """Find the table of the demo's phantoms; `demo_boxes` and `demo_scenarios` lie beside it.

    Raises
    ------
    XrayDemoError
        If it was not installed.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "demo", package.parent / "assets" / "demo"):  # wheel, source tree
        if (folder / TABLE).is_file():
            return folder / TABLE
    hint = "Install the program again; python -m xraydemo.cohort.demo_cohort DIR makes them"
    raise XrayDemoError("The demo's phantoms are not installed", hint)


def demo_boxes() -> Path:
    """Find the boxes around the phantoms' findings; see `xraydemo.evaluation.beside.read_boxes`."""
    return demo_cohort().with_name(BOXES)


def demo_scenarios() -> Path:
    """Find what a model must be able to do with the phantoms; see `performance.scenarios`."""
    return demo_cohort().with_name(SCENARIOS)


def demo_labels(table: Path) -> dict[Path, str]:
    """Give the phantoms of the demo, in the table's order, with their labels."""
    return {table.parent / row["file"]: row["label"] for row in _rows(table)}


def demo_subjects(table: Path) -> tuple[Path, Path]:
    """Choose whom the story is told of, by the table alone.

    Returns
    -------
    ill, healthy : Path
        The first covid-like phantom inside, and the first healthy one outside that was X-rayed on
        the same device.
    """
    rows = list(_rows(table))
    ill = next(row for row in rows if (row["part"], row["label"]) == (INSIDE, "covid"))
    like_it = OUTSIDE, "normal", ill["source"]
    healthy = next(row for row in rows if (row["part"], row["label"], row["source"]) == like_it)
    return table.parent / ill["file"], table.parent / healthy["file"]


def _rows(table: Path) -> list[dict[str, str]]:
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
