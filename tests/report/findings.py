"""A run and results with everything that is awkward in them, for the tests of the report."""

from __future__ import annotations

import math
from dataclasses import replace

from tests.evaluation.runs import make_run
from xraydemo.evaluation.figures import Bars, Curves, Exhibit, Gallery, Grid, Line
from xraydemo.evaluation.headline import Headline, Part
from xraydemo.evaluation.result import CheckResult, Number, Table, Verdict, cannot_check
from xraydemo.evaluation.run import Run

NAN = math.nan
AWKWARD = "مجلد/صورة 😀 $x_1$ <b>&amp;\x1b[31m\n" + "long-" * 60 + ".png"
NOT_UTF8 = "\udcff"  # as Python gives a byte of a file name that is no UTF-8


def awkward_run() -> Run:
    """Four labelled X-rays, one unknown, one broken; names that no table expects."""
    run = make_run(
        ["normal", "covid", "pneumonia", "opacity", "", "normal"],
        columns={"view": ["AP", "", "PA", "=1+1", "-1.5", "@x"], "predicted": list("abcdef")},
        facts={
            "width": [256, 256, None, 300, 1, None],
            "mixed": [1, 2.5, None, None, None, None],
            "text": ["L", 3, NOT_UTF8, "+RGB", "", None],
        },
        unreadable=[5],
    )
    rows = run.rows.copy()
    rows.loc[1, ["file", "path"]] = [AWKWARD, f"/cohort/{AWKWARD}"]
    rows.loc[2, "file"] = "=HYPERLINK(evil).png"
    rows.loc[5, "error_message"] = f"{rows.loc[5, 'path']} is empty"
    problems = [
        {
            "where": f"cohort.csv, line {i}",
            "message": AWKWARD + NOT_UTF8,
            "hint": "",
            "kind": "absent",
        }
        for i in range(25)
    ]
    cohort = run.meta.cohort | {"problems": problems}
    return replace(run, meta=run.meta.model_copy(update={"cohort": cohort}), rows=rows)


def empty_run() -> Run:
    """Two files without a label, neither of which could be read."""
    return make_run(["", ""], unreadable=[0, 1])


FIGURES = {
    "bars": Bars(
        AWKWARD,
        "AUC",
        ("normal", "covid", AWKWARD, "nothing"),
        (0.7, 0.9, 0.993, NAN),
        (0.6, 0.8, NAN, NAN),
        (0.8, 0.95, NAN, NAN),
        {"chance": 0.5, "_warn": 0.6},
        ((0,), (1,), (2,), ()),
    ),
    "many bars": Bars(
        "Sites",
        "change",
        tuple(f"site {i}" for i in range(50)),
        tuple(i / 25 - 1 for i in range(50)),
        (NAN,) * 50,
        (NAN,) * 50,
        {},
    ),
    "no bars": Bars("None", "AUC", (), (), (), (), {}),
    "curves": Curves(
        "ROC",
        "false positive rate",
        "true positive rate",
        (
            Line("covid", (0.0, 0.1, 1.0), (0.0, 0.8, 1.0), (0.0, 0.7, 1.0), (0.0, 0.9, 1.0)),
            Line("_" + AWKWARD, (0.0, NAN, 1.0), (0.0, 0.5, NAN)),
        ),
        diagonal=True,
        points=True,
    ),
    "no curves": Curves("None", "x", "y", ()),
    "grid": Grid(
        "Confusion",
        "truth",
        "predicted",
        ("normal", AWKWARD),
        ("normal", "covid"),
        ((1000.0, 3.0), (NAN, 0.0)),
        (((0,), ()), ((), (1,))),
    ),
    "wide grid": Grid(
        "Years", "class", "year", ("covid",), tuple(map(str, range(60))), ((0.5,) * 60,)
    ),
    "no grid": Grid("None", "a", "b", (), (), ()),
    "gallery": Gallery(
        "Most wrong",
        (Exhibit((0,), AWKWARD), *(Exhibit((i % 5,), f"number {i}") for i in range(13))),
    ),
    "twins": Gallery("Twins", (Exhibit((0, 1, 2, 3, 4), "the same five times"),)),
    "no gallery": Gallery("None", ()),
}


def headline_of(number: Number | None = None) -> Headline:
    """Make a headline of a number, or of nothing."""
    if number is None:
        return Headline(None, None, None, (), {"external": "no labels"}, "Nothing is known.", None)
    inside = Number("macro AUC", "test", 0.97, 0.96, 0.98, 1074)
    gap = Number("gap", "internal less external", 0.26, 0.22, 0.3, 990)
    parts = (
        Part("internal", inside, (), "from the card"),
        Part("external", number, ("normal", "covid"), "this run"),
    )
    figure = Bars("Gap", "macro AUC", ("a", "b"), (0.97, 0.71), (0.96, 0.68), (0.98, 0.74), {})
    return Headline(number, inside, gap, parts, {"matched": "not yet"}, "Lost much. " * 30, figure)


OUTSIDE = Number("macro AUC", AWKWARD, 0.713, 0.68, 0.74, 990)


def every_result() -> list[CheckResult]:
    """One result of each verdict, and one that is long in every way."""
    low = Number("AUC", "covid", 0.981, 0.975, 0.987, 1074)
    undefined = Number("recall", AWKWARD, NAN, NAN, NAN, 0)
    count = Number.count("copies", "all", 167, 847)
    parameters = {"warn": 0.6, "nothing": NAN}
    long = CheckResult(
        Verdict.FAIL,
        "The file alone tells the label: AUC 0.981. " + (AWKWARD + NOT_UTF8) * 4,
        low,
        tuple(f"finding {i}: {AWKWARD}" for i in range(9)),
        (
            Table("Each field", (low, undefined, count)),
            Table("Long", (low,) * 90),
            Table("Empty", ()),
        ),
        tuple(FIGURES.values()),
        check="data.files",
        parameters=parameters,
    )
    return [
        long,
        CheckResult(Verdict.WARN, "Warned.", count, ("Look.",), check="data.duplicates"),
        CheckResult(Verdict.PASS, "Passed.", low, settled=False, check="data.images"),
        CheckResult(Verdict.INFO, "So it is.", undefined, check="performance.errors"),
        replace(cannot_check("Needs dates"), check="confounder.newness"),
        CheckResult(Verdict.ERROR, "The check itself failed: KeyError: 'x'", check="shift.map"),
    ]
