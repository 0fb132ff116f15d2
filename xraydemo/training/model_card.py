"""The bundle's README: its card for people."""

from __future__ import annotations

from typing import Any

from xraydemo.model.bundle import BundleCard


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

## Made by

{training["minutes"]} minutes on {training["device"]}, {len(training["curves"])} epochs;
{training["stopped"]}. Settings, versions, hashes and curves are in `card.json`.
"""


def _row(name: str, estimate: dict[str, Any]) -> str:
    words = name.replace("_", " ")
    value, low, high = (estimate[key] for key in ("value", "low", "high"))
    return f"| {words} | {value:.3f} | {low:.3f} to {high:.3f} | {estimate['n']:,} |"
