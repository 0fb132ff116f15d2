from __future__ import annotations

from tests.radiograph.files import dataset, write
from xraydemo.cohort.cohort import read_cohort
from xraydemo.cohort.patients import patients_of


def write_of(patient: str, path):
    return write(dataset(PatientID=patient), path)


def test_files_of_one_patient_are_one_group_and_the_id_is_kept_nowhere(tmp_path) -> None:
    for name, patient in (("a", "Doe^7"), ("b", "X"), ("c", "Doe^7"), ("d", "")):
        write_of(patient, tmp_path / name)
    (tmp_path / "e.png").write_bytes(b"no picture")
    cohort = read_cohort(tmp_path)
    assert cohort.table["group"].tolist() == ["patient 1", "patient 2", "patient 1", "", ""]
    assert cohort.grouping == "the tag PatientID"
    assert "Doe" not in cohort.table.to_csv()


def test_an_id_that_all_bear_is_nobodys(tmp_path) -> None:
    paths = [write_of("ANONYMOUS", tmp_path / f"{i:02d}.dcm") for i in range(11)]
    assert patients_of(paths) == [""] * 11
    assert patients_of(paths[:10]) == ["patient 1"] * 10
