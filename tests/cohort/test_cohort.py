from __future__ import annotations

import os
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xraydemo.cohort.cohort import Cohort, Problem, read_cohort
from xraydemo.errors import BadCohort


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def write(folder: Path, text: str | bytes, name: str = "t.csv") -> Path:
    fill(folder, "a.png", "b.png", "deep/c.png")
    csv = folder / name
    csv.write_bytes(text if isinstance(text, bytes) else text.encode())
    return csv


def column(cohort: Cohort, name: str) -> list[str]:
    return cohort.table[name].tolist()


def kinds(cohort: Cohort) -> list[tuple[str, str]]:
    return [(problem.where, problem.kind) for problem in cohort.problems]


# ---------------------------------------------------------------------------------------- tables


def test_a_table(tmp_path) -> None:
    csv = write(tmp_path, "file,label,age,site\na.png,COVID-19,45,\ndeep/c.png,,,Wuhan\n")
    cohort = read_cohort(csv)
    assert cohort.name == "t.csv"
    assert cohort.source == csv
    assert cohort.own_columns == ("age", "site")
    assert cohort.mapping == {"COVID-19": "covid"}
    assert cohort.problems == ()
    assert cohort.grouping == ""
    assert cohort.table.to_dict("records") == [
        {
            "file": "a.png",
            "path": str(tmp_path / "a.png"),
            "label": "covid",
            "given_label": "COVID-19",
            "group": "",
            "problem": "",
            "age": "45",
            "site": "",
        },
        {
            "file": "deep/c.png",
            "path": str(tmp_path / "deep/c.png"),
            "label": "",
            "given_label": "",
            "group": "",
            "problem": "",
            "age": "",
            "site": "Wuhan",
        },
    ]
    assert isinstance(cohort.table.index, pd.RangeIndex)


def test_labels_are_not_needed(tmp_path) -> None:
    cohort = read_cohort(write(tmp_path, "file\na.png\nb.png\n"))
    assert column(cohort, "label") == column(cohort, "given_label") == ["", ""]
    assert cohort.mapping == {}


@pytest.mark.parametrize(
    "text",
    [
        "\ufefffile,label\na.png,covid\n",
        "file;label\na.png;covid\n",
        "file\tlabel\r\na.png\tcovid\r\n",
        "File,Label\na.png,covid\n",
        '"file", label \n"a.png", covid \n',
        "\nfile,label\n\na.png,covid\n\n",
        ",file,label\n0,a.png,covid\n",
    ],
)
def test_tables_as_programs_write_them(tmp_path, text) -> None:
    cohort = read_cohort(write(tmp_path, text))
    assert (column(cohort, "file"), column(cohort, "label")) == (["a.png"], ["covid"])


def test_backslashes_of_a_table_from_windows(tmp_path) -> None:
    cohort = read_cohort(write(tmp_path, "file\ndeep\\c.png\n"))
    assert column(cohort, "path") == [str(tmp_path / "deep/c.png")]
    assert column(cohort, "file") == ["deep/c.png"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", r"t\.csv is empty"),
        ("\n\n", r"t\.csv is empty"),
        ("file,label\n", r"t\.csv has no rows"),
        ("path,label\na.png,covid\n", r"line 1: the table has no column 'file'.*path, label"),
        ("file,age,age\na.png,1,2\n", r"line 1: the column 'age' stands there 2 times.*2, 3"),
        ("file,label\na.png,covid\nb.png\n", r"line 3 has 1 cells, but line 1 names 2 columns"),
        ("file,label\na.png,covid,1,2\n", r"line 2 has 4 cells, but line 1 names 2 columns"),
        ("file,label\n\na.png,covid,\n", r"line 3 has 3 cells"),
        ('file,label\na.png,covid\n"b.png,covid\n\n', r"line 3: the table can't be read"),
        ("file,label\na.png,covid\n".encode("utf-16"), r"it is UTF-16"),
        (b"file,site\na.png,here\nb.png,M\xfcnchen\n", r"byte 29, on line 3, is not UTF-8"),
        ("file,label\na.png,covid\n\0", r"line 3 is no text"),
        ("file,label\nx.png,covid\ny.png,covid\n", r"None of the 2 files.*line 2: x\.png is not"),
        ("file,label\na.png,flu\n", r"None of the labels.*'flu'.*--map 'flu=normal'"),
    ],
)
def test_tables_that_can_not_be_used(tmp_path, text, complaint) -> None:
    with pytest.raises(BadCohort, match=complaint):
        read_cohort(write(tmp_path, text))


