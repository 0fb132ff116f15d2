"""Larger type: all can be reached in a small window, and it counts at once."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop.facts_panel import Row
from xraydemo.desktop.memory import LARGEST_TEXT, Memory
from xraydemo.desktop.preferences_dialog import PreferencesDialog
from xraydemo.desktop.scrolled import Scrolled
from xraydemo.desktop.style import apply_style
from xraydemo.desktop.type_fit import TypeFit
from xraydemo.desktop.window import MainWindow

PLACES = ("read", "evaluate", "compare", "bench", "teach")
ROOM = (1366, 728)  # a small screen without its task bar
LARGE_NAME = "chest-pa-monochrome1.dcm"


@pytest.fixture
def make(qtbot):
    """Make windows of that size of type; the application has its own again afterwards."""

    def window(points, memory=None):
        apply_style(QApplication.instance(), points)
        one = MainWindow(memory=memory)
        qtbot.addWidget(one)
        one.resize(*ROOM)
        one.show()
        qtbot.waitExposed(one)
        QApplication.processEvents()
        return one

    yield window
    apply_style(QApplication.instance())


def shown(window, place):
    window.go_to(getattr(window, place))
    QApplication.processEvents()
    return getattr(window, place)


@pytest.mark.parametrize("points", [10, 14, LARGEST_TEXT])
def test_every_place_fits_into_a_small_screen(make, points):
    window = make(points)
    window.read.banner.show()  # as while X-rays are read blind
    for place in PLACES:
        shown(window, place)
        least = window.minimumSizeHint()
        assert least.width() <= ROOM[0], place
        assert least.height() <= ROOM[1], place
        assert (window.width(), window.height()) == ROOM
    window.close()


def test_teach_is_never_cut(make, qtbot):
    """Its columns are as wide as what is on them; what is below comes into sight by keyboard."""
    window = make(LARGEST_TEXT)
    teach = shown(window, "teach")
    areas = teach.findChildren(Scrolled)
    assert len(areas) == 2
    for area in areas:
        column = area.widget()
        assert column.width() <= area.viewport().width()
        assert column.height() >= column.layout().totalHeightForWidth(column.width())
        for button in column.findChildren(QPushButton):
            if button.isVisible():
                assert button.width() >= button.sizeHint().width(), button.text()
                assert button.height() >= button.sizeHint().height(), button.text()
    teach.save.setEnabled(True)
    assert teach.save.visibleRegion().isEmpty()
    teach.save.setFocus()
    assert not teach.save.visibleRegion().isEmpty()
    window.close()


def test_a_page_beside_the_reading_comes_into_sight(make):
    window = make(LARGEST_TEXT)
    read = shown(window, "read")
    assert read.facts.visibleRegion().isEmpty()
    read.find_tag()
    QApplication.processEvents()
    assert read.facts.visibleRegion().boundingRect().size() == read.facts.size()
    window.close()


def column_of(*widgets):
    column = QWidget()
    rows = QVBoxLayout(column)
    for widget in widgets:
        rows.addWidget(widget)
    return column


def test_a_column_scrolls_by_keyboard_where_it_has_to(qtbot):
    above, below = QLineEdit(), QLineEdit()
    tall = QLabel("x")
    tall.setMinimumHeight(400)
    outer = column_of(above, area := Scrolled(column_of(tall, below), "tall"))
    qtbot.addWidget(outer)
    outer.resize(300, 200)
    outer.show()
    with qtbot.waitActive(outer):
        outer.activateWindow()
    bar = area.verticalScrollBar()
    assert area.focusPolicy() == Qt.FocusPolicy.TabFocus
    area.setFocus()
    qtbot.keyClick(area, Qt.Key.Key_Down)
    assert bar.value() > 0
    qtbot.keyClick(area, Qt.Key.Key_PageUp)
    assert bar.value() == 0
    below.setFocus()
    assert bar.value() > 0
    qtbot.mouseClick(area.viewport(), Qt.MouseButton.LeftButton)
    assert below.hasFocus()  # a click takes the keyboard from nobody
    outer.resize(300, 700)
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    assert area.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_a_column_asks_for_another_width_when_it_needs_it(qtbot):
    button = QPushButton("x")
    outer = column_of(Scrolled(column_of(button), "wide"))
    qtbot.addWidget(outer)
    outer.show()
    before = outer.minimumSizeHint().width()
    button.setText("a much longer word than it had")
    qtbot.waitUntil(lambda: outer.minimumSizeHint().width() > before + 50)


def test_another_size_of_type_counts_at_once(make, tmp_path):
    window = make(None, Memory(tmp_path / "w.ini"))
    read, teach = window.read, window.teach
    read.facts.show_rows([Row("width", "1024")], 0, nothing="")
    for place in PLACES:
        shown(window, place)
    titles = {label: label.font().pointSizeF() for label in (read.empty._title, teach._strength)}
    for points, theme in ((LARGEST_TEXT, "light"), (12, "light")):
        window.show_preferences()
        dialog = window.findChild(PreferencesDialog)
        dialog.size_chooser.setValue(points)
        dialog.theme.setCurrentIndex(dialog.theme.findData(theme))
        dialog.accept()
        dialog.deleteLater()
        QApplication.processEvents()
        assert Memory(tmp_path / "w.ini").text_size == points
        assert window.font().pointSizeF() == points
        for label, size in titles.items():
            assert label.font().pointSizeF() == pytest.approx(size * points / 10)
        line = read.fontMetrics().height()
        for table in (read.worklist, teach.table, read.facts.keyboard_widgets[1]):
            assert isinstance(table, QTableView)
            assert line < table.verticalHeader().defaultSectionSize() < line + 20
        assert teach.table.height() >= line * 6
        assert read.head.low.width() >= read.fontMetrics().horizontalAdvance("65535")
        assert all(badge.height() > 2 * line for badge in teach.verdicts.badges.values())
    window.close()


def choose(window, points):
    window.show_preferences()
    dialog = window.findChild(PreferencesDialog)
    dialog.size_chooser.setValue(points)
    dialog.accept()
    dialog.deleteLater()
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def widths(read):
    """Show all pages beside the reading, and measure them and the parts."""
    found = {"parts": read.sizes(), "columns": [read.worklist.columnWidth(c) for c in range(4)]}
    for name in read.beside.names:
        read.beside.turn_to(name)
        QApplication.processEvents()
        page = getattr(read.beside, name)
        found[name] = (page.width(), page.minimumSizeHint().width())
    return found


@pytest.mark.parametrize("points", [14, LARGEST_TEXT])
@pytest.mark.parametrize("before", [(), (14,), (LARGEST_TEXT, 10)])
def test_read_is_laid_out_at_once_as_at_a_fresh_start(make, tmp_path, points, before):
    """It depended on the sizes before, and on the longest word that was ever in the middle."""
    fresh = make(points)
    expected = widths(shown(fresh, "read"))
    fresh.close()
    window = make(None, Memory(tmp_path / "w.ini"))
    shown(window, "read").message.say(LARGE_NAME * 3)
    for size in (*before, points):
        window.resize(*ROOM)
        choose(window, size)
    assert widths(window.read) == expected
    window.close()


@pytest.mark.parametrize("points", [10, 14, LARGEST_TEXT])
@pytest.mark.parametrize("live", [False, True])
def test_nothing_beside_the_picture_is_cut(make, tmp_path, points, live):
    """However narrow that part is made: the Layers page lacked its right end."""
    window = make(None if live else points, Memory(tmp_path / "w.ini"))
    read = shown(window, "read")
    if live:
        choose(window, points)
    for sizes in (read.sizes(), [1000, 1000, 1]):
        read.setSizes(sizes)
        QApplication.processEvents()
        assert read.reading.minimumSizeHint().width() <= read._right.viewport().width()
        bar = read.beside.tabBar()
        assert bar.sizeHint().width() <= bar.width()
        for name in read.beside.names:
            read.beside.turn_to(name)
            QApplication.processEvents()
            page = getattr(read.beside, name)
            assert page.minimumSizeHint().width() <= page.parentWidget().width(), name
            assert page.width() <= page.parentWidget().width(), name
    window.close()


@pytest.mark.parametrize("points", [10, 14, LARGEST_TEXT])
def test_signs_in_the_list_stay_in_sight(make, points):
    window = make(points)
    worklist = shown(window, "read").worklist
    assert sum(worklist.columnWidth(c) for c in range(4)) <= worklist.viewport().width()
    window.close()


@pytest.mark.parametrize("points", [10, LARGEST_TEXT])
def test_preferences_fit_their_words(make, tmp_path, points):
    window = make(points, Memory(tmp_path / "w.ini"))
    window.show_preferences()
    dialog = window.findChild(PreferencesDialog)
    QApplication.processEvents()
    assert dialog.minimumSizeHint().width() <= dialog.width() <= 800
    assert dialog.folders.width() >= dialog.folders.sizeHint().width()
    for field in (dialog.theme, dialog.device, dialog.size_chooser, dialog.threads):
        assert field.height() >= field.sizeHint().height()
    dialog.reject()
    window.close()


def test_the_same_preferences_dress_nothing_anew(make, tmp_path):
    window = make(None, Memory(tmp_path / "w.ini"))
    told = []
    window.read.changeEvent = told.append  # Qt tells each widget that has another style
    window.restyle()
    assert told == []
    window.close()


def test_sizes_follow_the_type(qtbot):
    label = QLabel("x")
    qtbot.addWidget(label)
    sizes = []
    TypeFit(label, lambda: sizes.append(label.fontMetrics().height()))
    font = label.font()
    font.setPointSizeF(30)
    label.setFont(font)
    assert sizes == [sizes[0], QFontMetrics(font).height()]
    assert sizes[1] > sizes[0]


@pytest.mark.parametrize("points", [10, 14, LARGEST_TEXT])
def test_the_name_of_an_xray_has_the_room_that_is_there(make, points):
    window = make(points)
    head = shown(window, "read").head
    head.show_name("0.dcm", "/x/0.dcm", "1 of 3")
    QApplication.processEvents()
    short = head.name.width()
    head.show_name(LARGE_NAME, f"/x/{LARGE_NAME}", "1 of 3")
    QApplication.processEvents()
    assert head.name.width() > short
    needed = head.name.fontMetrics().horizontalAdvance("x" * 16)
    assert head.name.width() >= min(needed, head.name.fontMetrics().horizontalAdvance(LARGE_NAME))
    assert head.name.toolTip() == f"/x/{LARGE_NAME}"
    assert head.invert.geometry().right() <= head.width()
    window.close()
