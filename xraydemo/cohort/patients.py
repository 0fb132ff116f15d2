"""Which files are of the same patient, by what DICOM headers say."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from xraydemo.errors import XrayDemoError
from xraydemo.radiograph.readers.dicom import dicom_header
from xraydemo.radiograph.readers.sniff import sniff

MANY = 10  # files that all bear one id: then it stands for nobody, but for "anonymised"


def patients_of(paths: Iterable[str | Path]) -> list[str]:
    """Tell patients apart by their PatientID, numbered so that the id itself is kept nowhere.

    Parameters
    ----------
    paths : iterable of str or Path
        A file that is no DICOM, or can't be read, has no patient.

    Returns
    -------
    list of str
        "patient 1", "patient 2", ... in the order of their first file, "" where unknown; all
        unknown when more than ten files bear one and the same id.
    """
    ids = [_patient_id(Path(path)) for path in paths]
    known = [name for name in ids if name]
    if len(known) > MANY and len(set(known)) == 1:
        return [""] * len(ids)
    number = {name: i for i, name in enumerate(dict.fromkeys(known), start=1)}
    return [f"patient {number[name]}" if name else "" for name in ids]


def _patient_id(path: Path) -> str:
    with suppress(XrayDemoError, OSError):  # what is wrong with the file comes out when it is read
        if sniff(path) == "DICOM":
            return str(dicom_header(path).get("PatientID") or "").strip()
    return ""
