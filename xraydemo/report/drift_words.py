"""What moved over time, in words: terminal, PDF and picture say it alike."""

from __future__ import annotations

from collections.abc import Iterator

from xraydemo.evaluation.shift.timeline import Moment, Period, Quantity, Timeline
from xraydemo.evaluation.tell_result import share_said

FEW = 0.1  # smaller shares are told with a digit more
UP, DOWN = "▲", "▼"


def headline(found: Timeline) -> str:
    """Say whether anything changed."""
    first = found.periods[0].name
    if n := sum(1 for _ in found.alarms()):
        return f"Changes against {first} that are shown: {n}, marked {UP} or {DOWN}."
    if found.n_comparisons:
        return f"No change against {first} is shown."
    return f"Nothing can be compared: no two {found.by}s have 20 X-rays."


def alarm_sentences(found: Timeline) -> Iterator[str]:
    """Say of each number when it is first shown to have risen or fallen, and how often later."""
    alarms: dict[tuple[Quantity, bool], list[tuple[Period, Moment, Moment]]] = {}
    for period, quantity, first, now in found.alarms():
        assert now.change is not None
        alarms.setdefault((quantity, now.change[0] > 0), []).append((period, first, now))
    for (quantity, rose), ((period, first, now), *later) in alarms.items():
        what = {"answers": "answer ", "probabilities": "probability of "}.get(quantity.block, "")
        more = f", and in {len(later)} later {found.by}{'s' * (len(later) > 1)}" if later else ""
        yield (
            f"{period.name}: {what}{quantity.name} {'rose' if rose else 'fell'} from "
            f"{moment_text(quantity, first)} to {moment_text(quantity, now)}{more}"
        )


def moment_text(quantity: Quantity, moment: Moment) -> str:
    """Write a number with its interval."""
    value, low, high, *_ = moment.estimate
    if quantity.unit == "share" or quantity.block == "probabilities":
        digits = 0 if high > FEW else 1
        return share_said(moment.estimate, digits)
    return f"{value:.3g} [{low:.3g}, {high:.3g}]"


def what_is_marked(found: Timeline) -> str:
    """Say what a mark means."""
    return (
        f"A change is marked only if it is shown after correction for all {found.n_comparisons:,} "
        "comparisons with the first period."
    )
