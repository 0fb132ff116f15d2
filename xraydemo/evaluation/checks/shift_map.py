"""Where the run's X-rays lie among those of the training set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xraydemo.classes import CLASSES
from xraydemo.evaluation.check import check
from xraydemo.evaluation.checks.shift_gap import SOURCES
from xraydemo.evaluation.context import Context
from xraydemo.evaluation.figures import Cloud, Scatter
from xraydemo.evaluation.result import CheckResult, Number, Table, Verdict
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.tell_result import percent, share_said
from xraydemo.metrics.bootstrap import Estimate
from xraydemo.metrics.intervals import proportion
from xraydemo.model.dossier import Dossier

EDGE = 0.99  # of the training X-rays lie within
MOST_KINDS = 8  # of a colour; the rest are one
VERDICTS = ("inside", "unusual", "foreign")
OTHERS, UNKNOWN, TRAINING = "others", "unknown", "training set"

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Map:
    """Settings of `shift.map`.

    Attributes
    ----------
    most : int
        Points drawn: half for the run, half for the training set.
    """

    most: int


@dataclass(frozen=True, eq=False)
class Plane:
    """The two directions in which the training set spreads most.

    Attributes
    ----------
    middle : ndarray, shape (d,)
    directions : ndarray, shape (2, d)
    shares : tuple of float
        Of the spread, held by each.
    """

    middle: Points
    directions: Points
    shares: tuple[float, float]

    @classmethod
    def fit(cls, embeddings: Points) -> Plane:
        """Fit it by principal components."""
        middle = embeddings.mean(axis=0)
        _, lengths, directions = np.linalg.svd(embeddings - middle, full_matrices=False)
        shares = lengths**2 / (lengths**2).sum()
        return cls(middle, directions[:2], (float(shares[0]), float(shares[1])))

    def place(self, embeddings: Points) -> Points:
        """Give the places of X-rays, shape (n, 2)."""
        return np.asarray((embeddings - self.middle) @ self.directions.T)


@check(
    "shift.map",
    "Where do the X-rays lie among those of the training set?",
    needs=("embeddings", "dossier"),
    parameters=Map,
)
def shift_map(context: Context[Map]) -> CheckResult:
    """Draw the run over the training set, in the two directions in which that spreads most.

    Principal components of the embeddings of training X-rays that the network did not learn from:
    what it learnt from lies farther apart than anything new ever will.
    """
    run, dossier = context.run, context.given.dossier
    assert dossier is not None
    read = np.flatnonzero(run.was_read)
    background = dossier.embeddings[~dossier.trained_on].astype(np.float64)
    plane = Plane.fit(background)
    behind = plane.place(background)
    embeddings = dossier.detector.project(run.arrays.embeddings()[read]).astype(np.float64)
    places = plane.place(embeddings)
    outside = proportion(_beyond(behind, places), run.groups[read])

    generator = context.generator()
    half = context.parameters.most // 2
    drawn = _some(len(read), half, generator)
    pale = behind[_some(len(behind), half, generator)]
    kinds = _kinds(run)
    figures = tuple(
        _scatter(f"By {by}", plane, _clouds(values[read][drawn], places[drawn], read[drawn]), pale)
        for by, values in kinds.items()
    )
    return CheckResult(
        Verdict.INFO,
        _headline(plane, outside),
        Number.of("share beyond 99 % of the training set", "all", outside),
        _findings(run, dossier, plane, len(read), len(drawn), len(pale)),
        (_outside_by_kind(run, read, behind, places, kinds),),
        figures,
    )


def _beyond(behind: Points, places: Points) -> NDArray[np.bool_]:
    """Tell what lies farther out than 99 % of the training X-rays, in units of their spread."""
    spread = behind.std(axis=0)
    middle = behind.mean(axis=0)
    edge = np.quantile(np.linalg.norm((behind - middle) / spread, axis=1), EDGE)
    return np.asarray(np.linalg.norm((places - middle) / spread, axis=1) > edge)


def _some(n: int, most: int, generator: np.random.Generator) -> NDArray[np.intp]:
    return np.sort(generator.permutation(n)[:most])


def _kinds(run: Run) -> dict[str, NDArray[np.str_]]:
    """Give what the points are coloured by, each of shape (n,)."""
    names = np.array([*CLASSES, UNKNOWN])
    kinds = {"class": names[run.truth], "answer": names[run.predicted]}
    if (run.truth < 0).all():
        del kinds["class"]
    for name in SOURCES:
        values = run.known(name)
        if (values != "").any():
            common = values[values != ""].value_counts().index[:MOST_KINDS]
            kept = values.where(values.isin(common) | (values == ""), OTHERS)
            kinds[name] = kept.where(kept != "", UNKNOWN).to_numpy(str)
            break
    foreign = run.judgements["foreign_verdict"]
    if foreign.notna().any():
        kinds["how foreign it is"] = foreign.where(foreign.notna(), UNKNOWN).to_numpy(str)
    return kinds


def _clouds(
    values: NDArray[np.str_], places: Points, positions: NDArray[np.intp]
) -> tuple[Cloud, ...]:
    order = {name: i for i, name in enumerate((*CLASSES, *VERDICTS))}
    names = sorted(set(values.tolist()), key=lambda name: (order.get(name, len(order)), name))
    return tuple(
        _cloud(name, places[values == name], tuple(positions[values == name].tolist()))
        for name in names
    )


def _cloud(name: str, places: Points, positions: tuple[int, ...], *, pale: bool = False) -> Cloud:
    x, y = (tuple(column.tolist()) for column in places.T)
    return Cloud(name, x, y, positions, pale)


def _scatter(title: str, plane: Plane, clouds: tuple[Cloud, ...], pale: Points) -> Scatter:
    first, second = (f"{percent(share)} of the training set's spread" for share in plane.shares)
    return Scatter(title, first, second, (_cloud(TRAINING, pale, (), pale=True), *clouds))


def _headline(plane: Plane, outside: Estimate) -> str:
    return (
        f"On a map of the two directions that hold {percent(sum(plane.shares))} of the training "
        f"set's spread, {share_said(outside)} of these X-rays (n = {outside.n:,}) lie farther out "
        f"than {percent(EDGE)} of the training set"
    )


def _findings(
    run: Run, dossier: Dossier, plane: Plane, n: int, n_drawn: int, n_pale: int
) -> tuple[str, ...]:
    findings = [
        (
            "X-rays that lie together look alike to the network. The other "
            f"{percent(1 - sum(plane.shares))} of what the network sees is not on the map: two "
            "points that lie together may still differ in it, and an X-ray that lies among the "
            "training set's can still be foreign (`shift.foreign` judges that, on all directions)."
        )
    ]
    held_out = int((~dossier.trained_on).sum())
    findings.append(
        f"Drawn are {n_drawn:,} of {n:,} X-rays of this run, and pale behind them {n_pale:,} of "
        f"the {held_out:,} training X-rays that the network did not learn from"
        + (", drawn by lot." if n_drawn < n or n_pale < held_out else ".")
    )
    if unread := len(run) - n:
        findings.append(f"{unread:,} files could not be read, and are not on the map.")
    return tuple(findings)


def _outside_by_kind(
    run: Run,
    read: NDArray[np.intp],
    behind: Points,
    places: Points,
    kinds: dict[str, NDArray[np.str_]],
) -> Table:
    beyond, groups = _beyond(behind, places), run.groups[read]
    rows = [
        Number.of("share", f"{by} = {name}", proportion(beyond[mask], groups[mask]))
        for by, values in kinds.items()
        for name in sorted(set(values[read].tolist()))
        if (mask := values[read] == name).any()
    ]
    return Table(
        f"Share that lies farther out than {percent(EDGE)} of the training set", tuple(rows)
    )
