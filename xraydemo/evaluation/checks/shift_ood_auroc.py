"""Whether the program would notice pictures that the model was not made for.

They are held against this run's own X-rays as they are: the question is whether *here* a fault or
a hand would stand out. Planted faults are compared with the same X-rays without the fault, so that
nothing but the fault differs. Held against the training set's own X-rays, what comes from another
hospital would be foreign already, and every fault would seem to be noticed; these numbers stand in
a table of their own. Nothing that looks foreign is taken out of the run before: that would make
any detector look good.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xraydemo.evaluation.check import check
from xraydemo.evaluation.context import NOT_GIVEN, Context
from xraydemo.evaluation.figures import Bars, Exhibit, Figure, Gallery, Grid
from xraydemo.evaluation.result import (
    WORST_FIRST,
    CheckResult,
    Number,
    Table,
    Verdict,
    cannot_check,
    judge_promise,
)
from xraydemo.evaluation.shift.detectors import BROKEN_RULE, DEFAULT, OF_DOUBT
from xraydemo.evaluation.shift.ood_scores import (
    Kind,
    Seen,
    given_kinds,
    is_scored,
    planted_kinds,
    seen_in,
)
from xraydemo.evaluation.tell_result import listed, percent, said, share_said
from xraydemo.metrics.bootstrap import LEVEL, Estimate, Resampling
from xraydemo.metrics.detection import Detection
from xraydemo.metrics.intervals import proportion
from xraydemo.metrics.weighted import auc
from xraydemo.model.dossier import Dossier

SHARE_OF_PLANTING = 0.8  # of the time
RARELY_CALLED = 0.5
OWN = "these X-rays as they are"


@dataclass(frozen=True)
class OodAuroc:
    """Settings of `shift.ood_auroc`.

    Attributes
    ----------
    warn, fail : float
        AUROC of the kind that is hardest to tell, of those that must be noticed.
    floor : int
        Least pictures of a kind.
    most : int
        X-rays of the run in which faults are planted.
    inside : int
        X-rays of the run that other kinds are held against.
    shown : int
        Entries of the gallery.
    """

    warn: float
    fail: float
    floor: int
    most: int
    inside: int
    shown: int


@dataclass(frozen=True, eq=False)
class Measured:
    """How well a kind is told.

    Attributes
    ----------
    kind : Kind
    detection : Detection
        By the default.
    decisive : Estimate
        Its AUROC, with an interval that allows for the number of kinds that are judged.
    others : dict of str to Estimate
        AUROC by every detector.
    """

    kind: Kind
    detection: Detection
    decisive: Estimate
    others: dict[str, Estimate]


@check("shift.ood_auroc", "Would it notice foreign images?", parameters=OodAuroc)
def ood_auroc(context: Context[OodAuroc]) -> CheckResult:
    """Judge the far kind that is hardest to tell from this run's X-rays, by promise."""
    lines, run, given = context.parameters, context.run, context.given
    scored = np.flatnonzero(is_scored(run))
    if not len(scored):
        return cannot_check(NOT_GIVEN["dossier"])
    if len(scored) < lines.floor:
        return cannot_check(
            f"{len(scored):,} X-rays are too few to tell others from them; it takes {lines.floor}"
        )
    if given.laboratory is None and not given.ood:
        return cannot_check(
            "Needs foreign pictures: the model, to plant faults in these X-rays (evaluate with the "
            "bundle that made the run), or folders of them: --ood NAME=FOLDER"
        )
    kinds = _kinds(context, scored)
    enough = [kind for kind in kinds if len(kind.outside) >= lines.floor]
    if not enough and given.dossier is None:
        return cannot_check(NOT_GIVEN["dossier"])
    if not enough:
        return cannot_check(_too_few(kinds, lines.floor))
    judged = sum(kind.protocol == "far" for kind in enough)
    level = 1 - (1 - LEVEL) / max(judged, 1)
    measured = []
    for i, kind in enumerate(enough):
        measured.append(_measure(kind, level, context.seed))
        done = (i + 1) / len(enough)
        context.progress(SHARE_OF_PLANTING + (1 - SHARE_OF_PLANTING) * done)
    far = [m for m in measured if m.kind.protocol == "far"]
    worst = min(
        far,
        key=lambda m: (WORST_FIRST.index(_verdict(m, lines)), m.decisive.value),
        default=None,
    )
    gallery = _gallery(measured, lines.shown)
    figures: list[Figure] = [_bars(measured, lines), _grid(measured)]
    return CheckResult(
        _verdict(worst, lines) if worst else Verdict.INFO,
        _headline(worst, far, measured, lines),
        Number.of("AUROC", worst.kind.name, worst.decisive) if worst else None,
        findings=tuple(_findings(measured, kinds, context)),
        tables=tuple(_tables(measured, given.dossier, context.seed)),
        figures=tuple([*figures, gallery] if gallery.exhibits else figures),
    )


