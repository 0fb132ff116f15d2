"""A figure under the mouse and the keys."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from xraydemo.desktop import text
from xraydemo.desktop.figure_view import FigureView
from xraydemo.desktop.figure_work import Drawn, Part
from xraydemo.errors import XrayDemoError

CELL, POINT = (
    Part((0.0, 0.0, 0.5, 0.5), "a cell", (1, 2)),
    Part((0.8, 0.8, 0.8, 0.8), "a dot", (3,)),
)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(qtbot):
    view = FigureView("a figure")
    qtbot.addWidget(view)
    view.show_drawn(Drawn(np.full((200, 400, 4), 255, np.uint8), (CELL, POINT)), 2.0)
    view.show()
    return view


def test_is_as_large_as_the_screen_s_pixels(view):
    assert (view.width(), view.height()) == (200, 100)
    assert view.accessibleName() == "a figure"


@pytest.mark.parametrize(
    ("x", "y", "part"),
    [(10, 10, CELL), (99, 49, CELL), (120, 10, None), (160, 80, POINT), (164, 84, POINT),
     (175, 80, None)],
)  # fmt: skip
def test_finds_cells_and_the_nearest_point(view, x, y, part):
    found = view.part_at(x, y)
    assert (None if found is None else view._parts[found]) == part


def test_the_mouse_turns_to_a_hand_and_a_click_opens(view, qtbot):
    assert view.cursor().shape() == Qt.CursorShape.ArrowCursor
    qtbot.mouseMove(view, QPoint(10, 10))
    qtbot.waitUntil(lambda: view.at == CELL)
    assert view.cursor().shape() == Qt.CursorShape.PointingHandCursor
    with qtbot.waitSignal(view.opened) as opened:
        qtbot.mouseClick(view, LEFT, pos=QPoint(10, 10))
    assert opened.args == [CELL]
    with qtbot.assertNotEmitted(view.opened):
        qtbot.mouseClick(view, LEFT, pos=QPoint(120, 10))


def test_keys_go_from_part_to_part_and_open(view, qtbot):
    view.setFocus()
    for key, part in ((Qt.Key.Key_Right, CELL), (Qt.Key.Key_Down, POINT), (Qt.Key.Key_Left, CELL)):
        qtbot.keyClick(view, key)
        assert view.at == part
        assert view.accessibleDescription() == text.part_tip(part.words, len(part.positions))
    with qtbot.waitSignal(view.opened) as opened:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert opened.args == [CELL]


@pytest.mark.parametrize("part", [CELL, POINT])
def test_the_mark_shows_on_dark_and_on_light(view, qtbot, part):
    for gray in (0, 255):
        picture = np.full((200, 400, 4), (gray, gray, gray, 255), np.uint8)
        view.show_drawn(Drawn(picture, (part,)), 2.0)
        view.setFocus()
        qtbot.keyClick(view, Qt.Key.Key_Right)
        image = view.grab().toImage()
        row = round(part.box[1] * image.height()) + (12 if part is CELL else 0)
        grays = [image.pixelColor(x, row).green() for x in range(image.width())]
        assert min(grays) < 110
        assert max(grays) > 220


def test_nothing_to_click_takes_no_keys(qtbot):
    view = FigureView("curves")
    qtbot.addWidget(view)
    view.show_drawn(Drawn(np.zeros((10, 10, 4), np.uint8), ()), 1.0)
    assert view.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert view.part_at(5, 5) is None


def test_says_why_there_is_no_figure(qtbot):
    view = FigureView("f")
    qtbot.addWidget(view)
    view.say(XrayDemoError("no ink", "buy some"))
    assert not view.has_picture
    assert "no ink" in view._sentence
