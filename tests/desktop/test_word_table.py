"""A table of words: filling it, and copying from it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QTableWidgetItem, QVBoxLayout, QWidget

from xraydemo.desktop import style
from xraydemo.desktop.word_table import CopyTable, WordTable

CONTROL = Qt.KeyboardModifier.ControlModifier


class Counting(WordTable):
    """Counts how often a column is measured."""

    measured = 0

    def sizeHintForColumn(self, column):  # noqa: N802 - Qt's name
        self.measured += 1
        return super().sizeHintForColumn(column)


def rows_of(n):
    return [[(f"file {i}.png", ""), ("COVID-19", ""), ("wrong", "#ff0000")] for i in range(n)]


@pytest.mark.parametrize("whole", [True, False])
def test_to_fill_it_again_does_not_measure_its_columns_with_each_row(qtbot, whole):
    table = Counting(("X-ray", "label", "became"), "Flips")
    qtbot.addWidget(table)
    table.resize(600, 400)
    table.show()
    qtbot.waitExposed(table)
    for _ in range(3):
        table.measured = 0
        table.fill(rows_of(200), whole=whole)
        QApplication.processEvents()
        assert table.measured < 100
        assert table.rowCount() == 200
    narrow = table.columnWidth(1)
    table.fill([[("a", ""), ("a label that is longer than the others", ""), ("", "")]])
    QApplication.processEvents()
    assert table.columnWidth(1) > narrow


@pytest.fixture
def window(qtbot):
    """A table in a window that has the key for copying itself."""
    window = QWidget()
    qtbot.addWidget(window)
    window.table = CopyTable(2, 2)
    for row in range(2):
        for column in range(2):
            window.table.setItem(row, column, QTableWidgetItem(f"{row}\n{column}"))
    window.copied = []
    QShortcut(QKeySequence("Ctrl+C"), window, lambda: window.copied.append("picture"))
    QVBoxLayout(window).addWidget(window.table)
    window.show()
    qtbot.waitExposed(window)
    window.table.setFocus()
    return window


def test_what_is_chosen_is_copied_where_the_window_has_the_key(window, qtbot):
    window.table.selectAll()
    qtbot.keyClick(window.table, Qt.Key.Key_C, CONTROL)
    assert QApplication.clipboard().text() == "0 0\t0 1\n1 0\t1 1"
    assert window.copied == []


def test_with_nothing_chosen_the_key_is_the_windows(window, qtbot):
    QApplication.clipboard().setText("from before")
    qtbot.keyClick(window.table, Qt.Key.Key_C, CONTROL)
    assert window.copied == ["picture"]
    assert QApplication.clipboard().text() == "from before"


@pytest.fixture
def flips(qtbot):
    table = WordTable(("X-ray", "label", "became"), "Flips")
    qtbot.addWidget(table)
    table.fill(rows_of(4), whole=True)
    table.show()
    qtbot.waitExposed(table)
    table.setFocus()
    return table


def test_nothing_is_chosen_until_the_reader_does(flips, qtbot):
    assert flips.selectedItems() == []
    for row in (0, 1):  # the keys begin at the first one
        qtbot.keyClick(flips, Qt.Key.Key_Down)
        assert {item.row() for item in flips.selectedItems()} == {row}
    flips.fill(rows_of(3), whole=True)
    assert flips.selectedItems() == []


def test_return_chooses_the_first_one_and_opens_it(flips, qtbot):
    with qtbot.waitSignal(flips.opened) as opened:
        qtbot.keyClick(flips, Qt.Key.Key_Return)
    assert opened.args[0].row() == 0
    assert {item.row() for item in flips.selectedItems()} == {0}


def test_where_the_keyboard_is_can_be_seen_with_nothing_chosen(flips):
    rows = flips.viewport().grab().toImage()
    line = flips.visualRect(flips.currentIndex())
    marked = [rows.pixelColor(x, line.top()).name() for x in (5, 100, rows.width() - 5)]
    assert marked == [style.FOCUS] * 3