def _verdict(m: Measured, lines: OodAuroc) -> Verdict:
    auroc = m.decisive
    return judge_promise(auroc.low, auroc.value, auroc.high, warn=lines.warn, fail=lines.fail)


def _some(
    positions: NDArray[np.intp], most: int, generator: np.random.Generator
) -> NDArray[np.intp]:
    if len(positions) <= most:
        return positions
    return np.sort(generator.choice(positions, most, replace=False))


def _kinds(context: Context[OodAuroc], scored: NDArray[np.intp]) -> list[Kind]:
    """Plant faults where the model can be asked, and take what was given."""
    lines, run, given = context.parameters, context.run, context.given
    kinds = []
    if given.laboratory is not None:
        kinds += planted_kinds(
            run,
            _some(scored, lines.most, context.generator()),
            given.laboratory,
            given.dossier,
            lambda share: context.progress(SHARE_OF_PLANTING * share),
        )
    if given.ood:
        some = _some(scored, lines.inside, context.generator())
        kinds += given_kinds(given.ood, seen_in(run, some, given.dossier, OWN), given.dossier)
    return kinds


def _measure(kind: Kind, level: float, seed: int) -> Measured:
    resampling = kind.resampling(seed)
    detection = Detection.of(*kind.both(DEFAULT), resampling)
    return Measured(
        kind,
        detection,
        _auroc(kind, DEFAULT, resampling, level),
        {name: _auroc(kind, name, resampling, LEVEL) for name in kind.detectors},
    )


def _auroc(kind: Kind, detector: str, resampling: Resampling, level: float) -> Estimate:
    scores, foreign = kind.both(detector)
    return resampling.estimate(lambda w: auc(w, scores, foreign), level)


def _headline(
    worst: Measured | None, far: list[Measured], measured: list[Measured], lines: OodAuroc
) -> str:
    if worst is None:
        names = listed(m.kind.name for m in measured)
        return (
            f"Only kinds that need not be noticed were looked at ({names}): whether far ones would "
            "be is not known. Give some: --ood far:NAME=FOLDER"
        )
    many = f", allowing for {len(far)} kinds having been looked at" if len(far) > 1 else ""
    number = (
        f"“{worst.kind.name}” is told from these X-rays with AUROC {said(worst.decisive)} (0.5 is "
        f"guessing, 1 is always{many})"
    )
    verdict = _verdict(worst, lines)
    if verdict is Verdict.PASS:
        hardest = "the hardest of them, " if len(far) > 1 else ""
        return f"Foreign pictures are noticed: {hardest}{number}."
    if verdict is Verdict.FAIL:
        return f"Not every kind of foreign picture is noticed: {number}."
    return f"That every kind of foreign picture is noticed well enough is not shown: {number}."