def test_what_is_wrong_with_rows_is_listed_and_the_rest_is_used(tmp_path) -> None:
    (tmp_path / "sub").mkdir()
    fill(tmp_path, "outside.png")
    lines = [
        "file,label,note",
        "a.png,covid,",
        "../outside.png,covid,",
        f"{tmp_path}/outside.png,normal,",
        "b.png,flu,",
        'gone.png,covid,"two',
        'lines"',
        ",normal,",
        "deep,normal,",
        "a.png,COVID-19,the same label",
        "a.png,normal,another label",
        "deep/../deep/c.png,normal,",
        "deep/c.png,normal,",
        f"{'x' * 300}.png,normal,",
    ]
    cohort = read_cohort(write(tmp_path / "sub", "\n".join(lines)))
    assert kinds(cohort) == [
        ("t.csv, line 3", "outside"),
        ("t.csv, line 4", "outside"),
        ("t.csv, line 5", "unknown label"),
        ("t.csv, line 6", "absent"),
        ("t.csv, line 8", "no file"),
        ("t.csv, line 9", "absent"),
        ("t.csv, line 10", "doubled"),
        ("t.csv, line 13", "doubled"),
        ("t.csv, line 14", "absent"),
    ]
    assert all(problem.message and problem.hint for problem in cohort.problems)
    doubled = cohort.problems[6]
    assert "stands on line 2 already" in doubled.message
    # the doubled rows are left out; those without a usable file stay, and say why
    assert len(cohort.table) == len(lines) - 2 - 2
    usable = cohort.table[cohort.table["problem"] == ""]
    assert usable["file"].tolist() == ["a.png", "b.png", "a.png", "deep/../deep/c.png"]
    assert usable["label"].tolist() == ["covid", "", "normal", "normal"]
    said = dict(zip(cohort.table["file"], cohort.table["problem"], strict=True))
    assert said["gone.png"] == "gone.png is not there"
    assert said["deep"] == "deep is a folder"


def test_two_unknown_labels_of_one_file_are_two_rows(tmp_path) -> None:
    cohort = read_cohort(write(tmp_path, "file,label\nb.png,normal\na.png,flu\na.png,cold\n"))
    assert column(cohort, "given_label") == ["normal", "flu", "cold"]


def test_a_link_in_the_tables_folder_is_a_file_of_it(tmp_path) -> None:
    fill(tmp_path, "elsewhere/x.png")
    csv = write(tmp_path / "here", "file\nlink.png\ngone.png\n")
    (tmp_path / "here/link.png").symlink_to(tmp_path / "elsewhere/x.png")
    (tmp_path / "here/gone.png").symlink_to(tmp_path / "nowhere.png")
    assert kinds(read_cohort(csv)) == [("t.csv, line 3", "absent")]


def test_names_in_arabic_and_emoji(tmp_path) -> None:
    fill(tmp_path, "صور/رئة 1.png", "🫁🩻.png")
    csv = write(tmp_path, "file,label\nصور/رئة 1.png,سليم\n🫁🩻.png,😷\n", "جدول.csv")
    cohort = read_cohort(csv, mapping={"سليم": "normal", "😷": "covid"})
    assert cohort.problems == ()
    assert column(cohort, "label") == ["normal", "covid"]


# -------------------------------------------------------------------------------------- groups


@pytest.mark.parametrize(
    ("header", "grouping", "groups"),
    [
        ("file,group,patient_id", "column group", ["g", ""]),
        ("file,patient_id,age", "column patient_id", ["g", ""]),
        ("file,PatientID,patient", "column PatientID", ["g", ""]),
        ("file,patient id,x", "column patient id", ["g", ""]),
        ("file,x,group", "column group", ["p", "q"]),
        ("file,x,y", "", ["", ""]),
    ],
)
def test_groups(tmp_path, header, grouping, groups) -> None:
    cohort = read_cohort(write(tmp_path, f"{header}\na.png,g,p\nb.png,,q\n"))
    assert cohort.grouping == grouping
    assert column(cohort, "group") == groups
    assert cohort.own_columns == tuple(header.split(",")[1:])
    assert set(cohort.own_columns) <= set(cohort.table.columns)
    assert cohort.table.columns.is_unique


