"""The window's colours, dark and light: gray, with colour only where it means something.

Strong colours are left to the heat map. Every pair of text and ground that is used has a contrast
of at least 4.5 (a test measures it), and no colour stands alone for what it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Colours:
    """One set of colours.

    Parameters
    ----------
    ground, panel, field : str
        Behind everything, of panels, and of what can be typed into or pressed.
    edge : str
        Between those.
    text, dim, off : str
        Letters; less important ones; of what can't be used now.
    chosen, focus, hover : str
        Ground of what is chosen, line round what the keyboard is on, ground of the main button
        under the mouse.
    bar, bar_most : str
        Of probabilities; of the most likely class's.
    warning, problem, problem_edge : str
        Letters that warn; ground and edge of an error.
    inks : tuple of str
        Of lines and points in sketches.
    verdicts : mapping of str to str
        Beside their signs and words; none of them is the heat map's.
    """

    ground: str
    panel: str
    field: str
    edge: str
    text: str
    dim: str
    off: str
    chosen: str
    focus: str
    hover: str
    bar: str
    bar_most: str
    warning: str
    problem: str
    problem_edge: str
    inks: tuple[str, ...]
    verdicts: Mapping[str, str]


DARK = Colours(
    ground="#15181b",
    panel="#1d2125",
    field="#272c31",
    edge="#3a4148",
    text="#e4e7ea",
    dim="#a3acb5",
    off="#6c757e",
    chosen="#3a4b5c",
    focus="#8fb4d6",
    hover="#48607a",
    bar="#77818b",
    bar_most="#e4e7ea",
    warning="#ffb4a6",
    problem="#3a2523",
    problem_edge="#7a4a44",
    inks=("#c3ccd4", "#8fb4d6", "#d9b97a", "#a5d6b0", "#c9a2c9", "#8a949e"),
    verdicts={
        "fail": "#ff9c92",
        "error": "#e6b3e6",
        "warn": "#f0d585",
        "pass": "#a5d6b0",
        "info": "#c3ccd4",
        "cannot_check": "#a3acb5",
    },
)
LIGHT = Colours(
    ground="#e6e9ec",
    panel="#f5f7f8",
    field="#ffffff",
    edge="#b4bcc4",
    text="#14181c",
    dim="#47515a",
    off="#868f98",
    chosen="#cbdff2",
    focus="#1f5f99",
    hover="#b3d0ec",
    bar="#7b858f",
    bar_most="#14181c",
    warning="#98230b",
    problem="#fae3df",
    problem_edge="#d29a92",
    inks=("#3d4852", "#1f5f99", "#8a5a00", "#24663a", "#7a3a7a", "#6b747d"),
    verdicts={
        "fail": "#a3201a",
        "error": "#762a76",
        "warn": "#714c00",
        "pass": "#1a6130",
        "info": "#37424c",
        "cannot_check": "#4b555f",
    },
)
