"""A lesson in a real window, with work that costs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from tests.desktop.lesson_work import FakeWork
from xraydemo.cohort.lesson_dial import KINDS
from xraydemo.desktop import text
from xraydemo.desktop.parts import Bridge
from xraydemo.desktop.teach_tab import TeachTab
from xraydemo.errors import XrayDemoError

MS = 60_000


@pytest.fixture
def make(qtbot):
    made = []

    def tab(**how):
        bridge = Bridge()
        opened = []
        one = TeachTab(bridge.post, opened.append, opened.append, FakeWork(**how))
        one.bridge, one.opened = bridge, opened
        qtbot.addWidget(one)
        one.resize(1366, 700)
        one.show()
        qtbot.waitUntil(lambda: bool(one.preview.xrays), timeout=MS)
        made.append(one)
        return one

    yield tab
    for one in made:
        one.close_down()


def words(tab, row):
    return tab.table.words().splitlines()[row].split("\t")


def test_a_whole_lesson(make, qtbot, tmp_path):
    tab = make(prepared=False)
    work = tab.presenter._work
    assert tab.prepare.isVisible()
    assert not tab.train.isVisible()
    assert not tab.save.isEnabled()

    qtbot.mouseClick(tab.prepare, Qt.MouseButton.LeftButton)
    assert tab.stop.isVisible()
    assert tab.at_work
    work.go_on(2)
    qtbot.waitUntil(lambda: "2 of 4" in tab._doing.text(), timeout=MS)
    work.go_on(2)
    qtbot.waitUntil(tab.train.isVisible, timeout=MS)
    assert not tab.at_work

    tab.kind.activated.emit(KINDS.index("marker"))
    tab.dial.setValue(2)
    assert tab._strength.text() == "50 %"
    assert "62 of 100 COVID-19" in tab._planted.text()
    assert not tab.tag_only.isEnabled()

    qtbot.mouseClick(tab.train, Qt.MouseButton.LeftButton)
    assert not tab.dial.isEnabled()
    work.go_on(2)
    qtbot.waitUntil(lambda: len(tab.curves.points) == 2, timeout=MS)
    assert "inside 0.7" in tab.curves.accessibleDescription()
    assert words(tab, 2)[1] == ""  # not before it is trained
    work.go_on(1 + 4)
    qtbot.waitUntil(lambda: "fail" in tab.verdicts.badges["confounder.used"].text(), timeout=MS)
    assert tab.verdicts.sentence.text() == "What confounder.used found"
    work.go_on()
    qtbot.waitUntil(tab.train.isVisible, timeout=MS)
    row = words(tab, 2)
    assert row[0] == "▸ 50 %"
    assert row[1].startswith("0.91")
    assert row[2].startswith("0.74")
    assert "fail" in row[1 + text.TEACH_COLUMNS.index("Fact used?") - 1]
    assert "it uses the fact" in tab._see.text()

    tab.open_in_evaluate()
    tab.show_xrays()
    assert tab.opened == [
        Path("/lessons/marker-50/run-inside"),
        [Path("/lessons/marker-50/inside")],
    ]
    tab.save_to(tmp_path / "lesson.csv")
    tab.save_to(tmp_path / "lesson.png")
    assert len((tmp_path / "lesson.csv").read_text().splitlines()) == 2
    assert (tmp_path / "lesson.png").stat().st_size > 1000

    tab.dial.setValue(4)
    assert not tab.curves.points
    assert not any(badge.isEnabled() for badge in tab.verdicts.badges.values())
    tab.table.opened.emit(tab.table.item(2, 0))
    assert len(tab.curves.points) == 3


def test_stopping(make, qtbot):
    tab = make()
    qtbot.waitUntil(tab.train.isVisible, timeout=MS)
    qtbot.mouseClick(tab.train, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(tab.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(tab.train.isVisible, timeout=MS)
    assert tab._doing.text() == text.TEACH_STOPPED
    assert tab.dial.isEnabled()


def test_what_fails_is_said(make, qtbot):
    tab = make(fails="train")
    qtbot.waitUntil(tab.train.isVisible, timeout=MS)
    tab.presenter._work.go_on()
    qtbot.mouseClick(tab.train, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(tab._problem.isVisible, timeout=MS)
    assert "The disk is full" in tab._problem.words()
    with pytest.raises(XrayDemoError, match="could not be written"):
        tab.save_to(Path("/nowhere/lesson.png"))


def test_the_curves_keep_their_names_apart(make):
    tab = make()
    for inside, outside in ((0.9, 0.9), (0.6, 0.61), (1.0, 0.31)):
        from tests.desktop.lesson_work import points

        tab.curves.show_points(points(inside, outside))
        assert not tab.curves.grab().isNull()


def test_the_keyboard_goes_to_the_next_step(make, qtbot):
    tab = make(prepared=False)
    tab.take_focus()
    assert tab.prepare.hasFocus() or tab.focusWidget() is tab.prepare
