"""What is left of the answer when the lungs are covered, and when harmless things are changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.check import check
from xraydemo.evaluation.confounding.asked_again import (
    AS_IT_IS,
    CLEAR,
    GUESSING,
    AskedAgain,
    Judged,
    judged,
    lost_separation,
    remaining,
)
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
)
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.simultaneous import Measured, difference
from xraydemo.evaluation.tell import classes_with_enough
from xraydemo.evaluation.tell_result import left_out, listed, percent, said, share_said, too_few
from xraydemo.metrics.bootstrap import LEVEL, Estimate
from xraydemo.metrics.intervals import proportion
from xraydemo.model.bundle import BundleCard
from xraydemo.model.lungs import lung_box
from xraydemo.radiograph.interventions import Intervention

TAUGHT_BY = "blacked"  # the setting of a recipe
COVERED = "lungs covered"
ONLY_LUNGS = "only the lungs"
EDGE = "only the edge"
RING = 0.125  # of each side
PAINTED = "corners and letters painted over"
WITHOUT_LUNGS = (COVERED, EDGE)
HARMLESS = {
    PAINTED: (Intervention("paint_corners"), Intervention("paint_text")),
    "histogram equalized": (Intervention("equalize"),),
    "JPEG of quality 50": (Intervention("jpeg", {"quality": 50}),),
    "reduced to 64 pixels": (Intervention("resample", {"side": 64}),),
}
PICTURED = (AS_IT_IS, COVERED, ONLY_LUNGS, EDGE)


@dataclass(frozen=True)
class Pixels:
    """Settings of `confounder.pixels`.

    Attributes
    ----------
    warn, fail : float
        Share of a class's AUC above guessing that remains without the lungs.
    warn_painted, fail_painted : float
        Share of what sets a class apart that is lost when corners and letters are painted over.
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
    warn_painted: float
    fail_painted: float
    floor: int
    most: int
    margin: float
    shown: int


@dataclass(frozen=True, eq=False)
class Asked(AskedAgain):
    """The X-rays that the model answered in every variant, and what was found of their lungs.

    Attributes
    ----------
    has_lungs : ndarray of bool, shape (n,)
        Whether lungs were found in it.
    lungs_at_edge : float
        Share of the lungs' area that the edge shows, over the X-rays in which they were found.
    n_lost : int
        X-rays without an answer.
    """

    has_lungs: NDArray[np.bool_] = field(kw_only=True)
    lungs_at_edge: float = field(kw_only=True)
    n_lost: int = field(kw_only=True)


