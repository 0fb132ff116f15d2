"""What a DICOM header tells about an X-ray: facts, without identities."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydicom.uid import UID

if TYPE_CHECKING:
    from pydicom import Dataset

    from xraydemo.radiograph.readers.decoded import Facts

# fact, keyword
_TEXTS = (
    ("modality", "Modality"),
    ("view", "ViewPosition"),
    ("body_part", "BodyPartExamined"),
    ("laterality", "ImageLaterality"),
    ("laterality", "Laterality"),
    ("sex", "PatientSex"),
    ("site", "InstitutionName"),
    ("manufacturer", "Manufacturer"),
    ("device", "ManufacturerModelName"),
    ("photometric", "PhotometricInterpretation"),
    ("presentation_lut_shape", "PresentationLUTShape"),
    ("lossy", "LossyImageCompression"),
)
_WHOLE_NUMBERS = (
    ("width", "Columns"),
    ("height", "Rows"),
    ("bits_stored", "BitsStored"),
    ("bits_allocated", "BitsAllocated"),
)
# kV, mAs, ms, mA, mm
_NUMBERS = (
    ("kvp", "KVP"),
    ("exposure", "Exposure"),
    ("exposure_time", "ExposureTime"),
    ("tube_current", "XRayTubeCurrent"),
    ("pixel_spacing", "PixelSpacing"),
    ("pixel_spacing", "ImagerPixelSpacing"),
)
_YEARS_PER = {"Y": 1.0, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}


def header_facts(header: Dataset, syntax: UID) -> Facts:
    """Return the facts of a DICOM header; what is absent or unreadable is left out.

    Parameters
    ----------
    header : Dataset
        Without pixels.
    syntax : UID
        The transfer syntax.

    Returns
    -------
    dict
        `age` in years, `date` as YYYY-MM-DD, `pixel_spacing` in mm between rows, `exposure` in mAs,
        `exposure_time` in ms, `tube_current` in mA, `voi` one of "lut", "window", "none".
    """
    facts: Facts = {"format": "DICOM", "transfer_syntax": syntax.name}
    for fact, keyword in _WHOLE_NUMBERS:
        if (number := number_of(header, keyword)) is not None:
            facts[fact] = int(number)
    for fact, keyword in _TEXTS:
        if text := text_of(header, keyword):
            facts.setdefault(fact, text)
    for fact, keyword in _NUMBERS:
        if (number := number_of(header, keyword)) is not None:
            facts.setdefault(fact, number)
    return facts | _derived(header, facts)


def _derived(header: Dataset, facts: Facts) -> Facts:
    """Return the facts that are no element's own value."""
    derived: Facts = {
        "frames": max(int(number_of(header, "NumberOfFrames") or 1), 1),
        "voi": _kind_of_voi(header),
    }
    if "bits_stored" in facts:
        derived["bits"] = facts["bits_stored"]
    if sop_class := text_of(header, "SOPClassUID"):
        derived["sop_class"] = UID(sop_class).name
    if (age := years(text_of(header, "PatientAge"))) is not None:
        derived["age"] = age
    if date := iso_date(text_of(header, "StudyDate")):
        derived["date"] = date
        derived["year"] = int(date[:4])
    return derived


def _kind_of_voi(header: Dataset) -> str:
    if first_of(header, "VOILUTSequence") is not None:
        return "lut"
    return "none" if number_of(header, "WindowWidth") is None else "window"


def first_of(header: Dataset, keyword: str) -> Any:  # noqa: ANN401  # of any VR
    """Return the first value of an element, None if it is absent, empty or malformed."""
    try:
        value = header.get(keyword)
        if value is None or isinstance(value, str | bytes):
            return value
        if hasattr(value, "__len__"):
            return value[0] if len(value) else None
    except Exception:  # noqa: BLE001  # pydicom converts values when they are asked for
        return None
    return value


def text_of(header: Dataset, keyword: str) -> str:
    """Return an element as text, "" if it is absent, empty or malformed."""
    value = first_of(header, keyword)
    return "" if value is None else str(value).replace("\x00", "").strip()


def number_of(header: Dataset, keyword: str) -> float | None:
    """Return the first number of an element, None if it is absent, empty or malformed."""
    try:
        number = float(first_of(header, keyword))
    except (TypeError, ValueError):
        return None
    return number if abs(number) < float("inf") else None


def years(age: str) -> float | None:
    """Return an Age String (PS3.5 section 6.2: "045Y", "018M", "003W", "010D") in years."""
    found = re.fullmatch(r"(\d{1,3})([YMWD]?)", age.strip().upper())
    if not found:
        return None
    return round(int(found[1]) * _YEARS_PER[found[2] or "Y"], 2)


def iso_date(date: str) -> str:
    """Return a Date (PS3.5 section 6.2: "20200401", of old "2020.04.01") as "2020-04-01"."""
    found = re.fullmatch(r"(\d{4})[.\-/]?(\d{2})[.\-/]?(\d{2})", date)
    if not found or not ("01" <= found[2] <= "12" and "01" <= found[3] <= "31"):
        return ""
    return "-".join(found.groups())
