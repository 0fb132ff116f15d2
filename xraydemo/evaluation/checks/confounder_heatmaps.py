"""Whether the heat maps lie in the lungs, point at findings, and explain anything at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.check import check
from xraydemo.evaluation.confounding.heatmap_share import (
    cells_of_outlines,
    points_said,
    share_inside,
)
from xraydemo.evaluation.confounding.pointing import Pointing
from xraydemo.evaluation.confounding.road import REMOVED, Removal, remove_and_ask
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Bars, Curves, Exhibit, Gallery, Line
from xraydemo.evaluation.laboratory import UNCHANGED, Answers, Progress
from xraydemo.evaluation.part import even_part
from xraydemo.evaluation.result import (
    CheckResult,
    Number,
    Table,
    Verdict,
    cannot_check,
)
from xraydemo.evaluation.tell_result import percent, said
from xraydemo.metrics.bootstrap import LEVEL, Estimate, Resampling
from xraydemo.metrics.rank_correlation import rank_correlation
from xraydemo.metrics.weighted import mean
from xraydemo.model.bundle import BundleCard
from xraydemo.model.heatmap import has_evidence
from xraydemo.model.lungs import lung_box
from xraydemo.model.runtime import Network

ALL = "all answers"

Numbers = NDArray[np.float64]
Positions = NDArray[np.intp]
TAUGHT_BY = "evidence"  # the setting of a recipe


@dataclass(frozen=True)
class Heatmaps:
    """Settings of `confounder.heatmaps`.

    Attributes
    ----------
    similar : float
        Rank correlation of the maps with those of shuffled weights above which they explain
        nothing.
    floor : int
        Least X-rays of a class, and of those with boxes.
    most : int
        X-rays whose maps are held against the lungs.
    shuffled : int
        X-rays that the shuffled network is asked about.
    removed : int
        X-rays from which cells are removed.
    shown : int
        Most X-rays in the gallery.
    """

    similar: float
    floor: int
    most: int
    shuffled: int
    removed: int
    shown: int


@dataclass(frozen=True, eq=False)
class Evidence:
    """The maps of some X-rays, each of the class that it is called.

    Attributes
    ----------
    positions : ndarray of int, shape (n,)
        In the run.
    called : ndarray of int, shape (n,)
        Class numbers.
    maps : ndarray of float32, shape (n, side, side)
    lungs : ndarray of float32, shape (n, side, side)
        Share of each cell that is lung.
    resampling : Resampling
        Draws of groups within the classes that are called.
    """

    positions: Positions
    called: NDArray[np.intp]
    maps: NDArray[np.float32]
    lungs: NDArray[np.float32]
    resampling: Resampling

    @property
    def share(self) -> Numbers:
        """Give the share of the evidence that lies in the lungs, NaN where there is none."""
        return share_inside(self.maps, self.lungs)

    @property
    def area(self) -> Numbers:
        """Give the lungs' share of the picture."""
        return np.asarray(self.lungs.mean(axis=(1, 2)), np.float64)

    def mean_of_rows(self, values: Numbers, rows: Positions) -> Estimate:
        """Give the mean of values that only some rows, ascending, have."""
        return self.resampling.within(_mask(rows, len(self.positions))).estimate(
            lambda weights: mean(weights, values)
        )

    def mean_of(self, values: Numbers, mask: NDArray[np.bool_], level: float = LEVEL) -> Estimate:
        """Give the mean of some rows with its interval."""
        kept = values[mask]
        return self.resampling.within(mask).estimate(lambda weights: mean(weights, kept), level)


@dataclass(frozen=True, eq=False)
class Found:
    """What was measured.

    Attributes
    ----------
    evidence : Evidence
    inside : dict of str to Estimate
        By the class that is called, or `ALL`: evidence in the lungs less their share of the area.
    likeness : Estimate
        To the maps of shuffled weights.
    removal : Removal
        Its rows are those of `evidence`.
    fall : Estimate
        How much more the probability falls where the maps mark than at random.
    """

    evidence: Evidence
    inside: dict[str, Estimate]
    likeness: Estimate
    removal: Removal
    fall: Estimate

    @property
    def worst(self) -> str:
        """Name the class whose evidence lies least in the lungs."""
        return min(self.inside, key=lambda name: self.inside[name].high)

    def judge(self, similar: float) -> tuple[Verdict, bool]:
        """Give the verdict, and whether it is settled."""
        least = self.inside[self.worst]
        if self.likeness.low > similar or least.high < 0:
            return Verdict.FAIL, True
        if self.fall.high < 0:
            return Verdict.WARN, True
        all_inside = all(estimate.low >= 0 for estimate in self.inside.values())
        return Verdict.PASS, all_inside and self.likeness.high <= similar


