"""A cohort: which X-rays, with which label and group, read from a CSV, a folder or a DICOM tree."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from xraydemo.classes import CLASSES
from xraydemo.cohort.csv_rows import read_csv_rows
from xraydemo.cohort.folders import DICOMDIR, read_folder_rows
from xraydemo.cohort.labels import map_labels, normalized
from xraydemo.cohort.patients import patients_of
from xraydemo.cohort.problem import Problem
from xraydemo.cohort.where import select
from xraydemo.errors import BadCohort

__all__ = ["Cohort", "Problem", "read_cohort"]

COLUMNS = ("file", "path", "label", "given_label", "group", "problem")
# a CSV's own columns of these names, which are those of cohorts and runs, are renamed
OURS = (
    "path", "given_label", "problem", "sha256", "pixel_sha256", "phash", "milliseconds",
    "error_type", "error_message", "error_hint",
)  # fmt: skip
GROUPS = ("group", "patientid")  # normalized names of the columns that tell groups, best first
CSV_SUFFIXES = {".csv", ".tsv"}
WORKBOOK_SUFFIXES = {".xlsx", ".xls", ".ods"}


@dataclass(frozen=True, eq=False)
class Cohort:
    """A table of X-rays.

    Parameters
    ----------
    name : str
        For people: "train.csv, split=test".
    source : Path
        The CSV or the folder, absolute.
    table : pandas.DataFrame
        One row a place, in the cohort's order, all text, "" is unknown. Columns: `file` (as the
        user would write it, relative to the source's folder, with "/"), `path` (absolute), `label`
        (a class or ""), `given_label` (as found), `group` (same patient), `problem` ("" or why the
        file can't be read: such a row is not to be read), and the CSV's own columns.
    own_columns : tuple of str
        The CSV's other columns, in its order; not `file` and `label`.
    mapping : dict of str to str
        Each label as found and its class; "" where nothing fits.
    problems : tuple of Problem
        What was wrong; the rest is usable.
    grouping : str
        Where `group` comes from: "column patient_id"; "" when nothing is known.
    """

    name: str
    source: Path
    table: pd.DataFrame
    own_columns: tuple[str, ...]
    mapping: dict[str, str]
    problems: tuple[Problem, ...]
    grouping: str

    @property
    def fingerprint(self) -> str:
        """Tell one cohort from another: a SHA-256 of the table, but not of any pixel."""
        columns = [*COLUMNS[:5], *(name for name in self.own_columns if name not in COLUMNS)]
        content = [columns, self.table[columns].to_numpy().tolist()]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def read_cohort(
    source: str | Path,
    *,
    where: Sequence[str] = (),
    mapping: Mapping[str, str] = {},
    labelled: bool = True,
) -> Cohort:
    """Read a cohort.

    Parameters
    ----------
    source : str or Path
        A CSV (`file`, perhaps `label`, and any other columns; paths relative to it), a folder of
        class folders, a flat folder, a DICOM tree or its DICOMDIR, or one file.
    where : sequence of str
        Conditions on columns, all of which the rows meet; see `where.parse`.
    mapping : mapping of str to str
        Own label to class; it wins over the built-in aliases.
    labelled : bool
        False where a folder's subfolders are no classes, whatever they are called.

    Returns
    -------
    Cohort
        Rows whose file is absent or may not be used are in the table, with a `problem`.

    Raises
    ------
    BadCohort
        If the source can't be used at all; the message names the file, and the line of a CSV.
    """
    source = Path(os.path.abspath(source))  # noqa: PTH100  (resolve() would follow links)
    if source.name.upper() == DICOMDIR and source.is_file():
        source = source.parent
    if source.is_dir():
        found = _from_folder(source, mapping, labelled=labelled)
    elif source.suffix.lower() in CSV_SUFFIXES:
        found = _from_csv(source)
    elif source.suffix.lower() in WORKBOOK_SUFFIXES:
        hint = "Save its sheet as a CSV in UTF-8, and give that"
        raise BadCohort(f"{source} is a workbook, which is not read here", hint)
    elif source.is_file():
        found = _Found(_table([source.name], [source], [""]), [""], [], "")
    else:
        raise BadCohort(f"There is no file or folder {source}", "Check the path for typing errors")
    return _settled(source, found, where, mapping)


@dataclass(frozen=True, eq=False)
class _Found:
    """Rows as found: `table` without classes, `places` for the messages, one a row."""

    table: pd.DataFrame
    places: list[str]
    problems: list[Problem]
    grouping: str
    own_columns: tuple[str, ...] = ()


def _settled(
    source: Path, found: _Found, where: Sequence[str], mapping: Mapping[str, str]
) -> Cohort:
    """Map the labels, choose the rows, and look at the files of those."""
    table = found.table
    class_of = map_labels(table["given_label"], mapping)
    table["label"] = [class_of.get(label, "") for label in table["given_label"]]
    problems = [*found.problems, *_idle(mapping, class_of)]

    chosen = select(table.drop(columns="problem"), where)
    places = pd.Series(found.places, dtype=object)[chosen].tolist()
    table = table[chosen].reset_index(drop=True)
    class_of = {label: class_of[label] for label in table["given_label"].unique() if label}
    if class_of and not any(class_of.values()):
        raise _none_maps(source, list(class_of))

    if not source.is_dir():
        table, of_rows = _looked_at(source, table, places)
        problems += of_rows
    name = ", ".join([source.name or str(source), *where])
    grouping = found.grouping if table["group"].any() else ""
    if not grouping:
        readable = table["path"].where(table["problem"] == "", "")
        table["group"] = patients_of(readable)
        grouping = "the tag PatientID" if table["group"].any() else ""
    return Cohort(name, source, table, found.own_columns, class_of, tuple(problems), grouping)


def _from_folder(folder: Path, mapping: Mapping[str, str], *, labelled: bool) -> _Found:
    rows = read_folder_rows(folder, mapping, labelled=labelled)
    names = [file.relative_to(folder).as_posix() for file in rows.files]
    table = _table(names, rows.files, rows.labels)
    unwritable = table["problem"] != ""
    problems = [
        Problem(f"{folder.name}/{name}", message, "Rename the file", "name")
        for name, message in table.loc[unwritable, ["file", "problem"]].to_numpy()
    ]
    return _Found(table, names, rows.problems + problems, "")


def _from_csv(csv: Path) -> _Found:
    rows = read_csv_rows(csv)
    own = rows.table.drop(columns=["file", "label"], errors="ignore")
    own = own.rename(columns={name: _free_name(name, own.columns) for name in OURS})
    names = tuple(map(str, own.columns))
    files = [_with_slashes(csv.parent, cell.strip()) for cell in rows.table["file"]]
    given = [cell.strip() for cell in rows.table["label"]] if "label" in rows.table else None
    paths = [Path(os.path.normpath(csv.parent / file)) for file in files]

    table = _table(files, paths, given or [""] * len(files))
    grouping = ""
    for wanted in GROUPS:
        matches = [name for name in names if normalized(name) == wanted and own[name].any()]
        if matches:
            table["group"] = own[matches[0]].str.strip()
            grouping = f"column {matches[0]}"
            break
    table = pd.concat([table, own.drop(columns="group", errors="ignore")], axis=1)
    places = [f"{csv.name}, line {line}" for line in rows.lines]
    return _Found(table, places, [], grouping, names)


def _free_name(name: str, taken: Container[str]) -> str:
    name = f"own_{name}"
    return _free_name(name, taken) if name in taken else name


def _with_slashes(folder: Path, file: str) -> str:
    """Return a path with slashes, if it is from a table of Windows and not a strange name."""
    if "\\" in file and not os.path.lexists(folder / file):
        return file.replace("\\", "/")
    return file


def _table(files: Sequence[str], paths: Sequence[Path], given: Sequence[str]) -> pd.DataFrame:
    table = pd.DataFrame("", index=range(len(files)), columns=list(COLUMNS), dtype=str)
    # names of files are bytes, and some are no text: these could be stored nowhere
    writable = [_as_text(str(path)) == str(path) for path in paths]
    table["file"] = [_as_text(file) for file in files]
    table["path"] = [_as_text(str(path)) for path in paths]
    table["given_label"] = [_as_text(label) for label in given]
    table.loc[[not fine for fine in writable], "problem"] = "the name of the file is not UTF-8"
    return table


def _as_text(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _looked_at(
    source: Path, table: pd.DataFrame, places: list[str]
) -> tuple[pd.DataFrame, list[Problem]]:
    """Look at each row of a CSV: mark what can't be read, leave out doubled rows, list all."""
    problems: list[Problem] = []
    unusable: dict[int, Problem] = {}
    kept: dict[tuple[str, str], int] = {}
    columns = ("file", "path", "label", "given_label")
    cells = zip(*(table[column].tolist() for column in columns), strict=True)
    for row, (file, path, label, given) in enumerate(cells):
        # two labels that both map onto nothing are still two labels; rows without a file are many
        key = (path if file else f"row {row}", label or given)
        if key in kept:
            line = places[kept[key]].rpartition(", ")[2]
            message = f"{file} stands on {line} already, with the same label"
            problems.append(Problem(places[row], message, "The row is left out", "doubled"))
            continue
        kept[key] = row
        wrong = _wrong_with_file(source, places[row], file, path)
        if wrong:
            unusable[row] = wrong
            problems.append(wrong)
        if given and not label:
            problems.append(_unknown_label(places[row], given))

    if len(unusable) == len(kept):
        first = next(iter(unusable.values()))
        raise BadCohort(
            f"None of the {len(kept)} files of {source} can be used; {first.where}:"
            f" {first.message}",
            first.hint,
        )
    for row, wrong in unusable.items():
        table.loc[row, "problem"] = wrong.message
    return table.loc[list(kept.values())].reset_index(drop=True), problems


def _wrong_with_file(source: Path, place: str, file: str, path: str) -> Problem | None:
    if not file:
        return Problem(place, "the row names no file", "Fill in the column `file`", "no file")
    if Path(file).is_absolute() or not Path(path).is_relative_to(source.parent):
        hint = f"Give a path relative to {source.parent}, or move the table to the X-rays"
        return Problem(place, f"{file} is not in the table's folder", hint, "outside")
    if os.path.isfile(path):  # noqa: PTH113  (Path.is_file() raises on names that are too long)
        return None
    hint = f"Paths are relative to {source.parent}"
    if os.path.isdir(path):  # noqa: PTH112
        what = "is a folder"
    else:
        what = "is no regular file" if os.path.exists(path) else "is not there"  # noqa: PTH110
    return Problem(place, f"{file} {what}", hint, "absent")


def _unknown_label(place: str, label: str) -> Problem:
    message = f"the label {label!r} is none of the classes, so the row has none"
    hint = f"Say what it is: --map '{label}=normal', or another of {', '.join(CLASSES)}"
    return Problem(place, message, hint, "unknown label")


def _none_maps(source: Path, labels: list[str]) -> BadCohort:
    shown = ", ".join(map(repr, labels[:8])) + (" ..." if len(labels) > 8 else "")
    return BadCohort(
        f"None of the labels of {source} is one of the classes: {shown}",
        f"The classes are {', '.join(CLASSES)}; say which is which with --map '{labels[0]}=normal'",
        tuple(labels),
    )


def _idle(mapping: Mapping[str, str], class_of: Mapping[str, str]) -> list[Problem]:
    """List mapped labels that occur nowhere: they are likely to be misspelt."""
    there = {normalized(label) for label in class_of}
    return [
        Problem(
            f"--map {label}={name}",
            f"there is no label {label!r}",
            f"The labels are {', '.join(class_of)}" if class_of else "There are no labels",
            "mapping",
        )
        for label, name in mapping.items()
        if normalized(label) not in there
    ]
