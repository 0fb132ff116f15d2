"""A user's own names of the classes, mapped onto the four classes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from xraydemo.classes import CLASSES
from xraydemo.errors import BadCohort

# Names as public collections and hospitals write them; case, spaces, hyphens and underscores are of
# no account. Names that could mean two things ("negative", "abnormal") are left to --map.
ALIASES: dict[str, tuple[str, ...]] = {
    "normal": (
        "normal",
        "normals",
        "no finding",
        "no findings",
        "healthy",
        "healthy control",
        "control",
    ),
    "covid": (
        "covid",
        "COVID-19",
        "COVID-19 pneumonia",
        "COVID pneumonia",
        "pneumonia COVID-19",
        "SARS-CoV-2",
        "2019-nCoV",
        "corona",
        "coronavirus",
    ),
    "pneumonia": (
        "pneumonia",
        "viral pneumonia",
        "bacterial pneumonia",
        "pneumonia viral",
        "pneumonia bacterial",
        "pneumonia virus",
        "pneumonia bacteria",
    ),
    "opacity": (
        "opacity",
        "opacities",
        "lung opacity",
        "lung opacities",
        "pulmonary opacity",
        "pulmonary opacities",
    ),
}

_NO_ACCOUNT = re.compile(r"[\s_\u2010-\u2015-]+")


def normalized(label: str) -> str:
    """Return a label without what is of no account: case, spaces, hyphens, underscores, widths."""
    folded = unicodedata.normalize("NFKC", label).casefold()
    bare = _NO_ACCOUNT.sub("", unicodedata.normalize("NFKC", folded))
    # an accent that stood alone may now stand on a letter
    return unicodedata.normalize("NFKC", bare)


_CLASS_OF = {normalized(alias): name for name, aliases in ALIASES.items() for alias in aliases}


def map_labels(labels: Iterable[str], own: Mapping[str, str]) -> dict[str, str]:
    """Map labels, as found, onto classes.

    Parameters
    ----------
    labels : iterable of str
        Doubled ones and "" are ignored.
    own : mapping of str to str
        The user's own word on what is what, "" for none of the classes; it wins over the built-in
        aliases.

    Returns
    -------
    dict of str to str
        Each label's class, or "" where nothing fits; in order of first occurrence.

    Raises
    ------
    BadCohort
        If `own` names a class that isn't one, or one label twice with two classes.
    """
    class_of = _CLASS_OF | _checked(own)
    return {label: class_of.get(normalized(label), "") for label in labels if label}


def _checked(own: Mapping[str, str]) -> dict[str, str]:
    checked: dict[str, str] = {}
    for label, wanted in own.items():
        name = _CLASS_OF.get(normalized(wanted)) if wanted else ""
        if name is None:
            raise BadCohort(
                f"--map {label}={wanted}: there is no class {wanted!r}",
                f"The classes are {', '.join(CLASSES)}",
            )
        if checked.setdefault(normalized(label), name) != name:
            raise BadCohort(
                f"--map gives {label} two classes, {checked[normalized(label)]} and {name}",
                "Case, spaces, hyphens and underscores are of no account; give each label once",
            )
    return checked
