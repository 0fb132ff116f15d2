"""The bundle's README: its card for people, in the convention of model hubs [1]_.

References
----------
.. [1] Mitchell et al., Model Cards for Model Reporting, FAT* 2019.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from xraydemo.classes import CLASSES
from xraydemo.cohort.years import span_name, years_in
from xraydemo.model.bundle import BundleCard
from xraydemo.model.dossier import Dossier
from xraydemo.model.measured import Measured
from xraydemo.training.certificate import all_trainings

# what the program's makers trained on: name of the source, what it is, and its terms
COLLECTIONS = {
    "radiography-256": (
        "COVID-19 Radiography Database at 256 px; covid: one Spanish archive; pneumonia: children",
        "for research",
    ),
    "lungxray-299": (
        "X-rays of public collections at 299 px that went through JPEG and a flattening tone curve",
        "for research",
    ),
    "rsna-1024": (
        "RSNA Pneumonia Detection Challenge 2018, X-rays of the NIH Clinical Center",
        "images of the NIH: public domain; the challenge's labels: for research",
    ),
}
COLUMNS = {
    "source": "come from the collection `{}`",
    "view": "were taken {}",
    "age_group": "are of the age group {}",
    "year": "are of {}",
}
MOST = 0.75  # share of a class from which a fact gives it away,
MUCH_MORE = 0.25  # if it is so much above the share among the others
AUC_WITHIN = "AUC within one other collection"
ELSEWHERE = ("(`cohen`)", "(`nih`)", "AP only", "PA only")
GUESSING = 0.5
FIGURES = {
    "covid_auc_middle_blacked": "covid AUC, the middle of the X-ray blacked (0.5: it needs lungs)",
    "macro_auc_middle_blacked": "macro AUC, the middle blacked",
    "covid_auc_lungs_blacked": "covid AUC, the lungs blacked (0.5: it needs lungs)",
    "macro_auc_lungs_blacked": "macro AUC, the lungs blacked",
    "normals_source_auc": "how well its features tell collections of normal X-rays apart (AUC)",
    "parity_flips": "the same X-rays through two image pipelines: share that changes class",
    "parity_median_change": "the same: median change of a probability",
    "cohen_covid_against_pneumonia": f"covid against other pneumonia, {AUC_WITHIN} (`cohen`)",
    "nih_pneumonia_against_normal": f"pneumonia against normal, {AUC_WITHIN} (`nih`)",
    "nih_pneumonia_against_normal_ap": "the same, X-rays taken AP only",
    "nih_pneumonia_against_normal_pa": "the same, X-rays taken PA only",
    "twins_within_0.05": "DICOM files whose answer is within 0.05 of that of their JPEG twin",
}
Counts = Sequence[Mapping[str, Any]]


class Usual(NamedTuple):
    """What is most usual of a class, and how usual it is there and among the others."""

    value: str
    share: float
    elsewhere: float


def model_card(card: BundleCard, counts: Counts = (), years: Counts = ()) -> str:
    """Write the card as Markdown.

    Parameters
    ----------
    card : BundleCard
    counts : sequence of mapping
        How many X-rays of each `label`, `source`, `view` and `age_group` there were, as a dossier
        tells it; empty if it isn't known.
    years : sequence of mapping
        How many X-rays of each `label` and `year` there were; see `count_years`.
    """
    parts = [_head(card), _data(card, counts), _confounders(counts, years), _limits(counts)]
    parts += [_heat_maps(card)]
    parts += [_inside(card), _outside(card), _judged(card), _certificate(card), _made(card)]
    return "\n".join(part for part in parts if part)


def count_years(dossier: Dossier) -> list[dict[str, Any]]:
    """Count the X-rays of each class and year; a year that isn't known is empty text."""
    counts = Counter(
        (CLASSES[label], dossier.facts_of(row).get("year", ""))
        for row, label in enumerate(dossier.labels)
    )
    return [{"label": label, "year": year, "n": n} for (label, year), n in sorted(counts.items())]


def _head(card: BundleCard) -> str:
    return f"""---
tags: [chest-x-ray, image-classification, timm]
library_name: timm
pipeline_tag: image-classification
license: other
license_name: research-and-teaching
---
# {card.name}

{card.description} The classes are names of data sets, not exclusive diagnoses: covid is a
pneumonia and shows as opacity.

## Intended use

{card.intended_use}

**It must not be used** to diagnose, to triage or to reassure anyone; on lateral views, CT, other
parts of the body or photographs of screens; to look for any disease but these (what it doesn't know
it calls one of its four classes); or as proof that covid can be told from other pneumonia by
X-ray.
"""


