"""Unit tests of a model: chosen X-rays, a metric, a threshold and a reason, in a readable file."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from xraydemo.classes import DISPLAY_NAMES
from xraydemo.cohort import where
from xraydemo.errors import XrayDemoError, why

Metric = Literal[
    "recall", "precision", "specificity", "auc",
    "accuracy", "balanced_accuracy", "macro_f1", "macro_auc",
    "set_coverage", "mean_set_size",
    "share_answered", "share_read", "flips",
]  # fmt: skip
OF_A_CLASS = ("recall", "precision", "specificity", "auc", "share_answered")
FEWEST = 20
HINT = (
    "A scenario has name, metric, reason, at_least or at_most, and maybe class, where, against and "
    f"fewest; the metrics are {', '.join(get_args(Metric))}"
)


class Scenario(BaseModel):
    """One expectation of a model, as a ``[[scenario]]`` of the file.

    Attributes
    ----------
    name : str
        Short and unique in its file.
    metric : str
        One of

        ===================  =======================================================================
        recall               of the X-rays labelled `class`, the share answered so
        precision            of the X-rays answered `class`, the share labelled so
        specificity          of the X-rays not labelled `class`, the share not answered so; of
                             ``normal``, this is the sensitivity for anything abnormal
        auc                  area under the ROC curve of `class` against the rest
        accuracy             share answered right
        balanced_accuracy    mean recall of the classes that occur
        macro_f1             mean F1 of the classes that occur
        macro_auc            mean area under the ROC curve of the classes that occur
        set_coverage         share whose prediction set holds the label; with `class`, of its X-rays
        mean_set_size        mean number of classes in the prediction set (needs no labels)
        share_answered       share answered `class` (needs no labels)
        share_read           share of the files that could be read (needs no labels)
        flips                share of pairs of the same X-ray that get two answers (needs no
                             labels); the column `against` names each one's twin by its ``file``
        ===================  =======================================================================

    class_id : str, optional
        ``class`` in the file; only for the metrics of a class.
    where : tuple of str
        Which X-rays, all conditions together, as for ``--where``: over the cohort's columns and
        the facts of the files. Empty for all.
    against : str
        The column of ``flips``.
    at_least, at_most : float, optional
        The threshold: one of them, or both for a range.
    fewest : int
        With fewer X-rays (of the smallest class that the metric counts) it can't be checked.
    reason : str
        Why this is expected, in plain words.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    name: str = Field(min_length=1)
    metric: Metric
    class_id: Literal["normal", "covid", "pneumonia", "opacity"] | None = Field(
        default=None, alias="class"
    )
    where: tuple[str, ...] = ()
    against: str = ""
    at_least: float | None = Field(default=None, allow_inf_nan=False)
    at_most: float | None = Field(default=None, allow_inf_nan=False)
    fewest: int = Field(default=FEWEST, ge=1)
    reason: str = Field(min_length=1)

    @model_validator(mode="after")
    def _makes_sense(self) -> Scenario:
        if self.at_least is None and self.at_most is None:
            raise ValueError("it has neither at_least nor at_most")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("at_least is greater than at_most")
        if self.metric in OF_A_CLASS and self.class_id is None:
            raise ValueError(f"{self.metric} needs a class")
        if self.class_id is not None and self.metric not in (*OF_A_CLASS, "set_coverage"):
            raise ValueError(f"{self.metric} is not of one class")
        if (self.metric == "flips") != bool(self.against):
            raise ValueError("flips, and nothing else, needs against")
        for condition in self.where:
            where.parse(condition)
        return self

    def to_toml(self) -> str:
        """Write it as a ``[[scenario]]``, for a file that `read_scenarios` reads."""
        values = self.model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
        return "\n".join(["[[scenario]]", *(f"{k} = {_toml(v)}" for k, v in values.items()), ""])

    @property
    def measure(self) -> str:
        """Name the metric as a table shows it: ``recall of COVID-19``."""
        words = self.metric.replace("_", " ").replace("auc", "AUC").replace("f1", "F1")
        if self.class_id is None:
            return words
        of = " " if self.metric == "share_answered" else " of "
        return f"{words}{of}{DISPLAY_NAMES[self.class_id]}"

    @property
    def threshold(self) -> str:
        """Give the threshold in words: ``at least 0.8``."""
        bounds = (("at least", self.at_least), ("at most", self.at_most))
        return " and ".join(f"{words} {value:g}" for words, value in bounds if value is not None)

    def holds(self, value: float) -> bool:
        """Tell whether a value is on the good side of the threshold."""
        above = self.at_least is None or value >= self.at_least
        return above and (self.at_most is None or value <= self.at_most)


def read_scenarios(path: Path) -> tuple[Scenario, ...]:
    """Read a file of scenarios.

    Parameters
    ----------
    path : Path
        TOML, with a ``[[scenario]]`` each; see `Scenario` for the keys.

    Raises
    ------
    XrayDemoError
        If it can't be read, holds none, or one of them is wrong; the message names the file, the
        scenario and the key.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise XrayDemoError(
            f"The scenarios {path} can't be read: {why(error)}", "Give a TOML file in UTF-8"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise XrayDemoError(f"The scenarios {path} are no TOML: {error}", HINT) from error
    entries = content.get("scenario")
    if not isinstance(entries, list) or not entries:
        raise XrayDemoError(f"{path} holds no [[scenario]]", HINT)
    if others := set(content) - {"scenario"}:
        raise XrayDemoError(f"{path}: {min(others)!r} is no [[scenario]]", HINT)
    scenarios: dict[str, Scenario] = {}
    for i, entry in enumerate(entries):
        name = entry.get("name") if isinstance(entry, dict) else None
        called = f"scenario {name!r}" if name else f"scenario number {i + 1}"
        try:
            scenario = Scenario.model_validate(entry)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(map(str, first["loc"]))
            what = first["msg"].removeprefix("Value error, ")
            if key and first["type"] != "missing":
                what = f"{what}, and it says {first['input']!r}"
            message = f"{path}, {called}: {key + ': ' if key else ''}{what}"
            raise XrayDemoError(message, HINT) from error
        except XrayDemoError as error:
            raise XrayDemoError(f"{path}, {called}: where: {error.message}", error.hint) from error
        if scenario.name in scenarios:
            raise XrayDemoError(f"{path}, {called}: name: there are two of them", "Rename one")
        scenarios[scenario.name] = scenario
    return tuple(scenarios.values())


def _toml(value: object) -> str:
    """Write a text, number or list of texts as TOML."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_toml, value))}]"
    # JSON's strings are TOML's, but for one control character
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
