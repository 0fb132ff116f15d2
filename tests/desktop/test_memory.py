from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from xraydemo.desktop.memory import LARGEST_TEXT, Memory


@pytest.fixture
def kept(tmp_path):
    return tmp_path / "config" / "window.ini"


def test_folders_are_forgotten_unless_the_reader_wants_them_kept(kept, tmp_path):
    memory = Memory(kept)
    memory.note([tmp_path])
    assert memory.folders == [tmp_path]
    assert Memory(kept).folders == []
    memory.keep_folders(keep=True)
    assert Memory(kept).folders == [tmp_path]
    memory.keep_folders(keep=False)
    assert str(tmp_path) not in kept.read_text()
    assert memory.folders == [tmp_path]  # for as long as the window is open


def test_the_last_one_comes_first_once_and_only_a_few_are_listed(tmp_path):
    memory = Memory()
    folders = [tmp_path / str(number) for number in range(12)]
    for folder in folders:
        folder.mkdir()
        memory.note([folder])
    memory.note([folders[10]])
    assert memory.folders[:2] == [folders[10], folders[11]]
    assert len(memory.folders) == 8
    memory.forget_recent()
    assert memory.folders == []


def test_of_files_the_folder_is_noted(tmp_path):
    (tmp_path / "jane.dcm").touch()
    memory = Memory()
    memory.note([tmp_path / "jane.dcm"])
    assert memory.folders == [tmp_path]


def test_cohorts_and_runs_are_forgotten_like_folders(kept, tmp_path):
    memory = Memory(kept)
    memory.note_cohort(tmp_path / "jane.csv")
    memory.note_run(tmp_path / "run-of-jane")
    assert memory.recent["cohorts"] == [tmp_path / "jane.csv"]
    assert memory.recent["runs"] == [tmp_path / "run-of-jane"]
    assert memory.folders == []
    assert not kept.exists() or "jane" not in kept.read_text()
    memory.keep_folders(keep=True)
    again = Memory(kept)
    assert again.recent == memory.recent
    again.forget_recent()
    assert not any(again.recent.values())
    assert "jane" not in kept.read_text()
    assert again.keeps_folders


def test_what_is_opened_again_comes_first_among_its_kind(tmp_path):
    memory = Memory()
    for name in "abca":
        memory.note_run(tmp_path / name)
    assert [path.name for path in memory.recent["runs"]] == ["a", "c", "b"]


def test_layout_and_preferences_last(kept):
    memory = Memory(kept)
    assert (memory.device, memory.text_size, memory.layout("window")) == ("auto", None, None)
    memory.device, memory.text_size, memory.threads = "cpu", 12, 1
    memory.set_layout("window", QByteArray(b"\x00\x01here"))
    memory.write()
    again = Memory(kept)
    assert (again.device, again.text_size, again.threads) == ("cpu", 12, 1)
    assert again.layout("window") == QByteArray(b"\x00\x01here")
    memory.text_size = memory.threads = None
    assert (Memory(kept).text_size, Memory(kept).threads) == (None, None)


def test_nonsense_in_the_file_is_of_no_account(kept):
    kept.parent.mkdir()
    kept.write_text("[General]\ndevice=abacus\ntext=900\nthreads=0\n[layout]\nwindow=7\n")
    memory = Memory(kept)
    assert (memory.device, memory.text_size, memory.threads) == ("auto", LARGEST_TEXT, 1)
    assert memory.layout("window") is None


def test_a_memory_without_a_file_ends_with_the_window(tmp_path):
    memory = Memory()
    memory.keep_folders(keep=True)
    memory.device = "cpu"
    memory.note([Path("/x")])
    memory.write()
    assert not memory.lasts
    assert memory.device == "auto"


def test_theme_and_keys_are_kept(tmp_path):
    memory = Memory(tmp_path / "w.ini")
    assert memory.theme == "system"
    assert memory.keys == {}
    memory.theme = "light"
    memory.keys = {"next": "J", "invert": ""}
    again = Memory(tmp_path / "w.ini")
    assert again.theme == "light"
    assert again.keys == {"next": "J", "invert": ""}
    again.keys = {}
    assert Memory(tmp_path / "w.ini").keys == {}


def test_what_somebody_wrote_in_by_hand_is_no_key(tmp_path):
    (tmp_path / "w.ini").write_text("[General]\ntheme=pink\nkeys=nonsense\n")
    memory = Memory(tmp_path / "w.ini")
    assert memory.theme == "system"
    assert memory.keys == {}


def test_what_is_gone_is_neither_noted_nor_is_the_folder_it_was_in(tmp_path):
    memory = Memory()
    memory.note([tmp_path / "gone"])
    assert memory.folders == []


def test_one_is_dropped_and_the_others_stay(kept, tmp_path):
    memory = Memory(kept)
    memory.keep_folders(keep=True)
    for name in "ab":
        memory.note_run(tmp_path / name)
    memory.drop("runs", tmp_path / "a")
    assert Memory(kept).recent["runs"] == memory.recent["runs"] == [tmp_path / "b"]