def _data(card: BundleCard, counts: Counts) -> str:
    data, split = card.provenance.data, card.provenance.split
    of_class = ", ".join(f"{n:,} {label}" for label, n in data["of_class"].items())
    parts = ", ".join(f"{name} {split[name]['rows']:,}" for name in split if name != "seed")
    unknown = ("not known to this program", "not known")
    rows = [
        f"| `{source}` | {n:,} | {' | '.join(COLLECTIONS.get(source, unknown))} |"
        for source, n in _totals(counts, "source").items()
    ]
    table = ["| collection | X-rays | what it is | terms |", "| --- | --- | --- | --- |", *rows, ""]
    copies = data.get("in_another_split_too")
    left_out = (
        f" {copies} X-rays that stand in another split of the table as well were left out."
        if copies
        else ""
    )
    return f"""## Training data

{data["rows"]:,} X-rays of `{data["table"]}`: {of_class}. Divided once, by patient (near-duplicates
joined), stratified by class and source: {parts}. The weights have seen only the first
part.{left_out} No picture, file name or patient is kept in the bundle.

{chr(10).join(table) if rows else ""}"""


def _confounders(counts: Counts, years: Counts) -> str:
    given_away = [
        sentence
        for column in COLUMNS
        for sentence in _give_away(years if column == "year" else counts, column)
    ]
    listed = "".join(f"- {sentence}\n" for sentence in given_away)
    return f"""## Known confounders

A network can answer rightly for wrong reasons: whatever else differs between the classes in its
training data. Expect much worse answers on X-rays from anywhere else.

{listed}"""


def _give_away(counts: Counts, column: str) -> Iterator[str]:
    """Say which class goes with one value of a column, as the others don't."""
    known = [row for row in counts if row[column]]
    labels = list(dict.fromkeys(row["label"] for row in known))
    if len(labels) == 1 and any(row["label"] != labels[0] for row in counts):
        yield (
            f"the {column.replace('_', ' ')} is known of {labels[0]} X-rays alone "
            f"({_number_of(known):,} of them): what is known of one class only gives it away, too"
        )
        return
    for label in labels:
        own = [row for row in known if row["label"] == label]
        others = [row for row in known if row["label"] != label]
        usual = _usual_years(own, others) if column == "year" else _usual(own, others, column)
        if usual.share >= MOST and usual.share - usual.elsewhere >= MUCH_MORE:
            does = COLUMNS[column].format(usual.value)
            yield (
                f"{100 * usual.share:.0f} % of the {label} X-rays {does}, "
                f"{100 * usual.elsewhere:.0f} % of the others (where it is known: "
                f"{_number_of(own):,} and {_number_of(others):,})"
            )


def _usual(own: Counts, others: Counts, column: str) -> Usual:
    totals, elsewhere = _totals(own, column), _totals(others, column)
    value = max(totals, key=lambda name: totals[name])
    among_others = elsewhere.get(value, 0) / max(_number_of(others), 1)
    return Usual(value, totals[value] / _number_of(own), among_others)


def _usual_years(own: Counts, others: Counts) -> Usual:
    """Find the years that most of a class is of, and as few of the others as can be.

    One year alone would miss a class that is newer than the rest but of several years.
    """
    theirs, of_others = ([(*years_in(row["year"]), row["n"]) for row in of] for of in (own, others))
    firsts, lasts = (sorted({span[end] for span in theirs}) for end in (0, 1))

    def usual(first: float, last: float) -> Usual:
        within = sum(n for begin, end, n in theirs if first <= begin and end <= last)
        # of a span of years it isn't known which one it was: it may be one of these
        touching = sum(n for begin, end, n in of_others if begin <= last and first <= end)
        shares = within / _number_of(own), touching / max(_number_of(others), 1)
        return Usual(span_name(first, last), *shares)

    return max(
        (usual(first, last) for first in firsts for last in lasts if first <= last),
        key=lambda one: (one.share >= MOST, one.share - one.elsewhere),
    )


def _limits(counts: Counts) -> str:
    """Tell what no training on the makers' own collections can give; else nothing is known."""
    if set(_totals(counts, "source")) != set(COLLECTIONS):
        return ""
    return """## What this data can't give, and what would

Its covid comes from one archive, and its pneumonia only of children from one hospital. So no
training on it can learn covid against other pneumonia from disease alone. It would take covid and
other pneumonia of adults from the same hospitals, years, devices and views: some hundred patients
of each.
"""


def _number_of(counts: Counts) -> int:
    return sum(row["n"] for row in counts)


def _totals(counts: Counts, column: str) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for row in counts:
        if row[column]:
            totals[row[column]] += row["n"]
    return dict(totals)


def _heat_maps(card: BundleCard) -> str:
    """Tell what the heat maps were taught; nothing where they were left alone."""
    weight = card.provenance.recipe.get("evidence")
    if not weight:
        return ""
    return f"""## Heat maps

They were taught to lie in the lungs: the share of the evidence outside them was added to the loss,
with weight {weight:g} ("right for the right reasons", Ross et al., 2017). Evidence in the lungs is
therefore practised, and no proof: a map can look more plausible than the network deserves. Where
within the lungs a map points was not taught: holding it against a radiologist's boxes, and against
a random point of the lungs, is a test.
"""


