"""Two runs on the same X-rays, side by side: what became better, and who pays for it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.ask_scenario import ask_scenario
from xraydemo.evaluation.figures import Exhibit, Gallery
from xraydemo.evaluation.result import CheckResult, Number, Verdict
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.scenarios import Scenario
from xraydemo.evaluation.slices import Slice, class_slices, fact_slices
from xraydemo.evaluation.tell_result import percent
from xraydemo.evaluation.trained import trained_on
from xraydemo.metrics import weighted
from xraydemo.metrics.bootstrap import DRAWS_AT_ONCE, percentile_interval
from xraydemo.metrics.calibration import ece, equal_mass_bins, excess_ece
from xraydemo.metrics.intervals import holm

FLOOR = 20
SIGNIFICANT = 0.05
SHOWN = 60  # changed answers in the gallery
FEWEST_FOR_CALIBRATION = 60
CALIBRATION_DRAWS = 1000

MORE_IS_BETTER = {
    "confounder.groups", "performance.baselines", "performance.classes", "performance.sets",
    "performance.triage", "shift.ood_auroc",
}  # fmt: skip
"""Checks of whose number more is better."""
LESS_IS_BETTER = {
    "confounder.encoded", "confounder.metadata", "confounder.newness", "confounder.parity",
    "confounder.pixels", "confounder.used", "data.balance", "data.duplicates", "data.facts",
    "data.files", "data.images", "performance.calibration", "performance.decomposition",
    "performance.errors", "shift.drift", "shift.foreign", "shift.gap",
}  # fmt: skip
"""Checks of whose number less is better."""

Became = Literal["", "same", "worse", "better", "worse verdict", "better verdict"]
Source = Literal["computed", "results"]
Positions = NDArray[np.intp]
Statistic = Callable[[NDArray[np.float32]], NDArray[np.floating]]
Measure = Callable[[Sample], Statistic]


@dataclass(frozen=True)
class Difference:
    """One metric before and after, on the same X-rays.

    Attributes
    ----------
    metric : str
        "recall", "AUC", "share right", ...
    where : str
        "all", "class = COVID-19", "view = AP", "view = AP, class = Normal".
    before, after : float
    change : float
        After less before.
    low, high : float
        95 % interval of the change, paired: both runs on the same draws.
    n : int
        X-rays.
    p : float
        Of a group's change, corrected for the number of groups; NaN where no test was made.
    less_is_better : bool
    """

    metric: str
    where: str
    before: float
    after: float
    change: float
    low: float
    high: float
    n: int
    p: float = math.nan
    less_is_better: bool = False

    @property
    def gain(self) -> float:
        """Give the change, positive for the better."""
        return -self.change if self.less_is_better else self.change

    def __str__(self) -> str:
        return (
            f"{self.metric}, {self.where}: {self.before:.3f} → {self.after:.3f} "
            f"({self.change:+z.3f} [{self.low:+z.3f}, {self.high:+z.3f}]), n = {self.n:,}"
        )


@dataclass(frozen=True)
class SideBySide:
    """One check or scenario in both runs; None where it was not asked.

    Attributes
    ----------
    name : str
        The check's id, the scenario's name.
    verdict_before, verdict_after : Verdict or None
    before, after : Number or None
        The ones that decided.
    source : str
        "computed", or "results" where both answers were taken from the runs' results.
    why_not : str
        Why the answers can't be compared, where more is known than the verdicts say.
    """

    name: str
    verdict_before: Verdict | None
    verdict_after: Verdict | None
    before: Number | None
    after: Number | None
    source: Source = "computed"
    why_not: str = ""

    @property
    def is_compared(self) -> bool:
        """Tell whether both runs have an answer to hold against the other's."""
        verdicts = (self.verdict_before, self.verdict_after)
        nothing = (None, Verdict.CANNOT_CHECK, Verdict.ERROR)
        return not self.why_not and not any(verdict in nothing for verdict in verdicts)

    @property
    def became(self) -> Became:
        """Say what became of it; "" where that can't be told.

        It is worse, or better, where the intervals of both numbers lie apart, whatever the
        verdicts. Where they overlap, only the verdict may be: chance can do that. A verdict counts
        by itself where there are no two intervals of one thing.
        """
        if not self.is_compared:
            return ""
        gain = self._verdict_gain
        overlap = self._overlap
        if overlap is None:
            return "worse" if gain < 0 else "better" if gain > 0 else "same"
        if overlap:
            return "worse verdict" if gain < 0 else "better verdict" if gain > 0 else "same"
        assert self.before
        assert self.after
        rose = self.after.value > self.before.value
        if self.name in MORE_IS_BETTER | LESS_IS_BETTER:
            return "better" if rose == (self.name in MORE_IS_BETTER) else "worse"
        return "worse" if gain < 0 else "better" if gain > 0 else "same"

    @property
    def is_worse(self) -> bool:
        """Tell whether it is worse, and not only its verdict."""
        return self.became == "worse"

    @property
    def _verdict_gain(self) -> int:
        """Give by how many steps the verdict became better; 0 where it was given no line."""
        order = (Verdict.FAIL, Verdict.WARN, Verdict.PASS)
        if self.verdict_before not in order or self.verdict_after not in order:
            return 0
        return order.index(self.verdict_after) - order.index(self.verdict_before)

    @property
    def _overlap(self) -> bool | None:
        """Tell whether the numbers' intervals overlap; None if there aren't two of one thing.

        Many checks are decided by the worst of several, which may be another one after.
        """
        a, b = self.before, self.after
        if a is None or b is None or (a.metric, a.where) != (b.metric, b.where):
            return None
        if not all(math.isfinite(end) for end in (a.low, a.high, b.low, b.high)):
            return None
        return a.low <= b.high and b.low <= a.high


