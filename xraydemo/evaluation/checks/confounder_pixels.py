"""What is left of the answer when the lungs are covered, and when harmless things are changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Bars, Exhibit, Figure, Gallery, Grid
from xraydemo.evaluation.laboratory import UNCHANGED, Variants
from xraydemo.evaluation.part import even_part
from xraydemo.evaluation.result import (
    CheckResult,
    Number,
    Table,
    Verdict,
    cannot_check,
    judge_harm,
)
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.simultaneous import Measured, difference, value_and_draws
from xraydemo.evaluation.tell import classes_with_enough
from xraydemo.evaluation.tell_result import left_out, listed, percent, said, share_said, too_few
from xraydemo.metrics.bootstrap import LEVEL, Estimate, percentile_interval
from xraydemo.metrics.intervals import proportion
from xraydemo.metrics.weighted import auc
from xraydemo.model.bundle import BundleCard
from xraydemo.model.lungs import lung_box
from xraydemo.radiograph.interventions import Intervention

GUESSING = 0.5
CLEAR = 0.6  # an AUC that must be exceeded before it can be asked what is left of it
TAUGHT_BY = "blacked"  # the setting of a recipe
AS_IT_IS = "as it is"
COVERED = "lungs covered"
ONLY_LUNGS = "only the lungs"
EDGE = "only the edge"
RING = 0.125  # of each side
HARMLESS = {
    "corners and letters painted over": (Intervention("paint_corners"), Intervention("paint_text")),
    "histogram equalized": (Intervention("equalize"),),
    "JPEG of quality 50": (Intervention("jpeg", {"quality": 50}),),
    "reduced to 64 pixels": (Intervention("resample", {"side": 64}),),
}
PICTURED = (AS_IT_IS, COVERED, ONLY_LUNGS, EDGE)

Probabilities = NDArray[np.float32]


@dataclass(frozen=True)
class Pixels:
    """Settings of `confounder.pixels`.

    Attributes
    ----------
    warn, fail : float
        Share of the AUC above guessing that remains when the lungs are covered.
    floor : int
        Least X-rays of a class.
    most : int
        X-rays to ask the model about again.
    margin : float
        Added to the box around the lungs on each side, as a share of the box's side.
    shown : int
        X-rays of each class in the gallery.
    """

    warn: float
    fail: float
    floor: int
    most: int
    margin: float
    shown: int


@dataclass(frozen=True, eq=False)
class Asked:
    """The X-rays that the model answered in every variant.

    Attributes
    ----------
    sample : Sample, n X-rays
    probabilities : dict of str to ndarray of float32, shape (n, 4)
        By variant.
    has_lungs : ndarray of bool, shape (n,)
        Whether lungs were found in it.
    lungs_at_edge : float
        Share of the lungs' area that the edge shows, over the X-rays in which they were found.
    n_lost : int
        X-rays without an answer.
    """

    sample: Sample
    probabilities: dict[str, Probabilities]
    has_lungs: NDArray[np.bool_]
    lungs_at_edge: float
    n_lost: int
    _kept: dict[tuple[str, int], Measured] = field(default_factory=dict)

    @property
    def variants(self) -> tuple[str, ...]:
        """Name what was done to the X-rays."""
        return tuple(name for name in self.probabilities if name != AS_IT_IS)

    def macro(self, variant: str) -> Measured:
        """Give the AUC, mean over the classes, and its draws."""
        each = [self.of_class(variant, int(k)) for k in np.unique(self.sample.truth)]
        # each class is drawn anew from its own X-rays, so that no draw lacks one
        return (
            float(np.mean([value for value, _ in each])),
            np.mean([draws for _, draws in each], axis=0),
        )

    def of_class(self, variant: str, k: int) -> Measured:
        """Give the AUC of one class against the rest, and its draws; they are made once."""
        if (variant, k) not in self._kept:
            scores, members = self.probabilities[variant][:, k], self.sample.truth == k
            drawn = value_and_draws(self.sample, lambda weights: auc(weights, scores, members))
            self._kept[variant, k] = drawn
        return self._kept[variant, k]

    def estimate(self, measured: Measured, level: float = LEVEL) -> Estimate:
        """Give a number with its interval."""
        value, draws = measured
        n_groups = len(np.unique(self.sample.groups))
        return Estimate(value, *percentile_interval(draws, level), len(self.sample), n_groups)

    def flipped(self, variant: str) -> NDArray[np.bool_]:
        """Tell which X-rays are called another class than as they are, shape (n,)."""
        before = self.probabilities[AS_IT_IS].argmax(axis=1)
        return np.asarray(self.probabilities[variant].argmax(axis=1) != before)


@check(
    "confounder.pixels",
    "What remains of the answer without the lungs?",
    needs=("labels", "engine", "lungs"),
    parameters=Pixels,
)
def pixels(context: Context[Pixels]) -> CheckResult:
    """Cover the lungs and ask again: what can still be told is not told from them.

    A box is covered, for an outline would still show the lungs' shape. The share that remains is
    ``|AUC_covered - 0.5| / (AUC - 0.5)``: a network that ranks the wrong way round has seen
    something, too. On public covid data the edge of the pictures alone reached an AUC of 0.941
    [1]_, by a network that was trained on edges; how such shortcuts are told from signal: [2]_.

    References
    ----------
    .. [1] Maguolo & Nanni, A critic evaluation of methods for COVID-19 automatic detection from
       X-ray images, Information Fusion 76, 2021.
    .. [2] DeGrave, Janizek & Lee, AI for radiographic COVID-19 detection selects shortcuts over
       signal, Nature Machine Intelligence 3, 2021.
    """
    parameters, whole = context.parameters, context.run.sample
    sample, small = classes_with_enough(whole, parameters.floor)
    if len(set(sample.truth)) < 2:
        return cannot_check(too_few(whole, parameters.floor))
    asked = _ask(context, sample)
    before = asked.estimate(asked.macro(AS_IT_IS)) if len(asked.sample) else None
    if before is None or not before.low > CLEAR:
        return cannot_check(_not_clear(before, asked))
    after = asked.estimate(asked.macro(COVERED))
    remaining = asked.estimate(_remaining(asked.macro(COVERED), asked.macro(AS_IT_IS)))
    verdict, settled = judge_harm(
        remaining.low, remaining.value, remaining.high, warn=parameters.warn, fail=parameters.fail
    )
    return CheckResult(
        verdict,
        _headline(verdict, settled, before, after, remaining),
        Number.of("share of the AUC that remains", COVERED, remaining),
        findings=(
            *_taught(context.run.meta.card, asked),
            *_by_class(asked),
            *_of_the_edge(asked),
            *_called(asked),
            *_of_the_harmless(asked),
            *_advice(verdict),
            *_what_was_asked(asked, len(whole), parameters),
            *left_out(small, whole, parameters.floor),
        ),
        tables=_tables(asked, remaining),
        figures=_figures(asked, parameters),
        settled=settled,
    )


def _taught(card: BundleCard, asked: Asked) -> tuple[str, ...]:
    """Warn of a test that the training has practised: its number then says less."""
    if not card.provenance.recipe.get(TAUGHT_BY):
        return ()
    alone = asked.estimate(asked.macro(ONLY_LUNGS))
    told = (
        "In training this bundle was shown X-rays with a covered middle, and taught to know "
        "nothing of them. That nothing remains here is in part what it was taught, and no proof; "
        f"what it can tell from the lungs alone, AUC {said(alone)}, was not practised, and says "
        "more."
    )
    return (told,)


def _ask(context: Context[Pixels], sample: Sample) -> Asked:
    part = even_part(sample.truth, sample.groups, context.parameters.most, seed=context.seed)
    files = context.run.rows["path"].iloc[sample.positions[part]].tolist()
    laboratory = context.given.laboratory
    assert laboratory is not None  # the check needs the engine
    answers = laboratory.ask(files, _variants(context.parameters), progress=context.progress)
    read = np.logical_and.reduce([one.was_read for one in answers.values()])
    mask = np.zeros(len(sample), bool)
    mask[part[read]] = True
    outlines = answers[AS_IT_IS].lungs[read]
    has_lungs = np.array([lung_box(outline) is not None for outline in outlines], bool)
    return Asked(
        sample.part(mask),
        {name: one.probabilities[read] for name, one in answers.items()},
        has_lungs,
        _share_at_edge(outlines[has_lungs]),
        int((~read).sum()),
    )


def _variants(parameters: Pixels) -> Variants:
    return {
        AS_IT_IS: UNCHANGED,
        COVERED: (Intervention("black_lungs", {"margin": parameters.margin}),),
        ONLY_LUNGS: (Intervention("only_lungs"),),
        EDGE: (Intervention("outer_ring", {"share": RING}),),
        **HARMLESS,
    }


def _share_at_edge(outlines: NDArray[np.bool_]) -> float:
    """Give the share of the outlined area that `EDGE` leaves, NaN for none."""
    if not outlines.any():
        return float("nan")
    middle = outlines.copy()
    for axis in (1, 2):
        width = round(RING * outlines.shape[axis])
        for side in (slice(width), slice(-width, None)):
            middle[(slice(None),) * axis + (side,)] = False
    return 1 - float(middle.sum() / outlines.sum())


def _remaining(covered: Measured, as_it_is: Measured) -> Measured:
    """Give the share of what lies above guessing that is left, NaN where nothing does."""
    shares = [
        np.divide(np.abs(after - GUESSING), above, out=np.full_like(above, np.nan), where=above > 0)
        for after, above in (
            (np.array([covered[0]]), np.array([as_it_is[0] - GUESSING])),
            (covered[1], as_it_is[1] - GUESSING),
        )
    ]
    return float(shares[0][0]), shares[1]


def _not_clear(before: Estimate | None, asked: Asked) -> str:
    if before is None:
        return "The model could read none of the X-rays again: are the files still in their place?"
    return (
        f"What remains of an answer can be asked only where the answers are right: the AUC is "
        f"{said(before)} on {before.n} X-rays, and {CLEAR} must be clearly exceeded"
        + (f" ({asked.n_lost} more could not be read again)" if asked.n_lost else "")
        + ". More labelled X-rays, or some like those that it was trained on, would do"
    )


def _headline(
    verdict: Verdict, settled: bool, before: Estimate, after: Estimate, remaining: Estimate
) -> str:
    found = (
        f"with the lungs covered, the AUC is {said(after)} instead of {before.value:.2f}, where "
        f"0.5 is guessing: {_share(remaining)} of what it knows remains (n = {remaining.n:,})"
    )
    if verdict is Verdict.FAIL:
        return f"Most of the answer is not read off the lungs: {found}."
    if verdict is Verdict.WARN:
        return f"Much of the answer is not read off the lungs: {found}."
    if not settled:
        return f"That the answer comes from outside the lungs is not shown, nor excluded: {found}."
    return f"Without the lungs the answer is mostly lost, as it should be: {found}."


def _share(estimate: Estimate) -> str:
    low, high = 100 * estimate.low, 100 * estimate.high
    return f"{100 * estimate.value:.0f} % [{low:.0f}, {high:.0f}]"


def _by_class(asked: Asked) -> tuple[str, ...]:
    """Say how much remains of each class that it tells at all, the most first."""
    told, untold = [], []
    for k in map(int, np.unique(asked.sample.truth)):
        before = asked.estimate(asked.of_class(AS_IT_IS, k))
        if before.low > CLEAR:
            after = asked.estimate(asked.of_class(COVERED, k))
            told.append((abs(after.value - GUESSING), k, before, after))
        else:
            untold.append(f"{_name(k)} (AUC {said(before)})")
    told.sort(key=lambda one: -one[0])
    named = "; ".join(
        f"{_name(k)} {said(after)} instead of {before.value:.2f}" for _, k, before, after in told
    )
    sentences = [f"AUC of each class against the rest with the lungs covered: {named}."]
    if untold:
        sentences.append(
            f"Not clearly told even with the lungs, so nothing can be lost: {listed(untold)}."
        )
    return tuple(sentences if told else sentences[1:])


def _of_the_edge(asked: Asked) -> tuple[str, ...]:
    edge, lungs = (asked.estimate(asked.macro(name)) for name in (EDGE, ONLY_LUNGS))
    covid = CLASSES.index("covid")
    of_covid = ""
    if (asked.sample.truth == covid).any():
        of_covid = f", of COVID-19 {said(asked.estimate(asked.of_class(EDGE, covid)))}"
    where = (
        f", where {percent(asked.lungs_at_edge)} of the lungs' area lie,"
        if asked.has_lungs.any()
        else ""
    )
    sentence = (
        f"From the outer eighth of each side alone{where} it reaches an AUC of "
        f"{said(edge)}{of_covid}; from the lungs alone {said(lungs)}. On public covid data "
        "the edge alone reached 0.941 with a network trained on edges (Maguolo & Nanni 2021); "
        "this one was not, so there may be more in the edge than it shows."
    )
    return (sentence,)


def _called(asked: Asked) -> tuple[str, ...]:
    """Say what it calls X-rays without lungs, where that is mostly one class."""
    answers = asked.probabilities[COVERED].argmax(axis=1)
    k = int(np.bincount(answers).argmax())
    share = proportion(answers == k, asked.sample.groups)
    of_class = float((asked.sample.truth == k).mean())
    if share.low <= 1 / 2:
        return ()
    return (
        (
            f"With the lungs covered it calls {share_said(share)} of them {_name(k)}, which "
            f"{percent(of_class)} are: what it says when it sees no lungs."
        ),
    )


def _of_the_harmless(asked: Asked) -> tuple[str, ...]:
    """Say which changes that leave every finding visible change the answers."""
    level = 1 - (1 - LEVEL) / len(HARMLESS)
    sentences = []
    for name in HARMLESS:
        change = asked.estimate(difference(asked.macro(name), asked.macro(AS_IT_IS)), level)
        flips = proportion(asked.flipped(name), asked.sample.groups)
        where = (
            f"changes the AUC by {change.value:+.3f} [{change.low:+.3f}, {change.high:+.3f}]"
            if change.high < 0 or change.low > 0
            else "leaves the AUC where it is, as far as can be seen"
        )
        sentences.append(f"{name}: {where}, and {share_said(flips)} of the answers flip")
    return (
        (
            "Changes after which a radiologist would say the same. "
            + "; ".join(one[0].upper() + one[1:] for one in sentences)
            + "."
        ),
    )


def _advice(verdict: Verdict) -> tuple[str, ...]:
    caveat = (
        "How to read it: the covered box still shows where the lungs are and how large (a child's "
        "are smaller), so what remains may be age or build as well as markers, borders and the "
        "hospital's processing. And a network that never saw such boxes may fail for that reason "
        "alone, so that little remains does not prove that it reads the lungs."
    )
    if verdict is Verdict.PASS:
        return (caveat,)
    advice = (
        "What to do: see in confounder.metadata, data.images and data.files what differs by class "
        "outside the lungs; collect the classes from the same places; train with the surroundings "
        "cropped, covered or mixed between classes, and ask again."
    )
    return (caveat, advice)


def _what_was_asked(asked: Asked, n_whole: int, parameters: Pixels) -> tuple[str, ...]:
    n, without = len(asked.sample), int((~asked.has_lungs).sum())
    sentences = [
        f"Asked about {n:,} of {n_whole:,} labelled X-rays, evenly from the classes; covered was "
        f"the box around the lungs, wider by {percent(parameters.margin)} on each side."
        if n < n_whole
        else "Asked about all labelled X-rays of these classes; covered was the box around the "
        f"lungs, wider by {percent(parameters.margin)} on each side."
    ]
    if without:
        sentences.append(
            f"In {without} of the {n:,} no lungs were found; the middle of the picture stands for "
            "them there."
        )
    if asked.n_lost:
        sentences.append(f"{asked.n_lost} X-rays could not be read again and are left out.")
    return tuple(sentences)


def _tables(asked: Asked, remaining: Estimate) -> tuple[Table, ...]:
    classes = [int(k) for k in np.unique(asked.sample.truth)]
    names = (AS_IT_IS, *asked.variants)
    level = 1 - (1 - LEVEL) / len(asked.variants)
    n = len(asked.sample)
    return (
        Table(
            "AUC (mean over the classes) of each variant",
            tuple(Number.of("AUC", name, asked.estimate(asked.macro(name))) for name in names),
        ),
        Table(
            "What changes against the X-rays as they are (intervals that hold together)",
            tuple(
                Number.of(
                    "change of the AUC",
                    name,
                    asked.estimate(difference(asked.macro(name), asked.macro(AS_IT_IS)), level),
                )
                for name in asked.variants
            ),
        ),
        Table(
            "AUC of each class against the rest",
            tuple(
                Number.of("AUC", f"{CLASSES[k]}, {name}", asked.estimate(asked.of_class(name, k)))
                for k in classes
                for name in names
            ),
        ),
        Table(
            "Share of answers that become another class",
            tuple(
                Number.of("flips", name, proportion(asked.flipped(name), asked.sample.groups))
                for name in asked.variants
            ),
        ),
        Table(
            "Share of the AUC above guessing that remains",
            (
                Number.of("remaining", f"{COVERED}, all classes", remaining),
                *(
                    Number.of("remaining", f"{COVERED}, {CLASSES[k]}", share)
                    for k, share in _remaining_of_classes(asked, classes)
                ),
                Number.count("lungs found", "X-rays", int(asked.has_lungs.sum()), n),
            ),
        ),
    )


def _remaining_of_classes(asked: Asked, classes: list[int]) -> list[tuple[int, Estimate]]:
    known = [k for k in classes if asked.estimate(asked.of_class(AS_IT_IS, k)).low > CLEAR]
    return [
        (k, asked.estimate(_remaining(asked.of_class(COVERED, k), asked.of_class(AS_IT_IS, k))))
        for k in known
    ]


def _figures(asked: Asked, parameters: Pixels) -> tuple[Figure, ...]:
    classes = [int(k) for k in np.unique(asked.sample.truth)]
    names = (AS_IT_IS, *asked.variants)
    covid = CLASSES.index("covid")
    found: list[Figure] = [_bars(asked, "mean over the classes", asked.macro)]
    if covid in classes:
        of_covid = _bars(asked, "COVID-19 against the rest", lambda n: asked.of_class(n, covid))
        found.append(of_covid)
    return (
        *found,
        _gallery(asked, parameters),
        Grid(
            title="AUC of each class against the rest",
            row_title="variant",
            column_title="class",
            row_labels=names,
            column_labels=tuple(CLASSES[k] for k in classes),
            values=tuple(tuple(asked.of_class(name, k)[0] for k in classes) for name in names),
        ),
    )


def _bars(asked: Asked, what: str, statistic: Callable[[str], Measured]) -> Bars:
    names = (AS_IT_IS, *asked.variants)
    estimates = [asked.estimate(statistic(name)) for name in names]
    return Bars(
        title=f"AUC of the changed X-rays, {what}",
        unit="AUC",
        labels=names,
        values=tuple(e.value for e in estimates),
        lows=tuple(e.low for e in estimates),
        highs=tuple(e.high for e in estimates),
        lines={"guessing": GUESSING},
        groups=tuple(
            tuple(map(int, asked.sample.positions[asked.flipped(name)])) for name in names
        ),
    )


def _gallery(asked: Asked, parameters: Pixels) -> Gallery:
    """Show of each class the X-rays that keep most of their label's probability without lungs."""
    variants = _variants(parameters)
    exhibits = []
    for k in map(int, np.unique(asked.sample.truth)):
        members = np.flatnonzero(asked.sample.truth == k)
        kept = asked.probabilities[COVERED][members, k]
        for row in members[np.argsort(-kept, kind="stable")[: parameters.shown]]:
            for name in PICTURED:
                caption = _caption(asked, int(row), name)
                position = int(asked.sample.positions[row])
                exhibits.append(Exhibit((position,), caption, tuple(variants[name])))
    return Gallery(
        "What it answers without the lungs: of each class, the X-rays that keep most of their "
        "label's probability",
        tuple(exhibits),
    )


def _caption(asked: Asked, row: int, variant: str) -> str:
    of_classes = asked.probabilities[variant][row]
    truth, called = int(asked.sample.truth[row]), int(of_classes.argmax())
    about = ""
    if variant in (COVERED, ONLY_LUNGS) and not asked.has_lungs[row]:
        about = " (no lungs found: the middle stands for them)"
    return (
        f"Labelled {_name(truth)}, {variant}{about}: called {_name(called)} "
        f"({percent(of_classes[called])}; {_name(truth)} {percent(of_classes[truth])})"
    )


def _name(k: int) -> str:
    return DISPLAY_NAMES[CLASSES[k]]