@check(
    "confounder.pixels",
    "What remains of the answer without the lungs?",
    needs=("labels", "engine", "lungs"),
    parameters=Pixels,
)
def pixels(context: Context[Pixels]) -> CheckResult:
    """Hide the lungs and ask again: what can still be told is not told from them.

    Two ways to hide them: a box around them is covered, for an outline would still show their
    shape; and only the outer eighth of each side is left. The share that remains of a class is
    ``|AUC_hidden - 0.5| / (AUC - 0.5)``: a network that ranks the wrong way round has seen
    something, too. And the other way round: corners and letters are painted over, the lungs are
    left, and nothing should be lost of what sets a class apart, the difference between the mean
    log-odds of its X-rays and of the others. The class that comes off worst in one of the three
    decides, for a shortcut mostly goes with one class, and the mean over the classes hides it; the
    intervals hold together. On public covid data the edge of the pictures alone reached an AUC of
    0.941 [1]_, by a network that was trained on edges; how such shortcuts are told from signal:
    [2]_.

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
    if before is None or not before.low > CLEAR or not asked.known:
        return cannot_check(_not_clear(before, asked))
    found = judged(
        asked,
        (
            (WITHOUT_LUNGS, remaining, parameters.warn, parameters.fail),
            ((PAINTED,), lost_separation, parameters.warn_painted, parameters.fail_painted),
        ),
    )
    verdict = found[0].verdict
    settled = verdict is not Verdict.PASS or all(one.settled for one in found)
    return CheckResult(
        verdict,
        _headline(found, asked, settled=settled),
        _number(found[0]),
        findings=(
            *_also(found),
            *_taught(context.run.meta.card, asked),
            *_on_average(asked),
            *_by_class(asked),
            *_of_the_edge(asked),
            *_called(asked),
            *_of_the_harmless(asked),
            *_advice(verdict),
            *_what_was_asked(asked, len(whole), parameters),
            *left_out(small, whole, parameters.floor),
        ),
        tables=_tables(asked, found),
        figures=(_what_decided(found, asked, parameters), *_figures(asked, parameters)),
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
        has_lungs=has_lungs,
        lungs_at_edge=_share_at_edge(outlines[has_lungs]),
        n_lost=int((~read).sum()),
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


def _not_clear(before: Estimate | None, asked: Asked) -> str:
    if before is None:
        return "The model could read none of the X-rays again: are the files still in their place?"
    return (
        f"What remains of an answer can be asked only where the answers are right: the AUC is "
        f"{said(before)} on {before.n:,} X-rays, and {CLEAR} must be clearly exceeded"
        + (f" ({asked.n_lost} more could not be read again)" if asked.n_lost else "")
        + ". More labelled X-rays, or some like those that it was trained on, would do"
    )


def _headline(found: Sequence[Judged], asked: Asked, *, settled: bool) -> str:
    worst, n = found[0], f"(n = {len(asked.sample):,})"
    if worst.verdict is not Verdict.PASS:
        how_much = "Most" if worst.verdict is Verdict.FAIL else "Much"
        whence = (
            "The answer is read off corners or letters"
            if worst.variant == PAINTED
            else f"{how_much} of the answer is not read off the lungs"
        )
        return f"{whence}: {_told(worst, asked)} {n}."
    without_lungs = [one for one in found if one.variant != PAINTED]
    most = _told(max(without_lungs, key=lambda one: one.harm.value), asked)
    if not settled:
        return (
            "That the answer comes from outside the lungs is not shown, nor excluded: at most, "
            f"{most} {n}."
        )
    return f"Without the lungs the answer is mostly lost, as it should be: at most, {most} {n}."


def _told(one: Judged, asked: Asked) -> str:
    """Say what a change did to the AUC of a class."""
    before, after = (asked.estimate(asked.of_class(v, one.k)) for v in (AS_IT_IS, one.variant))
    if one.variant == PAINTED:
        return (
            f"with them painted over, {_share(one.harm)} of what sets {_name(one.k)} apart is "
            f"lost, and its AUC is {said(after)} instead of {before.value:.2f}"
        )
    hidden = "with the lungs covered" if one.variant == COVERED else "from the edge alone"
    return (
        f"{hidden}, the AUC of {_name(one.k)} is {said(after)} instead of {before.value:.2f}, "
        f"where 0.5 is guessing: {_share(one.harm)} of what it knows remains"
    )


def _number(worst: Judged) -> Number:
    where = f"{worst.variant}, {CLASSES[worst.k]}"
    if worst.variant == PAINTED:
        return Number.of("share of what sets it apart that is lost", where, worst.harm)
    share = worst.harm._replace(low=max(worst.harm.low, 0.0))  # no such share is less
    return Number.of("share of the AUC that remains", where, share)


def _also(found: Sequence[Judged]) -> tuple[str, ...]:
    """Say what else was found, beside what the headline says."""
    others = [one for one in found[1:] if one.verdict is not Verdict.PASS]
    named = "; ".join(
        f"{_name(one.k)}, {one.variant}: {_share(one.harm)} "
        + ("is lost" if one.variant == PAINTED else "remains")
        for one in others
    )
    return (f"The same is found here: {named}.",) if others else ()


def _on_average(asked: Asked) -> tuple[str, ...]:
    before, after = (asked.estimate(asked.macro(name)) for name in (AS_IT_IS, COVERED))
    share = asked.estimate(remaining(asked, COVERED, None))
    told = (
        f"On average over the classes the AUC is {said(before)}, and {said(after)} with the lungs "
        f"covered: {_share(share)} of it remains. A shortcut mostly goes with one class, so the "
        "class that comes off worst decides here."
    )
    return (told,)


def _share(estimate: Estimate) -> str:
    # no share is less than 0
    return share_said(estimate._replace(low=max(estimate.low, 0.0)), 0)


def _by_class(asked: Asked) -> tuple[str, ...]:
    """Say how much remains of each class that it tells at all, the most first."""
    covered = {k: asked.estimate(asked.of_class(COVERED, k)) for k in asked.known}
    most_first = sorted(covered, key=lambda k: -abs(covered[k].value - GUESSING))
    named = "; ".join(
        f"{_name(k)} {said(covered[k])} instead of {asked.of_class(AS_IT_IS, k)[0]:.2f}"
        for k in most_first
    )
    sentences = [f"AUC of each class against the rest with the lungs covered: {named}."]
    untold = [k for k in asked.classes if k not in covered]
    if untold:
        names = [f"{_name(k)} (AUC {said(_as_it_is(asked, k))})" for k in untold]
        sentences.append(
            f"Not clearly told even with the lungs, so nothing can be lost: {listed(names)}."
        )
    return tuple(sentences)


def _as_it_is(asked: Asked, k: int) -> Estimate:
    return asked.estimate(asked.of_class(AS_IT_IS, k))


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
        "How to read it: what is left still shows where the lungs are and how large (a child's "
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


def _tables(asked: Asked, found: Sequence[Judged]) -> tuple[Table, ...]:
    names = (AS_IT_IS, *asked.variants)
    level = 1 - (1 - LEVEL) / len(asked.variants)
    n = len(asked.sample)
    return (
        Table(
            "Share of the AUC above guessing that remains without lungs, and of what sets a class "
            "apart that is lost without corners and letters (intervals that hold together)",
            (
                *map(_number, found),
                Number.count("lungs found", "X-rays", int(asked.has_lungs.sum()), n),
            ),
        ),
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
                for k in asked.classes
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
    )


def _what_decided(found: Sequence[Judged], asked: Asked, parameters: Pixels) -> Bars:
    shares = [one for one in found if one.variant != PAINTED]
    by_class = [np.flatnonzero(asked.sample.truth == one.k) for one in shares]
    return Bars(
        title="What remains of each class without the lungs (intervals that hold together)",
        unit="share of the AUC above guessing",
        labels=tuple(f"{_name(one.k)}, {one.variant}" for one in shares),
        values=tuple(one.harm.value for one in shares),
        lows=tuple(max(one.harm.low, 0.0) for one in shares),
        highs=tuple(one.harm.high for one in shares),
        lines={"warns": parameters.warn, "fails": parameters.fail},
        groups=tuple(tuple(map(int, asked.sample.positions[rows])) for rows in by_class),
    )


def _figures(asked: Asked, parameters: Pixels) -> tuple[Figure, ...]:
    classes, sample = asked.classes, asked.sample
    names = (AS_IT_IS, *asked.variants)
    of_classes = tuple(tuple(map(int, sample.positions[sample.truth == k])) for k in classes)
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
            groups=(of_classes,) * len(names),
        ),
    )


def _bars(asked: Asked, what: str, statistic: Callable[[str], Measured]) -> Bars:
    """Draw the AUCs; behind each change are the answers that it turned, of all X-rays asked."""
    names, positions = (AS_IT_IS, *asked.variants), asked.sample.positions
    estimates = [asked.estimate(statistic(name)) for name in names]
    return Bars(
        title=f"AUC of the changed X-rays, {what}",
        unit="AUC",
        labels=names,
        values=tuple(e.value for e in estimates),
        lows=tuple(e.low for e in estimates),
        highs=tuple(e.high for e in estimates),
        lines={"guessing": GUESSING},
        groups=(
            tuple(map(int, positions)),
            *(tuple(map(int, positions[asked.flipped(name)])) for name in asked.variants),
        ),
    )


def _gallery(asked: Asked, parameters: Pixels) -> Gallery:
    """Show of each class the X-rays that keep most of their label's probability without lungs."""
    variants = _variants(parameters)
    exhibits = []
    for k in asked.classes:
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
