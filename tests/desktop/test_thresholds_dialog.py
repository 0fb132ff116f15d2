"""The table of thresholds."""

import pytest

from xraydemo.desktop import text
from xraydemo.desktop.thresholds_dialog import Setting, ThresholdsDialog, as_typed, settings
from xraydemo.evaluation.thresholds import load_thresholds


def row_of(check, name):
    return next(i for i, one in enumerate(settings()) if (one.check, one.name) == (check, name))


@pytest.fixture
def dialog(qtbot):
    own = {"data.files": {"warn": 0.7}, "performance.scenarios": {"file": "/s.toml"}}
    dialog = ThresholdsDialog(own, "performance.classes")
    qtbot.addWidget(dialog)
    return dialog


def test_every_number_is_listed_with_what_it_is():
    listed = {(one.check, one.name): one for one in settings()}
    shipped = load_thresholds()
    for check, section in shipped.items():
        for name, value in section.items():
            if not isinstance(value, str):
                assert listed[check, name].shipped == value
    assert listed["data.balance", "warn"].comment == "the commonest class over the rarest"
    assert ("performance.scenarios", "file") not in listed


@pytest.mark.parametrize(("words", "value"), [("0.5", 0.5), (" 0,5 ", 0.5), ("1", 1.0)])
def test_numbers_are_read_as_people_write_them(words, value):
    assert as_typed(words, Setting("c", "n", 0.1, "")) == value


@pytest.mark.parametrize("words", ["", "much", "nan", "inf"])
def test_what_is_no_number_is_refused(words):
    with pytest.raises(ValueError, match=words or "empty|convert"):
        as_typed(words, Setting("c", "n", 0.1, ""))
    with pytest.raises(ValueError, match=r"0\.5"):
        as_typed("0.5", Setting("c", "n", 20, ""))


def test_what_was_edited_is_marked_and_kept(dialog, qtbot):
    files = dialog.value(row_of("data.files", "warn"))
    assert files.text() == "0.7"
    assert files.font().bold()
    dialog.value(row_of("performance.classes", "floor")).setText("30")
    with qtbot.waitSignal(dialog.taken) as taken:
        dialog.accept()
    assert taken.args[0] == {
        "data.files": {"warn": 0.7},
        "performance.classes": {"floor": 30},
        "performance.scenarios": {"file": "/s.toml"},
    }


def test_begins_with_the_check_that_was_asked_for(dialog):
    assert settings()[dialog.table.currentRow()].check == "performance.classes"


def test_the_shipped_ones_come_back(dialog):
    dialog._ship()
    assert dialog.own() == {"performance.scenarios": {"file": "/s.toml"}}


def test_what_is_no_number_is_said_and_can_t_be_used(dialog):
    dialog.value(row_of("data.files", "warn")).setText("much")
    assert not dialog._take.isEnabled()
    assert text.THRESHOLDS_WRONG in dialog._wrong.text()
    dialog.value(row_of("data.files", "warn")).setText("0.6")
    assert dialog._take.isEnabled()
