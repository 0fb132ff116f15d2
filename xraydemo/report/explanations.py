"""What stands beside every check, in plain words: the report prints it, the window's help shows it.

The texts are in ``explanations.toml``, one section a check.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

TEXTS = "explanations.toml"


@dataclass(frozen=True)
class Source:
    """Where a method comes from.

    Attributes
    ----------
    authors, title : str
        The title, with where it appeared in brackets.
    year : int
    """

    authors: str
    title: str
    year: int

    def __str__(self) -> str:
        return f"{self.authors}: {self.title}, {self.year}"


@dataclass(frozen=True)
class Explanation:
    """What stands beside a check.

    Attributes
    ----------
    how : str
        How it is computed, in two sentences.
    cannot_tell : str
        What it leaves open whatever it finds.
    next : str
        What to do where it warns or fails.
    sources : tuple of Source
    literature : str
        What others measured with it, or found by it; "" where nothing is told.
    """

    how: str
    cannot_tell: str
    next: str
    sources: tuple[Source, ...]
    literature: str = ""


@cache
def explanations() -> dict[str, Explanation]:
    """Read all explanations, by check id."""
    text = files("xraydemo.report").joinpath(TEXTS).read_text("utf-8")
    return {
        check_id: Explanation(
            section["how"],
            section["cannot_tell"],
            section["next"],
            tuple(Source(**source) for source in section["sources"]),
            section.get("literature", ""),
        )
        for check_id, section in tomllib.loads(text).items()
    }
