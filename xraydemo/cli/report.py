"""``xraydemo report``: the PDF again from a finished run, or whether one belongs to its run."""

from __future__ import annotations

import sys
from pathlib import Path

from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.store import open_run
from xraydemo.report.results import read_results
from xraydemo.report.words import one_line

RESULTS, REPORT = "results.json", "report.pdf"
ALL_WELL, DOES_NOT_BELONG = 0, 3
PAPERS = ("a4", "letter")


def make_report(folder: Path, pdf: Path | None, *, paper: str, names: bool) -> None:
    """Write the report of a finished run, without asking the model or any check.

    Parameters
    ----------
    folder : Path
        Of the run, with its ``results.json``.
    pdf : Path, optional
        Default ``report.pdf`` in the folder.
    paper : str
        One of `PAPERS`.
    names : bool
        Name files, which can hold the names of patients.

    Raises
    ------
    XrayDemoError
        If there is no finished run, its results are of an earlier state of it, or the paper is
        unknown.
    """
    if paper not in PAPERS:
        raise XrayDemoError(f"There is no paper {paper!r}", f"Choose {' or '.join(PAPERS)}")
    if folder.is_file():
        hint = "Give the run's folder, or add --verify to hold this file to its run"
        raise XrayDemoError(f"{folder} is a file", hint)
    run, document = open_run(folder), read_results(folder / RESULTS)
    from xraydemo.report.fingerprint import run_fingerprint
    from xraydemo.report.pdf import write_pdf

    if run_fingerprint(run) != document["run"]["fingerprint"]:
        message = f"{folder / RESULTS} was written before the run came to its present state"
        raise XrayDemoError(message, "Evaluate again with the same command, to have it anew")
    target = pdf or folder / REPORT
    write_pdf(target, run, document, paper=paper, names=names)
    print(one_line(str(target)))


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