@dataclass(frozen=True)
class ChangedAnswer:
    """An X-ray that got another answer.

    Attributes
    ----------
    file, label : str
        The label "" where unknown.
    before, after : str
        The answers: class ids.
    probabilities_before, probabilities_after : tuple of float
        In the order of CLASSES.
    position_before, position_after : int
        Its places in the two runs.
    """

    file: str
    label: str
    before: str
    after: str
    probabilities_before: tuple[float, ...]
    probabilities_after: tuple[float, ...]
    position_before: int
    position_after: int

    @property
    def became(self) -> str:
        """Say "wrong", "right", "otherwise wrong" or, without a label, "another"."""
        if not self.label:
            return "another"
        if self.label in (self.before, self.after):
            return "wrong" if self.label == self.before else "right"
        return "otherwise wrong"


@dataclass(frozen=True)
class Comparison:
    """What `compare` found.

    Attributes
    ----------
    before, after : str
        The bundles' names, with the beginnings of their fingerprints.
    trained_before, trained_after : str
        On how many X-rays the bundles were trained, and when.
    read_before, read_after : str
        The days on which the runs began.
    headline : str
    loud : tuple of str
        Where an average rose while a group fell: to be shown first, and loud.
    notes : tuple of str
        How the X-rays were matched, and what was left out.
    n : int
        X-rays read in both runs.
    n_labelled : int
        Those of them that the metrics are measured on.
    metrics : tuple of Difference
    groups : tuple of Difference
        The share of right answers in each group, the largest fall first.
    checks, scenarios : tuple of SideBySide
    changed : tuple of ChangedAnswer
        Those that became wrong first.
    gallery : Gallery
        The first of them; positions are those of the second run.
    """

    before: str
    after: str
    trained_before: str
    trained_after: str
    read_before: str
    read_after: str
    headline: str
    loud: tuple[str, ...]
    notes: tuple[str, ...]
    n: int
    n_labelled: int
    metrics: tuple[Difference, ...]
    groups: tuple[Difference, ...]
    checks: tuple[SideBySide, ...]
    scenarios: tuple[SideBySide, ...]
    changed: tuple[ChangedAnswer, ...]
    gallery: Gallery

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data for JSON: numbers that aren't defined are None."""
        plain = _plain(dataclasses.asdict(self))
        for name in ("changed", "checks", "scenarios"):
            for entry, one in zip(plain[name], getattr(self, name), strict=True):
                entry["became"] = one.became
        assert isinstance(plain, dict)
        return plain


