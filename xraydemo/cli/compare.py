"""``xraydemo compare``: what changed from one run to another on the same X-rays."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.console import Console

from xraydemo.evaluation.check import all_checks
from xraydemo.evaluation.compare import compare
from xraydemo.evaluation.runner import run_checks
from xraydemo.evaluation.scenarios import read_scenarios
from xraydemo.evaluation.store import open_run
from xraydemo.evaluation.thresholds import load_thresholds
from xraydemo.report.comparison import comparison_summary


def compare_runs(
    before: Path,
    after: Path,
    scenarios: Path | None,
    *,
    seed: int,
    as_json: bool,
    pdf: Path | None,
) -> None:
    """Ask the quick checks of both runs, and print them side by side."""
    asked = read_scenarios(scenarios) if scenarios else ()
    a, b = open_run(before), open_run(after)
    thresholds = load_thresholds()
    # those that ask the model again take minutes, and compare what `evaluate` has told already
    quick = [c.id for c in all_checks().values() if not {"engine", "dossier"} & set(c.needs)]
    with Console(stderr=True).status("Asking the checks of both runs"):
        found = compare(
            a,
            b,
            results_a=list(run_checks(a, thresholds, only=quick, seed=seed)),
            results_b=list(run_checks(b, thresholds, only=quick, seed=seed)),
            scenarios=asked,
            seed=seed,
        )
    if as_json:
        print(json.dumps(found.to_dict(), indent=2))
    else:
        Console().print(comparison_summary(found))
    if pdf:
        from xraydemo.report.comparison_pdf import write_comparison_pdf

        write_comparison_pdf(pdf, found, b)
        print(f"Written: {pdf}", file=sys.stderr)