def _findings(measured: list[Measured], kinds: list[Kind], context: Context[OodAuroc]) -> list[str]:
    lines, given = context.parameters, context.given
    found = [
        f"{m.kind.name}, which you gave: told from these X-rays with AUROC {said(m.decisive)}; "
        f"{percent(_called(m.kind))} of them are called foreign."
        for m in measured
        if m.kind.planted is None
    ]
    found += [
        f"{_named(m.kind)}: AUROC {said(m.decisive)}; to catch 95 % of them, "
        f"{share_said(m.detection.fpr95)} of these X-rays would be refused, too."
        for m in sorted(measured, key=lambda m: m.decisive.value)
        if m.kind.protocol == "far" and _verdict(m, lines) is not Verdict.PASS
    ]
    rarely = [m for m in measured if m.kind.protocol == "far" and _called(m.kind) < RARELY_CALLED]
    if rarely:
        named = listed(f"{m.kind.name} ({percent(_called(m.kind))})" for m in rarely)
        found.append(
            "Told apart is not yet said: the line beyond which an X-ray is called foreign was set "
            f"so that 1 in 100 ordinary ones is. Seldom beyond it: {named}."
        )
    found += _need_not([m for m in measured if m.kind.protocol != "far"])
    found += _which_detector([m for m in measured if m.kind.protocol == "far"])
    few = [kind for kind in kinds if len(kind.outside) < lines.floor]
    if few:
        named = listed(f"{kind.name} ({len(kind.outside)})" for kind in few)
        found.append(f"Too few pictures to measure on ({lines.floor} at least): {named}.")
    if given.laboratory is None:
        found.append(
            "No faults were planted in these X-rays: that takes the bundle that made the run."
        )
    else:
        n = max(len(kind.inside) for kind in kinds if kind.planted)
        found.append(
            f"The faults were planted in {n} of these X-rays, each compared with itself as it is."
        )
    if not given.ood:
        found.append(
            "Pictures of other things (hands, photographs) were not given: --ood far:NAME=FOLDER."
        )
    return found


def _need_not(measured: list[Measured]) -> list[str]:
    if not measured:
        return []
    numbers = listed(f"{m.kind.name} {said(m.detection.auroc)}" for m in measured)
    return [
        (
            f"Not judged, for these need not be refused (AUROC): {numbers}. High is no virtue "
            "here: a detector that refuses every other disease, hospital or program is of no use "
            "there. Low is no comfort: then the model answers such X-rays without a warning."
        )
    ]


def _which_detector(far: list[Measured]) -> list[str]:
    """Argue the default from its hardest kind, and say what doubt is worth for this."""
    if not far:
        return []
    common = [name for name in far[0].others if all(name in m.others for m in far)]
    aurocs = {name: [m.others[name].value for m in far] for name in common}
    lowest = {name: min(values) for name, values in aurocs.items()}
    mean = {name: float(np.mean(values)) for name, values in aurocs.items()}
    rivals = [name for name in common if name != DEFAULT]
    best = max(rivals, key=lambda name: lowest[name])
    doubt = {name: lowest[name] for name in OF_DOUBT}
    which = max(doubt, key=lambda name: doubt[name])
    return [
        (
            f"Of {len(common)} detectors, {DEFAULT} (the default) has AUROC {lowest[DEFAULT]:.2f} "
            f"on the kind that is hardest for it and {mean[DEFAULT]:.3f} on average over the "
            f"{len(far)} that must be noticed; the best of the others, {best}, {lowest[best]:.2f} "
            f"and {mean[best]:.3f}."
        ),
        (
            f"Unsure is not foreign: the model's own doubt, even its best measure ({which}), falls "
            f"to AUROC {doubt[which]:.2f}."
        ),
    ]


def _named(kind: Kind) -> str:
    return f"“{kind.name}”" + (" (planted)" if kind.planted else "")


def _called(kind: Kind) -> float:
    return float(kind.outside.called.mean())


def _tables(measured: list[Measured], dossier: Dossier | None, seed: int) -> list[Table]:
    rows, others = [], []
    for m in measured:
        where = f"{m.kind.name} ({m.kind.protocol})"
        rows += [
            Number.of("AUROC", where, m.detection.auroc),
            Number.of("AUPR", where, m.detection.aupr),
            Number.of("FPR95", where, m.detection.fpr95),
            Number.of(
                "called foreign", where, proportion(m.kind.outside.called, m.kind.outside.groups)
            ),
        ]
        others += [Number.of("AUROC", f"{where}: {d}", e) for d, e in m.others.items()]
    rows += [
        Number.of("called foreign", f"{whose}", proportion(inside.called, inside.groups))
        for whose, inside in _insides(measured)
    ]
    tables = [
        Table("How well each kind is told from these X-rays", tuple(rows)),
        Table("The same by other detectors", tuple(others)),
    ]
    if dossier is not None:
        rows = [_against_training(m.kind, dossier, seed) for m in measured]
        tables.append(Table("Told from X-rays kept out of training, instead", tuple(rows)))
    return tables