def compare(
    a: Run,
    b: Run,
    *,
    results_a: Sequence[CheckResult] = (),
    results_b: Sequence[CheckResult] = (),
    sources: Mapping[str, Source] | None = None,
    why_not: Mapping[str, str] | None = None,
    scenarios: Sequence[Scenario] = (),
    floor: int = FLOOR,
    seed: int = 0,
) -> Comparison:
    """Compare two runs on the X-rays that both have read.

    Every difference is paired: both models answer for the same X-rays in each bootstrap draw. For
    the groups, the share of right answers before and after is tested by changing the signs of the
    patients' changes, exactly (McNemar's test where each patient has one X-ray), and corrected by
    Holm's method: once over classes and facts, once over classes within facts.

    Parameters
    ----------
    a, b : Run
        Before and after.
    results_a, results_b : sequence of CheckResult
        What the checks said of each.
    sources : mapping of str to str
        By the check's id, where both results come from; see `SideBySide`. Default: computed.
    why_not : mapping of str to str
        By the check's id, why the results can't be compared; see `SideBySide`.
    scenarios : sequence of Scenario
        Asked of each run as a whole.
    floor : int
        The least number of X-rays of a class or group.
    seed : int
        Of the draws.

    Raises
    ------
    XrayDemoError
        If the runs have no X-ray in common.
    """
    places_a, places_b, notes = match(a, b)
    labelled = a.truth[places_a] >= 0
    same_label = a.truth[places_a] == b.truth[places_b]
    if differ := int((labelled & (b.truth[places_b] >= 0) & ~same_label).sum()):
        notes.append(f"{differ} have another label in the second run: no metric counts them")
    if one_sided := int((labelled != (b.truth[places_b] >= 0)).sum()):
        notes.append(f"{one_sided} have a label in only one run: no metric counts them")
    measured = labelled & same_label
    before, after = _samples(a, b, places_a[measured], places_b[measured], seed)
    metrics = _metrics(before, after, floor, seed) if len(before) else ()
    groups = _groups(a, before, after, floor) if len(before) else ()
    loud = _loud(metrics, groups)
    changed = _changed(a, b, places_a, places_b)
    beside = _beside(
        {r.check: (r.verdict, r.number) for r in results_a},
        {r.check: (r.verdict, r.number) for r in results_b},
        sources or {},
        why_not or {},
    )
    asked = _beside(_asked(scenarios, a), _asked(scenarios, b))
    return Comparison(
        before=_name(a),
        after=_name(b),
        trained_before=trained_on(a.meta.card),
        trained_after=trained_on(b.meta.card),
        read_before=a.meta.started[:10],
        read_after=b.meta.started[:10],
        headline=_headline(metrics, groups, changed, len(places_a), (*beside, *asked)),
        loud=loud,
        notes=tuple(notes),
        n=len(places_a),
        n_labelled=len(before),
        metrics=metrics,
        groups=groups,
        checks=beside,
        scenarios=asked,
        changed=changed,
        gallery=_gallery(changed),
    )


