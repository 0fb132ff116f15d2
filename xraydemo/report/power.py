"""How often a check finds a planted shortcut, and how often it cries wolf: for its help.

The counts are in ``power.json``, which the benchmark writes (``python -m tests.benchmarks.power``
in the source); nothing here is typed by hand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from xraydemo.metrics.intervals import wilson

COUNTS = "power.json"
STRENGTH, SIZE = 0.5, 400  # from here on a check is to find what was planted,
FOUND, CRIED = 0.95, 0.05  # so often at least, and to cry wolf so often at most
IN_TABLE, USED, SHOWN = "metadata only", "pixels, used", "pixels"
ENCODED = "confounder.encoded"
FINDS = {
    "confounder.metadata": IN_TABLE,
    ENCODED: SHOWN,
    "confounder.used": USED,
    "confounder.pixels": USED,
}
WHERE = {
    IN_TABLE: "in the table only",
    SHOWN: "in the picture",
    USED: "in the picture and used",
    "pixels, not used": "in the picture, not used",
    "null": "but a coin decides where it is",
}
KINDS = {
    "": "a column",
    "marker": "a word in a corner",
    "letter": "a small letter",
    "border": "a black border",
    "jpeg": "poor JPEG",
    "resolution": "low resolution",
    "gamma": "another gamma",
}
MEANT = (
    "s is the strength: with probability s the shortcut follows the class, else a coin decides. A "
    "model that uses it was taught where it always follows the class, unless another s is named. "
    "This was measured with small heads on ImageNet's features of real X-rays; your model may "
    "differ."
)
OF_FACTS = (ENCODED, "confounder.used")  # each cohort has others, which tell nothing
OF_ITS_OWN = {
    "confounder.pixels": "The disease here is a gray disc that was drawn into a lung of X-rays "
    "called normal: nothing outside the lungs tells of it.",
    ENCODED: "That a network sees what is in the picture is no fault: here it says how well the "
    "check can see it. It was asked without the network from before the training.",
    "confounder.metadata": "No network has a part in it; a column of the table is planted.",
}
COST = {"confounder.used": "AUC lost", "confounder.pixels": "share left"}


@dataclass(frozen=True)
class Count:
    """One cell of the benchmark: what was planted, and how often the check fired.

    Attributes
    ----------
    check, condition, planted : str
        `condition` is a key of `WHERE`, `planted` one of `KINDS`.
    taught, strength : float
        Of the shortcut, where the model learnt and where it was evaluated.
    n, trials, fired, false_alarms, cannot_tell : int
        X-rays, and trials.
    lost : float or None
        AUC lost by matching (`confounder.used`), or the share that remains (`confounder.pixels`);
        on average.
    """

    check: str
    condition: str
    planted: str
    taught: float
    strength: float
    n: int
    trials: int
    fired: int
    false_alarms: int
    cannot_tell: int
    lost: float | None

    @property
    def named(self) -> str:
        """Say what was planted."""
        taught = f", learnt where s was {self.taught:g}" if self.taught < 1 else ""
        return f"{KINDS[self.planted]}{taught}"

    @property
    def is_planted(self) -> bool:
        """Tell whether there is something that the check should find."""
        return self.condition == FINDS[self.check]

    @property
    def is_of_the_goal(self) -> bool:
        """Tell whether it should be found nearly always; that a network sees it, need not be."""
        common = self.strength >= STRENGTH and self.n >= SIZE and self.taught == 1
        can_be = self.check != ENCODED and 2 * self.cannot_tell < self.trials
        return self.is_planted and common and can_be

    @property
    def found(self) -> str:
        """Give how often it fired."""
        if 2 * self.cannot_tell >= self.trials:
            return "can't tell"
        return share_text(self.fired, self.trials)

    @property
    def cried(self) -> str:
        """Give how often it cried wolf."""
        return share_text(self.false_alarms, self.trials)

    @property
    def misses_the_goal(self) -> bool:
        """Tell whether its whole interval is on the wrong side."""
        if wilson(self.false_alarms, self.trials)[0] > CRIED:
            return True
        return self.is_of_the_goal and wilson(self.fired, self.trials)[1] < FOUND


@dataclass(frozen=True)
class PowerTable:
    """Texts in rows; the first column says what was planted.

    Attributes
    ----------
    title : str
    head : tuple of str
    rows : tuple of tuple of str
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Power:
    """What was measured of a check.

    Attributes
    ----------
    summary : str
        In two or three sentences.
    tables : tuple of PowerTable
    notes : tuple of str
        What the words mean, and where and when it was measured.
    """

    summary: str
    tables: tuple[PowerTable, ...]
    notes: tuple[str, ...]


