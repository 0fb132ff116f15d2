"""``xraydemo report``: the PDF again from a finished run, or whether one belongs to its run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.beside import bundle_of
from xraydemo.evaluation.given import NOTHING, Given
from xraydemo.evaluation.headline import headline
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.runner import run_checks
from xraydemo.evaluation.store import open_run
from xraydemo.evaluation.thresholds import load_thresholds
from xraydemo.model.dossier import load_dossier
from xraydemo.report.results import read_results, results_json, write_results
from xraydemo.report.words import one_line

RESULTS, REPORT = "results.json", "report.pdf"
ALL_WELL, DOES_NOT_BELONG = 0, 3
PAPERS = ("a4", "letter")


def make_report(folder: Path, pdf: Path | None, *, paper: str, names: bool) -> None:
    """Write the report of a run, without asking the model.

    Of a run that was stopped before its checks were asked, those that need no model are asked now,
    and its ``results.json`` is written.

    Parameters
    ----------
    folder : Path
        Of the run.
    pdf : Path, optional
        Default ``report.pdf`` in the folder.
    paper : str
        One of `PAPERS`.
    names : bool
        Name files, which can hold the names of patients.

    Raises
    ------
    XrayDemoError
        If there is no run, its results are of an earlier state of it, or the paper is
        unknown.
    """
    if paper not in PAPERS:
        raise XrayDemoError(f"There is no paper {paper!r}", f"Choose {' or '.join(PAPERS)}")
    if folder.is_file():
        hint = "Give the run's folder, or add --verify to hold this file to its run"
        raise XrayDemoError(f"{folder} is a file", hint)
    run = open_run(folder)
    results = folder / RESULTS
    document = read_results(results) if results.is_file() else _ask_without_model(run, results)
    from xraydemo.report.fingerprint import run_fingerprint
    from xraydemo.report.pdf import write_pdf

    if run_fingerprint(run) != document["run"]["fingerprint"]:
        message = f"{results} was written before the run came to its present state"
        raise XrayDemoError(message, "Evaluate again with the same command, to have it anew")
    target = pdf or folder / REPORT
    write_pdf(target, run, document, paper=paper, names=names)
    print(one_line(str(target)))


def _ask_without_model(run: Run, results: Path) -> dict[str, Any]:
    left = len(run) - run.was_read.sum() - (run.rows["error_type"] != "").sum()
    stopped = f"with {left:,} of {len(run):,} X-rays unread, " if left else ""
    print(
        f"The evaluation was stopped {stopped}before its checks were asked. "
        "Those that need no model are asked now",
        file=sys.stderr,
    )
    bundle, thresholds = bundle_of(run), load_thresholds()
    given = Given(dossier=load_dossier(bundle)) if bundle else NOTHING
    answers = list(run_checks(run, thresholds, given=given))
    found = headline(run, answers)
    document = results_json(run, answers, found, seed=0, thresholds=thresholds, given=given)
    write_results(results, document)
    return document


def verify_report(report: Path, folder: Path | None) -> int:
    """Say whether a report belongs to its results, run and model.

    Parameters
    ----------
    report : Path
        A PDF, or the folder of a run with its ``report.pdf``.
    folder : Path, optional
        Of the run; default the report's own.

    Returns
    -------
    int
        The program's exit status: 3 if it does not belong to something that is there.
    """
    from xraydemo.report.verify import verify

    held = verify(report / REPORT if report.is_dir() else report, folder)
    for one in held:
        sign = {True: "✓ belongs", False: "✗ does not", None: "? not there"}[one.belongs]
        print(f"{sign:11}  {one.what}: {one_line(one.words)}")
    if any(one.belongs is False for one in held):
        print("The report does not belong to what is here", file=sys.stderr)
        return DOES_NOT_BELONG
    if any(one.belongs is None for one in held):
        print("What is here belongs to the report; the rest could not be compared")
    else:
        print("The report belongs to its results, its run, its X-rays and its model")
    return ALL_WELL
