"""Branching vessels of the lungs, and the airways."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from xraydemo.phantom.findings import Field, Finding
from xraydemo.phantom.points import Cloud, resampled, rod, rods
from xraydemo.phantom.thorax import SQUARENESS, Floats, Thorax, cage, domes, spine_x

Points = Floats

# where arteries and veins enter the lungs, by side
_ROOTS = {
    -1: (np.array([-24.0, 12, -6]), np.array([-22.0, -12, 0])),
    1: (np.array([26.0, 22, -8]), np.array([22.0, -8, -4])),
}
_TIPS = 256  # ends of arteries, and of veins, in each lung
_THINNEST = 0.7  # radius at an end, mm
_PER_BRANCH = 6
_MURRAY = 2.75  # radii to this power add up where vessels join


def vessels(thorax: Thorax, step: float) -> Cloud:
    """Return the vessels of both lungs.

    Arteries and veins are trees that fill the same space; radii follow Murray's law.

    Parameters
    ----------
    thorax : Thorax
    step : float
        Distance of the points, mm.

    Returns
    -------
    Cloud
        Volumes of blood.
    """
    generator = np.random.default_rng([thorax.body.seed, 3])
    clouds = []
    for sign in (-1, 1):
        for root in _ROOTS[sign]:
            tips = _tips(thorax, sign, _TIPS, generator)
            tree = _tree(root, tips, _THINNEST, 1.0, step, generator)
            # where a tree begins lies among the great vessels, and is none of the lung's
            away = np.sqrt(((tree.at - root) ** 2).sum(axis=1))
            clouds.append(Cloud(tree.at, tree.volume * np.clip(away / 20 - 0.4, 0, 1)))
    return Cloud.joined(clouds)


def windpipe(thorax: Thorax, step: float) -> Cloud:
    """Return the trachea and the main bronchi: volumes of air, negative."""
    # two pipes of half the density run down as one, and part at the carina
    y = np.linspace(230, 40, 20)
    bend = 5 * (thorax.body.aorta - 0.9) * np.exp(-(((y - 50) / 30) ** 2))
    x = 0.5 * spine_x(thorax.body, y) - bend - 1
    trachea = np.stack([x, y, np.interp(y, [30, 130, 230], [-20, -5, 12])], axis=1)
    pipes = []
    for bronchus in ([[-6, 32, -19], [-15, 21, -17], [-31, 6, -13]],
                     [[6, 32, -20], [17, 23, -20], [39, 11, -18]]):  # fmt: skip
        line = np.concatenate([trachea, bronchus])
        radius = np.r_[np.full(len(y), 8.4), 7.4, 6.6, 4.6]
        density = np.r_[np.full(len(y), -0.5), -0.7, -0.85, -0.3]
        line, radius, density = resampled(line, radius, density, step=3.0)
        line = ndimage.gaussian_filter1d(line, 2.5, axis=0, mode="nearest")
        pipes.append(rod(line, radius, density, step))
    return Cloud.joined(pipes)


def open_bronchi(finding: Finding, field: Field, step: float) -> Cloud | None:
    """Return the air in the bronchi of a filled lobe, None where nothing is filled.

    Parameters
    ----------
    finding : Finding
    field : Field
        The finding's density: a bronchus shows only as far as the lung about it is filled.
    step : float
        Distance of the points, mm.

    Returns
    -------
    Cloud or None
        Volumes of the water that is missing, negative.
    """
    if finding.kind != "lobar":
        return None
    generator = np.random.default_rng([finding.seed, 1])
    x, y, z, radius = finding.centres[0]
    sign = 1 if x > 0 else -1
    tips = np.array([x, y, z]) + generator.normal(0, 0.42 * radius, (32, 3))
    grown = _tree(_ROOTS[sign][0], tips, 0.8, -1.0, step, generator)
    filled = field.at(grown.at)
    return Cloud(grown.at, grown.volume * filled)


def _tips(thorax: Thorax, sign: int, n: int, generator: np.random.Generator) -> Floats:
    """Draw points inside a lung."""
    y = generator.uniform(-190, 134, 12 * n).astype(np.float32)
    width, depth, middle = cage(y)
    across, along = generator.random((2, 12 * n))
    x = sign * width * (0.04 + 0.93 * across)
    reach = np.sqrt(np.clip(1 - across**SQUARENESS, 0, 1)) * 0.95
    z = middle + depth * reach * (2 * along - 1)
    dome = domes(thorax)[sign > 0]
    fall = 1 - np.clip(((sign * x - 68) / 84) ** 2 + ((z - 22) / 140) ** 2, 0, 1)
    dry = y > dome - 60 * (1 - np.sqrt(fall)) + 4
    heart = (sign > 0) & (y < 0) & (x < 62) & (z > -38)
    free = np.abs(x) > np.where(z < -50, 28, 24)
    # there is less lung in the apex
    kept = generator.random(12 * n) < np.clip(reach * width * depth / 13000, 0, 1)
    inside: Floats = np.stack([x, y, z], 1)[dry & free & kept & ~heart]
    return inside[np.arange(n) % len(inside)].astype(np.float64)


def _tree(
    root: Floats,
    tips: Floats,
    thinnest: float,
    density: float,
    step: float,
    generator: np.random.Generator,
) -> Cloud:
    """Grow a tree from a root to tips, whose number is a power of 2.

    A branch that serves many tips runs part of the way to their middle, and forks there: the tips
    are halved along the axis in which they are spread most. All forks of a level are made at once.
    """
    groups = tips[None]
    node, heading = root[None], np.zeros((1, 3))
    begins, ends, radii = [], [], []
    while True:
        size = groups.shape[1]
        middle = groups.mean(axis=1)
        share = generator.uniform(0.26, 0.48, (len(groups), 1)) if size > 1 else 1.0
        goal = node + share * (middle - node)
        far = np.linalg.norm(goal - node, axis=1, keepdims=True)
        if size > 1:
            goal += generator.normal(0, 0.10, goal.shape) * far
        bend = node + 0.42 * far * (heading + (goal - node) / (far + 1e-6)) / 2
        t = (np.arange(_PER_BRANCH + 1) / _PER_BRANCH)[:, None, None]
        line = node * (1 - t) ** 2 + 2 * bend * t * (1 - t) + goal * t**2
        begins.append(line[:-1].reshape(-1, 3))
        ends.append(line[1:].reshape(-1, 3))
        radii.append(np.full(_PER_BRANCH * len(goal), thinnest * size ** (1 / _MURRAY)))
        if size == 1:
            break
        last = line[-1] - line[-2]
        heading = np.repeat(last / (np.linalg.norm(last, axis=1, keepdims=True) + 1e-6), 2, axis=0)
        node = np.repeat(goal, 2, axis=0)
        groups = _halved(groups)
    begin, end, radius = np.concatenate(begins), np.concatenate(ends), np.concatenate(radii)
    radius *= generator.lognormal(0, 0.12, len(radius) // _PER_BRANCH).repeat(_PER_BRANCH)
    return _pieces(begin, end, radius, density, step)


def _halved(groups: Floats) -> Floats:
    """Halve each group (G, N, 3) of points along the axis of its largest spread."""
    centred = groups - groups.mean(axis=1, keepdims=True)
    axis = np.linalg.eigh(np.swapaxes(centred, 1, 2) @ centred)[1][:, :, -1:]
    axis *= np.where(axis.sum(axis=1, keepdims=True) < 0, -1, 1)  # LAPACK's sign is arbitrary
    order = np.argsort((centred @ axis)[..., 0], axis=1)
    ordered = np.take_along_axis(groups, order[..., None], axis=1)
    return ordered.reshape(-1, groups.shape[1] // 2, 3)


def _pieces(
    begin: Floats,
    end: Floats,
    radius: Floats,
    density: float,
    step: float,
) -> Cloud:
    """Cut the pieces of a tree into steps, thin and thick ones apart."""
    length = np.linalg.norm(end - begin, axis=1)
    count = np.maximum((length / (1.2 * step)).astype(int) + 1, 1)
    which = np.repeat(np.arange(len(count)), count)
    place = (np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count) + 0.5) / count[
        which
    ]
    way = end - begin
    at = begin[which] + place[:, None] * way[which]
    tangent = way[which] / (length[which, None] + 1e-6)
    short, thick = (length / count)[which], radius[which]
    kinds = np.digitize(thick, [1.6 * step, 4 * step])
    clouds = [
        rods(at[part], tangent[part], short[part], thick[part], density, step)
        for part in (kinds == kind for kind in range(3))
    ]
    return Cloud.joined(clouds)
