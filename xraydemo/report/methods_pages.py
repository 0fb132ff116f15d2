"""Methods and provenance: what was asked of what, with which lines, and how to do it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from reportlab.platypus import Flowable

from xraydemo.classes import DISPLAY_NAMES
from xraydemo.model.bundle import BundleCard
from xraydemo.report.command import command_of, edited_settings
from xraydemo.report.fingerprint import document_fingerprint
from xraydemo.report.typesetting import (
    Sheet,
    cell,
    clipped,
    grid,
    heading,
    items,
    markup,
    pairs,
    safe,
    set_text,
    small_heading,
)

MOST_LISTED = 20
KINDS = {
    "UnreadableImage": "no picture, or damaged",
    "UnsupportedEncoding": "packed in a way that is not read here",
}
"""Errors of files, for people."""

_STATISTICS = """
Nothing is told without its n and, where it is no plain count, a 95 % interval: from 2,000
bootstrap draws of whole groups (patients, or near-duplicates where no patient is known), each
class drawn for itself; for shares, Wilson's.

Where the worst of many is told (classes, groups, facts) its interval allows for all having been
looked at, or the tests are corrected for their number (Holm). The worst group is chosen on one
half of the patients and measured on the other.

A check of harm (data, confounders, shift) warns or fails only where the whole interval lies
beyond the line; one that passes while its interval reaches over it says “not settled”. A check of
a promise (performance, noticing foreign pictures) passes only where the whole interval keeps it.

