"""What an evaluation found, for programs: ``results.json``, strict JSON with a versioned schema.

A number that is not defined is null. Files are named as in their cohort, without the place on this
machine, and facts of patients stay out: they are in the tables of the run, not here.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from xraydemo.classes import CLASSES, DISCLAIMER
from xraydemo.errors import XrayDemoError, why
from xraydemo.evaluation.figures import Bars, Figure, Gallery, Grid, Slopes
from xraydemo.evaluation.given import NOTHING, Given
from xraydemo.evaluation.headline import Headline
from xraydemo.evaluation.result import CheckResult, Number, Verdict
from xraydemo.evaluation.run import Run
from xraydemo.report.atomic import replaced
from xraydemo.report.fingerprint import run_fingerprint
from xraydemo.report.tables import error_messages
from xraydemo.report.words import utf8, without_place

SCHEMA_VERSION = 1
Interval = tuple[float | None, float | None]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class NumberEntry(_Entry):
    """One measured number."""

    metric: str
    """What was measured: recall, AUC, ..."""
    where: str
    """Of what: a class, a slice, all."""
    value: float | None
    """Null where it is not defined."""
    interval: Interval
    """95 %, low and high; nulls where there is none (a count)."""
    n: Annotated[int, Field(ge=0)]
    """X-rays that it rests on."""


class TableEntry(_Entry):
    """Numbers that belong together."""

    title: str
    rows: list[NumberEntry]


class BarsEntry(_Entry):
    """One bar a label, with its interval."""

    kind: Literal["bars"]
    title: str
    unit: str
    labels: list[str]
    values: list[float | None]
    lows: list[float | None]
    highs: list[float | None]
    lines: dict[str, float | None]
    """Thresholds, chance: by name."""


class LineEntry(_Entry):
    """One line of curves."""

    name: str
    x: list[float | None]
    y: list[float | None]
    low: list[float | None]
    high: list[float | None]


class CurvesEntry(_Entry):
    """Lines over two axes."""

    kind: Literal["curves"]
    title: str
    x_label: str
    y_label: str
    lines: list[LineEntry]
    diagonal: bool
    points: bool


class GridEntry(_Entry):
    """Numbers in cells, row by row."""

    kind: Literal["grid"]
    title: str
    row_title: str
    column_title: str
    row_labels: list[str]
    column_labels: list[str]
    values: list[list[float | None]]


class SlopesEntry(_Entry):
    """What becomes of a number from stage to stage, one line a label."""

    kind: Literal["slopes"]
    title: str
    unit: str
    stages: list[str]
    labels: list[str]
    values: list[list[float | None]]
    lows: list[list[float | None]]
    highs: list[list[float | None]]
    lines: dict[str, float | None]
    """Chance: by name."""


class CloudEntry(_Entry):
    """Points of one kind."""

    name: str
    x: list[float | None]
    y: list[float | None]
    positions: list[int]
    """Places in the cohort, from 0; empty for the training set's points."""
    background: bool


class ScatterEntry(_Entry):
    """Points over two axes: a map of embeddings."""

    kind: Literal["scatter"]
    title: str
    x_label: str
    y_label: str
    clouds: list[CloudEntry]


class ExhibitEntry(_Entry):
    """One entry of a gallery."""

    positions: list[int]
    """Places in the cohort, from 0: rows of predictions.csv."""
    caption: str
    interventions: list[dict[str, Any]]
    """What is done to the picture before it is shown; nothing for the X-ray as it is."""
    beside: list[str] = Field(default_factory=list)
    """Files outside the run that belong with them: paths from the cohort's folder."""


class GalleryEntry(_Entry):
    """X-rays to look at, the most telling first."""

    kind: Literal["gallery"]
    title: str
    exhibits: list[ExhibitEntry]


FigureEntry = Annotated[
    BarsEntry | CurvesEntry | GridEntry | SlopesEntry | ScatterEntry | GalleryEntry,
    Field(discriminator="kind"),
]