@check(
    "confounder.heatmaps",
    "Does it look at the lungs, and do its heat maps explain anything?",
    needs=("maps", "engine", "lungs"),
    parameters=Heatmaps,
)
def heatmaps(context: Context[Heatmaps]) -> CheckResult:
    """Hold the heat maps of the called classes against the lungs, and test the maps themselves.

    It fails where less evidence lies in the lungs than their area alone would give, or where the
    maps stay alike when the weights are shuffled: such maps show the picture, not the network
    [1]_; of eight methods on chest X-rays, each failed some such test [2]_. It warns where removing
    what the maps mark changes the answer less than removing anything (ROAD [3]_).

    References
    ----------
    .. [1] Adebayo, Gilmer, Muelly, Goodfellow, Hardt & Kim, Sanity Checks for Saliency Maps,
       NeurIPS 2018.
    .. [2] Arun et al., Assessing the Trustworthiness of Saliency Maps for Localizing Abnormalities
       in Medical Imaging, Radiology: Artificial Intelligence 3, 2021.
    .. [3] Rong, Leemann, Borisov, Kasneci, Kasneci, A Consistent and Efficient Evaluation Strategy
       for Attribution Methods, ICML 2022.
    """
    parameters, asked = context.parameters, _part(context)
    evidence = _evidence(context, asked)
    if len(evidence.positions) < parameters.floor:
        return cannot_check(
            f"Of {len(asked):,} X-rays {len(evidence.positions):,} have lungs that could be found "
            f"and a heat map that speaks for the answer, and it takes {parameters.floor}"
        )
    removal = _removal(context, evidence)
    found = Found(
        evidence,
        _inside(evidence, parameters.floor),
        _likeness(context, evidence),
        removal,
        evidence.mean_of_rows(removal.area, removal.rows),
    )
    pointing = _pointing(context)
    verdict, settled = found.judge(parameters.similar)
    return CheckResult(
        verdict,
        _headline(verdict, settled, found, parameters.similar),
        _number(found, parameters.similar),
        findings=(
            *_taught(context.run.meta.card),
            *_of_classes(found),
            *_of_likeness(found.likeness),
            *_of_removal(found),
            *(pointing.findings() if pointing else _no_boxes()),
            *_advice(verdict),
            *_what_was_asked(evidence, asked, context),
        ),
        tables=(*_tables(found), *(pointing.tables() if pointing else ())),
        figures=(_bars(found), _curves(found), _gallery(evidence, parameters.shown)),
        settled=settled,
    )


def _taught(card: BundleCard) -> tuple[str, ...]:
    """Warn of a test that the training has practised: its number then says less."""
    if not card.provenance.recipe.get(TAUGHT_BY):
        return ()
    told = (
        "In training this bundle's heat maps were taught to lie in the lungs. That they do is "
        "practised, and no proof; where in the lungs they point was not taught, so what "
        "radiologists' boxes (--boxes) say of them counts for more."
    )
    return (told,)


def _part(context: Context[Heatmaps]) -> Positions:
    """Draw X-rays evenly from the labels, and from what those without a label are called."""
    run = context.run
    positions = np.flatnonzero(run.was_read)
    # the same strata, and so the same X-rays, as confounder.pixels has where all have a label
    strata = np.where(run.truth < 0, len(CLASSES) + run.predicted, run.truth)[positions]
    drawn = even_part(strata, run.groups[positions], context.parameters.most, seed=context.seed)
    return np.asarray(positions[drawn], np.intp)


def _ask(
    context: Context[Heatmaps],
    positions: Positions,
    span: tuple[float, float],
    weights: Network = "own",
) -> Answers:
    """Ask about X-rays as they are; `span` is what this is of the whole check."""
    laboratory = context.given.laboratory
    assert laboratory is not None  # the check needs the engine
    files = context.run.rows["path"].iloc[positions].tolist()
    progress = _progress(context, span)
    return laboratory.ask(files, {"plain": UNCHANGED}, weights=weights, progress=progress)["plain"]


