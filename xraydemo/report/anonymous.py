"""Takes the names of files out of results: they can hold those of patients."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from xraydemo.evaluation.figures import Figure, Gallery
from xraydemo.evaluation.result import CheckResult

_LINE = re.compile(r"line \d+$")
_SUFFIX = r"\.(?:png|jpe?g|dcm|dicom|tiff?|bmp)\b"
_NAME = re.compile(r"[^\s·,;:()“”\"']+" + _SUFFIX, re.IGNORECASE)
_NAME_WITH_BLANKS = re.compile(r"[^\s·,;:()“”\"][^·,;:()“”\"]*" + _SUFFIX, re.IGNORECASE)
ONE, A_FILE = "one X-ray", "a file"


def without_file_names(document: Mapping[str, Any], files: Sequence[str]) -> dict[str, Any]:
    """Give what `results_json` gives, with files called by their place in the cohort.

    What is wrong with a cohort's table keeps its kind and the number of the line; the words, which
    quote names and cells, are left out. In what checks say, a name of the run's becomes its place,
    and any other word that ends like a picture's name "a file". A cohort of one file, which is
    named after it, becomes "one X-ray".

    Parameters
    ----------
    document : mapping
    files : sequence of str
        The run's `file`, by position.
    """
    cohort = document["cohort"]
    return {
        **document,
        "checks": _called_by_place(document["checks"], files),
        "cohort": {
            **cohort,
            "name": ONE if cohort["n"] == 1 else cohort["name"],
            "errors": [_error(error) for error in cohort["errors"]],
            "problems": [_problem(problem) for problem in cohort["problems"]],
        },
    }


def with_files_beside(
    anonymous: Sequence[CheckResult], named: Sequence[CheckResult]
) -> list[CheckResult]:
    """Give back to galleries the places of files outside the run, without which none can be shown.

    Parameters
    ----------
    anonymous : sequence of CheckResult
        Of a document `without_file_names`.
    named : sequence of CheckResult
        Of the same document with them.
    """
    return [
        replace(a, figures=tuple(map(_with_files_beside, a.figures, b.figures)))
        for a, b in zip(anonymous, named, strict=True)
    ]


def _with_files_beside(anonymous: Figure, named: Figure) -> Figure:
    if not (isinstance(anonymous, Gallery) and isinstance(named, Gallery)):
        return anonymous
    both = zip(anonymous.exhibits, named.exhibits, strict=True)
    return replace(anonymous, exhibits=tuple(replace(a, beside=b.beside) for a, b in both))


def _called_by_place(checks: list[Any], files: Sequence[str]) -> list[Any]:
    """Rename what checks say, wherever it stands; their ids stay."""
    said = "\n".join(set(_texts(checks)))
    named = {
        file: position
        for position, file in enumerate(files)
        if _is_telling(PurePath(file).name) and PurePath(file).name in said
    }
    return [{**_renamed_in(check, named), "id": check["id"]} for check in checks]


def _is_telling(name: str) -> bool:
    """Tell a name from a short word or number, which would stand in many texts by chance."""
    return len(name) >= (6 if name.isdigit() else 4)


def _texts(plain: Any) -> Iterator[str]:  # noqa: ANN401  JSON
    match plain:
        case str():
            yield plain
        case Mapping():
            yield from _texts(list(plain.values()))
        case list():
            for one in plain:
                yield from _texts(one)


def _renamed_in(plain: Any, named: Mapping[str, int], key: str = "") -> Any:  # noqa: ANN401
    match plain:
        case str():
            for file, position in named.items():
                if PurePath(file).name in plain:
                    plain = _renamed(plain, file, position)
            # an exhibit's caption is often a name with blanks, and a colon
            return (_NAME_WITH_BLANKS if key == "caption" else _NAME).sub(A_FILE, plain)
        case Mapping():
            return {name: _renamed_in(value, named, name) for name, value in plain.items()}
        case list() if key == "beside":
            return [A_FILE for _ in plain]
        case list():
            return [_renamed_in(value, named) for value in plain]
    return plain


def _error(error: Mapping[str, Any]) -> dict[str, Any]:
    file, position = error["file"], error["position"]
    words = {key: _renamed(error[key], file, position) for key in ("message", "hint")}
    return {**error, "file": _called(position), **words}


def _problem(problem: Mapping[str, Any]) -> dict[str, Any]:
    line = _LINE.search(problem["where"])
    return {**problem, "where": line[0] if line else "", "message": "", "hint": ""}


def _renamed(text: str, file: str, position: int) -> str:
    for name in dict.fromkeys((file, PurePath(file).name)):
        pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
        text = re.sub(pattern, _called(position), text) if name else text
    return text


def _called(position: int) -> str:
    return f"X-ray {position}"
