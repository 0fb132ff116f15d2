"""The report's first number: the worst of what was measured, beside what was measured at home."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES, DISPLAY_NAMES
from xraydemo.evaluation.figures import Bars, Slopes
from xraydemo.evaluation.known_inside import certified, certified_among, share_of_training_table
from xraydemo.evaluation.origin import from_elsewhere, origin
from xraydemo.evaluation.ranking import macro_auc_of
from xraydemo.evaluation.result import CheckResult, Number, Verdict
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.sample import Sample
from xraydemo.evaluation.slices import Slice, fact_slices, halves
from xraydemo.evaluation.tell_result import percent
from xraydemo.metrics.bootstrap import Estimate
from xraydemo.metrics.intervals import independent_difference

FLOOR = 20
METRIC = "macro AUC"
USED, MATCHED = "confounder.used", "AUC, matched on it"
NOTABLE_GAP = 0.05
NEXT_TO_NOTHING = 0.6  # an AUC that is close to that of guessing, 0.5
_YEAR = re.compile(r"(\d{4})(-\d\d){0,2}", re.ASCII)


@dataclass(frozen=True)
class Part:
    """One of the numbers of which the worst is the headline.

    Attributes
    ----------
    name : str
        "internal", "external", "worst group" or "newest year".
    number : Number
        Macro one-against-rest AUC.
    classes : tuple of str
        The ids of the classes that it is averaged over; empty where the card doesn't tell.
    note : str
        Where it comes from, in words.
    positions : tuple of int
        The X-rays of the run that it was measured on; empty where it isn't of this run.
    """

    name: str
    number: Number
    classes: tuple[str, ...]
    note: str
    positions: tuple[int, ...] = ()


@dataclass(frozen=True)
class Headline:
    """The report's first lines.

    Attributes
    ----------
    number : Number, optional
        The worst part's; None where nothing could be measured on this run.
    internal : Number, optional
        At home; over the worst part's classes alone, where the card tells that.
    gap : Number, optional
        Internal less worst.
    parts : tuple of Part
        All that was measured.
    not_measured : dict of str to str
        What was not, and why.
    paragraph : str
        What was found, how sure, what to do next.
    figure : Bars, optional
        The parts.
    """

    number: Number | None
    internal: Number | None
    gap: Number | None
    parts: tuple[Part, ...]
    not_measured: dict[str, str]
    paragraph: str
    figure: Bars | None

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data for JSON, without the figure and the X-rays behind it."""
        parts = tuple(dataclasses.replace(part, positions=()) for part in self.parts)
        plain = dataclasses.asdict(dataclasses.replace(self, parts=parts, figure=None))
        del plain["figure"]
        for part in plain["parts"]:
            del part["positions"]
        return plain


def headline(run: Run, results: Sequence[CheckResult], *, floor: int = FLOOR) -> Headline:
    """Find the worst of {internal, external, matched, worst group, newest year}.

    The metric is the area under the ROC curve of one class against the rest, averaged over the
    classes with at least `floor` X-rays on each side. The worst group is chosen on one half of the
    patients and measured on the other, so that the smallest of many noisy numbers is not mistaken
    for a finding [1]_. The newest year is not chosen by its number, and is measured whole.

    Parameters
    ----------
    run : Run
    results : sequence of CheckResult
        Named in the paragraph.
    floor : int

    References
    ----------
    .. [1] Efron, Tweedie's formula and selection bias, JASA 106, 2011, on the winner's curse.
    """
    parts: list[Part] = []
    not_measured: dict[str, str] = {}
    for name, measured in (
        ("internal", _internal(run, floor)),
        ("external", _external(run, floor)),
        ("worst group", _worst_group(run, floor)),
        ("newest year", _newest_year(run, floor)),
        ("matched", _matched(results)),
    ):
        if isinstance(measured, str):
            not_measured[name] = measured
        else:
            parts.append(measured)
    # the card's number alone would pass for a result of a run on which nothing could be measured
    has_result = origin(run) == "home" or any(p.name != "internal" for p in parts)
    worst = min(parts, key=lambda p: p.number.value, default=None) if has_result else None
    internal = _to_compare_with(worst, parts, run)
    gap = _gap(internal, worst.number) if internal and worst else None
    return Headline(
        number=worst.number if worst else None,
        internal=internal,
        gap=gap,
        parts=tuple(parts),
        not_measured=not_measured,
        paragraph=_paragraph(worst, internal, gap, not_measured, results, run),
        figure=_figure(parts) if parts else None,
    )


