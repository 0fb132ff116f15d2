"""``xraydemo models``: the models that can be called by name, and what is known of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xraydemo.errors import XrayDemoError
from xraydemo.model.bundle import Bundle, BundleCard, list_bundles, load_bundle

# of what was measured elsewhere, the figures that are an AUC within one collection
OUTSIDE = {
    "cohen_covid_against_pneumonia": "covid against other pneumonia (cohen)",
    "nih_pneumonia_against_normal": "pneumonia against normal (nih)",
}


def list_models() -> None:
    """Print each bundle; one whose files aren't those of its card is refused, with the reason."""
    for folder in list_bundles():
        try:
            bundle = load_bundle(folder)
            bundle.verify()
        except XrayDemoError as error:
            print(f"{folder.name}  can't be used: {error}")
            continue
        print(f"{bundle.card.name}  {bundle.card.description}")
        for line in _facts(bundle):
            print(f"    {line}")


def _facts(bundle: Bundle) -> Iterator[str]:
    card = bundle.card
    trained = f"trained on {card.provenance.data['rows']:,} X-rays"
    yield f"{', '.join(card.classes)}; {trained}, {_megabytes(bundle.folder):.0f} MB"
    for part, where in (("calibrate", "inside, held out"), ("test", "inside, the internal test")):
        for name, words in (("macro_f1", "macro F1"), ("macro_auc", "macro AUC")):
            if name in card.metrics.get(part, {}):
                yield f"{words} {where}: {_told(card.metrics[part][name])}"
    yield from _outside(card)
    yield _judging(card)
    yield f"certificate: {card.certificate or 'none'}"
    yield str(bundle.folder)


def _outside(card: BundleCard) -> Iterator[str]:
    report = card.metrics.get("report", {"when": "", "figures": {}})
    known = {words: report["figures"].get(name) for name, words in OUTSIDE.items()}
    for words, figure in known.items():
        if figure:
            yield f"outside, {words}: AUC {_told(figure)}, {report['when'][:10]}"
    if not any(known.values()):
        yield "outside: never measured, or its card doesn't tell"


def _judging(card: BundleCard) -> str:
    if not card.sets:
        return "its readings aren't judged: no prediction sets, no foreignness"
    return (
        f"temperature {card.temperature:g}, prediction sets at {100 * (1 - card.sets.alpha):.0f} %"
    )


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def _told(figure: Mapping[str, Any]) -> str:
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}], n = {figure['n']:,}"