class CheckEntry(_Entry):
    """The answer of one check."""

    id: str
    verdict: Verdict
    headline: str
    """What was found, in one sentence."""
    metric: str | None
    """Of the number that decided the verdict; it and the next four are null where none did."""
    where: str | None
    value: float | None
    interval: Interval | None
    n: int | None
    settled: bool
    """False if it passes although its interval crosses a line: too little data to be sure."""
    findings: list[str]
    tables: list[TableEntry]
    figures: list[FigureEntry]
    parameters: dict[str, JsonValue]
    """The thresholds and settings that it ran with."""


class PartEntry(_Entry):
    """One of the numbers of which the worst is the headline."""

    name: str
    """internal, external, worst group, newest year, ..."""
    number: NumberEntry
    classes: list[str]
    """Over which it is averaged; empty where that isn't known."""
    note: str
    """Where it comes from."""


class HeadlineEntry(_Entry):
    """The first lines: the worst of what was measured, beside the number from home."""

    number: NumberEntry | None
    """The worst part's; null where nothing could be measured."""
    internal: NumberEntry | None
    gap: NumberEntry | None
    """Internal less worst."""
    parts: list[PartEntry]
    not_measured: dict[str, str]
    """What was not, and why."""
    paragraph: str
    """What was found, how sure, what to do next."""


class BundleEntry(_Entry):
    """The model that was asked."""

    name: str
    fingerprint: str
    """SHA-256 of its card, which holds the hashes of its other files."""
    files: dict[str, str]
    """SHA-256 of its other files."""
    runtime: str
    device: str
    precision: str
    preprocessing: dict[str, JsonValue]
    temperature: float | None


class ProblemEntry(_Entry):
    """Something that is wrong with the table or folder itself."""

    kind: str
    where: str
    message: str
    hint: str


class ErrorEntry(_Entry):
    """A file that could not be read."""

    position: int
    """Its place in the cohort, from 0."""
    file: str
    type: str
    message: str
    hint: str


class CohortEntry(_Entry):
    """The X-rays that it was asked of."""

    name: str
    fingerprint: str
    n: int
    """Files."""
    n_read: int
    labels: dict[str, int]
    """Files a class; ``unknown`` for those without a label."""
    mapping: dict[str, str]
    """From the cohort's own class names to ours."""
    grouping: str
    """What was held to belong together: patients, near-duplicates."""
    problems: list[ProblemEntry]
    errors: list[ErrorEntry]


class RunEntry(_Entry):
    """The readings on which it rests."""

    started: str
    """ISO date and time, UTC."""
    fingerprint: str
    """SHA-256 of the files' names in the cohort, contents and labels, and of each answer."""
    milliseconds: float | None
    """For an X-ray: the median."""
    answers: dict[str, int] = Field(default_factory=dict)
    """X-rays that the model called each class."""


class GivenEntry(_Entry):
    """What stood beside the run while the checks were asked."""

    model: bool
    """Whether it could be asked again."""
    dossier: bool
    """Whether it was known what the training set looked like."""
    reference: str | None
    """The name of the cohort that it was compared with."""
    ood: dict[str, int]
    """Files a kind that the model was not made for."""
    pairs: int
    """Of the same X-ray through two pipelines, beside those of the cohort itself."""
    boxes: int
    """Around findings."""


class Results(_Entry):
    """What an evaluation found."""

    schema_version: Literal[1]
    created: str
    """ISO date and time, UTC."""
    disclaimer: str
    headline: HeadlineEntry
    checks: list[CheckEntry]
    given: GivenEntry
    run: RunEntry
    bundle: BundleEntry
    cohort: CohortEntry
    versions: dict[str, str]
    """Of the program and its libraries, when the run began."""
    seed: int
    thresholds: dict[str, dict[str, JsonValue]]
    """The lines between verdicts, a section a check: ours, no paper fixes them."""


