"""The bundle's README: its card for people."""

from __future__ import annotations

from typing import Any

from xraydemo.model.bundle import BundleCard
from xraydemo.model.measured import Measured


def model_card(card: BundleCard) -> str:
    """Write the card as Markdown, in the convention of model hubs."""
    data, split = card.provenance.data, card.provenance.split
    counts = ", ".join(f"{n:,} {label}" for label, n in data["of_class"].items())
    parts = ", ".join(f"{name} {split[name]['rows']:,}" for name in split if name != "seed")
    measured = card.metrics["calibrate"]
    rows = "\n".join(_row(name, estimate) for name, estimate in measured.items())
    training = card.provenance.training
    return f"""---
tags: [chest-x-ray, image-classification, timm]
library_name: timm
---
# {card.name}

{card.description} The classes are names of data sets, not exclusive diagnoses: covid is a
pneumonia and shows as opacity.

**Intended use.** {card.intended_use}

## Training data

{data["rows"]:,} X-rays of `{data["table"]}`: {counts}. Divided once, by patient, stratified by
class and source: {parts}. The weights have seen only the first part.

## Known confounders

In this data covid and pneumonia come from one collection each, pneumonia is of children only, and
most opacity X-rays were taken lying down (AP). A network can answer rightly for these wrong
reasons. Expect much worse answers on X-rays from anywhere else.

## Measured inside (held-out part of the same collections)

| figure | value | 95 % interval | n |
| --- | --- | --- | --- |
{rows}

{_judged(card)}## Made by

{training["minutes"]} minutes on {training["device"]}, {len(training["curves"])} epochs;
{training["stopped"]}. Settings, versions, hashes and curves are in `card.json`.
"""


def _judged(card: BundleCard) -> str:
    """Tell what its readings are judged by; nothing for a bundle that was never certified."""
    if not (card.sets and card.triage and card.doubt and card.foreignness):
        return ""
    triage = card.triage
    return f"""## How its readings are judged

Prediction sets promise to hold the true class for {1 - card.sets.alpha:.0%} of each class; the
operating point for "not normal" has a sensitivity of {_short(triage.sensitivity)} and a
specificity of {_short(triage.specificity)} on the X-rays that it was chosen on. Foreignness is
the percentile among {card.foreignness.n_held_out:,} held-out training X-rays: unusual beyond the
95th, foreign beyond the 99th. **All of this is promised for X-rays of the same collections
only.** Elsewhere sets can miss the true class every time while nothing looks foreign.

"""


def _short(measured: Measured) -> str:
    return f"{measured.value:.3f} [{measured.low:.3f}, {measured.high:.3f}], n = {measured.n},"


def _row(name: str, estimate: dict[str, Any]) -> str:
    words = name.replace("_", " ")
    value, low, high = (estimate[key] for key in ("value", "low", "high"))
    return f"| {words} | {value:.3f} | {low:.3f} to {high:.3f} | {estimate['n']:,} |"