Macro AUC is the area under the ROC curve of one class against the rest, averaged over the classes
with at least 20 X-rays on each side: how surely an X-ray of a class is ranked above one of
another.
"""


def methods_pages(document: Mapping[str, Any], sheet: Sheet, *, names: bool) -> list[Flowable]:
    """Set methods and provenance.

    Parameters
    ----------
    document : mapping
        What is attached.
    sheet : Sheet
    names : bool
        Whether files may be named.
    """
    return [
        *heading("How the numbers were made", "h1", "statistics"),
        *(set_text(" ".join(words.split())) for words in _STATISTICS.split("\n\n")),
        *_xrays(document, sheet, names=names),
        *_run(document, sheet),
        *_repeat(document, sheet),
        *_thresholds(document, sheet),
    ]


def _xrays(document: Mapping[str, Any], sheet: Sheet, *, names: bool) -> list[Flowable]:
    cohort = document["cohort"]
    counts = ", ".join(
        f"{n:,} {DISPLAY_NAMES.get(name, 'without a label')}"
        for name, n in cohort["labels"].items()
        if n
    )
    mapped = ", ".join(f"{own} → {ours}" for own, ours in cohort["mapping"].items() if own != ours)
    facts = {
        "Cohort": cohort["name"],
        "Files": f"{cohort['n_read']:,} of {cohort['n']:,} read",
        "Labels": counts or "none",
        "Class names mapped": mapped or "none: they are ours",
        "Held to belong together": cohort["grouping"],
        "Fingerprint of the table": cohort["fingerprint"],
    }
    parts = [*heading("The X-rays", "h1", "xrays"), pairs(facts, sheet)]
    return [*parts, *_failures(cohort, sheet, names=names)]


def _failures(cohort: Mapping[str, Any], sheet: Sheet, *, names: bool) -> list[Flowable]:
    """Say what is wrong with the table, and which files could not be read."""
    problems, errors = cohort["problems"], cohort["errors"]
    parts = heading("What could not be read", "h2", "files", level=1)
    if not problems and not errors:
        return [*parts, set_text("Every file was read, and nothing is wrong with the cohort.")]
    kinds = Counter(f"{problem['kind']} (cohort)" for problem in problems)
    kinds.update(f"{KINDS.get(error['type'], error['type'])} (file)" for error in errors)
    parts.append(pairs({kind: f"{n:,}" for kind, n in kinds.most_common()}, sheet))
    if problems and not names:
        words = (
            "Names of files and cells of the table are left out here, for they can be those of "
            "patients; results.json in the run's folder has them."
        )
        parts.append(set_text(words, "dim"))
    told = {
        "What is wrong with the cohort": [
            f"{p['where']}: {p['message']}" for p in problems * names
        ],
        "Files that could not be read": [_failure(error) for error in errors],
    }
    for title, lines in told.items():
        if lines:
            parts += [*small_heading(title), *items(lines[:MOST_LISTED])]
            parts += _more(len(lines) - MOST_LISTED)
    return parts


def _failure(error: Mapping[str, Any]) -> str:
    file, message = error["file"], error["message"]
    return message if message.startswith(file) else f"{file}: {message}"


def _more(n: int) -> list[Flowable]:
    return [set_text(f"and {n:,} more in the attached results.json", "dim")] if n > 0 else []


def _run(document: Mapping[str, Any], sheet: Sheet) -> list[Flowable]:
    bundle, run = document["bundle"], document["run"]
    speed = run["milliseconds"]
    prepared = ", ".join(f"{name} = {value}" for name, value in bundle["preprocessing"].items())
    facts = {
        "Model": bundle["name"],
        "Fingerprint of the model": bundle["fingerprint"],
        **{f"SHA-256 of {name}": sha256 for name, sha256 in bundle["files"].items()},
        "Runtime": f"{bundle['runtime']} on {bundle['device']}, {bundle['precision']}",
        "From pixels to tensor": prepared,
        "Temperature": f"{bundle['temperature']:g}" if bundle["temperature"] else "–",
        "Run begun": run["started"],
        "Time an X-ray": f"{speed:.1f} ms (median)" if speed is not None else "–",
        "Fingerprint of the run": run["fingerprint"],
        "Checks asked": document["created"],
        "What stood beside": _given(document["given"]),
        "Seed": document["seed"],
        "Versions": ", ".join(f"{name} {v}" for name, v in document["versions"].items()),
    }
    return [*heading("The model and the run", "h1", "run"), pairs(facts, sheet)]


def _given(given: Mapping[str, Any]) -> str:
    """Say what the checks were given beside the run."""
    kinds = ", ".join(f"{kind} ({n:,})" for kind, n in given["ood"].items())
    said = {
        "the model, to be asked again": given["model"],
        "the training set's dossier": given["dossier"],
        f"a reference ({given['reference']})": given["reference"],
        f"other pictures: {kinds}": given["ood"],
        f"{given['pairs']} pairs": given["pairs"],
        f"{given['boxes']} boxes": given["boxes"],
    }
    return "; ".join(words for words, there in said.items() if there) or "nothing"


def _repeat(document: Mapping[str, Any], sheet: Sheet) -> list[Flowable]:
    return [
        *heading("To do it again, and to hold this report to its data", "h1", "repeat"),
        set_text("The evaluation (words in capitals stand for places of your own):"),
        set_text(command_of(document), "code"),
        set_text("This report alone, from the finished run, without the model:"),
        set_text("xraydemo report DIR", "code"),
        set_text("Whether this file belongs to its results, its run and its model:"),
        set_text("xraydemo report FILE.pdf --verify --run DIR", "code"),
        set_text(
            "It recomputes the fingerprints of the results that are attached to this file, of the "
            "run and of the model. They show that something was changed by mistake or carelessly; "
            "they are no signature.",
            "dim",
        ),
        pairs({"Fingerprint of the results": document_fingerprint(document)}, sheet),
    ]


def _thresholds(document: Mapping[str, Any], sheet: Sheet) -> list[Flowable]:
    """List all lines and settings, those in bold that aren't the shipped ones."""
    thresholds, edited = document["thresholds"], edited_settings(document["thresholds"])
    n = sum(map(len, edited.values()))
    words = (
        f"{n} {'is' if n == 1 else 'are'} not as shipped: in bold, with what is shipped."
        if n
        else "All are as shipped."
    )
    rows = [
        [cell(section), markup(_settings(settings, edited.get(section, {})), "cell")]
        for section, settings in thresholds.items()
    ]
    first = 46 * 72 / 25.4
    parts = heading("Thresholds and settings", "h1", "thresholds")
    parts.append(set_text(f"No paper fixes these lines: they are ours. {words}"))
    return [*parts, grid(rows, (first, sheet.width - first), head=False)] if rows else parts


