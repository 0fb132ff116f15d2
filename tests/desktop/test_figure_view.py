"""A figure under the mouse and the keys."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent

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


def boxes_view(qtbot, boxes):
    """A figure with parts at these places, in pixels, that are numbered."""
    view = FigureView("f")
    qtbot.addWidget(view)
    shares = np.array(boxes, float) / (900, 600, 900, 600)
    parts = tuple(Part(tuple(box), str(n), (n,)) for n, box in enumerate(shares.tolist()))
    view.show_drawn(Drawn(np.full((600, 900, 4), 255, np.uint8), parts), 1.0)
    view.show()
    view.setFocus()
    return view


def cells(rows, columns):
    return [
        (120 * j, 40 * i, 120 * j + 120, 40 * i + 40) for i in range(rows) for j in range(columns)
    ]


def walk(view, qtbot, keys):
    """Press keys, and give the numbers of the parts that they lead to."""
    found = []
    for key in keys.split():
        qtbot.keyClick(view, getattr(Qt.Key, f"Key_{key}"))
        found.append(int(view.at.words))
    return found


def test_in_a_grid_the_arrows_go_from_cell_to_cell_and_do_not_wrap(qtbot):
    view = boxes_view(qtbot, cells(4, 4))
    keys = "Down Down Right Right Down Up Left Left Left Home End Right Down Up"
    assert walk(view, qtbot, keys) == [0, 4, 5, 6, 10, 6, 5, 4, 4, 0, 15, 15, 15, 11]


def test_bars_are_gone_through_in_their_order(qtbot):
    view = boxes_view(qtbot, [(0, 30 * i, 900, 30 * i + 30) for i in range(4)])
    assert walk(view, qtbot, "Down Down Down Right Up End Down Home") == [0, 1, 2, 2, 1, 3, 3, 0]


def test_in_a_map_the_arrows_go_to_the_nearest_point_on_their_side(qtbot):
    points = [(100, 100), (200, 110), (140, 300), (400, 100), (105, 40), (200, 110)]
    view = boxes_view(qtbot, [point * 2 for point in points])
    keys = "Home Right Right Right Left Left Left Up Down Down Down"
    assert walk(view, qtbot, keys) == [0, 1, 5, 3, 1, 0, 0, 4, 0, 2, 2]


def all_reached(view):
    """Whether the arrows lead from the first part to all others."""
    reached, new = {0}, [0]
    while new:
        at = new.pop()
        led = {view._next(at, *way) for way in ((1, 0), (-1, 0), (0, 1), (0, -1))} - reached
        reached |= led
        new += led
    return len(reached) == len(view._parts)


def test_the_arrows_reach_each_of_a_thousand_points_at_once(qtbot):
    rng = np.random.default_rng(0)
    places = rng.normal((450, 300), 80, (1000, 2))
    places[:100] = places[100:200]  # two X-rays at one place
    view = boxes_view(qtbot, np.hstack([places, places]))
    began = time.perf_counter()
    assert all_reached(view)
    assert time.perf_counter() - began < 4000 * 0.003


def test_the_arrows_reach_each_cell_whichever_are_empty(qtbot):
    view, whole = boxes_view(qtbot, cells(3, 3)), cells(3, 3)
    for there in range(1, 512):
        left = [cell for place, cell in enumerate(whole) if there >> place & 1]
        view._boxes, view._parts = np.array(left, float), tuple(left)
        assert all_reached(view), left


def test_page_keys_are_left_to_what_the_figure_is_in(qtbot):
    view = boxes_view(qtbot, cells(2, 2))
    for key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
        event = QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        view.keyPressEvent(event)
        assert not event.isAccepted()
    assert view.at is None
