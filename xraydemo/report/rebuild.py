"""Makes what was found out of a ``results.json`` again, to tell it without the model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from xraydemo.evaluation.figures import (
    Bars,
    Cloud,
    Curves,
    Exhibit,
    Figure,
    Gallery,
    Grid,
    Line,
    Scatter,
    Slopes,
)
from xraydemo.evaluation.headline import Headline, Part
from xraydemo.evaluation.result import CheckResult, Number, Table, Verdict
from xraydemo.radiograph.interventions import Intervention

Plain = Mapping[str, Any]


def results_of(document: Plain) -> list[CheckResult]:
    """Make the results of checks out of what `read_results` gives.

    They are what `results_json` was given, but for the X-rays behind bars and cells, which aren't
    in it.
    """
    return [_result(check) for check in document["checks"]]


def headline_of(document: Plain) -> Headline:
    """Make the headline, likewise; without its figure, which is drawn of the parts."""
    plain = document["headline"]
    number, internal, gap = (
        _number(plain[name]) if plain[name] else None for name in ("number", "internal", "gap")
    )
    parts = tuple(
        Part(part["name"], _number(part["number"]), tuple(part["classes"]), part["note"])
        for part in plain["parts"]
    )
    return Headline(
        number, internal, gap, parts, dict(plain["not_measured"]), plain["paragraph"], None
    )


def _result(check: Plain) -> CheckResult:
    decided = check["metric"] is not None
    return CheckResult(
        Verdict(check["verdict"]),
        check["headline"],
        _number(check) if decided else None,
        tuple(check["findings"]),
        tuple(Table(t["title"], tuple(map(_number, t["rows"]))) for t in check["tables"]),
        tuple(map(_figure, check["figures"])),
        check["settled"],
        check["id"],
        dict(check["parameters"]),
    )


def _number(plain: Plain) -> Number:
    low, high = plain["interval"]
    value, low, high = _floats((plain["value"], low, high))
    return Number(plain["metric"], plain["where"], value, low, high, plain["n"])


def _figure(plain: Plain) -> Figure:
    match plain["kind"]:
        case "bars":
            values, lows, highs = (_floats(plain[name]) for name in ("values", "lows", "highs"))
            labels, lines = tuple(plain["labels"]), _lines(plain["lines"])
            return Bars(plain["title"], plain["unit"], labels, values, lows, highs, lines)
        case "curves":
            lines_of = tuple(
                Line(line["name"], *(_floats(line[name]) for name in ("x", "y", "low", "high")))
                for line in plain["lines"]
            )
            axes = (plain["title"], plain["x_label"], plain["y_label"])
            return Curves(*axes, lines_of, plain["diagonal"], plain["points"])
        case "grid":
            titles = (plain["title"], plain["row_title"], plain["column_title"])
            labels_of = (tuple(plain["row_labels"]), tuple(plain["column_labels"]))
            return Grid(*titles, *labels_of, _rows(plain["values"]))
        case "slopes":
            names = (tuple(plain["stages"]), tuple(plain["labels"]))
            rows, below, above = (_rows(plain[name]) for name in ("values", "lows", "highs"))
            lines = _lines(plain["lines"])
            return Slopes(plain["title"], plain["unit"], *names, rows, below, above, lines)
        case "scatter":
            clouds = tuple(
                Cloud(
                    cloud["name"],
                    _floats(cloud["x"]),
                    _floats(cloud["y"]),
                    tuple(cloud["positions"]),
                    cloud["background"],
                )
                for cloud in plain["clouds"]
            )
            return Scatter(plain["title"], plain["x_label"], plain["y_label"], clouds)
    exhibits = tuple(
        Exhibit(
            tuple(exhibit["positions"]),
            exhibit["caption"],
            tuple(map(Intervention.of_plain, exhibit["interventions"])),
            tuple(exhibit["beside"]),
        )
        for exhibit in plain["exhibits"]
    )
    return Gallery(plain["title"], exhibits)


def _lines(plain: Mapping[str, float | None]) -> dict[str, float]:
    return dict(zip(plain, _floats(tuple(plain.values())), strict=True))


def _rows(plain: Sequence[Sequence[float | None]]) -> tuple[tuple[float, ...], ...]:
    return tuple(map(_floats, plain))


def _floats(plain: Sequence[float | None]) -> tuple[float, ...]:
    """Give null its meaning back: not defined."""
    return tuple(math.nan if value is None else float(value) for value in plain)