def _insides(measured: list[Measured]) -> list[tuple[str, Seen]]:
    planted = [m.kind.inside for m in measured if m.kind.planted]
    given = [m.kind.inside for m in measured if not m.kind.planted]
    return [
        *((f"{OWN} (faults are planted in these)", one) for one in planted[:1]),
        *((OWN, one) for one in given[:1]),
    ]


def _against_training(kind: Kind, dossier: Dossier, seed: int) -> Number:
    held_out = dossier.held_out_scores.astype(np.float64)
    groups = np.array([f"held out {i}" for i in range(len(held_out))])
    inside = Seen({DEFAULT: held_out}, np.zeros(len(held_out), bool), groups)
    other = Kind(kind.name, kind.protocol, kind.outside, inside)
    return Number.of("AUROC", kind.name, _auroc(other, DEFAULT, other.resampling(seed), LEVEL))


def _bars(measured: list[Measured], lines: OodAuroc) -> Bars:
    aurocs = [m.detection.auroc for m in measured]
    return Bars(
        title="How well each kind is told from these X-rays",
        unit="AUROC",
        labels=tuple(f"{m.kind.name} ({m.kind.protocol})" for m in measured),
        values=tuple(e.value for e in aurocs),
        lows=tuple(e.low for e in aurocs),
        highs=tuple(e.high for e in aurocs),
        lines={"guessing": 0.5, "warn": lines.warn, "fail": lines.fail},
        groups=tuple(_behind(m.kind) for m in measured),
    )


def _behind(kind: Kind) -> tuple[int, ...]:
    """Give the X-rays that a fault was planted in; those of a folder are not in the run."""
    return () if kind.positions is None else tuple(map(int, kind.positions))


def _grid(measured: list[Measured]) -> Grid:
    detectors = list(dict.fromkeys(name for m in measured for name in m.others))
    behind = [_behind(m.kind) for m in measured]
    return Grid(
        title="AUROC of each detector",
        row_title="kind",
        column_title="detector",
        row_labels=tuple(f"{m.kind.name} ({m.kind.protocol})" for m in measured),
        column_labels=tuple(detectors),
        values=tuple(
            tuple(m.others[name].value if name in m.others else float("nan") for name in detectors)
            for m in measured
        ),
        groups=tuple(
            tuple(of_kind if name in m.others else () for name in detectors)
            for m, of_kind in zip(measured, behind, strict=True)
        ),
    )


def _gallery(measured: list[Measured], shown: int) -> Gallery:
    """Show faults that are not called foreign, the least noticed first, a few of each kind."""
    kinds = [m.kind for m in measured if m.kind.protocol == "far" and m.kind.planted]
    each = max(1, shown // max(len(kinds), 1))
    exhibits = []
    for kind in kinds:
        assert kind.planted is not None
        assert kind.positions is not None
        scores = kind.outside.scores[DEFAULT]
        missed = np.flatnonzero(~kind.outside.called & (scores < BROKEN_RULE))
        for place in missed[np.argsort(scores[missed])][:each]:
            caption = f"{kind.name}, and not called foreign (score {scores[place]:.2f})"
            exhibit = Exhibit((int(kind.positions[place]),), caption, kind.planted.interventions)
            exhibits.append(exhibit)
    return Gallery("Planted faults that are not called foreign", tuple(exhibits))


def _too_few(kinds: list[Kind], floor: int) -> str:
    counts = listed(f"{len(kind.outside)} of {kind.name}" for kind in kinds)
    return f"Too few foreign pictures: {counts}. It takes {floor} of a kind"