def _internal(run: Run, floor: int) -> Part | str:
    """Measure at home: this run, if it is of the bundle's table, else what the card tells."""
    card = run.meta.card
    if origin(run) == "home":
        measured = _macro(run.sample, floor)
        if measured is None:
            return f"{_few(floor)} in this run of the bundle's own table"
        share = share_of_training_table(run)
        known = "This run" if not share else f"{percent(share, 1)} of this run, pixel for pixel,"
        note = (
            f"{known} is of the table that the bundle was trained from; X-rays that were trained "
            "on flatter it unless they were left out"
        )
        return _part("internal", *measured, run.meta.cohort["name"], note, run.sample)
    for part, words in (
        ("test", "the internal test"),
        ("calibrate", "X-rays held out in training"),
    ):
        estimate_of_card = certified(card, part, "macro_auc")
        if estimate_of_card is not None:
            return _part(
                "internal", estimate_of_card, (), words, f"From the bundle's card: {words}"
            )
    return "the bundle's card tells no macro AUC"


def _external(run: Run, floor: int) -> Part | str:
    if origin(run) == "home":
        return (
            "this run is of the table that the bundle was trained from: evaluate others, from "
            "elsewhere"
        )
    sample = run.sample.part(from_elsewhere(run)[run.sample.positions])
    measured = _macro(sample, floor)
    if measured is None:
        return _few(floor)
    share = share_of_training_table(run)
    if share is None:
        note = (
            "Whether some of these X-rays were trained on can't be known: the bundle holds no "
            "fingerprints of them"
        )
    elif share:
        note = (
            f"{percent(share, 1)} of the run, pixel for pixel of the training table, was left out; "
            "copies in another size or format go unnoticed"
        )
    else:
        note = (
            "None of these X-rays is, pixel for pixel, of the training table; copies in another "
            "size or format go unnoticed"
        )
    return _part("external", *measured, run.meta.cohort["name"], note, sample)


def _worst_group(run: Run, floor: int) -> Part | str:
    """Choose the worst slice by facts on one half of the groups; measure it on the other."""
    sample = run.sample
    first_half = halves(sample)
    slices = fact_slices(run, sample.positions, 2 * floor)
    scores: list[tuple[float, Slice, Estimate, tuple[int, ...], Sample]] = []
    for one in slices:
        chosen_by, told_by = sample.part(one.mask & first_half), sample.part(one.mask & ~first_half)
        classes = _classes(told_by, floor)
        # the same classes on both sides, or they would not be comparable
        if not classes or not set(classes) <= set(_classes(chosen_by, floor)):
            continue
        once = np.ones((1, len(chosen_by)), np.float32)
        score = float(macro_auc_of(chosen_by, classes)(once)[0])
        estimate = told_by.resampling.estimate(macro_auc_of(told_by, classes))
        scores.append((score, one, estimate, classes, told_by))
    if len(scores) < 2:
        return (
            "no two groups (by view, sex, age, source, ...) have enough X-rays in both halves of "
            f"the patients: {floor} of a class, and as many of the others"
        )
    _, one, estimate, classes, told_by = min(scores, key=lambda s: s[0])
    note = (
        f"It is the worst of {len(scores)} groups, chosen on half of the patients and measured on "
        "the other half"
    )
    return _part("worst group", estimate, classes, one.name, note, told_by)


def _newest_year(run: Run, floor: int) -> Part | str:
    sample = run.sample
    years = _years(run)[sample.positions]
    known = sorted({year for year in years if year})
    if len(known) < 2:
        return "needs X-rays of at least two years: a column year or date, or dates in the files"
    for year in reversed(known):
        of_year = sample.part(years == year)
        measured = _macro(of_year, floor)
        if measured is not None:
            note = "It is the newest year with enough X-rays"
            return _part("newest year", *measured, f"year = {year}", note, of_year)
    return f"{_few(floor)} in any one year"


