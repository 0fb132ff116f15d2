"""What `xraydemo drift` found, for programs."""

from __future__ import annotations

import json
from pathlib import Path

from xraydemo.evaluation.shift.timeline import Timeline
from xraydemo.report.atomic import replaced


def drift_text(found: Timeline) -> str:
    """Give all numbers of a timeline as JSON."""
    return json.dumps(found.to_dict(), indent=2)


def write_drift_json(path: Path, found: Timeline) -> None:
    """Write all numbers of a timeline into a file.

    Raises
    ------
    XrayDemoError
        If the file can't be written.
    """
    with replaced(path) as new:
        new.write_text(drift_text(found), "utf-8")