def test_an_empty_group_column_leaves_it_to_the_patients(tmp_path) -> None:
    cohort = read_cohort(write(tmp_path, "file,group,patient_id\na.png,,p\nb.png,,q\n"))
    assert (cohort.grouping, column(cohort, "group")) == ("column patient_id", ["p", "q"])


def test_columns_with_names_of_ours_are_renamed(tmp_path) -> None:
    cohort = read_cohort(write(tmp_path, "file,path,problem\na.png,/old/a,cough\n"))
    assert cohort.own_columns == ("own_path", "own_problem")
    assert column(cohort, "own_problem") == ["cough"]
    assert column(cohort, "path") == [str(tmp_path / "a.png")]


def test_a_name_that_is_free_is_found_for_a_column_named_as_ours(tmp_path) -> None:
    cohort = read_cohort(write(tmp_path, "file,path,own_path,sha256\na.png,/old/a,b,c\n"))
    assert cohort.own_columns == ("own_own_path", "own_path", "own_sha256")
    assert column(cohort, "own_own_path") == ["/old/a"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_a_pipe_is_no_file(tmp_path) -> None:
    table = write(tmp_path, "file\na.png\npipe.png\n")
    os.mkfifo(tmp_path / "pipe.png")
    cohort = read_cohort(table)
    assert column(cohort, "problem") == ["", "pipe.png is no regular file"]


# ------------------------------------------------------------------------------- where and map


def test_where_comes_before_files_are_looked_for(tmp_path) -> None:
    text = "file,label,split\na.png,covid,test\ngone.png,flu,pool\nb.png,normal,test\n"
    cohort = read_cohort(write(tmp_path, text), where=["split=test"])
    assert cohort.name == "t.csv, split=test"
    assert cohort.problems == ()
    assert column(cohort, "file") == ["a.png", "b.png"]
    assert cohort.mapping == {"covid": "covid", "normal": "normal"}


def test_problems_keep_the_lines_of_the_whole_table(tmp_path) -> None:
    text = "file,label,split\na.png,covid,pool\nb.png,covid,test\ngone.png,covid,test\n"
    cohort = read_cohort(write(tmp_path, text), where=["split=test"])
    assert kinds(cohort) == [("t.csv, line 4", "absent")]


def test_where_knows_file_label_and_the_class(tmp_path) -> None:
    csv = write(tmp_path, "file,label\na.png,COVID-19\nb.png,Healthy\n")
    assert column(read_cohort(csv, where=["label=covid"]), "file") == ["a.png"]
    assert column(read_cohort(csv, where=["given_label=Healthy"]), "file") == ["b.png"]
    assert column(read_cohort(csv, where=["file!=a.png", "label=normal"]), "file") == ["b.png"]


def test_the_users_mapping_wins_and_an_idle_one_is_listed(tmp_path) -> None:
    csv = write(tmp_path, "file,label\na.png,Viral Pneumonia\nb.png,normal\n")
    cohort = read_cohort(csv, mapping={"viral_pneumonia": "covid", "flu": "pneumonia"})
    assert cohort.mapping == {"Viral Pneumonia": "covid", "normal": "normal"}
    assert kinds(cohort) == [("--map flu=pneumonia", "mapping")]


# ------------------------------------------------------------------------------------- folders


def test_class_folders(tmp_path) -> None:
    fill(tmp_path, "COVID-19/b.png", "COVID-19/deep/er/a", "Normal/x.jpg", "Lung_Opacity/y.dcm")
    cohort = read_cohort(tmp_path)
    assert cohort.table[["file", "label", "given_label"]].to_numpy().tolist() == [
        ["COVID-19/b.png", "covid", "COVID-19"],
        ["COVID-19/deep/er/a", "covid", "COVID-19"],
        ["Lung_Opacity/y.dcm", "opacity", "Lung_Opacity"],
        ["Normal/x.jpg", "normal", "Normal"],
    ]
    assert (cohort.problems, cohort.own_columns, cohort.grouping) == ((), (), "")
    assert cohort.source == tmp_path
    assert column(read_cohort(tmp_path, where=["label=normal"]), "file") == ["Normal/x.jpg"]


def test_what_is_in_no_class_folder_is_listed_and_stays(tmp_path) -> None:
    fill(tmp_path, "covid/a.png", "flu/b.png", "flu/c.png", "loose.png", "notes.txt")
    cohort = read_cohort(tmp_path)
    assert column(cohort, "label") == ["covid", "", "", ""]
    assert [problem.kind for problem in cohort.problems] == ["label of folder", "loose file"]
    assert "2 files have no label" in cohort.problems[0].message
    assert cohort.mapping == {"covid": "covid", "flu": ""}
    assert read_cohort(tmp_path, mapping={"flu": "pneumonia"}).mapping["flu"] == "pneumonia"


def test_subfolders_that_are_no_classes_are_refused(tmp_path) -> None:
    fill(tmp_path, "tb/a.png", "flu/b.png")
    with pytest.raises(BadCohort, match=r"No subfolder.*flu, tb.*--map 'flu=normal'"):
        read_cohort(tmp_path)


def test_a_flat_folder_has_no_labels(tmp_path) -> None:
    cohort = read_cohort(fill(tmp_path, "b.png", "a", "🫁.png", ".hidden", "Thumbs.db", "x.csv"))
    assert column(cohort, "file") == ["a", "b.png", "🫁.png"]
    assert set(column(cohort, "label")) == {""}


def test_a_loop_of_links_ends_and_links_to_folders_are_not_followed(tmp_path) -> None:
    fill(tmp_path, "normal/a.png", "covid/b.png")
    (tmp_path / "normal/loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "covid/other").symlink_to(tmp_path / "normal", target_is_directory=True)
    (tmp_path / "covid/self").symlink_to(tmp_path / "covid/self")
    assert column(read_cohort(tmp_path), "file") == ["covid/b.png", "covid/self", "normal/a.png"]


def test_a_closed_folder_is_listed_and_the_rest_is_read(tmp_path, monkeypatch) -> None:
    fill(tmp_path, "normal/a.png", "covid/closed/b.png", "covid/c.png")
    close(monkeypatch, tmp_path / "covid/closed")
    cohort = read_cohort(tmp_path)
    assert column(cohort, "file") == ["covid/c.png", "normal/a.png"]
    assert kinds(cohort) == [(str(tmp_path / "covid/closed"), "folder")]
    assert "Permission denied" in cohort.problems[0].message


def test_nothing_but_a_closed_folder(tmp_path, monkeypatch) -> None:
    close(monkeypatch, tmp_path)
    with pytest.raises(BadCohort, match=r"no X-ray in the folder .*Permission denied"):
        read_cohort(tmp_path)


def close(monkeypatch, folder: Path) -> None:
    """Have a folder answer as if it may not be entered; root may enter every one."""
    scandir = os.scandir

    def refusing(path):
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)


def test_an_empty_folder(tmp_path) -> None:
    with pytest.raises(BadCohort, match="no X-ray in the folder"):
        read_cohort(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_no_text_is_listed(tmp_path) -> None:
    (tmp_path / "a.png").touch()
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/M\xfcller.png")).touch()
    except OSError:
        pytest.skip("this disk takes text only")
    cohort = read_cohort(tmp_path)
    assert column(cohort, "problem") == ["the name of the file is not UTF-8", ""]
    assert [problem.kind for problem in cohort.problems] == ["name"]
    assert len(cohort.fingerprint) == 64


# --------------------------------------------------------------------------------- DICOM trees


def dicom_tree(folder: Path, names: list[str]) -> Path:
    for name in names:
        fill(folder, name)
        (folder / name).write_bytes(bytes(128) + b"DICM" + bytes(50))
    return folder


def write_dicomdir(folder: Path, referenced: list[str | list[str]]) -> None:
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage

    records = []
    for file_id in referenced:
        record = Dataset()
        record.DirectoryRecordType = "IMAGE"
        record.ReferencedFileID = file_id
        records.append(record)
    patient = Dataset()
    patient.DirectoryRecordType = "PATIENT"
    catalogue = Dataset()
    catalogue.DirectoryRecordSequence = [patient, *records]
    catalogue.file_meta = FileMetaDataset()
    catalogue.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    catalogue.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    catalogue.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    catalogue.save_as(folder / "DICOMDIR", enforce_file_format=True)


def test_a_dicom_tree_without_a_dicomdir(tmp_path) -> None:
    names = ["PA0001/ST0001/SE0001/IM0001", "PA0002/ST0001/SE0001/IM0001"]
    cohort = read_cohort(dicom_tree(tmp_path, names))
    assert column(cohort, "file") == names
    assert column(cohort, "given_label") == ["", ""]
    assert cohort.mapping == {}


@pytest.mark.parametrize("given", ["", "DICOMDIR"])
def test_a_dicomdir_and_what_is_absent_of_it(tmp_path, given) -> None:
    dicom_tree(tmp_path, ["pa1/im1", "PA1/IM2", "TOP"])
    write_dicomdir(tmp_path, [["PA1", "IM1"], ["PA1", "IM2"], ["PA1", "IM3"], "TOP", "GONE"])
    cohort = read_cohort(tmp_path / given)
    assert cohort.source == tmp_path
    assert column(cohort, "file") == ["PA1/IM2", "TOP", "pa1/im1"]
    assert [problem.kind for problem in cohort.problems] == ["absent", "absent"]
    assert "PA1/IM3" in cohort.problems[0].message
    assert "GONE" in cohort.problems[1].message


@pytest.mark.parametrize(
    "content", [b"", b"no DICOM", bytes(128) + b"DICM\x04\x00\x20\x12SQ", bytes(128) + b"DICM"]
)
def test_a_broken_dicomdir_is_listed(tmp_path, content) -> None:
    dicom_tree(tmp_path, ["PA1/IM1"])
    (tmp_path / "DICOMDIR").write_bytes(content)
    cohort = read_cohort(tmp_path)
    assert column(cohort, "file") == ["PA1/IM1"]
    assert [problem.kind for problem in cohort.problems] == ["dicomdir"]


# ------------------------------------------------------------------------------------ the rest


def test_one_file(tmp_path) -> None:
    cohort = read_cohort(fill(tmp_path, "x.png") / "x.png")
    assert column(cohort, "path") == [str(tmp_path / "x.png")]
    assert (column(cohort, "file"), column(cohort, "label")) == (["x.png"], [""])


def test_absent_sources_and_workbooks(tmp_path) -> None:
    for name, complaint in (
        ("x", "no file or folder"),
        ("x.csv", "no table"),
        ("x.xlsx", "workbook"),
    ):
        with pytest.raises(BadCohort, match=complaint):
            read_cohort(tmp_path / name)


def test_a_relative_source(tmp_path, monkeypatch) -> None:
    write(tmp_path, "file\na.png\n")
    monkeypatch.chdir(tmp_path)
    cohort = read_cohort("t.csv")
    assert cohort.source == tmp_path / "t.csv"
    assert column(cohort, "path") == [str(tmp_path / "a.png")]


def test_the_fingerprint_tells_cohorts_apart_and_knows_no_pixels(tmp_path) -> None:
    text = "file,label,age\na.png,covid,4\nb.png,normal,5\n"
    fingerprint = read_cohort(write(tmp_path, text)).fingerprint
    (tmp_path / "a.png").write_bytes(b"other pixels")
    assert read_cohort(write(tmp_path, text)).fingerprint == fingerprint
    for other in ("b.png,normal,6", "b.png,covid,5", "deep/c.png,normal,5"):
        changed = write(tmp_path, text.replace("b.png,normal,5", other))
        assert read_cohort(changed).fingerprint != fingerprint


def test_a_problem_is_a_sentence() -> None:
    assert str(Problem("t.csv, line 2", "it is bad", "Mend it", "x")) == (
        "t.csv, line 2: it is bad. Mend it."
    )


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=6))
@settings(deadline=None, max_examples=40)
def test_a_table_comes_back_as_it_was_written(tmp_path_factory, rows) -> None:
    folder = tmp_path_factory.mktemp("t")
    table = pd.DataFrame(rows, columns=["x", "y"], dtype=str)
    table.insert(0, "file", [f"{number}.png" for number in range(len(rows))])
    fill(folder, *table["file"])
    table.to_csv(folder / "t.csv", index=False)
    cohort = read_cohort(folder / "t.csv")
    assert cohort.problems == ()
    assert cohort.table[["file", "x", "y"]].to_numpy().tolist() == table.to_numpy().tolist()


@pytest.mark.shared
@pytest.mark.parametrize("source", ["train.csv", "train", "external.csv", "dicom.csv", "messy"])
def test_the_shared_sets_have_no_problems(shared_data, source) -> None:
    cohort = read_cohort(shared_data / source)
    assert cohort.problems == ()
    assert (cohort.table["label"] != "").all()
    assert (cohort.table["problem"] == "").all()