def _progress(context: Context[Heatmaps], span: tuple[float, float]) -> Progress:
    begin, end = span
    return lambda share: context.progress(begin + share * (end - begin))


def _evidence(context: Context[Heatmaps], asked: Positions) -> Evidence:
    """Find the lungs; leave out X-rays without, and those whose map is shown as empty."""
    run = context.run
    outlines = _ask(context, asked, (0.0, 0.4)).lungs
    called = run.predicted[asked]
    maps = run.arrays.maps()[asked, called].astype(np.float32)
    found = np.array([lung_box(outline) is not None for outline in outlines], bool)
    scale = run.meta.card.heatmap_scale
    speaks = np.array([has_evidence(one, scale) for one in maps], bool)
    kept = found & speaks
    lungs = cells_of_outlines(outlines[kept], maps.shape[-1])
    groups = run.groups[asked[kept]]
    resampling = Resampling.of(called[kept], groups, seed=context.seed)
    return Evidence(asked[kept], called[kept], maps[kept], lungs, resampling)


def _inside(evidence: Evidence, floor: int) -> dict[str, Estimate]:
    """Give the share of the evidence in the lungs less their area, by the class that is called."""
    more = evidence.share - evidence.area
    counts = np.bincount(evidence.called, minlength=len(CLASSES))
    judged = [k for k in range(len(CLASSES)) if counts[k] >= floor]
    if not judged:
        return {ALL: evidence.mean_of(more, np.ones(len(more), bool))}
    # the worst of several is looked for: their intervals must hold together
    level = 1 - (1 - LEVEL) / len(judged)
    return {CLASSES[k]: evidence.mean_of(more, evidence.called == k, level) for k in judged}


def _likeness(context: Context[Heatmaps], evidence: Evidence) -> Estimate:
    """Give how alike the maps are to those of the shuffled network: |Spearman's correlation|.

    Without its sign: a map turned over has the same pattern.
    """
    rows = _some(context, evidence, context.parameters.shuffled)
    answers = _ask(context, evidence.positions[rows], (0.7, 0.9), "shuffled")
    of_called = answers.maps[np.arange(len(rows)), evidence.called[rows]].astype(np.float32)
    alike = np.abs(rank_correlation(evidence.maps[rows], of_called))
    return evidence.mean_of_rows(alike[answers.was_read], rows[answers.was_read])


def _removal(context: Context[Heatmaps], evidence: Evidence) -> Removal:
    rows = _some(context, evidence, context.parameters.removed)
    laboratory = context.given.laboratory
    assert laboratory is not None  # the check needs the engine
    removal = remove_and_ask(
        laboratory,
        context.run.rows["path"].iloc[evidence.positions[rows]].tolist(),
        evidence.maps[rows],
        evidence.called[rows],
        seed=context.seed,
        progress=_progress(context, (0.4, 0.7)),
    )
    return Removal(rows[removal.rows], removal.marked, removal.random)


def _pointing(context: Context[Heatmaps]) -> Pointing | None:
    """Hold the maps of the labels, else of what is called, against boxes; None for too few."""
    run, boxes_of = context.run, context.given.boxes
    has_boxes = np.array([bool(boxes_of.get(file)) for file in run.rows["file"]], bool)
    positions = np.flatnonzero(has_boxes & run.was_read)
    groups = run.groups[positions]
    most = context.parameters.most
    positions = positions[even_part(run.predicted[positions], groups, most, seed=context.seed)]
    if len(positions) < context.parameters.floor:
        return None
    of_class = np.where(run.truth < 0, run.predicted, run.truth)[positions]
    return Pointing.of(
        run.arrays.maps()[positions, of_class].astype(np.float32),
        [boxes_of[file] for file in run.rows["file"].iloc[positions]],
        _ask(context, positions, (0.9, 1.0)).lungs,
        run.groups[positions],
    )


def _some(context: Context[Heatmaps], evidence: Evidence, most: int) -> Positions:
    groups = context.run.groups[evidence.positions]
    return even_part(evidence.called, groups, most, seed=context.seed)