@cache
def power_of(check_id: str) -> Power | None:
    """Tell what was measured of a check; None where nothing was."""
    told = json.loads(files("xraydemo.report").joinpath(COUNTS).read_text("utf-8"))
    counts = [Count(**row) for row in told["rows"] if row["check"] == check_id]
    if not counts:
        return None
    own = [OF_ITS_OWN[check_id]] if check_id in OF_ITS_OWN else []
    trials = sorted({c.trials for c in counts})
    how_many = f"{trials[0]:,}" + (f" to {trials[-1]:,}" if len(trials) > 1 else "")
    measured = (
        f"Measured on {told['date']} in {how_many} trials a cell with X-rays of {told['cohort']} "
        f"by `{told['command']}`, xraydemo {told['program']}."
    )
    return Power(summary_of(counts), tables_of(counts), (MEANT, *own, measured))


def summary_of(counts: Sequence[Count]) -> str:
    """Say how often it is right where it should be, and where it misses that."""
    typical = [
        c for c in counts if c.is_planted and (c.strength, c.n, c.taught) == (STRENGTH, SIZE, 1)
    ]
    cried = max(counts, key=lambda c: wilson(c.false_alarms, c.trials)[1])
    sentences = []
    if typical:
        found = "; ".join(f"{c.named} {c.found}" for c in sorted(typical, key=_place))
        sentences.append(
            f"Planted in {SIZE} real X-rays with strength {STRENGTH:g}, what it asks about was "
            f"found in this share of the trials: {found}."
        )
    sentences.append(
        f"It cried wolf in {cried.cried} of the trials where it may do so most (95 % intervals, "
        "Wilson)."
    )
    missed = [c for c in counts if c.misses_the_goal]
    if missed:
        named = "; ".join(
            f"{c.named}, {WHERE[c.condition]}, strength {c.strength:g}, n = {c.n}" for c in missed
        )
        sentences.append(
            f"It should find {100 * FOUND:.0f} % and cry wolf in {100 * CRIED:.0f} % at most, and "
            f"misses that here: {named}."
        )
    return " ".join(sentences)


def tables_of(counts: Sequence[Count]) -> tuple[PowerTable, ...]:
    """Set what was found, and how often it cried wolf, by the number of X-rays."""
    planted = sorted((c for c in counts if c.is_planted), key=_place)
    nothing = sorted((c for c in counts if not c.is_planted), key=_place)
    cost = COST.get(counts[0].check, "")
    found = _table(
        f"It finds what is {WHERE[FINDS[counts[0].check]]}",
        cost,
        [(c, c.named, c.found) for c in planted],
    )
    wrong = [(c, f"{c.named}, {WHERE[c.condition]}", c.cried) for c in nothing]
    wrong += [(c, "something else, while it finds that", c.cried) for c in _by_size(planted)]
    return tuple(table for table in (found, _table("It cries wolf", "", wrong)) if table.rows)


def share_text(k: int, n: int) -> str:
    """Write a share in percent, with its interval."""
    low, high = wilson(k, n)
    return f"{100 * k / n:.0f} % [{100 * low:.0f}, {100 * high:.0f}]"


def _place(c: Count) -> tuple[int, int, float, float, int]:
    return list(WHERE).index(c.condition), list(KINDS).index(c.planted), -c.taught, c.strength, c.n


def _by_size(counts: Sequence[Count]) -> list[Count]:
    """Add up what was planted as strongly, whatever it was, where there is more than one fact."""
    asks_of_facts = [c for c in counts if c.check in OF_FACTS and c.strength == STRENGTH]
    sums = []
    for n in sorted({c.n for c in asks_of_facts}):
        of = [c for c in asks_of_facts if c.n == n]
        trials, alarms = sum(c.trials for c in of), sum(c.false_alarms for c in of)
        sums.append(replace(of[0], trials=trials, false_alarms=alarms))
    return sums


def _table(title: str, cost: str, rows: Sequence[tuple[Count, str, str]]) -> PowerTable:
    """Set one row for what was planted and how strongly, with a column a number of X-rays."""
    sizes = sorted({c.n for c, _, _ in rows})
    texts: dict[tuple[str, str], dict[int, str]] = {}
    costs: dict[tuple[str, str], str] = {}
    for c, name, text in rows:
        key = name, f"{c.strength:g}"
        texts.setdefault(key, {})[c.n] = text
        if c.lost is not None and (c.n == SIZE or key not in costs):
            costs[key] = f"{c.lost:.2f}"
    return PowerTable(
        title,
        ("planted", "s", *([cost] if cost else []), *(f"n = {n}" for n in sizes)),
        tuple(
            (
                *key,
                *([costs.get(key, "")] if cost else []),
                *(of.get(n, "") for n in sizes),
            )
            for key, of in texts.items()
        ),
    )
