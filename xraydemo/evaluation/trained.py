"""How much a model was trained on, and when: what its card says."""

from __future__ import annotations

from xraydemo.model.bundle import BundleCard


def trained_on(card: BundleCard) -> str:
    """Say it in a line: ``trained on 6,224 X-rays (2026-11-22)``."""
    rows = card.provenance.data.get("rows")
    many = f"trained on {rows:,} X-rays" if isinstance(rows, int) else "trained"
    return f"{many} ({card.provenance.created.date().isoformat()})"
