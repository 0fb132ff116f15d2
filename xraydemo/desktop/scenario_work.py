"""Scenarios (unit tests of a model) made of X-rays that the reader chose. Knows no Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.desktop import text
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xraydemo.evaluation.run import Run

FILE = "scenarios.toml"
METRICS = (
    "recall", "precision", "specificity", "auc", "accuracy", "balanced_accuracy", "macro_f1",
    "macro_auc", "set_coverage", "mean_set_size", "share_answered", "share_read",
)  # fmt: skip
"""Those that a selection can be asked; flips needs a column of twins."""

_CONDITION = re.compile(r"^([\w.]+) (=|<|>|<=|>=|!=) (.+)$")
_FEWEST = 20


@dataclass(frozen=True)
class Draft:
    """A scenario as it is being written; every field is text as typed.

    Parameters
    ----------
    name, metric, class_id, reason : str
        `class_id` is "" for the metrics of all classes.
    where : str
        Conditions, parted by semicolons.
    at_least, at_most : str
        Thresholds; "" for none.
    fewest : str
        The least number of X-rays.
    n : int
        X-rays that it was made of.
    """

    name: str = ""
    metric: str = "accuracy"
    class_id: str = ""
    where: str = ""
    at_least: str = ""
    at_most: str = ""
    fewest: str = str(_FEWEST)
    reason: str = ""
    n: int = 0


def draft_of(run: Run, words: str, positions: Sequence[int]) -> Draft:
    """Begin a scenario of the X-rays behind a part of a figure.

    Where the part's name is itself a condition that just these X-rays meet (``view = AP``), that
    is the selection; else their names are. X-rays of one label are asked for its recall.
    """
    condition = _condition(run, words, positions)
    files = run.rows["file"].tolist()
    where = condition or f"file={','.join(files[i] for i in positions)}"
    labels = {str(run.rows["label"].iat[i]) for i in positions}
    only = labels.pop() if len(labels) == 1 else ""
    return Draft(
        name=words[:80],
        metric="recall" if only else "accuracy",
        class_id=only,
        where=where,
        at_least="0.8",
        fewest=str(min(_FEWEST, len(positions))),
        n=len(positions),
    )


def add_scenario(draft: Draft, path: Path) -> None:
    """Write a scenario at the end of a file of scenarios, which is made if absent.

    Raises
    ------
    XrayDemoError
        If it makes no sense, the file can't be written, or has one of that name.
    """
    from pydantic import ValidationError

    from xraydemo.evaluation.scenarios import HINT, Scenario, read_scenarios
    from xraydemo.report.atomic import replaced

    fields: dict[str, object] = {
        "name": draft.name.strip(),
        "metric": draft.metric,
        "reason": draft.reason.strip(),
        "where": tuple(part.strip() for part in draft.where.split(";") if part.strip()),
        "fewest": _number(draft.fewest, text.SCENARIO_FEWEST) or _FEWEST,
    }
    if draft.class_id:
        fields["class"] = draft.class_id
    for key, words in (("at_least", draft.at_least), ("at_most", draft.at_most)):
        if words.strip():
            fields[key] = _number(words, text.SCENARIO_BOUNDS[key])
    try:
        scenario = Scenario.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        what = first["msg"].removeprefix("Value error, ")
        raise XrayDemoError(
            f"{key}: {what}" if key else what[0].upper() + what[1:], HINT
        ) from error
    there = read_scenarios(path) if path.exists() else ()
    if any(other.name == scenario.name for other in there):
        raise XrayDemoError(
            text.SCENARIO_TWICE.format(name=scenario.name, path=path), text.SCENARIO_RENAME
        )
    before = path.read_text("utf-8").rstrip() + "\n\n" if there else ""
    with replaced(path) as new:
        new.write_text(before + scenario.to_toml(), encoding="utf-8")


def usual_file() -> Path:
    """Give the file that scenarios are kept in unless the reader chooses another."""
    import platformdirs

    return Path(platformdirs.user_data_dir("xraydemo", appauthor=False)) / FILE


def _number(words: str, what: str) -> float | int:
    """Read a number as people type it."""
    try:
        number = float(words.strip().replace(",", "."))
    except ValueError as error:
        message = text.NO_NUMBER.format(what=what, words=words)
        raise XrayDemoError(message, text.NO_NUMBER_HINT) from error
    return int(number) if number.is_integer() and "." not in words else number


def _condition(run: Run, words: str, positions: Sequence[int]) -> str:
    """Give the conditions that a name says, if just these X-rays meet them; "" if not."""
    from xraydemo.cohort.where import parse

    ids = {name: class_id for class_id, name in DISPLAY_NAMES.items() if class_id in CLASSES}
    said = []
    for part in words.split(", "):
        found = _CONDITION.match(part)
        column, sign, value = found.groups() if found else ("label", "=", ids.get(part, ""))
        if not value:
            return ""
        if column in ("class", "label"):
            column, value = "label", ids.get(value, value)
        said.append(f"{column}{sign}{value}")
    chosen = [True] * len(run)
    for condition in map(parse, said):
        name = condition.column
        if name != "label" and name not in run.known_names:
            return ""
        cells = run.rows["label"] if name == "label" else run.known(name)
        chosen = [met and condition.holds(cell) for met, cell in zip(chosen, cells, strict=True)]
    meant = {i for i, met in enumerate(chosen) if met}
    return "; ".join(said) if meant == set(positions) else ""
