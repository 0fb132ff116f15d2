from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from xraydemo.desktop.saving import ask_where_to_save

YES, NO = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No


@pytest.fixture
def ask(qtbot, monkeypatch, tmp_path):
    """Ask with a reader who types these names, and gives these answers."""
    parent = QWidget()
    qtbot.addWidget(parent)

    def ask(names, answers=()):
        typed, said = list(names), list(answers)

        def dialog(*_):
            name = typed.pop(0)
            return (str(tmp_path / name) if name else "", "")

        def question(_parent, _title, words, *_):
            assert str(tmp_path / "report.pdf") in words
            return said.pop(0)

        monkeypatch.setattr(QFileDialog, "getSaveFileName", dialog)
        monkeypatch.setattr(QMessageBox, "question", question)
        where = ask_where_to_save(parent, "Report", Path("report.pdf"), "PDF (*.pdf)")
        assert not typed
        assert not said
        return where.name if where else None

    return ask


def test_a_name_without_an_ending_gets_one(ask):
    assert ask(["report"]) == "report.pdf"
    assert ask(["mine.PDF"]) == "mine.PDF"
    assert ask([""]) is None


def test_no_file_is_replaced_unasked(ask, tmp_path):
    """The dialog asked about "report", and report.pdf was replaced."""
    (tmp_path / "report.pdf").touch()
    assert ask(["report"], [YES]) == "report.pdf"
    assert ask(["report", "other"], [NO]) == "other.pdf"
    assert ask(["report", ""], [NO]) is None
    assert ask(["report.pdf"]) == "report.pdf"  # the dialog asked about that itself
