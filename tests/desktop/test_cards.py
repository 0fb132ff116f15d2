"""The cards, their small pictures, and lines that are shortened."""

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QApplication

from tests.evaluation.runs import make_run
from tests.report.findings import FIGURES
from xraydemo.desktop import verdict_list
from xraydemo.desktop.asking import Answer
from xraydemo.desktop.cards import CardsPage
from xraydemo.desktop.lines import lines_of, number_first
from xraydemo.desktop.sketch import sketch
from xraydemo.desktop.verdict_list import Entry, VerdictList
from xraydemo.evaluation.result import CheckResult, Number, Verdict

THUMBNAILS = np.full((12, 32, 32), 200, np.uint8)


def answer(check, verdict):
    number = Number("AUC", "all", 0.9, 0.8, 0.95, 50)
    return Answer("Is it?", CheckResult(verdict, f"About {check}.", number, check=check))


@pytest.fixture
def page(qtbot):
    answers = [
        answer("shift.map", Verdict.INFO),
        answer("data.balance", Verdict.PASS),
        answer("data.files", Verdict.FAIL),
        answer("performance.classes", Verdict.WARN),
    ]
    presenter = SimpleNamespace(
        run=make_run(["normal"]), answers=answers, thumbnails=THUMBNAILS, headline=None,
        doing="", edited={"data.balance": ("warn",)},
    )  # fmt: skip
    page = CardsPage(presenter)
    qtbot.addWidget(page)
    page.resize(900, 600)
    page.show()
    qtbot.waitExposed(page)
    page.show_answers()
    return page


def test_groups_stand_in_order_and_in_each_the_gravest_first(page):
    assert [checks for _, checks in page._order] == [
        ("data.files", "data.balance"), ("performance.classes",), ("shift.map",)
    ]  # fmt: skip


def test_a_card_says_all_of_itself_to_a_screen_reader(page):
    said = page.card("data.balance").accessibleName()
    for part in ("✓ pass", "Is it?", "About data.balance.", "0.900 [0.800, 0.950], n = 50"):
        assert part in said
    assert "edited" in said
    assert "edited" not in page.card("data.files").accessibleName()


def test_a_card_says_to_a_screen_reader_what_it_shows(page):
    words = "Nothing to ask it by: add --scenarios FILE"
    asked = Answer("Is it?", CheckResult(Verdict.CANNOT_CHECK, words, check="data.files"))
    card = page.card("data.files")
    card.show_answer(asked, THUMBNAILS, edited=False)
    assert "--scenarios" not in card.accessibleName()
    assert "add “Scenarios” under Other data: a file" in card.accessibleName()


def test_arrow_keys_go_to_neighbours_and_return_opens(page, qtbot):
    page.take_focus()
    for key, check in (
        (Qt.Key.Key_Right, "data.balance"),
        (Qt.Key.Key_Down, "performance.classes"),
        (Qt.Key.Key_Down, "shift.map"),
        (Qt.Key.Key_Down, "shift.map"),
        (Qt.Key.Key_Up, "performance.classes"),
        (Qt.Key.Key_Left, "data.balance"),
    ):
        qtbot.keyClick(QApplication.focusWidget(), key)
        assert QApplication.focusWidget() is page.card(check)
    with qtbot.waitSignal(page.chosen) as chosen:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert chosen.args == ["data.balance"]


def test_a_narrow_page_has_one_card_a_row(page):
    page.resize(450, 600)
    assert all(len(row) == 1 for row in page._rows)


@pytest.mark.parametrize("name", FIGURES)
def test_every_kind_of_figure_has_a_small_picture(qapp, name):
    image = QImage(104, 66, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    with QPainter(image) as painter:
        sketch(painter, QRectF(2, 2, 100, 62), FIGURES[name], THUMBNAILS)
    colours = {image.pixel(x, y) for x in range(104) for y in range(66)}
    assert len(colours) > 1 or name.startswith("no ")  # an empty figure is drawn without a fault
    assert image.pixelColor(0, 0).value() == 0  # nothing is painted beside its place


def test_a_long_sentence_is_shortened_in_its_last_line(qapp):
    metrics = QFontMetrics(qapp.font())
    lines = lines_of("word " * 60, metrics, 200, 3)
    assert len(lines) == 3
    assert lines[2].endswith("…")
    assert all(metrics.horizontalAdvance(line) <= 200 for line in lines)
    assert lines_of("two words", metrics, 200, 3) == ["two words"]
    assert lines_of("", metrics, 200, 3) == []


def test_one_answer_more_draws_no_other_card_again(page, qtbot):
    qtbot.wait(1)
    drawn = []
    for check in ("data.files", "data.balance"):
        card = page.card(check)
        card.update = lambda check=check: drawn.append(check)
    page._presenter.answers = [
        *page._presenter.answers[:2],
        answer("data.files", Verdict.PASS),  # asked anew
        page._presenter.answers[3],
    ]
    page.show_answers()
    assert drawn == ["data.files"]
    page._presenter.edited = {}
    page.show_answers()
    assert drawn == ["data.files", "data.balance"]


@pytest.mark.parametrize("size", [(1366, 520), (1024, 460), (450, 300)])
def test_no_card_is_ever_squashed_while_answers_come(page, size):
    application = QApplication.instance()
    page.resize(*size)
    presenter, before = page._presenter, page._presenter.answers
    more = [answer(f"performance.{name}", Verdict.PASS) for name in "abcdefghij"]
    for count in range(len(more) + 1):
        presenter.answers = [*before, *more[:count]]
        page.show_answers()
        application.processEvents()
        cards = [card for row in page._rows for card in row]
        assert {card.height() for card in cards} == {cards[0].sizeHint().height()}
        places = [card.geometry() for card in cards]
        assert not any(a.intersects(b) for a in places for b in places if a is not b)


def test_a_list_that_is_not_seen_breaks_no_sentence(qtbot, monkeypatch):
    broken = []
    real = verdict_list.lines_of
    monkeypatch.setattr(verdict_list, "lines_of", lambda *of: broken.append(of[0]) or real(*of))
    seen = VerdictList()
    qtbot.addWidget(seen)
    entries = [Entry("data.files", "pass", "✓ pass", "data.files", "All is well.", "")]
    seen.show_entries(entries, "")
    seen.show_entries([*entries, *entries], "")
    QApplication.processEvents()
    assert not broken
    seen.show()
    qtbot.waitExposed(seen)
    QApplication.processEvents()
    assert broken
    assert seen.model().rowCount() == 2


def test_a_number_stands_before_its_name_where_the_name_is_too_long(qapp):
    number = Number("share of the AUC that remains", "lungs covered", 0.102, 0.030, 0.173, 400)
    words = number_first(number)
    assert words.startswith("0.102 [0.030, 0.173]  n = 400")
    metrics = QFontMetrics(qapp.font())
    room = metrics.horizontalAdvance("0.102 [0.030, 0.173]  n = 400  ·  share")
    (line,) = lines_of(words, metrics, room, 1)
    assert line.startswith("0.102 [0.030, 0.173] n = 400")
