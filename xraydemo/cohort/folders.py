"""The rows of a folder: class folders, a flat folder, or a DICOM tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xraydemo.classes import CLASSES
from xraydemo.cohort.files import files_below
from xraydemo.cohort.labels import map_labels
from xraydemo.cohort.problem import Problem
from xraydemo.errors import BadCohort, UnreadableImage
from xraydemo.radiograph.readers.dicom import dicom_header
from xraydemo.radiograph.readers.quiet import hush
from xraydemo.radiograph.readers.sniff import sniff

DICOMDIR = "DICOMDIR"

_SNIFFED = 20  # files are enough to tell a DICOM tree from folders of pictures


@dataclass(frozen=True, eq=False)
class FolderRows:
    """The X-rays of a folder.

    Parameters
    ----------
    files : list of Path
        Sorted.
    labels : list of str
        The class folder that each is in, as it is called; "" where there is none.
    problems : list of Problem
    """

    files: list[Path]
    labels: list[str]
    problems: list[Problem]


def read_folder_rows(
    folder: Path, mapping: Mapping[str, str], *, labelled: bool = True
) -> FolderRows:
    """List a folder's X-rays, with the labels that its subfolders give.

    It is a DICOM tree, without labels, if it holds a ``DICOMDIR``, or if no subfolder is called as
    a class is and one of the first files in it is DICOM. Else its subfolders are classes, at any
    depth below them; else, without subfolders, it is flat and without labels.

    Parameters
    ----------
    folder : Path
    mapping : mapping of str to str
        See `map_labels`.
    labelled : bool
        False where the subfolders are no classes, whatever they are called.

    Returns
    -------
    FolderRows

    Raises
    ------
    BadCohort
        If there is no X-ray, or no subfolder is called as a class is.
    """
    files, problems = files_below(folder)
    if not files:
        said = f": {problems[0].message}" if problems else ""
        raise BadCohort(f"There is no X-ray in the folder {folder}{said}", "Check the path")

    catalogue = folder / DICOMDIR
    if catalogue.is_file():
        return FolderRows(files, [""] * len(files), problems + _absent_of(catalogue, files))

    if not labelled:
        return FolderRows(files, [""] * len(files), problems)
    labels = [_top_folder(file, folder) for file in files]
    class_of = map_labels(labels, mapping)
    if class_of and not any(class_of.values()):
        if not any(map(_is_dicom, files[:_SNIFFED])):
            raise _no_classes(folder, list(class_of))
        labels, class_of = [""] * len(files), {}
    return FolderRows(files, labels, problems + _unlabelled(folder, labels, class_of))


def _top_folder(file: Path, folder: Path) -> str:
    parts = file.relative_to(folder).parts
    return parts[0] if len(parts) > 1 else ""


def _is_dicom(file: Path) -> bool:
    try:
        return sniff(file) == "DICOM"
    except UnreadableImage:
        return False


def _no_classes(folder: Path, names: list[str]) -> BadCohort:
    shown = ", ".join(names[:8]) + (" ..." if len(names) > 8 else "")
    return BadCohort(
        f"No subfolder of {folder} is called as a class is: {shown}",
        f"The classes are {', '.join(CLASSES)}; say which is which with --map '{names[0]}=normal',"
        " or give a folder without subfolders",
        tuple(names),
    )


def _unlabelled(folder: Path, labels: list[str], class_of: dict[str, str]) -> list[Problem]:
    """List what has no label in a folder of class folders."""
    if not class_of:
        return []
    count = Counter(labels)
    problems = [
        Problem(
            f"{folder.name}/{label}",
            f"its name is none of the classes, so its {count[label]} files have no label",
            f"Say what it is: --map '{label}=normal', or another of {', '.join(CLASSES)}",
            "label of folder",
        )
        for label, name in class_of.items()
        if not name
    ]
    if count[""]:
        problems.append(
            Problem(
                folder.name,
                f"{count['']} files lie in no class folder, and have no label",
                "Move them into the folder of their class",
                "loose file",
            )
        )
    return problems


def _absent_of(catalogue: Path, files: list[Path]) -> list[Problem]:
    """List the files that a DICOMDIR names and that are not there."""
    hush()
    name = f"{catalogue.parent.name}/{DICOMDIR}"
    try:
        records = dicom_header(catalogue).DirectoryRecordSequence
        named = ["/".join(_parts(record.get("ReferencedFileID"))) for record in records]
    except (UnreadableImage, AttributeError, TypeError, ValueError) as error:
        message = error.message if isinstance(error, UnreadableImage) else "it can't be understood"
        return [Problem(name, message, "The files beside it are read without it", "dicomdir")]
    # copies from CDs often have their names in lower case
    there = {file.relative_to(catalogue.parent).as_posix().casefold() for file in files}
    return [
        Problem(name, f"it names {file}, which is not there", "Copy the medium again", "absent")
        for file in named
        if file and file.casefold() not in there
    ]


def _parts(referenced: object) -> list[str]:
    """Return a Referenced File ID (0004,1500) as its parts; one part alone is a plain string."""
    if not referenced:
        return []
    return [referenced] if isinstance(referenced, str) else [str(part) for part in referenced]  # type: ignore[attr-defined]
