"""``xraydemo compare``: what changed from one run to another on the same X-rays."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.console import Console

from xraydemo.evaluation.compare import compare, match
from xraydemo.evaluation.scenarios import read_scenarios
from xraydemo.evaluation.store import open_run
from xraydemo.report.answered import answers_of
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
    """Print what the checks say of both runs, side by side; see `answers_of`."""
    asked = read_scenarios(scenarios) if scenarios else ()
    a, b = open_run(before), open_run(after)
    match(a, b)  # what has nothing in common is said before the checks are asked
    with Console(stderr=True).status("Comparing") as status:

        def tell(check: str, number: int, total: int) -> None:
            status.update(f"Asking both runs: {check} ({number + 1} of {total})")

        answered = answers_of(before, after, a, b, seed=seed, tell=tell)
        status.update("Comparing")
        found = compare(
            a,
            b,
            results_a=answered.before,
            results_b=answered.after,
            sources=answered.sources,
            why_not=answered.why_not,
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
