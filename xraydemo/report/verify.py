"""Whether a report belongs to the results, the run, the X-rays and the model that it tells of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xraydemo.errors import XrayDemoError, why
from xraydemo.evaluation.beside import bundle_of
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.store import DATABASE, open_run
from xraydemo.model.bundle import Bundle, file_sha256, load_bundle
from xraydemo.report.anonymous import without_file_names
from xraydemo.report.fingerprint import document_fingerprint, run_fingerprint
from xraydemo.report.results import read_results
from xraydemo.report.seal import ATTACHMENT, Sealed, read_seal
from xraydemo.report.tables import csv_text

TABLE = "predictions.csv"


@dataclass(frozen=True)
class Held:
    """One thing that a report was held against.

    Attributes
    ----------
    what : str
    belongs : bool or None
        None where it isn't there to be held against.
    words : str
        What was seen.
    """

    what: str
    belongs: bool | None
    words: str


def verify(report: Path, folder: Path | None = None) -> list[Held]:
    """Compute fingerprints anew, and compare them with what a report says.

    Parameters
    ----------
    report : Path
        A PDF.
    folder : Path, optional
        Of the run; default the report's own folder, if there is a run in it.

    Raises
    ------
    XrayDemoError
        If it is no report, or a folder was given without a run in it.
    """
    sealed = read_seal(report)
    held = [
        _compared("the pages of the report", sealed.pages_are_its_own),
        _compared("the results attached to it", sealed.results_are_its_own),
    ]
    if folder is None and (report.parent / DATABASE).is_file():
        folder = report.parent
    run = open_run(folder) if folder else None
    if run is None or folder is None:
        absent = "there is none beside the report: say where with --run DIR"
        held.append(Held("the run", None, absent))
    else:
        held += _held_to_run(sealed, run, folder)
    return [*held, _held_to_bundle(sealed.document, run)]


def _held_to_run(sealed: Sealed, run: Run, folder: Path) -> Iterator[Held]:
    document = sealed.document
    cohort = run.meta.cohort["fingerprint"] == document["cohort"]["fingerprint"]
    readings = run_fingerprint(run) == document["run"]["fingerprint"]
    yield _compared("the table of X-rays", cohort)
    yield _compared("the run's readings", readings)
    try:
        there = read_results(folder / ATTACHMENT)
    except XrayDemoError as error:
        is_there = (folder / ATTACHMENT).is_file()
        yield Held(f"the run's {ATTACHMENT}", False if is_there else None, error.message)
    else:
        if not sealed.names:
            there = without_file_names(there, run.rows["file"].tolist())
        same = document_fingerprint(there) == document_fingerprint(document)
        yield _compared(f"the run's {ATTACHMENT}", same)
    if cohort and readings:  # else they are those of another run
        yield _held_to_table(run, folder / TABLE)
        yield _held_to_files(run)


def _held_to_table(run: Run, table: Path) -> Held:
    """Compare the readings beside the report with those of the run."""
    what = f"the run's {TABLE}"
    try:
        there = table.read_bytes()
    except FileNotFoundError:
        return Held(what, None, f"there is no {table}")
    except OSError as error:
        return Held(what, None, f"{table} can't be read: {why(error)}")
    same = there == csv_text(run).encode()
    return Held(what, same, "the table is the same" if same else "the table differs")


def _held_to_files(run: Run) -> Held:
    """Compare the X-rays themselves with what was read."""
    what = "the files of the X-rays"
    known = run.rows[run.rows["sha256"] != ""]
    there = [(Path(p), sha) for p, sha in zip(known["path"], known["sha256"], strict=True)]
    there = [(path, sha) for path, sha in there if path.is_file()]
    if not there:
        return Held(what, None, "none of them is where it was")
    changed = sum(file_sha256(path) != sha for path, sha in there)
    gone = len(known) - len(there)
    same = len(there) - changed
    words = f"{same:,} {'is' if same == 1 else 'are'} the same"
    words += f", {changed:,} {'has' if changed == 1 else 'have'} changed" if changed else ""
    words += f", {gone:,} {'is' if gone == 1 else 'are'} no longer there" if gone else ""
    return Held(what, not changed, words)


def _held_to_bundle(document: dict[str, Any], run: Run | None) -> Held:
    """Compare the model's card with the report, and the model's files with the card."""
    what, name = "the model", document["bundle"]["name"]
    try:
        bundle: Bundle | None = bundle_of(run) if run else None
        bundle = bundle or load_bundle(name)
    except XrayDemoError:
        return Held(what, None, f"{name} is not on this machine")
    if bundle.fingerprint != document["bundle"]["fingerprint"]:
        return Held(what, False, f"{bundle.folder.name} has another fingerprint")
    try:
        bundle.verify()
    except XrayDemoError as error:
        return Held(what, False, error.message)
    return Held(what, True, "its card and its files are the same")


def _compared(what: str, same: bool) -> Held:
    return Held(what, same, "the fingerprint is the same" if same else "the fingerprint differs")
