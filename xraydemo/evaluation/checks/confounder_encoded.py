"""Whether the embedding, all that the last layer sees of an X-ray, shows facts beside the disease.

A linear probe that reads the fact from the embedding is fitted and scored within each class: where
fact and class go together, an embedding that shows the class shows the fact as well, and any good
model would be accused. It is held against facts that were dealt anew to the groups of a class, and
against the same network as it was before it saw an X-ray: what that shows (and it shows most of how
a picture was taken) was not learnt from the labels.

That a fact is shown is no fault by itself. Networks that were trained for diseases alone show age,
sex and race (Gichoya et al., AI recognition of patient race in medical imaging, Lancet Digital
Health 4, 2022, with AUC 0.91 to 0.99 for race), and need not use it (Glocker et al., Algorithmic
encoding of protected characteristics in chest X-ray disease detection models, eBioMedicine 89,
2023). So it warns, and `confounder.used` asks the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.check import check
from xraydemo.evaluation.confounding.ladder import Step
from xraydemo.evaluation.confounding.seen import seen_facts
from xraydemo.evaluation.confounding.tested import Tested
from xraydemo.evaluation.confounding.visible import Visible, visible_facts
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Bars
from xraydemo.evaluation.laboratory import UNCHANGED
from xraydemo.evaluation.part import even_part
from xraydemo.evaluation.result import (
    CheckResult,
    Number,
    Table,
    Verdict,
    cannot_check,
)
from xraydemo.evaluation.simultaneous import simultaneous_intervals
from xraydemo.evaluation.tell_result import left_out, listed, plain, said, too_few
from xraydemo.metrics.bootstrap import LEVEL, percentile_interval
from xraydemo.metrics.weighted import Draws

MOST_NAMED = 4
PUBLISHED = (
    "For comparison: networks trained to find diseases only show a patient's race with AUC 0.91 to "
    "0.99 (Gichoya 2022), and need not use it (Glocker 2023)."
)


@dataclass(frozen=True)
class Encoded:
    """Settings of `confounder.encoded`.

    Attributes
    ----------
    warn : float
        AUC of the probe beyond that of facts dealt anew.
    floor : int
        Least X-rays of a class.
    most : int
        X-rays that are probed.
    asked : int
        X-rays that the network from before it saw any is shown.
    """

    warn: float
    floor: int
    most: int
    asked: int


@dataclass(frozen=True, eq=False)
class Before:
    """What the same network showed before it saw an X-ray.

    Attributes
    ----------
    own, before : dict of str to Visible
        Of the same X-rays.
    more : dict of str to (float, float, float)
        How much more is shown now, with intervals for all facts at once.
    positions : ndarray of int, shape (n,)
        Of these X-rays in the run.
    """

    own: dict[str, Visible]
    before: dict[str, Visible]
    more: dict[str, tuple[float, float, float]]
    positions: NDArray[np.intp]

    @property
    def n(self) -> int:
        """Count the X-rays."""
        return len(self.positions)


@check(
    "confounder.encoded",
    "Does the model see facts beside the disease: view, sex, age, site?",
    needs=("labels", "embeddings"),
    parameters=Encoded,
)
def encoded(context: Context[Encoded]) -> CheckResult:
    """Warn where a fact is shown clearly beyond chance, and more than before the training."""
    # many small matrices: threads would only wait for each other
    with threadpool_limits(1, user_api="blas"):
        return _encoded(context)


def _encoded(context: Context[Encoded]) -> CheckResult:
    lines, run = context.parameters, context.run
    seen = seen_facts(
        run,
        floor=lines.floor,
        most=lines.most,
        seed=context.seed,
        progress=lambda share: context.progress(0.2 * share),
    )
    tested, visible = seen.tested, seen.visible
    if len(np.unique(tested.sample.truth)) < 2:
        return cannot_check(too_few(run.sample, lines.floor))
    if not visible:
        return cannot_check(
            "No fact has two values with at least 10 X-rays each within a class: add columns such "
            "as age, sex, view, date, site and scanner to the CSV, or give the DICOM files"
        )
    visible = dict(sorted(visible.items(), key=lambda item: -item[1].gain))
    steps = {name: v.beyond(lines.warn) for name, v in visible.items()}
    shown = [name for name, step in steps.items() if step is Step.YES]
    before, why_not = _before(context, tested, shown)
    learnt = [n for n in shown if before is None or before.more.get(n, (0.0, 0.0, 0.0))[1] > 0]
    first = (learnt or shown or list(visible))[0]
    worst = visible[first]
    settled = bool(learnt) or all(step is Step.NO for step in steps.values())
    if shown and before is not None and not learnt:
        settled = all(high <= 0 for _, _, high in before.more.values())
    untested = [plain(name) for name in tested.values if name not in visible]
    return CheckResult(
        Verdict.WARN if learnt else Verdict.PASS,
        _headline(visible, shown, learnt, before),
        Number("gain of the probe", plain(first), worst.gain, worst.low, worst.high, worst.auc.n),
        findings=(
            *_each(visible, shown),
            *_against_before(shown, before),
            *([why_not] if why_not else []),
            *_advice(shown),
            *(
                [f"Too few X-rays of a class differ in it to be probed: {listed(untested)}."]
                if untested
                else []
            ),
            *tested.notes,
            *left_out(tested.small, run.sample, lines.floor),
            PUBLISHED,
        ),
        tables=(_table(visible), *_table_before(before)),
        figures=(_bars(visible, tested.sample.positions, before, lines),),
        settled=settled,
    )


def _before(
    context: Context[Encoded], tested: Tested, shown: list[str]
) -> tuple[Before | None, str]:
    """Probe the network with ImageNet's weights, where a fact is shown at all."""
    if not shown:
        return None, ""
    laboratory, lines = context.given.laboratory, context.parameters
    if laboratory is None:
        return None, (
            "Not compared with the network as it was before it saw an X-ray, for there is no model "
            "to ask: evaluate with the bundle that made the run."
        )
    sample = tested.sample
    rows = even_part(sample.truth, sample.groups, lines.asked, seed=context.seed)
    files = context.run.rows["path"].iloc[sample.positions[rows]].tolist()
    try:
        answers = laboratory.ask(
            files,
            {"as it is": UNCHANGED},
            weights="imagenet",
            progress=lambda share: context.progress(0.2 + 0.7 * share),
        )["as it is"]
    except XrayDemoError as error:
        return None, (
            f"Not compared with the network as it was before it saw an X-ray: {error} So it isn't "
            "known what of this was learnt from the labels."
        )
    was_read = answers.was_read
    rows = rows[was_read]
    part, folds = sample.part(_mask(len(sample), rows)), tested.folds[rows]
    values = {name: tested.values[name].iloc[rows].reset_index(drop=True) for name in shown}
    own = visible_facts(values, part, tested.embeddings[rows], folds, seed=context.seed)
    old = visible_facts(values, part, answers.embeddings[was_read], folds, seed=context.seed)
    context.progress(1.0)
    names = [name for name in shown if name in own and name in old]
    if not names:
        return None, (
            f"Not compared with the network as it was before it saw an X-ray: {len(rows):,} X-rays "
            "are too few for that."
        )
    gains = np.array([own[name].auc.value - old[name].auc.value for name in names])
    draws: list[Draws] = [own[name].draws - old[name].draws for name in names]
    lows, highs = simultaneous_intervals(gains, np.stack(draws, axis=1))
    more = {
        name: (float(g), float(low), float(high))
        for name, g, low, high in zip(names, gains, lows, highs, strict=True)
    }
    return Before(own, old, more, part.positions), ""