def _number(found: Found, similar: float) -> Number:
    if found.likeness.low > similar:
        return Number.of("likeness to the maps of shuffled weights", ALL, found.likeness)
    return Number.of(
        "evidence in the lungs less their area", found.worst, found.inside[found.worst]
    )


def _headline(verdict: Verdict, settled: bool, found: Found, similar: float) -> str:
    if found.likeness.low > similar:
        return (
            "The heat maps explain nothing: with all that was learnt shuffled away they stay alike "
            f"(rank correlation {said(found.likeness)}, n = {found.likeness.n:,}); do not read "
            "them."
        )
    inside, fall = found.inside[found.worst], found.fall
    of = "" if found.worst == ALL else f" for {_named(found.worst)}"
    where = (
        f"{_in_the_lungs(found.evidence, found.worst)} of the evidence{of} lies in the lungs, "
        f"which are {_of_the_area(found.evidence, found.worst)} of the picture (difference "
        f"{points_said(inside)}, n = {inside.n:,})"
    )
    if verdict is Verdict.FAIL:
        return f"It looks at the lungs less than a blind map would: {where}."
    if verdict is Verdict.WARN:
        return (
            "The heat maps do not mark what the answer rests on: to remove what they mark changes "
            f"it less than to remove anything, by {-fall.value:.3f} [{-fall.high:.3f}, "
            f"{-fall.low:.3f}] of the probability (n = {fall.n:,})."
        )
    if not settled:
        return f"That it looks at the lungs is not shown, nor excluded: {where}."
    least = "even where least, " if len(found.inside) > 1 else ""
    return f"It looks at the lungs more than a blind map would: {least}{where}."


def _of_classes(found: Found) -> tuple[str, ...]:
    evidence = found.evidence
    if list(found.inside) == [ALL]:
        return ()
    named = "; ".join(
        f"{_named(name)} {_in_the_lungs(evidence, name)} of the evidence in "
        f"{_of_the_area(evidence, name)} of the area ({points_said(estimate)}, n = {estimate.n:,})"
        for name, estimate in sorted(found.inside.items(), key=lambda one: one[1].value)
    )
    sentence = (
        f"In the lungs lies, by what the X-ray is called: {named}. The maps have "
        f"{evidence.maps.shape[-1]} cells a side, so evidence at the lungs' edge counts in part."
    )
    return (sentence,)


def _of_likeness(likeness: Estimate) -> tuple[str, ...]:
    return (
        (
            "Do the maps depend on what was learnt? With the weights shuffled the rank correlation "
            f"with the network's own maps is {said(likeness)} without its sign (n = "
            f"{likeness.n:,}; 1 would be the same map). Eight of eight methods failed some such "
            "test on chest X-rays (Arun 2021)."
        ),
    )


def _of_removal(found: Found) -> tuple[str, ...]:
    removal, fall = found.removal, found.fall
    if not len(removal.rows):
        return ()
    half = percent(REMOVED[-1])
    start, marked, random = (
        removal.marked[:, 0].mean(),
        removal.marked[:, -1].mean(),
        removal.random[:, -1].mean(),
    )
    much = (
        "so they mark something that matters"
        if fall.low > 0
        else "so it is not shown that they mark what matters"
    )
    sentence = (
        "Do the maps mark what the answer rests on? Without the "
        f"{half} of the picture that they mark most, the mean probability of the answer falls from "
        f"{start:.2f} to {marked:.2f}; without {half} at random, to {random:.2f}. Over all steps "
        f"it falls lower by {fall.value:.3f} [{fall.low:.3f}, {fall.high:.3f}] (ROAD, n = "
        f"{fall.n:,}), {much}."
    )
    return (sentence,)


def _no_boxes() -> tuple[str, ...]:
    return (
        (
            "Whether the maps point at findings can't be asked: too few X-rays have radiologists' "
            "boxes (--boxes CSV with the columns file, x, y, width, height)."
        ),
    )


def _advice(verdict: Verdict) -> tuple[str, ...]:
    caveat = (
        "How to read it: a heat map that lies in the lungs proves no honest answer (what is "
        "confounded may show there, too), and evidence for Normal may lie anywhere. What the "
        "answer needs is asked in confounder.pixels."
    )
    if verdict is Verdict.PASS:
        return (caveat,)
    advice = (
        "What to do: look at the X-rays below, which have least of their evidence in the lungs; "
        "where the maps light up at borders, letters or shoulders, mend the data as "
        "confounder.pixels says."
    )
    return (caveat, advice)


