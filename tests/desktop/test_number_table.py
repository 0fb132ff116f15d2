import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from xraydemo.desktop.number_table import NumberTable
from xraydemo.evaluation.result import Number, Table


def table_of(n):
    rows = tuple(Number("recall", f"group {i}", i / 100, i / 100 - 0.01, i / 100 + 0.01, 50 + i)
                 for i in range(n))  # fmt: skip
    return Table("By group", rows)


def test_shows_its_first_rows_and_all_when_asked(qtbot):
    view = NumberTable(table_of(25))
    qtbot.addWidget(view)
    assert view.table.rowCount() == 10
    assert view.table.item(3, 2).text() == "0.030"
    assert view.table.item(3, 4).text() == "53"
    assert view.table.item(3, 2).textAlignment() & Qt.AlignmentFlag.AlignRight
    assert view.table.accessibleName() == "By group"
    view.all.click()
    assert view.table.rowCount() == 25
    assert view.all.isHidden()
    short = NumberTable(table_of(10))
    qtbot.addWidget(short)
    assert not hasattr(short, "all")


def test_chosen_rows_are_copied_as_a_table(qtbot):
    view = NumberTable(table_of(3))
    qtbot.addWidget(view)
    view.table.selectRow(1)
    qtbot.keyClick(view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    said = QApplication.clipboard().text().split("\t")
    assert said[:3] == ["recall", "group 1", "0.010"]
    assert len(view.table.words().splitlines()) == 3


def test_a_number_without_an_interval(qtbot):
    view = NumberTable(Table("t", (Number("X-rays", "all", 12, math.nan, math.nan, 12),)))
    qtbot.addWidget(view)
    assert view.table.item(0, 2).text() == "12"
    assert view.table.item(0, 3).text() == ""