def _mask(n: int, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    mask = np.zeros(n, bool)
    mask[rows] = True
    return mask


def _headline(
    visible: dict[str, Visible], shown: list[str], learnt: list[str], before: Before | None
) -> str:
    first = (learnt or shown or list(visible))[0]
    n = visible[first].auc.n
    if not shown:
        return (
            f"None of {len(visible)} facts is shown to be plain to the model; most nearly the "
            f"{plain(first)}: {_read(visible[first])} (n = {n:,})"
        )
    start = f"The model sees the {plain(first)}: {_read(visible[first])} (n = {n:,})"
    if before is None:
        return f"{start}. Whether it uses it is another question"
    if learnt:
        return (
            f"{start}, and more clearly than before it was trained on X-rays. Whether it uses it "
            "is another question"
        )
    return f"{start}. But it isn't shown that training on X-rays made it any plainer"


def _read(v: Visible) -> str:
    return (
        f"of two X-rays of the same class, its features tell which has a given value with AUC "
        f"{said(v.auc)}, where chance gives {v.shuffled:.2f}"
    )


def _each(visible: dict[str, Visible], shown: list[str]) -> list[str]:
    named = [f"{plain(name)} ({visible[name].auc.value:.2f})" for name in shown[:MOST_NAMED]]
    sentences = []
    if named:
        more = f", and {len(shown) - MOST_NAMED} more" if len(shown) > MOST_NAMED else ""
        sentences.append(
            f"Plain to the model, of {len(visible)} facts: {listed(named)}{more}. (The number is "
            "the AUC of a probe within the classes: 0.5 is guessing, 1 always right.)"
        )
    hidden = [plain(name) for name in visible if name not in shown]
    if hidden:
        sentences.append(f"Not shown to be plain: {listed(hidden)}.")
    return sentences


def _against_before(shown: list[str], before: Before | None) -> list[str]:
    if before is None:
        return []
    sentences = []
    for name in [name for name in shown if name in before.more][:MOST_NAMED]:
        value, low, high = before.more[name]
        how = (
            "so training made it plainer"
            if low > 0
            else "so training hid some of it"
            if high < 0
            else "so no difference is shown"
        )
        sentences.append(
            f"The {plain(name)}, on {before.n:,} X-rays: the same network knew it with AUC "
            f"{before.before[name].auc.value:.2f} before it saw any X-ray, and does now with "
            f"{before.own[name].auc.value:.2f}; difference {value:+.2f} [{low:+.2f}, {high:+.2f}], "
            f"{how}."
        )
    return sentences


def _advice(shown: list[str]) -> list[str]:
    if not shown:
        return []
    return [
        (
            "What it means: the last layer could use these facts. That is no fault by itself; "
            "confounder.used asks whether performance rests on them."
        )
    ]


def _table(visible: dict[str, Visible]) -> Table:
    rows = []
    for name, v in visible.items():
        none = float("nan")
        rows += [
            Number.of("AUC of the probe within classes", plain(name), v.auc),
            Number("AUC of facts dealt anew", plain(name), v.shuffled, none, none, v.auc.n),
            Number("gain, for all facts at once", plain(name), v.gain, v.low, v.high, v.auc.n),
            Number("p of the gain, Holm-corrected", plain(name), v.p, none, none, v.auc.n),
        ]
    return Table("What a linear probe reads from the embedding", tuple(rows))


def _table_before(before: Before | None) -> tuple[Table, ...]:
    if before is None:
        return ()
    rows = []
    for name, (value, low, high) in before.more.items():
        rows += [
            Number.of("AUC, this model", plain(name), before.own[name].auc),
            Number.of("AUC, before training", plain(name), before.before[name].auc),
            Number("difference, for all facts at once", plain(name), value, low, high, before.n),
        ]
    return (Table("The same network before it saw an X-ray", tuple(rows)),)


def _bars(
    visible: dict[str, Visible],
    positions: NDArray[np.intp],
    before: Before | None,
    lines: Encoded,
) -> Bars:
    """Draw the AUCs; behind each are the X-rays that were probed."""
    labels, values, lows, highs, groups = [], [], [], [], []
    for name, v in visible.items():
        low, high = percentile_interval(v.draws, LEVEL)
        labels.append(plain(name))
        values.append(v.auc.value)
        lows.append(low)
        highs.append(high)
        groups.append(tuple(map(int, positions[v.asked])))
        if before is not None and name in before.more:
            old = before.before[name]
            labels.append(f"{plain(name)}, before training")
            values.append(old.auc.value)
            lows.append(old.auc.low)
            highs.append(old.auc.high)
            groups.append(tuple(map(int, before.positions[old.asked])))
    return Bars(
        title="How plainly the features show each fact, within the classes",
        unit="AUC of a linear probe",
        labels=tuple(labels),
        values=tuple(values),
        lows=tuple(lows),
        highs=tuple(highs),
        lines={"chance": 0.5, "warn": 0.5 + lines.warn},
        groups=tuple(groups),
    )