def results_json(
    run: Run,
    results: Iterable[CheckResult],
    headline: Headline,
    *,
    seed: int,
    thresholds: Mapping[str, Mapping[str, Any]],
    given: Given = NOTHING,
    created: datetime | None = None,
) -> dict[str, Any]:
    """Put together what was found, as plain data that fits `results_schema`.

    Parameters
    ----------
    run : Run
    results : iterable of CheckResult
        As `run_checks` gives them.
    headline : Headline
    seed : int
    thresholds : mapping
        As the checks were given them.
    given : Given
        What stood beside the run.
    created : datetime, optional
        Default: now.
    """
    meta = run.meta
    labels = run.rows["label"].value_counts()
    plain = {
        "schema_version": SCHEMA_VERSION,
        "created": (created or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds"),
        "disclaimer": DISCLAIMER,
        "headline": _headline(headline),
        "checks": [_check(result) for result in results],
        "given": _given(given),
        "run": {
            "started": meta.started,
            "fingerprint": run_fingerprint(run),
            "milliseconds": run.rows["milliseconds"][run.was_read].median(),
            "answers": {name: (run.predicted == k).sum() for k, name in enumerate(CLASSES)},
        },
        "bundle": {
            "name": meta.bundle["name"],
            "fingerprint": meta.bundle["fingerprint"],
            "files": meta.card.files,
            **{name: meta.engine[name] for name in ("runtime", "device", "precision")},
            "preprocessing": meta.card.preprocessing.model_dump(),
            "temperature": meta.card.temperature,
        },
        "cohort": {
            "name": meta.cohort["name"],
            "fingerprint": meta.cohort["fingerprint"],
            "n": len(run),
            "n_read": run.was_read.sum(),
            "labels": {name: labels.get(name, 0) for name in CLASSES}
            | {"unknown": (run.truth < 0).sum()},
            "mapping": meta.cohort["mapping"],
            "grouping": run.grouping,
            "problems": _problems(run),
            "errors": _errors(run),
        },
        "versions": meta.versions,
        "seed": seed,
        "thresholds": {name: _settings(section) for name, section in thresholds.items()},
    }
    return Results.model_validate(_plain(plain)).model_dump(mode="json")


def results_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of ``results.json``, with what each key means."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Results.model_json_schema(mode="serialization"),
    }