def match(a: Run, b: Run) -> tuple[Positions, Positions, list[str]]:
    """Pair the X-rays that both runs have read.

    Returns
    -------
    ndarray of int, ndarray of int
        Positions in `a` and in `b`, in the order of `a`.
    list of str
        How they were paired and what was left out.

    Raises
    ------
    XrayDemoError
        If there is none.
    """
    pixels_a, pixels_b = (run.rows["pixel_sha256"].to_numpy(str) for run in (a, b))
    if a.meta.cohort["fingerprint"] == b.meta.cohort["fingerprint"] and len(a) == len(b):
        both = a.was_read & b.was_read
        altered = both & (pixels_a != pixels_b)
        places_a = places_b = np.flatnonzero(both & ~altered)
        notes = [f"Both runs are of the same cohort, {a.meta.cohort['name']}"]
        if n := int((a.was_read != b.was_read).sum()):
            notes.append(f"{n:,} could be read in only one run, and are left out")
        if n := int(altered.sum()):
            notes.append(f"{n:,} files changed between the runs, and are left out")
    else:
        first = {pixels_b[i]: int(i) for i in np.flatnonzero(b.was_read)[::-1]}
        seen: set[str] = set()
        pairs = []
        for i in np.flatnonzero(a.was_read):
            pixels = pixels_a[i]
            if pixels in first and pixels not in seen:
                pairs.append((int(i), first[pixels]))
                seen.add(pixels)
        places_a, places_b = np.array(pairs, np.intp).reshape(-1, 2).T
        names, read = [r.meta.cohort["name"] for r in (a, b)], [r.was_read.sum() for r in (a, b)]
        notes = [
            f"The runs are of two cohorts, {names[0]} and {names[1]}",
            f"Compared are {len(places_a):,} X-rays with equal pixels, of {read[0]} and {read[1]}",
            "Checks and scenarios are of each whole run",
        ]
    if not len(places_a):
        names = [run.meta.cohort["name"] for run in (a, b)]
        raise XrayDemoError(
            f"The two runs have no X-ray in common: the first is of {names[0]}, the second of "
            f"{names[1]}",
            "Evaluate both bundles on the same cohort",
        )
    return places_a, places_b, notes


def _samples(
    a: Run, b: Run, places_a: Positions, places_b: Positions, seed: int
) -> tuple[Sample, Sample]:
    """Give the labelled X-rays of both runs, with the same draws."""
    before = Sample.of(
        places_a, a.truth[places_a], a.probabilities[places_a], a.groups[places_a], seed=seed
    )
    after = dataclasses.replace(before, positions=places_b, probabilities=b.probabilities[places_b])
    return before, after


def _metrics(before: Sample, after: Sample, floor: int, seed: int) -> tuple[Difference, ...]:
    """Measure every metric on both sides; a class needs `floor` X-rays, and as many others."""
    n_classes, truth = len(CLASSES), before.truth
    classes = [k for k in range(n_classes) if before.counts[k] >= floor]
    against_rest = [k for k in classes if len(truth) - before.counts[k] >= floor]
    of_all: dict[str, Measure] = {"share right": _right}
    if len(np.unique(truth)) > 1:
        of_all |= {
            "balanced accuracy": lambda s: (
                lambda w: weighted.balanced_accuracy(w, s.truth, s.predicted, n_classes)
            ),
            "macro F1": lambda s: lambda w: weighted.macro_f1(w, s.truth, s.predicted, n_classes),
            "macro AUC": lambda s: lambda w: weighted.macro_auc(w, s.truth, s.probabilities),
        }
    losses: dict[str, Measure] = {
        "log loss": lambda s: lambda w: weighted.log_loss(w, s.truth, s.probabilities),
        "Brier score": lambda s: lambda w: weighted.brier(w, s.truth, s.probabilities),
    }
    found = [_difference(name, "all", before, after, of_all[name]) for name in of_all]
    for k in classes:
        recall = _difference("recall", _class(k), before, after, _recall_of(k))
        found.append(dataclasses.replace(recall, n=int(before.counts[k])))
    found += [_difference("AUC", _class(k), before, after, _auc_of(k)) for k in against_rest]
    found += [
        _difference(name, "all", before, after, losses[name], less_is_better=True)
        for name in losses
    ]
    if len(before) >= FEWEST_FOR_CALIBRATION:
        found.append(_calibration(before, after, seed))
    return tuple(found)


