"""The small parts that several places are made of."""

import pytest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout

from xraydemo.desktop.parts import HtmlPage, Page, words_label
from xraydemo.desktop.word_table import WordTable


def cut(page):
    """The sentences that lack a line."""
    labels = page.findChildren(QLabel)
    return [label for label in labels if label.heightForWidth(label.width()) > label.height()]


@pytest.mark.parametrize("width", [260, 420, 900])
def test_no_sentence_lacks_a_line_while_more_is_added(qtbot, width):
    area, page = QScrollArea(), Page()
    qtbot.addWidget(area)
    column = QVBoxLayout(page)
    area.setWidgetResizable(True)
    area.setWidget(page)
    area.resize(width, 200)
    area.show()
    qtbot.waitExposed(area)
    for number in range(12):
        words = "A sentence that is long enough to wrap in a narrow page, and then some. " * 2
        if number % 3:
            row = QHBoxLayout()
            row.addWidget(QLabel("•"))
            row.addWidget(words_label("", words), 1)
            column.addLayout(row)
        else:
            column.addWidget(words_label("", words))
        QApplication.processEvents()
        assert cut(page) == []
    area.resize(width - 60, 200)
    QApplication.processEvents()
    assert cut(page) == []
    assert page.height() >= page.heightForWidth(page.width())


def test_a_page_of_html_is_written_anew_where_the_reader_is(qtbot):
    colour = ["#111111"]
    page = HtmlPage("Help", lambda: f"<p style='color:{colour[0]}'>one</p>" + "<p>more</p>" * 200)
    qtbot.addWidget(page)
    page.resize(300, 200)
    page.show()
    qtbot.waitExposed(page)
    page.verticalScrollBar().setValue(120)
    colour[0] = "#222222"
    page.restyle()
    assert "#222222" in page.toHtml()
    assert page.verticalScrollBar().value() == 120


@pytest.mark.parametrize("width", [900, 260])
def test_a_table_shows_its_names_however_narrow_it_is(qtbot, width):
    table = WordTable(("", "before", "after", "change", "95 % interval"), "Numbers")
    qtbot.addWidget(table)
    table.resize(width, 200)
    table.show()
    qtbot.waitExposed(table)
    cells = [("the share that is right", "0.94", "0.95", "+0.002", "-0.009 to +0.014")]
    table.fill([[(words, "") for words in row] for row in cells * 3])
    QApplication.processEvents()
    columns = sum(table.columnWidth(column) for column in range(5))
    assert table.columnWidth(0) >= table.fontMetrics().horizontalAdvance("the share")
    bar = table.horizontalScrollBar()
    assert bar.isVisible() == (columns > table.viewport().width()) == (width == 260)
    # and all rows are seen, too
    assert table.rowViewportPosition(2) + table.rowHeight(2) <= table.viewport().height() + 1
