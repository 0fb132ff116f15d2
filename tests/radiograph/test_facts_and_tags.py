from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import generate_uid

from tests.radiograph.files import dataset, write
from xraydemo.radiograph import read, read_facts, read_tags
from xraydemo.radiograph.readers.dicom_facts import iso_date, years

if TYPE_CHECKING:
    from pathlib import Path

SECRETS = {
    "PatientName": "Doe^Jane",
    "PatientID": "4711",
    "PatientBirthDate": "19700101",
    "AccessionNumber": "ACC9",
    "OtherPatientIDs": "OTHER7",
    "ReferringPhysicianName": "Ref^Doc",
    "PerformingPhysicianName": "Perf^Doc",
    "OperatorsName": "Op^Erator",
    "InstitutionAddress": "1 Road",
    "PatientAddress": "2 Road",
    "PatientComments": "calls himself Max",
    "ImageComments": "Max again",
    "StudyDescription": "chest of Max",
    "StudyID": "S1",
    "DeviceSerialNumber": "SN5",
    "StationName": "ROOM3",
}


@pytest.fixture
def full(tmp_path: Path) -> Path:
    ds = dataset(BitsStored=12)
    for keyword, value in SECRETS.items():
        setattr(ds, keyword, value)
    ds.StudyInstanceUID, ds.SeriesInstanceUID = generate_uid(), generate_uid()
    ds.ViewPosition, ds.BodyPartExamined, ds.Laterality = "PA", "CHEST", "U"
    ds.PatientAge, ds.PatientSex, ds.StudyDate = "018M", "F", "20200401"
    ds.InstitutionName, ds.Manufacturer = "General Hospital", "Acme"
    ds.ManufacturerModelName, ds.KVP, ds.Exposure = "X1", 120, 3
    ds.ImagerPixelSpacing = [0.143, 0.143]
    ds.WindowCenter, ds.WindowWidth = 2048, 4096
    other = Dataset()
    other.PatientID = "OLD1"
    other.TypeOfPatientID = "TEXT"
    ds.OtherPatientIDsSequence = Sequence([other])
    block = ds.private_block(0x0011, "ACME", create=True)
    block.add_new(1, "LO", "private words")
    return write(ds, tmp_path / "a.dcm")


def test_facts(full: Path) -> None:
    facts = read_facts(full)
    size = full.stat().st_size
    assert facts == {
        "format": "DICOM",
        "modality": "CR",
        "sop_class": "Computed Radiography Image Storage",
        "transfer_syntax": "Explicit VR Little Endian",
        "view": "PA",
        "body_part": "CHEST",
        "laterality": "U",
        "age": 1.5,
        "sex": "F",
        "date": "2020-04-01",
        "year": 2020,
        "site": "General Hospital",
        "manufacturer": "Acme",
        "device": "X1",
        "photometric": "MONOCHROME2",
        "kvp": 120,
        "exposure": 3,
        "pixel_spacing": 0.143,
        "width": 48,
        "height": 32,
        "bits": 12,
        "bits_stored": 12,
        "bits_allocated": 16,
        "frames": 1,
        "voi": "window",
        "bytes": size,
        "bytes_per_pixel": round(size / (32 * 48), 6),
    }
    assert read(full).facts == facts


def test_no_secret_is_a_fact(full: Path) -> None:
    told = " ".join(str(value) for value in read_facts(full).values())
    assert not [secret for secret in SECRETS.values() if secret in told]


def test_tags(full: Path) -> None:
    tags = {tag.keyword: tag for tag in read_tags(full) if not tag.tag.startswith(">")}
    assert tags["Modality"].tag == "(0008,0060)"
    assert (tags["Modality"].name, tags["Modality"].vr, tags["Modality"].value) == (
        "Modality",
        "CS",
        "CR",
    )
    assert tags["TransferSyntaxUID"].value == "Explicit VR Little Endian"
    assert tags["ImagerPixelSpacing"].value == "0.143, 0.143"
    assert "PixelData" not in tags
    for keyword in ("Modality", "SOPClassUID", "PatientSex", "PatientAge", "KVP", "WindowCenter"):
        assert not tags[keyword].identity, keyword


def test_secrets_are_marked(full: Path) -> None:
    tags = read_tags(full)
    marked = {tag.keyword for tag in tags if tag.identity}
    assert marked >= set(SECRETS) | {
        "SOPInstanceUID",
        "StudyInstanceUID",
        "SeriesInstanceUID",
        "MediaStorageSOPInstanceUID",
        "OtherPatientIDsSequence",
    }
    shown = " ".join(tag.value for tag in tags if not tag.identity)
    assert not [secret for secret in (*SECRETS.values(), "OLD1", "private") if secret in shown]
    # what is inside of a marked sequence is marked, whatever it is
    assert next(tag for tag in tags if tag.keyword == "TypeOfPatientID").identity


def test_long_and_binary_values_are_shortened(tmp_path: Path) -> None:
    ds = dataset(DerivationDescription="x" * 900)
    ds.add_new("ICCProfile", "OB", bytes(3000))
    tags = {tag.keyword: tag for tag in read_tags(write(ds, tmp_path / "a"))}
    assert len(tags["DerivationDescription"].value) == 120
    assert tags["ICCProfile"].value == "3000 bytes"


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        ("045Y", 45),
        ("018M", 1.5),
        ("003W", 0.06),
        ("010D", 0.03),
        ("45", 45),
        ("", None),
        ("?", None),
    ],
)
def test_age(age: str, expected: float | None) -> None:
    assert years(age) == expected


@pytest.mark.parametrize(
    ("date", "expected"),
    [("20200401", "2020-04-01"), ("2020.04.01", "2020-04-01"), ("20201399", ""), ("2020", "")],
)
def test_date(date: str, expected: str) -> None:
    assert iso_date(date) == expected
