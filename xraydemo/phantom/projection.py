"""The geometry of the source, and what of its beam arrives: the law of Beer and Lambert."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from xraydemo.phantom.thorax import Floats, Thorax

Image = Floats

# mm from source to detector, and from the chest's middle to the detector, by view
_DISTANCE = {"PA": 1800.0, "AP": 1100.0}
_GAP = {"PA": 150.0, "AP": 165.0}
_CENTRAL_RAY = -20.0  # its height, mm

# linear attenuation per mm at the beam's mean energy (PA about 65 keV, AP about 52 keV): water, and
# what cortical bone adds. NIST XCOM tables, rounded.
ATTENUATION = {"PA": (0.0196, 0.036), "AP": (0.0222, 0.052)}


@dataclass(frozen=True)
class Beam:
    """Where a point of the patient falls on the detector.

    Parameters
    ----------
    thorax : Thorax
    side : int
        Pixels of the square detector.
    """

    thorax: Thorax
    side: int

    @property
    def pixel(self) -> float:
        """Size of a detector's pixel, mm."""
        return self.thorax.pose.field / self.side

    @property
    def stretch(self) -> float:
        """How much more room this body takes than one of mean size and width."""
        return self.thorax.body.size**3 * self.thorax.body.width

    def magnification(self, depth: Floats | float) -> Floats | float:
        """Return how much larger than life a thing at a depth (mm, to the front) appears."""
        view = self.thorax.pose.view
        to_detector = _GAP[view] + (-1 if view == "PA" else 1) * np.asarray(depth)
        return _DISTANCE[view] / (_DISTANCE[view] - to_detector)

    def rays(self, depth: float, n: int, margin: float) -> tuple[Floats, Floats, float]:
        """Return where the rays of a coarse, untilted detector cross a plane of the room.

        Parameters
        ----------
        depth : float
            Of the plane, mm of an adult of mean size.
        n : int
            Pixels of the coarse detector.
        margin : float
            Its side, relative to the real one.

        Returns
        -------
        x, y : ndarray, shape (n,)
            In the patient, mm of an adult of mean size.
        turned : float
            What yaw adds to depth for each mm of x.
        """
        body, pose = self.thorax.body, self.thorax.pose
        at = ((np.arange(n) + 0.5) / n - 0.5) * pose.field * margin
        scale = self.magnification(depth * body.size)
        u, v = at + pose.shift_x, -at + pose.shift_y
        yaw, pitch = np.deg2rad(pose.yaw), np.deg2rad(pose.pitch)
        x = (u / scale / (body.size * body.width)) * np.cos(yaw) + depth * np.sin(yaw)
        y = ((v - _CENTRAL_RAY) / scale + _CENTRAL_RAY) / body.size + depth * np.sin(pitch)
        return x.astype(np.float32), y.astype(np.float32), float(-np.sin(yaw))

    def project(self, points: Floats) -> tuple[Floats, Floats, Floats]:
        """Return columns, rows and magnifications of points of the patient.

        Parameters
        ----------
        points : ndarray, shape (N, 3)
            x, y, z in mm of an adult of mean size.

        Returns
        -------
        columns, rows, magnification : ndarray, shape (N,)
            Pixels; the first pixel's middle is 0.
        """
        body, pose = self.thorax.body, self.thorax.pose
        yaw, pitch, tilt = (np.float32(np.deg2rad(d)) for d in (pose.yaw, pose.pitch, pose.tilt))
        x, y, z = points.T
        room_x = (x - z * np.sin(yaw)) / np.cos(yaw) * np.float32(body.size * body.width)
        room_y = (y - z * np.sin(pitch)) * np.float32(body.size)
        room_z = (z + x * np.sin(yaw)) * np.float32(body.size)
        scale = np.asarray(self.magnification(room_z), np.float32)
        u = room_x * scale - pose.shift_x
        v = (room_y - _CENTRAL_RAY) * scale + _CENTRAL_RAY - pose.shift_y
        columns = (u * np.cos(tilt) + v * np.sin(tilt)) / self.pixel + (self.side - 1) / 2
        rows = (u * np.sin(tilt) - v * np.cos(tilt)) / self.pixel + (self.side - 1) / 2
        return columns.astype(np.float32), rows.astype(np.float32), scale

    def resample(self, coarse: Image, margin: float) -> Image:
        """Bring a map of the coarse, untilted detector onto the real one.

        Parameters
        ----------
        coarse : ndarray, shape (n, n)
        margin : float
            As given to `rays`.

        Returns
        -------
        ndarray of float32, shape (side, side)
        """
        tilt = np.deg2rad(self.thorax.pose.tilt)
        turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
        matrix = turn * (len(coarse) / margin / self.side)
        middle, coarse_middle = (self.side - 1) / 2, (len(coarse) - 1) / 2
        offset = coarse_middle - matrix @ (middle, middle)
        result: Image = ndimage.affine_transform(
            coarse, matrix, offset, (self.side, self.side), np.float32, order=1, mode="nearest"
        )
        return result


def transmitted(soft: Image, bone: Image, beam: Beam, scatter: float) -> Image:
    """Return the share of the beam that reaches each pixel, scattered photons among it.

    Parameters
    ----------
    soft, bone : ndarray, shape (side, side)
        Path lengths in mm: of water (or what equals it), and of cortical bone.
    beam : Beam
    scatter : float
        Scattered photons for each primary one, in the picture's mean.

    Returns
    -------
    ndarray of float32, shape (side, side)
        1 where nothing stands in the way.
    """
    water, more = ATTENUATION[beam.thorax.pose.view]
    primary = np.exp(-(water * soft + more * bone))
    # photons are scattered over some 5 cm, so a coarse picture is fine enough
    step = max(beam.side // 64, 1)
    small = primary[::step, ::step].astype(np.float32)
    small = np.minimum(small, 0.12)  # the air beside the body scatters nothing
    spread = ndimage.gaussian_filter(small, 45 / (beam.pixel * step), mode="nearest")
    scattered = enlarged(spread, beam.side)
    exposure: Image = primary + np.float32(scatter) * scattered
    return exposure


def enlarged(coarse: Image, side: int) -> Image:
    """Bring a square picture to more pixels by linear interpolation.

    Parameters
    ----------
    coarse : ndarray, shape (n, n)
    side : int

    Returns
    -------
    ndarray of float32, shape (side, side)
    """
    at = np.clip((np.arange(side) + 0.5) * len(coarse) / side - 0.5, 0, len(coarse) - 1.001)
    cell, share = at.astype(np.intp), (at % 1).astype(np.float32)
    lines = coarse[cell] * (1 - share)[:, None] + coarse[cell + 1] * share[:, None]
    fine: Image = lines[:, cell] * (1 - share) + lines[:, cell + 1] * share
    return fine
