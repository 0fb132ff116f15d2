"""The elements of a DICOM header as rows of text, with those marked that may name somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom import DataElement, Dataset

_LONGEST = 120

# people, free text, locations, machine names and what pydicom has no dictionary entry for
_IDENTIFYING_VRS = ("PN", "LT", "ST", "UT", "UC", "UR", "UN", "AE")
_BINARY_VRS = ("OB", "OW", "OF", "OD", "OL", "OV", "UN")
# of all the unique identifiers, these name a kind of thing and not a thing
_HARMLESS_UIDS = (
    "SOPClassUID",
    "TransferSyntaxUID",
    "ImplementationClassUID",
    "CodingSchemeUID",
    "MappingResourceUID",
    "ContextUID",
)
_HARMLESS_OF_PATIENT = (
    "PatientSex",
    "PatientAge",
    "PatientSize",
    "PatientWeight",
    "PatientIdentityRemoved",
    "DeidentificationMethod",
)
# parts of the keywords of PS3.15 table E.1-1 that tell who, or that people type into freely
_IDENTIFYING_WORDS = (
    "Accession", "Address", "Admission", "Admitting", "Allerg", "BirthDate", "BirthTime", "Comment",
    "Contact", "Description", "Diagnos", "History", "Identifier", "Institutional", "Insurance",
    "Issuer", "Medical", "Occupation", "Operator", "Order", "Patient", "Performed", "Person",
    "Physician", "Placer", "Reason", "Request", "Scheduled", "SerialNumber", "Signature",
    "SpecialNeeds", "StationName", "StudyID", "Telephone", "Trial", "Verifying", "Visit",
)  # fmt: skip
_HARMLESS = ("PatientPosition", "PatientOrientation", "CodeMeaning", "RequestedImageSize")


@dataclass(frozen=True)
class Tag:
    """One element of a header, as text.

    Parameters
    ----------
    tag : str
        "(0008,0060)"; an element inside a sequence has a ">" for each level before it.
    keyword, name, vr : str
        As in the data dictionary (PS3.6); keyword and name are empty for what is not in it.
    value : str
        Shortened; for binary values their size.
    identity : bool
        Whether it may tell who the patient or the staff is. Said rather too often than too rarely.
    """

    tag: str
    keyword: str
    name: str
    vr: str
    value: str
    identity: bool


def tags_of(header: Dataset) -> list[Tag]:
    """Return every element of a header: file meta information, data set, and what is inside.

    Parameters
    ----------
    header : Dataset
        As `dicom_header` returns it.

    Returns
    -------
    list of Tag
        In the order of the file.
    """
    return [*_rows(header.file_meta, "", within=False), *_rows(header, "", within=False)]


def _rows(data: Dataset, depth: str, *, within: bool) -> Iterator[Tag]:
    """Walk a data set; `within` an element that is an identity everything is one."""
    for tag in sorted(data.keys()):
        where = f"{depth}({tag.group:04X},{tag.element:04X})"
        try:
            element = data[tag]
            value = _value(element)
        except Exception as error:  # noqa: BLE001  # pydicom converts values when asked for them
            yield Tag(where, "", "", "", f"unreadable ({type(error).__name__})", identity=True)
            continue
        identity = within or is_identity(element)
        yield Tag(where, element.keyword, element.name, element.VR, value, identity)
        if element.VR == "SQ":
            for item in element.value:
                yield from _rows(item, depth + "> ", within=identity)


def is_identity(element: DataElement) -> bool:
    """Tell whether an element may identify somebody (PS3.15 annex E, generously read).

    Parameters
    ----------
    element : DataElement

    Returns
    -------
    bool
        True for private elements, names, free text, dates of birth, numbers given to people,
        visits and machines, and all unique identifiers but those of kinds.
    """
    keyword = element.keyword
    if element.tag.is_private or not keyword:
        return True
    if element.VR == "UI":
        return not keyword.endswith(_HARMLESS_UIDS)
    if keyword in _HARMLESS_OF_PATIENT or keyword in _HARMLESS:
        return False
    if element.VR in _IDENTIFYING_VRS or element.tag.group == 0x0010:
        return True
    return any(word in keyword for word in _IDENTIFYING_WORDS) or keyword.endswith("ID")


def _value(element: DataElement) -> str:
    if element.VR == "SQ":
        return f"{len(element.value)} items" if len(element.value) != 1 else "1 item"
    if isinstance(element.value, bytes) or element.VR in _BINARY_VRS:
        return f"{len(element.value or b'')} bytes"
    if element.VR == "UI" and element.value and element.VM == 1:
        text = element.value.name
    elif element.VM > 1:
        text = ", ".join(str(part) for part in element.value)
    else:
        text = "" if element.value is None else str(element.value)
    text = " ".join(text.replace("\x00", " ").split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