def _what_was_asked(
    evidence: Evidence, asked: Positions, context: Context[Heatmaps]
) -> tuple[str, ...]:
    n, n_read = len(evidence.positions), int(context.run.was_read.sum())
    sentences = []
    if len(asked) < n_read:
        sentences.append(f"Asked about {len(asked):,} of {n_read:,} X-rays.")
    if n < len(asked):
        sentences.append(
            f"{len(asked) - n:,} are left out: no lungs were found in them, or their map speaks "
            "for the answer nowhere."
        )
    return tuple(sentences)


def _tables(found: Found) -> tuple[Table, ...]:
    evidence, inside = found.evidence, found.inside
    rows = []
    for name, estimate in inside.items():
        mask = _called(evidence, name)
        rows += [
            Number.of("evidence in the lungs", name, evidence.mean_of(evidence.share, mask)),
            Number.of("lungs' share of the area", name, evidence.mean_of(evidence.area, mask)),
            Number.of("difference", name, estimate),
        ]
    everything = np.ones(len(evidence.positions), bool)
    if ALL not in inside:
        overall = evidence.mean_of(evidence.share - evidence.area, everything)
        rows.append(Number.of("difference", ALL, overall))
    return (
        Table("Evidence in the lungs, by the class that is called", tuple(rows)),
        Table(
            "The maps themselves",
            (
                Number.of("likeness to the maps of shuffled weights", ALL, found.likeness),
                Number.of("fall of the probability, more than at random (ROAD)", ALL, found.fall),
            ),
        ),
    )


def _bars(found: Found) -> Bars:
    evidence, inside = found.evidence, found.inside
    groups = tuple(tuple(map(int, evidence.positions[_called(evidence, name)])) for name in inside)
    return Bars(
        title="Evidence in the lungs less their share of the area, by the class that is called",
        unit="share of the evidence",
        labels=tuple(_named(name) for name in inside),
        values=tuple(e.value for e in inside.values()),
        lows=tuple(e.low for e in inside.values()),
        highs=tuple(e.high for e in inside.values()),
        lines={"blind map": 0.0},
        groups=groups,
    )


def _curves(found: Found) -> Curves:
    lines = []
    for name, table in (
        ("what the heat map marks first", found.removal.marked),
        ("a random order", found.removal.random),
    ):
        means = [found.evidence.mean_of_rows(step, found.removal.rows) for step in table.T]
        lines.append(
            Line(
                name,
                (0.0, *REMOVED),
                tuple(m.value for m in means),
                tuple(m.low for m in means),
                tuple(m.high for m in means),
            )
        )
    return Curves(
        title="The answer, as more and more of the picture is taken away (ROAD)",
        x_label="share of the picture taken away",
        y_label="mean probability of the answer",
        lines=tuple(lines),
        points=True,
    )


def _gallery(evidence: Evidence, shown: int) -> Gallery:
    share, area = evidence.share, evidence.area
    order = np.argsort(share - area, kind="stable")[:shown]
    return Gallery(
        "Least of the evidence in the lungs",
        tuple(
            Exhibit(
                (int(evidence.positions[i]),),
                f"Called {_named(CLASSES[evidence.called[i]])}: {percent(share[i])} of the "
                f"evidence lies in the lungs, which are {percent(area[i])} of the picture",
            )
            for i in order
        ),
    )


def _called(evidence: Evidence, name: str) -> NDArray[np.bool_]:
    if name == ALL:
        return np.ones(len(evidence.positions), bool)
    return np.asarray(evidence.called == CLASSES.index(name))


def _named(name: str) -> str:
    return DISPLAY_NAMES.get(name, name)


def _in_the_lungs(evidence: Evidence, name: str) -> str:
    return percent(float(evidence.share[_called(evidence, name)].mean()))


def _of_the_area(evidence: Evidence, name: str) -> str:
    return percent(float(evidence.area[_called(evidence, name)].mean()))


def _mask(rows: Positions, n: int) -> NDArray[np.bool_]:
    mask = np.zeros(n, bool)
    mask[rows] = True
    return mask
