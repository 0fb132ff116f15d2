"""``xraydemo evaluate``: a run of a bundle on a cohort, its checks, and what they found."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from xraydemo.cohort.cohort import Cohort, read_cohort
from xraydemo.engine.client import Engine
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation import collect
from xraydemo.evaluation.beside import (
    find_beside,
    given_with,
    pairs_of,
    read_boxes,
    run_beside,
)
from xraydemo.evaluation.given import Given
from xraydemo.evaluation.headline import headline
from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.runner import chosen_checks, run_checks
from xraydemo.evaluation.scenarios import read_scenarios
from xraydemo.evaluation.store import open_run
from xraydemo.evaluation.thresholds import load_thresholds, parameters_of
from xraydemo.model.bundle import load_bundle
from xraydemo.report.results import results_json, write_results
from xraydemo.report.tables import write_csv, write_parquet
from xraydemo.report.terminal import summary

RESULTS, TABLE, PARQUET = "results.json", "predictions.csv", "predictions.parquet"
REPORT = "report.pdf"
ALL_WELL, SOMETHING_FAILED, SCENARIO_FAILED = 0, 1, 3
STOPPED = 130  # as shells count a program that Ctrl-C ended
SECONDS_BETWEEN_LINES = 30.0  # of progress, where there is no terminal for a bar
NOT_READ = {"folder", "absent"}  # kinds of problems that have no row of their own


@dataclass(frozen=True)
class Request:
    """What is asked for on the command line; see ``xraydemo evaluate --help``."""

    cohort: Path
    out: Path
    model: str
    device: str
    where: Sequence[str]
    mapping: dict[str, str]
    checks: Sequence[str] | None
    scenarios: Path | None
    thresholds: Path | None
    prevalence: float | None
    seed: int
    pdf: bool
    reference: Path | None = None
    ood: Sequence[str] = ()
    pairs: tuple[Path, Path] | None = None
    boxes: Path | None = None


def evaluate(request: Request) -> int:
    """Make the run or go on with it, ask the checks, write and print what they found.

    Returns
    -------
    int
        The program's exit status.
    """
    # what is wrong with the request must not come out after an hour of reading
    thresholds = _thresholds(request)
    for check in chosen_checks(request.checks):
        parameters_of(check, thresholds)
    bundle = load_bundle(request.model)
    pairs = pairs_of(*request.pairs) if request.pairs else ()
    cohort = read_cohort(request.cohort, where=request.where, mapping=request.mapping)
    boxes = read_boxes(request.boxes, cohort.table) if request.boxes else {}
    reference = find_beside(request.reference, bundle) if request.reference else None
    kinds = {
        kind: find_beside(folder, bundle, labelled=False)
        for kind, folder in parse_ood(request.ood).items()
    }
    _say_what_was_understood(cohort)
    try:
        with Engine(bundle.folder, request.device) as engine, _reading_bar() as bar:
            show = partial(_show, bar)
            collect.collect(cohort, engine, request.out, on_progress=show("Reading"))
            run = open_run(request.out)
            beside = partial(run_beside, engine=engine, folder=request.out)
            compared = beside(reference, show=show("Reading the reference")) if reference else None
            ood = {
                kind: beside(found, show=show(f"Reading {kind}")) for kind, found in kinds.items()
            }
            bar.stop()
            with given_with(
                engine,
                request.out,
                reference=compared,
                ood=ood,
                pairs=pairs,
                boxes=boxes,
            ) as given:
                results = _ask(run, request, thresholds, given)
    except KeyboardInterrupt:
        print(
            f"Stopped. What was read is kept in {request.out}: the same command goes on from it, "
            f"`xraydemo report {request.out}` reports on it as it is"
        )
        return STOPPED
    found = headline(run, results)
    document = results_json(
        run, results, found, seed=request.seed, thresholds=thresholds, given=given
    )
    write_results(request.out / RESULTS, document)
    write_csv(request.out / TABLE, run)
    write_parquet(request.out / PARQUET, run)
    if request.pdf:
        from xraydemo.report.pdf import write_pdf

        write_pdf(request.out / REPORT, run, document)
    elif (request.out / REPORT).exists():
        print(f"{REPORT} is of an earlier evaluation; --pdf writes it anew", file=sys.stderr)
    written = [RESULTS, TABLE, PARQUET, *([REPORT] if request.pdf else [])]
    Console().print(summary(run, results, found, [request.out / name for name in written]))
    return _exit_status(run, results, scenarios=bool(request.scenarios))


def parse_mapping(pairs: Sequence[str]) -> dict[str, str]:
    """Read ``OWN=CLASS`` pairs.

    Raises
    ------
    XrayDemoError
        If one has no ``=``.
    """
    mapping = {}
    for pair in pairs:
        own, equals, class_id = pair.rpartition("=")
        if not equals or not own:
            raise XrayDemoError(f"--map {pair!r} is not OWN=CLASS", "--map 'Viral Pneumonia=covid'")
        mapping[own] = class_id
    return mapping


def parse_ood(named: Sequence[str]) -> dict[str, Path]:
    """Read ``NAME=FOLDER`` pairs; a name may begin with ``far:`` (the default) or ``near:``.

    Raises
    ------
    XrayDemoError
        If one has no ``=``, or its folder is not there.
    """
    folders = {}
    for pair in named:
        name, equals, folder = pair.partition("=")
        if not equals or not name:
            hint = "--ood hands=FOLDER, or --ood near:tuberculosis=FOLDER"
            raise XrayDemoError(f"--ood {pair!r} is not NAME=FOLDER", hint)
        if not Path(folder).exists():
            raise XrayDemoError(f"There is no folder {folder} (--ood {name})", "Check the path")
        name = name.removeprefix("far:")
        if name in folders:
            raise XrayDemoError(f"--ood names {name} twice", "Give each kind its own name")
        folders[name] = Path(folder)
    return folders


def _thresholds(request: Request) -> dict[str, dict[str, Any]]:
    thresholds = load_thresholds(request.thresholds)
    if request.scenarios:
        read_scenarios(request.scenarios)
        thresholds["performance.scenarios"]["file"] = str(request.scenarios.resolve())
    if request.prevalence is not None:
        thresholds["performance.triage"]["prevalence"] = request.prevalence
    return thresholds


def _say_what_was_understood(cohort: Cohort) -> None:
    """Print on standard error how the cohort was read, so that a wrong guess is seen at once."""
    counts = cohort.table["label"].value_counts()
    labels = ", ".join(f"{counts[c]} {c or 'without a label'}" for c in counts.index)
    print(f"{cohort.name}: {len(cohort.table):,} X-rays ({labels})", file=sys.stderr)
    renamed = {own: mapped for own, mapped in cohort.mapping.items() if own != mapped}
    if renamed:
        pairs = ", ".join(f"{own!r} as {mapped or 'unknown'}" for own, mapped in renamed.items())
        print(f"Labels read: {pairs}. If that is wrong: --map OWN=CLASS", file=sys.stderr)


def _reading_bar() -> Progress:
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _show(bar: Progress, what: str) -> Callable[[collect.Progress], None]:
    task = bar.add_task(what, total=None, rate="")
    said = time.monotonic()

    def show(progress: collect.Progress) -> None:
        nonlocal said
        rate = f"{progress.per_second:.0f}/s, {progress.failed} unreadable"
        bar.update(task, completed=progress.done, total=progress.total, rate=rate)
        if bar.disable and time.monotonic() - said > SECONDS_BETWEEN_LINES:
            said = time.monotonic()
            print(f"{what}: {progress.done:,} of {progress.total:,}, {rate}", file=sys.stderr)

    return show


def _ask(
    run: Run, request: Request, thresholds: dict[str, dict[str, Any]], given: Given
) -> list[CheckResult]:
    console = Console(stderr=True)
    columns = (TextColumn("Asking {task.description}"), BarColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)
        return list(
            run_checks(
                run,
                thresholds,
                only=request.checks,
                given=given,
                seed=request.seed,
                progress=lambda check_id, share: bar.update(
                    task, description=check_id, completed=share
                ),
            )
        )


def _exit_status(run: Run, results: Sequence[CheckResult], *, scenarios: bool) -> int:
    verdicts = {result.check: result.verdict for result in results}
    not_held = {Verdict.FAIL, Verdict.ERROR}
    if scenarios:
        not_held.add(Verdict.CANNOT_CHECK)  # what could not be asked must not pass for what holds
    if verdicts.get("performance.scenarios") in not_held:
        return SCENARIO_FAILED
    if Verdict.ERROR in verdicts.values():
        return SOMETHING_FAILED
    not_read = any(problem["kind"] in NOT_READ for problem in run.meta.cohort["problems"])
    return SOMETHING_FAILED if not_read or not run.was_read.all() else ALL_WELL
