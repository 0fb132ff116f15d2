"""A thorax in numbers: who is X-rayed, and how they stand or lie.

Lengths are millimetres of an adult of mean size and width, and `Body` scales them. The axes are
those of a reader who faces the patient: x to the patient's left (the picture's right), y up, z to
the front; the origin lies in the middle of the chest, at the height of the sixth thoracic vertebra.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

View = Literal["PA", "AP"]
Sex = Literal["F", "M"]
Floats = NDArray[np.floating[Any]]

YOUNGEST, OLDEST = 18, 92

# half width, half depth and middle depth of the pleural space by height
_HEIGHT = np.array([-260, -180, -120, -60, 0, 45, 75, 98, 115, 127, 134, 138], np.float32)
_WIDTH = np.array([136, 140, 142, 139, 131, 120, 109, 97, 83, 68, 47, 4], np.float32)
_DEPTH = np.array([86, 88, 88, 85, 79, 71, 63, 55, 46, 36, 24, 4], np.float32)
_MIDDLE = np.array([-8, -8, -8, -8, -9, -13, -18, -24, -30, -35, -38, -40], np.float32)
SQUARENESS = 2.4  # exponent of the sideways half of the cage's cross-section; 2 is an ellipse


@dataclass(frozen=True)
class Body:
    """Who is X-rayed: what stays the same from one X-ray to the next.

    Parameters
    ----------
    age : int
        Years, 18 to 92.
    sex : str
        "F" or "M".
    size : float
        Of the whole thorax, 1 is the mean.
    width : float
        Of the thorax, for its size; 1 is the mean.
    build : float
        -1 (thin) to 2 (obese); 0 is average.
    heart, aorta : float
        Size, 1 is the mean.
    kyphosis : float
        0 to 1, how far the upper back is bent.
    spine_curve : float
        Sideways amplitude of the spine in mm; its sign is the side.
    rib_slope : float
        How far ribs fall from back to front, 1 is the mean.
    right_dome, left_dome : float
        Height of the domes of the diaphragm at full breath, mm.
    breast : float
        Thickness of the breasts, 0 to 1.5.
    bone : float
        Density of bone, 1 is that of a young adult.
    lung_density : float
        Of aerated lung, relative to water.
    seed : int
        Of what has no number of its own: the branching of vessels, the spread of fat.
    """

    age: int
    sex: Sex
    size: float
    width: float
    build: float
    heart: float
    aorta: float
    kyphosis: float
    spine_curve: float
    rib_slope: float
    right_dome: float
    left_dome: float
    breast: float
    bone: float
    lung_density: float
    seed: int


@dataclass(frozen=True)
class Pose:
    """How they stand or lie for one X-ray.

    Parameters
    ----------
    view : str
        "PA" (upright, the source behind, 1.8 m away) or "AP" (lying, the source in front, 1.1 m).
    breath : float
        0 (out) to 1 (in).
    yaw, pitch, tilt : float
        Degrees of rotation about the vertical, the sideways, and the picture's own axis.
    shift_x, shift_y : float
        Of the detector, mm.
    field : float
        Side of the square detector, mm.
    shoulders : float
        0 to 1, how far the shoulder blades are turned out of the lungs.
    arms : float
        Degrees of the upper arms from the body.
    gas : float
        Radius of the stomach's bubble, mm; 0 is none.
    leads : bool
        Whether electrodes and their cables lie on the chest.
    """

    view: View
    breath: float
    yaw: float
    pitch: float
    tilt: float
    shift_x: float
    shift_y: float
    field: float
    shoulders: float
    arms: float
    gas: float
    leads: bool


@dataclass(frozen=True)
class Thorax:
    """Somebody in a pose."""

    body: Body
    pose: Pose


def sample_body(generator: np.random.Generator, *, age: int | None = None) -> Body:
    """Draw somebody.

    Parameters
    ----------
    generator : numpy.random.Generator
    age : int, optional
        Years; drawn where it is not given. What else depends on age is drawn for it, by the same
        random numbers.

    Returns
    -------
    Body
    """
    drawn = int(np.clip(generator.normal(55, 17), YOUNGEST, OLDEST))
    age = drawn if age is None else age
    old = (age - YOUNGEST) / (OLDEST - YOUNGEST)
    sex: Sex = "F" if generator.random() < 0.5 else "M"
    is_woman = sex == "F"
    build = float(np.clip(generator.normal(0.3, 0.65), -1, 2))
    right = float(generator.normal(-116, 12) + 8 * max(build, 0))
    return Body(
        age=age,
        sex=sex,
        size=float(np.clip(generator.normal(0.94 if is_woman else 1.02, 0.04), 0.82, 1.14)),
        width=float(np.clip(generator.normal(1, 0.06), 0.86, 1.16)),
        build=build,
        heart=float(np.clip(generator.normal(0.98, 0.10) + 0.10 * old + 0.03 * build, 0.8, 1.35)),
        aorta=float(np.clip(generator.normal(0.90, 0.06) + 0.35 * old, 0.75, 1.4)),
        kyphosis=float(np.clip(generator.normal(0.6 * old, 0.15), 0, 1)),
        spine_curve=float(generator.normal(0, 3 + 4 * old)),
        rib_slope=float(np.clip(generator.normal(1.0, 0.12), 0.7, 1.35)),
        right_dome=right,
        left_dome=right - float(np.clip(generator.normal(13, 7), -2, 28)),
        breast=float(np.clip(generator.normal(0.75, 0.3) + 0.2 * build, 0.15, 1.5)) * is_woman,
        bone=float(np.clip(generator.normal(1.05, 0.08) - 0.3 * old, 0.6, 1.2)),
        lung_density=float(np.clip(generator.normal(0.25, 0.025) - 0.03 * old, 0.16, 0.32)),
        seed=int(generator.integers(2**32)),
    )


def sample_pose(generator: np.random.Generator, *, view: View | None = None) -> Pose:
    """Draw a pose.

    Parameters
    ----------
    generator : numpy.random.Generator
    view : str, optional
        "PA" or "AP"; drawn where it is not given (AP with 0.3), by the same random numbers.

    Returns
    -------
    Pose
        Lying people breathe in less, are turned more, and have their shoulder blades over the
        lungs.
    """
    lies = generator.random() < 0.3 if view is None else (generator.random(), view == "AP")[1]
    normal, uniform = generator.normal, generator.uniform
    return Pose(
        view="AP" if lies else "PA",
        breath=float(np.clip(normal(0.55, 0.2) if lies else normal(0.84, 0.16), 0.1, 1.1)),
        yaw=float(normal(0, 3.2 if lies else 1.6)),
        pitch=float(normal(4 if lies else 0, 2.5)),
        tilt=float(normal(0, 3.0 if lies else 1.6)),
        shift_x=float(normal(0, 11 if lies else 8)),
        shift_y=float(normal(-24, 16 if lies else 13)),
        field=float(np.clip(normal(422 if lies else 404, 27), 345, 480)),
        shoulders=float(np.clip(normal(0.15 if lies else 0.85, 0.15), 0, 1)),
        arms=float(np.clip(normal(14 if lies else 33, 6), 4, 50)),
        gas=float(np.clip(normal(15, 9), 0, 34)),
        leads=bool(uniform() < (0.45 if lies else 0.0)),
    )


def cage(height: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the pleural space's half width, half depth and middle depth at heights, in mm."""
    width, depth, middle = (np.interp(height, _HEIGHT, of) for of in (_WIDTH, _DEPTH, _MIDDLE))
    return width.astype(np.float32), depth.astype(np.float32), middle.astype(np.float32)


def spine_x(body: Body, height: Floats) -> Floats:
    """Return where the spine's middle lies sideways at heights, in mm."""
    return (body.spine_curve * np.sin((height + 60) / 75)).astype(np.float32)


def domes(thorax: Thorax) -> tuple[float, float]:
    """Return the heights of the right and the left dome of the diaphragm in this breath, in mm."""
    risen = 62 * (1 - thorax.pose.breath)
    return thorax.body.right_dome + risen, thorax.body.left_dome + risen
