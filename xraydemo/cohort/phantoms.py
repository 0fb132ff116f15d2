"""Writes a cohort of synthetic X-rays: pictures, a table, and the truth about them."""

from __future__ import annotations

import csv
import json
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from xraydemo.classes import CLASSES
from xraydemo.cohort.phantom_dicom import write_dicom
from xraydemo.cohort.phantom_plan import COLUMNS, Order, Row, plan
from xraydemo.errors import XrayDemoError
from xraydemo.phantom.findings import Finding, Kind, sample_finding
from xraydemo.phantom.render import Phantom, render
from xraydemo.phantom.scanners import SCANNERS
from xraydemo.phantom.shortcuts import with_traces
from xraydemo.phantom.thorax import Thorax, sample_body, sample_pose

TABLE, TRUTH = "phantoms.csv", "truth"
SHOWS: dict[str, tuple[Kind, ...]] = {
    "normal": (),
    "covid": ("ground glass",),
    "pneumonia": ("lobar",),
    "opacity": ("patchy", "diffuse"),
}
_PROCESSES = 2
_SMALL = 8  # so few are made without another process


def write_phantoms(
    out: Path, order: Order, *, on_progress: Callable[[int, int], None] | None = None
) -> list[Row]:
    """Make a cohort: pictures, `phantoms.csv`, and `truth/` with masks and all parameters.

    Ctrl-C keeps what is done: table and truth then tell of that.

    Parameters
    ----------
    out : Path
        A folder that is absent or empty.
    order : Order
    on_progress : callable, optional
        Is given how many are done, and how many are wanted.

    Returns
    -------
    list of Row
        What was made.

    Raises
    ------
    XrayDemoError
        If the folder is not empty or can't be made, or the order can't be met.
    KeyboardInterrupt
        After what is done has been written.
    """
    rows = plan(order)
    _make_folders(out)
    done: list[Row] = []
    truth: dict[str, Any] = {}
    try:
        with _workers(len(rows)) as mapped:
            made = mapped(partial(_write, out=out, order=order), rows)
            for row, parameters in zip(rows, made, strict=True):
                done.append(row)
                truth[row.file(order.format)] = {
                    "label": row.label, "shortcut": row.planted, "parameters": parameters,
                }  # fmt: skip
                if on_progress:
                    on_progress(len(done), len(rows))
    finally:
        _remove(rows[len(done) :], out, order)
        _write_table(out / TABLE, done, order)
        document = {"order": asdict(order), "images": truth}
        (out / TRUTH / "truth.json").write_text(json.dumps(document, indent=1) + "\n")
    return done


def _make_folders(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise XrayDemoError(f"{out} is a file", "Give a folder that is new or empty")
    with _writing(out):
        if out.is_dir() and any(out.iterdir()):
            raise XrayDemoError(f"{out} is not empty", "Give a folder that is new or empty")
        for name in ("lungs", "findings"):
            (out / TRUTH / name).mkdir(parents=True)
        for label in CLASSES:
            (out / "images" / label).mkdir(parents=True)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into an error that a user understands."""
    try:
        yield
    except OSError as error:
        raise XrayDemoError(
            f"{path} can't be written: {error.strerror}",
            "Give a folder that you may write to, with enough room",
        ) from error


def _write_table(path: Path, rows: list[Row], order: Order) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row.cells(order.format) for row in rows)


@contextmanager
def _workers(n: int) -> Iterator[Callable[..., Iterator[Any]]]:
    """Yield a `map`: of this process for a few X-rays, else of two others."""
    if n <= _SMALL:
        yield map
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(_PROCESSES, context, initializer=_leave_interrupts_alone) as pool:
        try:
            yield pool.map
        except KeyboardInterrupt:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _leave_interrupts_alone() -> None:
    """Let the parent alone hear Ctrl-C, so that no picture is left half written."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def make(row: Row, order: Order) -> Phantom:
    """Make one X-ray of a cohort.

    Parameters
    ----------
    row : Row
        As `plan` drew it.
    order : Order

    Returns
    -------
    Phantom
    """
    scanner = SCANNERS[row.true_scanner]
    phantom = render(*anatomy(row), scanner, row.seed, order.side)
    return with_traces(phantom, marker=row.marker, border=row.border, jpeg=row.jpeg)


def anatomy(row: Row, severity: float | None = None) -> tuple[Thorax, Finding | None]:
    """Draw who is X-rayed, and what the X-ray will show: as severe as is asked for, or drawn."""
    body = sample_body(np.random.default_rng(row.patient_seed), age=row.true_age)
    generator = np.random.default_rng(row.seed)
    pose = sample_pose(generator, view=row.true_view)
    kinds = SHOWS[row.label]
    kind = kinds[generator.integers(len(kinds))] if kinds else None
    return Thorax(body, pose), sample_finding(kind, generator, severity) if kind else None


def _write(row: Row, out: Path, order: Order) -> dict[str, Any]:
    """Make one X-ray, write it and its masks, and return what it was made of."""
    phantom = make(row, order)
    file = out / row.file(order.format)
    masks = zip(_masks(row, out), (phantom.lung_mask, phantom.finding_mask), strict=True)
    with _writing(file):
        if order.format == "dicom":
            write_dicom(file, phantom, row, order.seed)
        else:
            Image.fromarray(phantom.eight_bits()).save(file)
        for path, mask in masks:
            Image.fromarray(mask).save(path)
    return phantom.parameters


def _masks(row: Row, out: Path) -> tuple[Path, Path]:
    return (
        out / TRUTH / "lungs" / f"{row.name}.png",
        out / TRUTH / "findings" / f"{row.name}.png",
    )


def _remove(rows: list[Row], out: Path, order: Order) -> None:
    """Remove pictures that may be half written, and that the table does not tell of."""
    for row in rows:
        for path in (out / row.file(order.format), *_masks(row, out)):
            path.unlink(missing_ok=True)
