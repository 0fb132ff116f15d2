"""Writes a synthetic X-ray as a DICOM file that says everywhere that it is synthetic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    ComputedRadiographyImageStorage,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    generate_uid,
)

from xraydemo.phantom.scanners import SCANNERS, WHITE

if TYPE_CHECKING:
    from xraydemo.cohort.phantom_plan import Row
    from xraydemo.phantom.render import Phantom

MANUFACTURER = "xraydemo phantom"
COMMENT = "Synthetic. Made by xraydemo phantom; it shows nobody."
_KVP = {"PA": 120, "AP": 90}
_SOURCE_TO_DETECTOR = {"PA": 1800, "AP": 1100}


def write_dicom(path: Path, phantom: Phantom, row: Row, seed: int) -> None:
    """Write a phantom as a CR or DX image (PS3.3 A.2 and A.26), 12 bits, uncompressed.

    Parameters
    ----------
    path : Path
    phantom : Phantom
    row : Row
        What its tags tell: patient, view, age, sex, date, site, scanner.
    seed : int
        Of the cohort; unique identifiers come from it and from the row's name, so the same cohort
        has the same bytes.
    """
    is_plate = SCANNERS[row.source].modality == "CR"
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    _identify(data, row, seed, is_plate=is_plate)
    _describe(data, phantom, row)
    if not is_plate:
        _describe_detector(data)
    _add_pixels(data, phantom)
    data.save_as(path, enforce_file_format=True)


def _identify(data: Dataset, row: Row, seed: int, *, is_plate: bool) -> None:
    """Write whose X-ray it is, of which study, and when."""

    def uid(*of: str) -> UID:
        return generate_uid(entropy_srcs=[MANUFACTURER, str(seed), *of])

    storage = (
        ComputedRadiographyImageStorage if is_plate else DigitalXRayImageStorageForPresentation
    )
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = storage
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = uid("image", row.name)
    data.StudyInstanceUID, data.SeriesInstanceUID = uid("study", row.name), uid("series", row.name)
    data.SpecificCharacterSet = "ISO_IR 192"
    data.PatientName, data.PatientID = f"Phantom^{row.patient}", row.patient
    data.PatientBirthDate, data.PatientSex, data.PatientAge = "", row.sex, f"{row.age:03d}Y"
    data.StudyDate = data.ContentDate = row.date.replace("-", "")
    data.StudyTime = data.ContentTime = ""
    data.StudyID = data.AccessionNumber = data.ReferringPhysicianName = ""
    data.SeriesNumber, data.InstanceNumber = 1, 1
    data.Modality = SCANNERS[row.source].modality
    data.Manufacturer, data.ManufacturerModelName = MANUFACTURER, row.source
    data.InstitutionName = row.site


def _describe(data: Dataset, phantom: Phantom, row: Row) -> None:
    """Write how it was taken, and that nobody stood there."""
    spacing = phantom.parameters["pose"]["field"] / len(phantom.pixels)
    data.ImageType = ["DERIVED", "PRIMARY"]
    data.DerivationDescription = COMMENT
    data.ImageComments = COMMENT
    data.BurnedInAnnotation = "NO"  # letters and words are burned in, but none that names anybody
    data.LossyImageCompression = "01" if row.jpeg else "00"
    data.BodyPartExamined, data.ViewPosition = "CHEST", row.view
    data.PatientOrientation = ["L", "F"]
    data.KVP = _KVP[row.view]
    data.DistanceSourceToDetector = _SOURCE_TO_DETECTOR[row.view]
    data.ImagerPixelSpacing = [f"{spacing:.4f}"] * 2


def _describe_detector(data: Dataset) -> None:
    """Write what a DX image must have beyond a CR image."""
    data.PresentationIntentType = "FOR PRESENTATION"
    data.DetectorType = "DIRECT"
    data.ImageLaterality = "U"
    data.AcquisitionContextSequence = Sequence()
    data.AnatomicRegionSequence = Sequence([_code("43799004", "SCT", "Chest")])
    data.ViewCodeSequence = Sequence()
    data.PixelIntensityRelationship, data.PixelIntensityRelationshipSign = "LOG", 1
    data.RescaleIntercept, data.RescaleSlope, data.RescaleType = 0, 1, "US"
    data.PresentationLUTShape = "IDENTITY"


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code


def _add_pixels(data: Dataset, phantom: Phantom) -> None:
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.Rows, data.Columns = phantom.pixels.shape
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
    data.WindowCenter, data.WindowWidth = (WHITE + 1) // 2, WHITE + 1
    data.PixelData = phantom.pixels.astype(np.dtype("<u2")).tobytes()