def results_text(document: Mapping[str, Any]) -> str:
    """Write results as strict JSON: no NaN, indented, not ASCII only."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_results(path: Path, document: Mapping[str, Any]) -> None:
    """Write what `results_json` gives.

    Raises
    ------
    XrayDemoError
        If the file can't be written.
    """
    with replaced(path) as new:
        new.write_text(results_text(document), encoding="utf-8")


def read_results(path: Path) -> dict[str, Any]:
    """Read a ``results.json``.

    Raises
    ------
    XrayDemoError
        If there is none, it is no strict JSON, or does not fit the schema of this version.
    """
    hint = "Evaluate the run again to write it anew"
    try:
        document = json.loads(path.read_text("utf-8"), parse_constant=_refuse)
    except FileNotFoundError as error:
        raise XrayDemoError(
            f"There is no {path}", "Have the checks asked of the run: `xraydemo evaluate`"
        ) from error
    except (OSError, ValueError) as error:
        raise XrayDemoError(f"{path} can't be read: {why(error)}", hint) from error
    version = document.get("schema_version") if isinstance(document, dict) else None
    if version != SCHEMA_VERSION:
        message = f"{path} has the schema version {version}, this program reads {SCHEMA_VERSION}"
        raise XrayDemoError(message, hint)
    try:
        return Results.model_validate(document).model_dump(mode="json")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise XrayDemoError(f"{path} is not as it should be: {where}: {first['msg']}", hint) from (
            error
        )


def _problems(run: Run) -> list[dict[str, str]]:
    """List what is wrong with the cohort, without the folders that lead to it on this machine."""
    folder = Path(run.meta.cohort["source"]).parent
    return [
        {
            name: without_place(
                without_place(str(problem[name]), f"{folder}{os.sep}", ""), folder, folder.name
            )
            if folder.name
            else str(problem[name])
            for name in ProblemEntry.model_fields
        }
        for problem in run.meta.cohort["problems"]
    ]


def _errors(run: Run) -> list[dict[str, Any]]:
    columns = ["file", "error_type", "error_message", "error_hint"]
    rows = run.rows.assign(error_message=error_messages(run))[columns]
    wrong = rows[rows["error_type"] != ""]
    return [
        {"position": position, "file": file, "type": kind, "message": message, "hint": hint}
        for position, file, kind, message, hint in wrong.itertuples(name=None)
    ]


def _given(given: Given) -> dict[str, Any]:
    return {
        "model": given.laboratory is not None,
        "dossier": given.dossier is not None,
        "reference": given.reference.meta.cohort["name"] if given.reference else None,
        "ood": {kind: len(run) for kind, run in given.ood.items()},
        "pairs": len(given.pairs),
        "boxes": sum(map(len, given.boxes.values())),
    }


def _headline(headline: Headline) -> dict[str, Any]:
    numbers = {name: getattr(headline, name) for name in ("number", "internal", "gap")}
    return {
        **{name: _number(number) if number else None for name, number in numbers.items()},
        "parts": [
            {
                "name": part.name,
                "number": _number(part.number),
                "classes": part.classes,
                "note": part.note,
            }
            for part in headline.parts
        ],
        "not_measured": headline.not_measured,
        "paragraph": headline.paragraph,
    }


def _check(result: CheckResult) -> dict[str, Any]:
    number = result.number
    return {
        "id": result.check,
        "verdict": result.verdict,
        "headline": result.headline,
        "metric": number.metric if number else None,
        "where": number.where if number else None,
        "value": number.value if number else None,
        "interval": (number.low, number.high) if number else None,
        "n": number.n if number else None,
        "settled": result.settled,
        "findings": result.findings,
        "tables": [
            {"title": table.title, "rows": [_number(row) for row in table.rows]}
            for table in result.tables
        ],
        "figures": [_figure(figure) for figure in result.figures],
        "parameters": _settings(result.parameters),
    }


def _settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Give settings with files by their names alone: their place on this machine stays out."""
    return {
        name: Path(value).name if isinstance(value, str) and Path(value).is_absolute() else value
        for name, value in settings.items()
    }


def _number(number: Number) -> dict[str, Any]:
    return {
        "metric": number.metric,
        "where": number.where,
        "value": number.value,
        "interval": (number.low, number.high),
        "n": number.n,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    """Give a figure without the X-rays behind each bar and cell: the tables have them."""
    without: Any = figure
    if isinstance(figure, Bars | Grid | Slopes):
        without = dataclasses.replace(without, groups=())  # else all of them would be copied first
    fields = dataclasses.asdict(without)
    fields.pop("groups", None)
    if isinstance(figure, Gallery):
        for exhibit, entry in zip(figure.exhibits, fields["exhibits"], strict=True):
            entry["interventions"] = [one.as_plain() for one in exhibit.interventions]
    return {"kind": type(figure).__name__.lower(), **fields}


def _plain(value: Any) -> Any:  # noqa: ANN401  anything in, JSON out
    """Turn what numpy, dates, enumerations and paths are into what JSON has."""
    match value:
        case Mapping():
            return {utf8(str(_plain(key))): _plain(item) for key, item in value.items()}
        case list() | tuple() | np.ndarray():
            return [_plain(item) for item in value]
        case Enum():
            return value.value
        case np.generic():
            return _plain(value.item())
        case float():
            return value if math.isfinite(value) else None
        case str():
            return utf8(value)
        case None | bool() | int():
            return value
        case datetime():
            return value.isoformat()
    return utf8(str(value))


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
