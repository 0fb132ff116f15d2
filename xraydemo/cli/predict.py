"""``xraydemo predict``: readings of files, in order, as sentences or as JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.cohort.files import image_files
from xraydemo.cohort.problem import Problem
from xraydemo.engine.client import Engine
from xraydemo.engine.stream import Answer, stream
from xraydemo.errors import XrayDemoError, why
from xraydemo.model.reading import Reading


def predict_files(
    paths: list[Path], model: str, device: str, *, as_json: bool, heatmaps: Path | None
) -> int:
    """Read files and print an answer for each.

    Parameters
    ----------
    paths : list of Path
        Files and folders.
    model, device : str
        See `Engine`.
    as_json : bool
        One object a line.
    heatmaps : Path, optional
        Folder for a picture of each heat map; made if absent.

    Returns
    -------
    int
        How many files and folders could not be read.
    """
    closed: list[Problem] = []
    # one wrong path must not cost the answers to the others; nothing but wrong paths is wrong use
    some_exist = any(path.exists() for path in paths)
    files = image_files(paths, closed if some_exist else None)
    for problem in closed:
        print(problem, file=sys.stderr)
    if heatmaps:
        try:
            heatmaps.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"Heat maps can't be written to {heatmaps}: {why(error)}"
            raise XrayDemoError(message, "Name a folder that you may write to") from error
    failed = 0
    with Engine(model, device) as engine:
        for number, (file, answer) in enumerate(_with_progress(engine, files)):
            if isinstance(answer, XrayDemoError):
                failed += 1
            elif heatmaps:
                picture = heatmaps / f"{number:05d}_{file.stem}_{answer.predicted}.png"
                _draw(file, answer, engine.card.heatmap_scale, picture)
            print(_as_json(file, answer) if as_json else _as_sentence(file, answer), flush=True)
    if failed:
        print(f"{failed} of {len(files)} files could not be read", file=sys.stderr)
    elif not files:
        print("There is no X-ray in the given folders", file=sys.stderr)
    return failed


def _with_progress(engine: Engine, files: list[Path]) -> Iterator[tuple[Path, Answer]]:
    console = Console(stderr=True)
    columns = (TextColumn("Reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # A bar between answers on the same screen would tear them apart.
    hidden = not console.is_terminal or sys.stdout.isatty()
    with Progress(*columns, console=console, disable=hidden) as bar:
        answers = zip(files, stream(engine, files), strict=True)
        yield from bar.track(answers, total=len(files))


def _as_json(file: Path, answer: Answer) -> str:
    if isinstance(answer, XrayDemoError):
        error = {"type": type(answer).__name__, "message": answer.message, "hint": answer.hint}
        return json.dumps({"file": str(file), "error": error})
    judged = answer.judgement.as_plain() if answer.judgement else {}
    line: dict[str, Any] = {
        "file": str(file),
        "predicted": answer.predicted,
        "probabilities": {c: round(answer.probability_of(c), 6) for c in CLASSES},
        "set": judged.get("set"),
        "doubt": judged.get("doubt"),
        "foreignness": judged.get("foreignness"),
        "milliseconds": round(answer.milliseconds, 2),
    }
    return json.dumps(line)


def _as_sentence(file: Path, answer: Answer) -> str:
    if isinstance(answer, XrayDemoError):
        return f"{file}: {answer}"
    ordered = sorted(CLASSES, key=answer.probability_of, reverse=True)
    shares = ", ".join(
        f"{DISPLAY_NAMES[c]} {100 * answer.probability_of(c):.0f} %" for c in ordered
    )
    reservations = answer.judgement.reservations if answer.judgement else ()
    return f"{file}: {shares}" + (f" ({'; '.join(reservations)})" if reservations else "")


def _draw(file: Path, reading: Reading, scale: float, picture: Path) -> None:
    """Save the X-ray with the heat map of its most likely class over it."""
    from PIL import Image

    from xraydemo.model.heatmap import colour, overlay
    from xraydemo.radiograph import read

    radiograph = read(file)
    gray = radiograph.presentation.apply_8bit(radiograph.pixels)
    assert reading.maps is not None
    raw = reading.maps[CLASSES.index(reading.predicted)]
    height, width = gray.shape
    Image.fromarray(overlay(gray, colour(raw, (height, width), scale))).save(picture)