def _difference(
    metric: str,
    where: str,
    before: Sample,
    after: Sample,
    measure: Measure,
    *,
    less_is_better: bool = False,
) -> Difference:
    first, second = measure(before), measure(after)
    once = np.ones((1, len(before)), np.float32)
    change = before.resampling.estimate(lambda weights: second(weights) - first(weights))
    sides = float(first(once)[0]), float(second(once)[0])
    return Difference(
        metric, where, *sides, change.value, change.low, change.high, change.n,
        less_is_better=less_is_better,
    )  # fmt: skip


def _class(k: int) -> str:
    return f"class = {DISPLAY_NAMES[CLASSES[k]]}"


def _recall_of(k: int) -> Measure:
    return lambda s: lambda w: weighted.recall(w, s.predicted == k, s.truth == k)


def _auc_of(k: int) -> Measure:
    return lambda s: lambda w: weighted.auc(w, s.probabilities[:, k], s.truth == k)


def _calibration(before: Sample, after: Sample, seed: int) -> Difference:
    """Compare calibration error in excess of chance, of the most likely class.

    Binned errors are biased upward in bootstrap draws, so the interval is centred on the change.
    """
    sides: list[float] = []
    draws = []
    for sample in (before, after):
        stated, right = sample.probabilities.max(axis=1), sample.predicted == sample.truth
        measured = excess_ece(
            sample.resampling, stated, right, seed=seed, n_draws=CALIBRATION_DRAWS
        )
        sides.append(measured.excess.value)
        bins = equal_mass_bins(stated)
        weights = sample.resampling.weights
        chunks = [
            ece(weights[i : i + DRAWS_AT_ONCE].astype(np.float32), stated, right, bins)
            for i in range(0, len(weights), DRAWS_AT_ONCE)
        ]
        draws.append(np.concatenate(chunks))
    change = sides[1] - sides[0]
    spread = draws[1] - draws[0]
    low, high = percentile_interval(spread - spread.mean() + change)
    return Difference(
        "excess calibration error", "all", sides[0], sides[1], change, low, high, len(before),
        less_is_better=True,
    )  # fmt: skip


def _groups(a: Run, before: Sample, after: Sample, floor: int) -> tuple[Difference, ...]:
    """Compare the share of right answers in each class, fact, and class within a fact."""
    right_before = before.predicted == before.truth
    right_after = after.predicted == after.truth
    of_class = class_slices(a, before.positions, floor)
    of_fact = fact_slices(a, before.positions, floor)
    within = [
        Slice(f"{fact.name}, class", kind.value, both)
        for fact in of_fact
        for kind in of_class
        if floor <= (both := fact.mask & kind.mask).sum() < min(fact.mask.sum(), kind.mask.sum())
    ]
    found = []
    for family in ([*of_class, *of_fact], within):
        p_values = [
            sign_change_p(right_before[s.mask], right_after[s.mask], before.groups[s.mask])
            for s in family
        ]
        for group, p in zip(family, holm(p_values), strict=True):
            one = _difference(
                "share right", group.name, before.part(group.mask), after.part(group.mask), _right
            )
            found.append(dataclasses.replace(one, p=float(p)))
    return tuple(sorted(found, key=lambda d: d.change))


def _right(s: Sample) -> Statistic:
    return lambda w: weighted.accuracy(w, s.truth, s.predicted)


def sign_change_p(
    before: NDArray[np.bool_], after: NDArray[np.bool_], groups: NDArray[np.str_]
) -> float:
    """Test exactly whether right answers changed more one way than the other.

    If the two models were equally good, each patient's net change could as well have had the other
    sign: the p-value is the share of all sign patterns with a total change as large [1]_. With one
    X-ray a patient it is McNemar's exact test [2]_.

    Parameters
    ----------
    before, after : ndarray of bool, shape (n,)
        Answered right.
    groups : ndarray of str, shape (n,)
        The patient.

    Returns
    -------
    float
        Two-sided, in (0, 1].

    References
    ----------
    .. [1] Fisher, The Design of Experiments, 1935, section 21.
    .. [2] McNemar, Note on the sampling error of the difference between correlated proportions or
       percentages, Psychometrika 12, 1947.
    """
    _, number = np.unique(groups, return_inverse=True)
    net = np.bincount(number, weights=after.astype(float) - before.astype(float))
    steps = np.abs(net[net != 0]).astype(int)
    reach = int(steps.sum())
    chance = np.zeros(2 * reach + 1)  # of each total, from -reach to reach
    chance[reach] = 1.0
    for step in steps:
        chance = (np.roll(chance, step) + np.roll(chance, -step)) / 2
    totals = np.arange(-reach, reach + 1)
    return float(min(1.0, chance[np.abs(totals) >= abs(net.sum())].sum()))


