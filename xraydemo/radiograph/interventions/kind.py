"""What kinds of change there are: their settings, the ranges of these, and how people say them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xraydemo.errors import XrayDemoError

Picture = NDArray[np.float32]
"""As a reader sees it: shape (H, W), 0 is black and 1 is white."""

Outline = NDArray[np.bool_]
"""Of the lungs; any shape, it lies over the whole picture by stretching."""

MOST_POLYGONS, MOST_CORNERS = 200, 500


@dataclass(frozen=True)
class Number:
    """A setting that is a number.

    Parameters
    ----------
    default, low, high : float
        The range includes both ends.
    unit : str
        "share" (of 1), "gray" (0 is black, 1 is white), "degrees" or "" (a plain number).
    what : str
        What it is, for people.
    whole : bool
        Whether it is kept as an int.
    """

    default: float
    low: float
    high: float
    unit: str
    what: str
    whole: bool = False

    def clean(self, value: object) -> float | int:
        """Return the value as it is kept.

        Raises
        ------
        ValueError
            If it isn't a number of the range; says what it should be.
        """
        kind = "a whole number" if self.whole else "a number"
        wanted = f"{kind} from {self.low:g} to {self.high:g}"
        if isinstance(value, bool) or not isinstance(value, int | float | np.number):
            raise ValueError(wanted)
        if not self.low <= value <= self.high or (self.whole and value != int(value)):
            raise ValueError(wanted)
        return int(value) if self.whole else float(value) + 0.0  # no -0.0

    def words(self, value: float) -> str:
        """Say a value of it."""
        if self.unit == "share":
            return f"{100 * value:.3g} %"
        if self.unit == "gray":
            return {0.0: "black", 1.0: "white"}.get(value, f"gray ({100 * value:.3g} % of white)")
        return f"{value:g}{'°' if self.unit == 'degrees' else ''}"


@dataclass(frozen=True)
class Choice:
    """A setting that is one of a few values.

    Parameters
    ----------
    default : str or int
    options : tuple
    what : str
        What it is, for people.
    unit : str
        As for a number.
    spoken : dict of str to str
        Options that are said otherwise in the middle of a sentence.
    """

    default: str | int
    options: tuple[str | int, ...]
    what: str
    unit: str = ""
    spoken: Mapping[str | int, str] = field(default_factory=dict)

    def clean(self, value: object) -> str | int:
        """Return the value as it is kept; raise ValueError as `Number.clean` does."""
        for option in self.options:
            if value == option and not isinstance(value, bool):
                return option
        raise ValueError("one of " + ", ".join(map(str, self.options)))

    def words(self, value: str | int) -> str:
        """Say a value of it."""
        return self.spoken.get(value, f"{value}{'°' if self.unit == 'degrees' else ''}")


@dataclass(frozen=True)
class Cells:
    """A setting that lists cells of a grid by their numbers, row after row from the top left."""

    what: str
    default: tuple[int, ...] = ()

    def clean(self, value: object) -> list[int]:
        """Return the value as it is kept; raise ValueError as `Number.clean` does."""
        number = Number(0, 0, 2**31, "", "", whole=True)
        wanted = "a list of cells' numbers, which are whole and begin at 0"
        try:
            return sorted({int(number.clean(cell)) for cell in _listed(value)})
        except ValueError:
            raise ValueError(wanted) from None

    def words(self, value: Sequence[int]) -> str:
        """Say a value of it."""
        return "1 cell" if len(value) == 1 else f"{len(value)} cells"


@dataclass(frozen=True)
class Polygons:
    """A setting that lists polygons; corners are [x, y], as shares of the width and the height."""

    what: str
    default: tuple[Any, ...] = ()

    def clean(self, value: object) -> list[list[list[float]]]:
        """Return the value as it is kept; raise ValueError as `Number.clean` does."""
        share = Number(0, 0, 1, "share", "")
        wanted = (
            f"at most {MOST_POLYGONS} polygons of 3 to {MOST_CORNERS} corners [x, y], "
            "x and y from 0 to 1"
        )
        try:
            polygons = [
                [[float(share.clean(x)), float(share.clean(y))] for x, y in map(_listed, polygon)]
                for polygon in map(_listed, _listed(value))
            ]
        except ValueError:
            raise ValueError(wanted) from None
        if len(polygons) > MOST_POLYGONS or any(
            not 3 <= len(polygon) <= MOST_CORNERS for polygon in polygons
        ):
            raise ValueError(wanted)
        return polygons

    def words(self, value: Sequence[object]) -> str:
        """Say a value of it."""
        return "1 area" if len(value) == 1 else f"{len(value)} areas"


Setting: TypeAlias = Number | Choice | Cells | Polygons


@dataclass(frozen=True)
class Kind:
    """One kind of change to a picture.

    Parameters
    ----------
    name : str
    sentence : str
        What it does and what for, for people.
    settings : dict of str to Setting
        All have defaults.
    act : callable
        From a picture and, by name, a value for each setting, to a new picture, which may share
        memory with the old one. With `needs_lungs` the outline of the lungs comes second.
    says : str
        What was done, with the settings' words in braces.
    needs_lungs : bool
        Whether it has to know where the lungs are.
    moves : bool
        Whether things stand in other places afterwards, the lungs among them.
    agree : callable, optional
        Takes all the settings and raises ValueError where they don't fit one another.
    """

    name: str
    sentence: str
    settings: Mapping[str, Setting]
    act: Callable[..., Picture]
    says: str
    needs_lungs: bool = False
    moves: bool = False
    agree: Callable[[Mapping[str, Any]], None] | None = None

    def clean(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Fill in the defaults, and hold every value to its range.

        Raises
        ------
        XrayDemoError
            If a setting is unknown or a value is out of range.
        """
        for name in settings:
            if name not in self.settings:
                known = ", ".join(self.settings) or "no settings"
                message = f"The intervention {self.name} has no setting {name!r}"
                raise XrayDemoError(message, f"It has: {known}")
        kept = {}
        for name, setting in sorted(self.settings.items()):
            value = settings.get(name, setting.default)
            try:
                kept[name] = setting.clean(value)
            except ValueError as error:
                raise _bad_value(self.name, name, value, str(error)) from error
        if self.agree:
            try:
                self.agree(kept)
            except ValueError as error:
                message = f"The settings of the intervention {self.name} don't fit one another"
                raise XrayDemoError(message, str(error)) from error
        return kept


def _bad_value(kind: str, name: str, value: object, wanted: str) -> XrayDemoError:
    shown = repr(value)
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    message = f"The setting {name} of the intervention {kind} can't be {shown}"
    return XrayDemoError(message, f"Give {wanted}")


def _listed(value: object) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise ValueError("a list")
    return list(value)
