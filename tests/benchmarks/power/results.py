"""What came out so far, a cell at a time: kept as it goes, printed, and published for the help."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks.power.cells import ENCODED, Cell, cells
from tests.benchmarks.power.trials import Outcome
from xraydemo import __version__
from xraydemo.metrics.intervals import wilson

HEADER = (
    "| check | condition | planted | taught | s | n | trials | fires % | false alarms % "
    "| cannot tell % | lost, mean |\n" + "|---" * 11 + "|"
)
COUNTED = ("trials", "fired", "false_alarms", "cannot_tell", "lost", "measured")
SHOWN = "pixels"
PUBLISHED = Path(__file__).parents[3] / "xraydemo" / "report" / "power.json"


class Results:
    """Counts of each cell, in a file.

    Parameters
    ----------
    file : Path
        Is read where it exists.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._told: dict[str, dict[str, Any]] = {}
        if file.exists():
            self._told = json.loads(file.read_text("utf-8"))

    def seeds(self, cell: Cell) -> set[int]:
        """Give those of the trials made."""
        return set(self._told.get(cell.key, {}).get("seeds", []))

    def add(self, cell: Cell, trials: Mapping[int, list[Outcome]]) -> None:
        """Count some more, by their seeds, and write it down."""
        told = self._told.setdefault(cell.key, {"seeds": [], "checks": {}})
        for seed, outcomes in trials.items():
            told["seeds"].append(seed)
            for one in outcomes:
                counts = told["checks"].setdefault(one.check, dict.fromkeys(COUNTED[1:], 0))
                counts["fired"] += one.fired
                counts["false_alarms"] += one.false_alarm
                counts["cannot_tell"] += one.cannot_tell
                if not math.isnan(one.lost):
                    counts["lost"] += one.lost
                    counts["measured"] += 1
        half_written = self._file.with_suffix(".new")
        half_written.write_text(json.dumps(self._told), "utf-8")
        half_written.replace(self._file)

    def rows(self, least: int = 1) -> list[dict[str, Any]]:
        """Give each check and what was planted, where there are at least so many trials."""
        rows: dict[tuple[Any, ...], dict[str, Any]] = {}
        for cell in cells():
            told = self._told.get(cell.key)
            if told is None or len(told["seeds"]) < least:
                continue
            for check, counts in told["checks"].items():
                names = _names(cell, check)
                row = rows.setdefault(tuple(names.values()), names | dict.fromkeys(COUNTED, 0))
                row["trials"] += len(told["seeds"])
                for name, count in counts.items():
                    row[name] += count
        for row in rows.values():
            n = row.pop("measured")
            row["lost"] = round(row["lost"] / n, 3) if n else None
        return list(rows.values())

    def publish(self, least: int, cohort: str, command: str) -> None:
        """Write the file that comes with the program, for its help."""
        rows = sorted(self.rows(least), key=lambda row: str(row["check"]))
        whole = {
            "date": datetime.now(UTC).date().isoformat(),
            "program": __version__,
            "cohort": cohort,
            "command": command,
            "rows": rows,
        }
        lines = ",\n  ".join(json.dumps(row) for row in rows)
        head = json.dumps(whole | {"rows": []}, indent=1).removesuffix("[]\n}")
        PUBLISHED.write_text(f"{head}[\n  {lines}\n ]\n}}\n", "utf-8")


def _names(cell: Cell, check: str) -> dict[str, Any]:
    """Name what was planted, as far as it matters to a check."""
    # confounder.encoded asks what is shown; what the last layer was taught is nothing to it
    only_shown = check == ENCODED and bool(cell.kind)
    return {
        "check": check,
        "condition": SHOWN if only_shown else cell.condition,
        "planted": cell.kind,
        "taught": 1.0 if only_shown else cell.taught,
        "strength": cell.strength,
        "n": cell.n,
    }


def as_markdown(row: dict[str, Any]) -> str:
    """Give a row of the table."""
    return (
        "| "
        + " | ".join(
            [
                row["check"].removeprefix("confounder."),
                row["condition"],
                row["planted"],
                f"{row['taught']:g}",
                f"{row['strength']:g}",
                f"{row['n']:,}",
                str(row["trials"]),
                *(
                    _share(row[of], row["trials"])
                    for of in ("fired", "false_alarms", "cannot_tell")
                ),
                "" if row["lost"] is None else f"{row['lost']:.2f}",
            ]
        )
        + " |"
    )


def _share(k: int, n: int) -> str:
    low, high = wilson(k, n)
    return f"{100 * k / n:.0f} [{100 * low:.0f}, {100 * high:.0f}]"