def _loud(metrics: Sequence[Difference], groups: Sequence[Difference]) -> tuple[str, ...]:
    """Say where an average rose while a group fell by more than chance explains."""
    risen = [m for m in metrics if m.where == "all" and not m.less_is_better and m.change > 0]
    fallen = [g for g in groups if g.change < 0 and g.p < SIGNIFICANT]
    if not risen:
        return ()
    average = risen[0]
    return tuple(
        f"THE AVERAGE ROSE, BUT A GROUP FELL: {average.metric} over all X-rays went from "
        f"{average.before:.3f} to {average.after:.3f}, yet where {g.where} the share of right "
        f"answers fell from {percent(g.before, 1)} to {percent(g.after, 1)} ({100 * g.change:+.1f} "
        f"points [{100 * g.low:+.1f}, {100 * g.high:+.1f}], {g.n:,} X-rays, p = {_p(g.p)} "
        "corrected for all groups). Look at these X-rays before you take the new model"
        for g in fallen
    )


def _p(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"{p:.3f}"


def _changed(a: Run, b: Run, places_a: Positions, places_b: Positions) -> tuple[ChangedAnswer, ...]:
    """List the X-rays with another answer: now wrong, otherwise wrong, another, now right."""
    found = []
    for i, j in zip(places_a, places_b, strict=True):
        if a.predicted[i] == b.predicted[j]:
            continue
        sides = a.probabilities[i], b.probabilities[j]
        found.append(
            ChangedAnswer(
                file=str(b.rows["file"].iloc[j]),
                label=str(b.rows["label"].iloc[j]),
                before=CLASSES[a.predicted[i]],
                after=CLASSES[b.predicted[j]],
                probabilities_before=tuple(float(p) for p in sides[0]),
                probabilities_after=tuple(float(p) for p in sides[1]),
                position_before=int(i),
                position_after=int(j),
            )
        )
    order = ("wrong", "otherwise wrong", "another", "right")
    return tuple(sorted(found, key=lambda c: (order.index(c.became), -_moved(c))))


def _moved(answer: ChangedAnswer) -> float:
    """Give the largest change of a probability."""
    sides = zip(answer.probabilities_before, answer.probabilities_after, strict=True)
    return max(abs(after - before) for before, after in sides)


def _gallery(changed: Sequence[ChangedAnswer]) -> Gallery:
    exhibits = []
    for answer in changed[:SHOWN]:
        label = f"labelled {DISPLAY_NAMES[answer.label]}, " if answer.label else ""
        sure_before = max(answer.probabilities_before)
        sure_after = max(answer.probabilities_after)
        caption = (
            f"{label}was {DISPLAY_NAMES[answer.before]} ({percent(sure_before)} sure), "
            f"is {DISPLAY_NAMES[answer.after]} ({percent(sure_after)} sure)"
        )
        exhibits.append(Exhibit((answer.position_after,), caption))
    return Gallery("X-rays whose answer changed, those now wrong first", tuple(exhibits))


def _asked(scenarios: Sequence[Scenario], run: Run) -> dict[str, tuple[Verdict, Number | None]]:
    answers = (ask_scenario(scenario, run) for scenario in scenarios)
    return {answer.scenario.name: (answer.verdict, answer.number) for answer in answers}


def _beside(
    before: dict[str, tuple[Verdict, Number | None]],
    after: dict[str, tuple[Verdict, Number | None]],
    sources: Mapping[str, Source] | None = None,
    why_not: Mapping[str, str] | None = None,
) -> tuple[SideBySide, ...]:
    nothing = (None, None)
    sides = {
        name: (before.get(name, nothing), after.get(name, nothing)) for name in (*before, *after)
    }
    return tuple(
        SideBySide(
            name, x[0], y[0], x[1], y[1],
            (sources or {}).get(name, "computed"), (why_not or {}).get(name, ""),
        )
        for name, (x, y) in sides.items()
    )  # fmt: skip


def tally_sides(sides: Sequence[SideBySide], *, named: bool = False) -> str:
    """Count in words: ``3 of 22 compared got worse, 1 better; 6 could not be compared``.

    With `named`, the worse ones are named.
    """
    became = [side.became for side in sides]
    n = sum(side.is_compared for side in sides)
    worse = ", ".join(side.name for side in sides if side.is_worse)
    words = [f"{became.count('worse')} of {n} compared got worse"]
    if worse and named:
        words[0] += f" ({worse})"
    if unsure := became.count("worse verdict"):
        words[0] += f", {unsure} perhaps (the verdict is worse, but the intervals overlap)"
    if better := became.count("better"):
        words[0] += f", {better} better"
    if left := len(sides) - n:
        words.append(f"{left} could not be compared")
    return "; ".join(words)


def reasons_not_compared(sides: Sequence[SideBySide]) -> dict[str, tuple[str, ...]]:
    """List the names of what could not be compared, by the reason."""
    reasons: dict[str, tuple[str, ...]] = {}
    for side in sides:
        if not side.is_compared:
            why = side.why_not or _why_not(side)
            reasons[why] = (*reasons.get(why, ()), side.name)
    return reasons


def _why_not(side: SideBySide) -> str:
    words = {None: "was not asked", Verdict.ERROR: "failed itself"}
    said = {
        run: words.get(verdict, "could not be checked")
        for run, verdict in (("before", side.verdict_before), ("after", side.verdict_after))
        if verdict in (None, Verdict.ERROR, Verdict.CANNOT_CHECK)
    }
    if len(set(said.values())) == 1 and len(said) == 2:
        return f"{said['before']} in either run"
    return "; ".join(f"{what} {run}" for run, what in said.items())


def _headline(
    metrics: Sequence[Difference],
    groups: Sequence[Difference],
    changed: Sequence[ChangedAnswer],
    n: int,
    beside: Sequence[SideBySide],
) -> str:
    """Say in plain words how the second model does against the first."""
    words = [f"{len(changed):,} of {n:,} X-rays get another answer"]
    if metrics:
        wrong = sum(c.became == "wrong" for c in changed)
        right = sum(c.became == "right" for c in changed)
        words[0] += f" ({right} became right, {wrong} became wrong)"
        average = next((m for m in metrics if m.metric == "macro F1"), metrics[0])
        if average.low > 0 or average.high < 0:
            moved = "better" if average.change > 0 else "worse"
            words.append(f"on average the second model is {moved}: {average}")
        else:
            words.append(f"on average neither is shown to be better: {average}")
        for verb, sign in (("worse", -1), ("better", 1)):
            names = [
                m.metric
                for m in metrics
                if m is not average
                and m.where == "all"
                and sign * m.gain > 0
                and (m.low > 0 or m.high < 0)
            ]
            if names:
                words.append(f"{verb} in {', '.join(names)}")
        fallen = sum(g.change < 0 and g.p < SIGNIFICANT for g in groups)
        if groups:
            words.append(
                f"{fallen} of {len(groups)} groups fell by more than chance explains"
                if fallen
                else f"none of {len(groups)} groups fell by more than chance explains"
            )
    if beside:
        words.append(f"checks: {tally_sides(beside, named=True)}")
    return "; ".join(words)


def _name(run: Run) -> str:
    return f"{run.meta.bundle['name']} ({run.meta.bundle['fingerprint'][:8]})"


def _plain(value: Any) -> Any:  # noqa: ANN401  any JSON
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