def _inside(card: BundleCard) -> str:
    measured = card.metrics.get("calibrate")
    if not measured:
        return "## Measured inside\n\nNothing was measured.\n"
    return f"""## Measured inside, on X-rays held out of the same collections

{_table(measured)}
"""


def _outside(card: BundleCard) -> str:
    test, report = card.metrics.get("test"), card.metrics.get("report")
    looks = card.metrics.get("looks", {})
    if not report:
        return "## Measured on test sets\n\nThese weights were not tested on X-rays kept for it.\n"
    told = f"## Measured on test sets, on {report['when'][:10]}\n\n"
    if test:
        told += f"The internal test, X-rays of the same collections:\n\n{_table(test)}\n\n"
    if report["figures"]:
        told += (
            "Other hospitals (none of their X-rays was trained on), other pipelines, and X-rays "
        )
        told += f"with something taken away:\n\n{_table(report['figures'])}\n\n"
    told += _guessing(report["figures"]) + _taught_without_lungs(card)
    counted = ", ".join(f"{name} {n} times" for name, n in looks.items())
    return (
        f"{told}Looked at so far: {counted}. Each look wears a test set out. Only looks by\n"
        "`probes` and `certify` are counted, evaluations of the whole program are not.\n"
    )


def _guessing(figures: Mapping[str, Any]) -> str:
    """Name what may be no better than guessing, among what it was asked of other hospitals."""
    asked = [name for name in figures if FIGURES.get(name, "").endswith(ELSEWHERE)]
    guessed = [FIGURES[name] for name in asked if figures[name]["low"] <= GUESSING]
    if not guessed:
        return ""
    return f"**Not shown to be better than guessing**: {'; '.join(guessed)}.\n\n"


def _taught_without_lungs(card: BundleCard) -> str:
    """Tell that it was taught what the covered X-rays ask; nothing where it wasn't."""
    share = card.provenance.recipe.get("blacked")
    if not share:
        return ""
    return f"""In training the middle or the lungs of {100 * share:.0f} % of the X-rays were
covered, and it was taught to know nothing of them. That it knows nothing then is in part what it
was taught, and no proof that it uses the lungs.

"""


def _judged(card: BundleCard) -> str:
    """Tell what its readings are judged by; nothing for a bundle that was never certified."""
    if not (card.sets and card.triage and card.doubt and card.foreignness):
        return ""
    triage = card.triage
    return f"""## How its readings are judged

Logits are divided by a temperature of {card.temperature:g}. Prediction sets promise to hold the
true class for {100 * (1 - card.sets.alpha):.0f} % of each class; the operating point for
"not normal" has a sensitivity of {_short(triage.sensitivity)} and a specificity of
{_short(triage.specificity)} on the X-rays that it was chosen on. Foreignness is the percentile
among {card.foreignness.n_held_out:,} held-out X-rays: unusual beyond the 95th, foreign beyond the
99th. They are the part that chose the epoch and half of the part for calibration, of which the
weights saw none: more X-rays than that half alone, so the 99th percentile is steadier. **All of
this is promised for X-rays of the same collections only.** Elsewhere sets can miss the true class
every time while nothing looks foreign.
"""


def _certificate(card: BundleCard) -> str:
    if not card.certificate:
        return ""
    rows = "\n".join(
        f"| {name.replace('_', ' ')} | {answer.asked} | {answer.found} | **{answer.verdict}** |"
        for name, answer in card.certificate.answers().items()
    )
    return f"""## Birth certificate

What was asked of the training before its network is believed: {card.certificate}.

| | asked | found | verdict |
| --- | --- | --- | --- |
{rows}
"""


def _made(card: BundleCard) -> str:
    training = card.provenance.training
    before = [
        f"{one['minutes']} minutes, {len(one['curves'])} epochs"
        for one in all_trainings(training)[:-1]
    ]
    begun = (
        "Begun with the weights of another training, whose curves are kept, too ("
        f"{', then '.join(before)}). Then "
        if before
        else ""
    )
    layer = ""
    if card.provenance.recipe.get("refit"):
        layer = "Then the last layer was fitted anew on\nX-rays as they are read. "
    return f"""## Made by

{begun}{training["minutes"]} minutes on {training["device"]}, {len(training["curves"])} epochs;
{training["stopped"]}. {layer}Settings, versions, hashes and curves are in `card.json`.
"""


def _table(figures: Mapping[str, Any]) -> str:
    head = ["| figure | value | 95 % interval | n |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *(_row(name, figure) for name, figure in figures.items())])


def _row(name: str, estimate: Mapping[str, Any]) -> str:
    words = FIGURES.get(name, name.replace("_", " "))
    value, low, high = (_number(estimate[key]) for key in ("value", "low", "high"))
    return f"| {words} | {value} | {low} to {high} | {estimate['n']:,} |"


def _number(number: float | None) -> str:
    return "not defined" if number is None or math.isnan(number) else f"{number:.3f}"


def _short(measured: Measured) -> str:
    return f"{measured.value:.3f} [{measured.low:.3f}, {measured.high:.3f}], n = {measured.n:,},"