def _matched(results: Sequence[CheckResult]) -> Part | str:
    """Take what is left where the fact that the model leans on most is the same for the classes."""
    used = next((r for r in results if r.check == USED), None)
    if used is None or used.number is None:
        return f"{USED} was not asked, or had nothing to match"
    if used.verdict not in (Verdict.FAIL, Verdict.WARN):
        return f"no fact was shown to carry the performance ({USED})"
    where = used.number.where
    rows = [row for table in used.tables for row in table.rows]
    matched = next((r for r in rows if r.where == where and r.metric == MATCHED), None)
    if matched is None:
        return f"{USED} gives no number for {where}"
    fact, _, class_id = where.rpartition(": ")
    metric = f"AUC of {DISPLAY_NAMES.get(class_id, class_id)}"
    number = Number(metric, f"matched on {fact}", *_numbers(matched), matched.n)
    lost = f"{used.number.value:.3f} [{used.number.low:.3f}, {used.number.high:.3f}]"
    note = (
        "It is of the fact and the class that lose most when matched, and of that class alone: "
        f"matching takes {lost} away"
    )
    slopes = (figure for figure in used.figures if isinstance(figure, Slopes))
    behind = dict(pair for one in slopes for pair in zip(one.labels, one.groups, strict=False))
    return Part("matched", number, (class_id,), note, behind.get(where, ()))


def _numbers(number: Number) -> tuple[float, float, float]:
    return number.value, number.low, number.high


def _few(floor: int) -> str:
    return f"no class has {floor} labelled X-rays, and as many of other classes"


def _years(run: Run) -> NDArray[np.str_]:
    """Give each X-ray's year, "" where it is unknown or a span of years."""
    dates = run.known("year").where(run.known("year") != "", run.known("date"))
    found = dates.map(lambda text: m[1] if (m := _YEAR.fullmatch(text)) else "")
    return found.to_numpy(str)


def _classes(sample: Sample, floor: int) -> tuple[int, ...]:
    """List the classes with enough X-rays, and enough of the others."""
    counts, n = sample.counts, len(sample)
    return tuple(k for k in range(len(CLASSES)) if min(counts[k], n - counts[k]) >= floor)


def _macro(sample: Sample, floor: int) -> tuple[Estimate, tuple[int, ...]] | None:
    classes = _classes(sample, floor)
    if not classes:
        return None
    return sample.resampling.estimate(macro_auc_of(sample, classes)), classes


def _part(
    name: str,
    estimate: Estimate,
    classes: tuple[int, ...],
    where: str,
    note: str,
    sample: Sample | None = None,
) -> Part:
    """Make a part; `sample` is what it was measured on, where that is of this run."""
    ids = tuple(CLASSES[k] for k in classes)
    positions = () if sample is None else tuple(map(int, sample.positions))
    return Part(name, Number.of(METRIC, where, estimate), ids, note, positions)


def _to_compare_with(worst: Part | None, parts: Sequence[Part], run: Run) -> Number | None:
    """Give the number at home, of the worst part's classes alone if it has only some of them.

    Two classes are told apart better or worse than four: what is lost shows only on the same ones.
    """
    internal = next((p.number for p in parts if p.name == "internal"), None)
    if worst is None or internal is None or origin(run) == "home" or worst.name == "matched":
        return internal
    if not 1 < len(worst.classes) < len(CLASSES):
        return internal
    chosen = [CLASSES.index(class_id) for class_id in worst.classes]
    at_home = certified_among(run.meta.card, chosen)
    if at_home is None:
        return internal
    names = ", ".join(DISPLAY_NAMES[class_id] for class_id in worst.classes)
    return Number.of(METRIC, f"X-rays held out in training, {names} only", at_home)


def _gap(internal: Number, worst: Number) -> Number | None:
    """Take the worst from the internal number, as independent estimates; None of two measures."""
    if worst is internal or worst.metric != internal.metric:
        return None
    where = f"internal less {worst.where}"
    return Number("gap", where, *independent_difference(worst, internal), worst.n)


