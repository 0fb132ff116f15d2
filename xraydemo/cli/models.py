"""``xraydemo models``: the models that can be called by name, and what is known of each."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xraydemo.errors import XrayDemoError
from xraydemo.model.bundle import DOSSIER, Bundle, BundleCard, list_bundles, load_bundle
from xraydemo.model.lungs import LUNGS_BUNDLE, has_lung_segmenter, load_lungs

# of what was measured elsewhere, the figures that are an AUC within one collection
OUTSIDE = {
    "cohen_covid_against_pneumonia": "covid against other pneumonia (cohen)",
    "nih_pneumonia_against_normal": "pneumonia against normal (nih)",
}
INDENT = "    "


def list_models() -> None:
    """Print each bundle; one whose files aren't those of its card is refused, with the reason."""
    for folder in list_bundles():
        try:
            bundle = load_bundle(folder)
            bundle.verify()
        except XrayDemoError as error:
            _print(f"{folder.name}  can't be used: {error}")
            continue
        # the folder's name is what `--model` takes
        _print(f"{folder.name}  {bundle.card.description}")
        for line in _facts(bundle):
            _print(INDENT + line)
        print(f"{INDENT}{bundle.folder}")
    if has_lung_segmenter():
        _list_lungs()


def _list_lungs() -> None:
    try:
        lungs = load_lungs()
    except XrayDemoError as error:
        _print(f"{LUNGS_BUNDLE}  can't be used: {error}")
        return
    _print(f"{lungs.folder.name}  {lungs.card.description}")
    _print(
        f"{INDENT}for checks and the window, not for `--model`; {_megabytes(lungs.folder):.0f} MB"
    )
    for patients, measured in lungs.card.metrics.items():
        dice = _told(measured["dice"])
        _print(f"{INDENT}Dice, patients it did not learn from ({patients}): {dice}")
    print(f"{INDENT}{lungs.folder}")


def _print(line: str) -> None:
    """Print a line, broken where it is longer than a terminal is wide."""
    told = textwrap.wrap(
        line, 100, subsequent_indent=2 * INDENT, break_long_words=False, break_on_hyphens=False
    )
    print("\n".join(told))


def _facts(bundle: Bundle) -> Iterator[str]:
    card = bundle.card
    if card.name != bundle.folder.name:
        yield f"its card calls it {card.name}"
    trained = f"trained on {card.provenance.data['rows']:,} X-rays"
    yield f"{', '.join(card.classes)}; {trained}, {_megabytes(bundle.folder):.0f} MB"
    for part, where in (("calibrate", "inside, held out"), ("test", "inside, the internal test")):
        for name, words in (("macro_f1", "macro F1"), ("macro_auc", "macro AUC")):
            if name in card.metrics.get(part, {}):
                yield f"{words} {where}: {_told(card.metrics[part][name])}"
    yield from _outside(card)
    yield _looks(card)
    yield from _judging(bundle)
    yield f"certificate: {card.certificate or 'none'}"


def _outside(card: BundleCard) -> Iterator[str]:
    report = card.metrics.get("report", {"when": "", "figures": {}})
    known = {words: report["figures"].get(name) for name, words in OUTSIDE.items()}
    for words, figure in known.items():
        if figure:
            yield f"outside, {words}: AUC {_told(figure)}, {report['when'][:10]}"
    if not any(known.values()):
        yield "outside: never measured, or its card doesn't tell"


def _looks(card: BundleCard) -> str:
    looks = card.metrics.get("looks", {})
    counted = ", ".join(f"the {name} {n} times" for name, n in looks.items())
    return f"looks at test sets: {counted or 'none was counted'}"


def _judging(bundle: Bundle) -> Iterator[str]:
    card = bundle.card
    if not (card.sets and card.triage and card.foreignness):
        yield "its readings aren't judged: no prediction sets, no foreignness"
        return
    promised = f"{100 * (1 - card.sets.alpha):.0f} %"
    yield f"temperature {card.temperature:g}, prediction sets at {promised}"
    for name in ("sensitivity", "specificity"):
        figure = getattr(card.triage, name).model_dump()
        yield f'"not normal", where its limit was chosen: {name} {_told(figure)}'
    if (bundle.folder / DOSSIER).is_file():
        compared = f"{card.foreignness.n_reference:,} training X-rays"
        yield f"foreignness: compared with {compared}, {card.foreignness.n_held_out:,} held out"
    else:
        yield "no dossier: nothing is called foreign"


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def _told(figure: Mapping[str, Any]) -> str:
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}], n = {figure['n']:,}"