def _settings(settings: Mapping[str, Any], shipped: Mapping[str, Any]) -> str:
    words = []
    for name, value in settings.items():
        text = safe(f"{name} = {clipped(str(value)) or '–'}")
        if name in shipped:
            text = f"<b>{text}</b> (shipped: {safe(str(shipped[name]) or '–')})"
        words.append(text)
    return ", ".join(words) or "none"


def card_pages(card: BundleCard, sheet: Sheet) -> list[Flowable]:
    """Set what the model's card tells: what it is for, what it learnt from, what was promised."""
    made = card.provenance
    facts: dict[str, object] = {
        "Name": card.name,
        "What it does": card.description,
        "Intended use": card.intended_use,
        "Classes": ", ".join(DISPLAY_NAMES.get(name, name) for name in card.classes),
        "Learnt from": _plain(made.data),
        "Divided": _plain(made.split),
        "Trained": _plain(_without_curves(made.training)),
        "Recipe": _plain(made.recipe),
        "Made": f"{made.created:%Y-%m-%d}, {_plain(made.versions)}",
    }
    for name, part in (
        ("Prediction sets", card.sets),
        ("Operating point", card.triage),
        ("Doubt", card.doubt),
        ("Foreignness", card.foreignness),
    ):
        facts[name] = _plain(part.model_dump()) if part else "the card tells nothing"
    parts = [*heading("The model's card", "h1", "card"), pairs(facts, sheet)]
    parts += _measured(card, sheet)
    return [*parts, *_certificate(card, sheet)]


def _measured(card: BundleCard, sheet: Sheet) -> list[Flowable]:
    head = [cell(name, "bold cell") for name in ("measured on", "what", "value", "n")]
    rows = [
        [
            cell(part),
            cell(name.replace("_", " ")),
            cell(f"{value['value']:.3f} [{value['low']:.3f}, {value['high']:.3f}]"),
            cell(f"{value['n']:,}"),
        ]
        for part, metrics in card.metrics.items()
        if isinstance(metrics, dict)
        for name, value in metrics.items()
        if isinstance(value, dict) and {"value", "low", "high", "n"} <= set(value)
    ]
    if not rows:
        return []
    quarter = sheet.width / 4
    widths = (quarter * 0.7, quarter * 1.5, quarter * 1.3, quarter * 0.5)
    return [*small_heading("What was measured when it was made"), grid([head, *rows], widths)]


def _certificate(card: BundleCard, sheet: Sheet) -> list[Flowable]:
    """Set what was asked of its training, if anything was."""
    if card.certificate is None:
        return [set_text("The card holds no certificate of its training.", "dim")]
    head = [cell(name, "bold cell") for name in ("asked of its training", "verdict", "found")]
    answers = [getattr(card.certificate, name) for name in type(card.certificate).model_fields]
    rows = [[cell(a.asked), cell(a.verdict), cell(a.found)] for a in answers]
    third = sheet.width / 3
    widths = (third * 1.2, third * 0.4, third * 1.4)
    return [*small_heading("Its birth certificate"), grid([head, *rows], widths)]


def _without_curves(training: Mapping[str, Any]) -> dict[str, Any]:
    """Leave the course of the training out, also of the one that it began with."""
    return {
        name: _without_curves(value) if isinstance(value, Mapping) else value
        for name, value in training.items()
        if name != "curves"
    }


def _plain(value: object) -> str:
    """Write nested facts in a line."""
    if isinstance(value, Mapping):
        facts = ((str(name).replace("_", " "), fact) for name, fact in value.items())
        return ", ".join(
            f"{name} ({_plain(fact)})" if isinstance(fact, Mapping) else f"{name} {_plain(fact)}"
            for name, fact in facts
        ) or "–"  # fmt: skip
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " / ".join(map(_plain, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)