def _paragraph(
    worst: Part | None,
    internal: Number | None,
    gap: Number | None,
    not_measured: dict[str, str],
    results: Sequence[CheckResult],
    run: Run,
) -> str:
    """Say what was found, how sure, and what to do next."""
    if worst is None:
        at_home = (
            f" At home it has {internal.value:.3f}, which tells nothing of these X-rays."
            if internal
            else ""
        )
        return (
            "Nothing can be said of how good the model is here: "
            f"{'; '.join(f'{name}: {why}' for name, why in not_measured.items())}."
            f"{at_home} Next: give more labelled X-rays, of at least two classes."
        )
    sentences = [*_found(worst, internal, gap), *_how_sure(worst, not_measured)]
    failed = [r for r in results if r.verdict is Verdict.FAIL]
    warned = [r for r in results if r.verdict is Verdict.WARN]
    broken = [r for r in results if r.verdict is Verdict.ERROR]
    unasked = [r for r in results if r.verdict is Verdict.CANNOT_CHECK]
    if answered := len(results) - len(unasked) - len(broken):
        sentences.append(
            f"Of {answered} checks that could be asked, {len(failed)} failed"
            + (f" ({', '.join(r.check for r in failed)})" if failed else "")
            + f" and {len(warned)} warn"
        )
    if broken:
        sentences.append(f"{len(broken)} broke down and say nothing: {_names(broken)}")
    sentences.append(f"Next: {_next(worst, gap, failed, warned, not_measured, run)}")
    return ". ".join(sentences) + "."


def _found(worst: Part, internal: Number | None, gap: Number | None) -> list[str]:
    number = worst.number
    ranks = (
        f"{number.value:.3f} [{number.low:.3f}, {number.high:.3f}] ({number.metric}: how surely "
        "it ranks an X-ray of a class above the others; 1 is always, 0.5 is guessing)"
    )
    said = [
        f"At its worst, {worst.name} ({number.where}, {number.n:,} X-rays), the model has {ranks}"
    ]
    if number.low <= 0.5 <= number.high:
        said.append("That is not shown to be better than guessing")
    elif number.value < NEXT_TO_NOTHING:
        said.append("That is close to guessing")
    if internal and gap:
        lost = f"{gap.value:.3f} [{gap.low:.3f}, {gap.high:.3f}]"
        shown = "is lost on the way" if gap.low > 0 else "may be lost on the way, or nothing"
        said.append(f"At home it has {internal.value:.3f}: {lost} {shown}")
    elif internal and internal.metric != number.metric:
        said.append(f"At home it has {internal.value:.3f}, of another measure ({internal.metric})")
    elif internal:
        said.append("Nothing that was measured here is worse than at home")
    return said


def _how_sure(worst: Part, not_measured: dict[str, str]) -> list[str]:
    said = [
        "Over very many X-rays of the same kind it would most likely lie in the range in brackets",
        worst.note,
    ]
    if worst.classes and len(worst.classes) < len(CLASSES):
        names = ", ".join(DISPLAY_NAMES[c] for c in worst.classes)
        said.append(f"It is over {names} only: the others have too few X-rays there")
    if not_measured:
        said.append(f"Not measured: {', '.join(not_measured)}")
    return said


def _next(
    worst: Part,
    gap: Number | None,
    failed: Sequence[CheckResult],
    warned: Sequence[CheckResult],
    not_measured: dict[str, str],
    run: Run,
) -> str:
    """Say what to do: data first, then the model's loss, then what only warns."""
    if faulty := [r for r in failed if r.check.startswith("data.")]:
        return (
            f"mend the data before believing any number, this one included: {_names(faulty)} failed"
        )
    if gap and gap.low > NOTABLE_GAP:
        return (
            f"do not believe the internal number away from home; look at the X-rays of "
            f"{worst.number.where} that are answered wrong, and find out what differs there"
        )
    if "external" in not_measured:
        return (
            "evaluate X-rays from another hospital: numbers from home can't show what the model "
            "loses elsewhere"
        )
    if failed:
        return f"look into what failed: {_names(failed)}"
    if worst.number.high - worst.number.low > 2 * NOTABLE_GAP:
        return f"collect more X-rays of {worst.number.where}: the range is too wide to decide on"
    if warned:
        return f"look into what warns: {_names(warned)}"
    return (
        f"nothing here speaks against the model on X-rays like {run.meta.cohort['name']}; that is "
        "no proof for others"
    )


def _names(results: Sequence[CheckResult]) -> str:
    return ", ".join(r.check for r in results)


def _figure(parts: Sequence[Part]) -> Bars:
    return Bars(
        "At home and at its worst",
        METRIC,
        tuple(f"{part.name}: {part.number.where}" for part in parts),
        tuple(part.number.value for part in parts),
        tuple(part.number.low for part in parts),
        tuple(part.number.high for part in parts),
        {"guessing": 0.5},
        tuple(part.positions for part in parts),
    )
