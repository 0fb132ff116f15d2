import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QFontMetrics

from xraydemo.classes import CLASSES
from xraydemo.desktop import text
from xraydemo.desktop.reading_panel import Gauge, ProbabilityBars, ReadingPanel
from xraydemo.metrics.agreement import Agreement
from xraydemo.metrics.bootstrap import Estimate


@pytest.fixture
def panel(qtbot):
    panel = ReadingPanel()
    qtbot.addWidget(panel)
    return panel


@pytest.mark.parametrize(
    ("percentile", "place"), [(0, 0), (47.5, 0.25), (95, 0.5), (97, 0.625), (99, 0.75), (100, 1)]
)
def test_the_gauge_gives_half_its_room_to_the_last_five_percent(percentile, place):
    assert Gauge.place_of(percentile) == pytest.approx(place)


@given(st.floats(0, 100), st.floats(0, 100))
def test_the_gauge_never_turns_round(one, other):
    low, high = sorted((one, other))
    assert 0 <= Gauge.place_of(low) <= Gauge.place_of(high) <= 1


def test_sentences(judged):
    said = text.sentence
    assert "no proof" in said(judged("covid"))
    torn = said(judged("covid", inside=("covid", "normal", "opacity"), unsure=True))
    assert (
        torn
        == "Most likely COVID-19; Normal and Lung opacity can't be excluded; the model is unsure."
    )
    assert "means little" in said(judged("covid", verdict="foreign", unsure=True))
    assert "unsure" not in said(judged("covid", verdict="foreign", unsure=True))
    assert "the X-ray is unusual" in said(judged("covid", verdict="unusual"))


def test_a_bundle_that_was_never_certified_says_so(reading):
    assert "can't tell whether to believe it" in text.sentence(reading())


def test_a_foreign_xray_is_told_with_its_reason(panel, judged):
    panel.show_reading(judged("covid", verdict="foreign"), "", failed=False)
    assert panel._reason.text() == "A hand."
    assert panel._gauge_words.text() == "◆ foreign"
    assert panel._set.text() == text.SET_VOID
    assert "foreign" in panel._gauge.accessibleDescription()


def test_the_set_is_told_to_those_who_cannot_see_the_dots(panel, judged):
    panel.show_reading(judged("covid", inside=("covid", "normal")), "", failed=False)
    said = panel._bars.accessibleDescription()
    assert said.count("can't be excluded") == 2
    assert all(text.class_name(class_id) in said for class_id in CLASSES)


def test_nothing_of_the_last_reading_stays(panel, judged):
    panel.show_reading(judged("covid", verdict="foreign"), "", failed=False)
    panel.show_reading(None, "Reading…", failed=False)
    assert panel._answer.text() == text.READING_ANSWER_NONE
    assert panel._sentence.text() == "Reading…"
    shown = (panel._set, panel._gauge_words, panel._reason, panel._time)
    assert [label.text() for label in shown] == [""] * 4
    assert panel._bars.accessibleDescription() == panel._gauge.accessibleDescription() == ""


@pytest.mark.parametrize("points", [10, 14, 18])
def test_bars_are_never_squeezed_out_by_larger_type(qtbot, points):
    bars = ProbabilityBars()
    qtbot.addWidget(bars)
    font = bars.font()
    font.setPointSizeF(points)
    bars.setFont(font)
    font.setBold(True)
    width = QFontMetrics(font).horizontalAdvance
    words = width(f"{text.MOST_LIKELY_MARK} Lung opacity {text.SET_MARK}") + width(">99 %")
    assert bars.minimumSizeHint().width() >= words + 60


def test_nothing_below_jumps_from_one_xray_to_the_next(panel, judged):
    panel.setFixedWidth(350)
    panel.show_known("covid", "opacity", "normal", hidden=False)
    heights = set()
    for reading in (None, judged("covid"), judged("opacity", verdict="foreign")):
        panel.show_reading(reading, "Reading…", failed=False)
        heights.add(panel.layout().heightForWidth(350))
    assert len(heights) == 1


@pytest.mark.parametrize(
    ("percentile", "words"),
    [
        (0, "No held-out training X-ray is less unlike"),
        (36.4, "36 % of held-out X-rays are less unlike"),
        (98.66, "98.7 % of held-out X-rays are less unlike"),
        (99.97, "99.9 % of held-out X-rays are less unlike"),
        (100, "All held-out training X-rays are less unlike"),
    ],
)
def test_percentiles_of_foreignness(percentile, words):
    assert text.foreignness(percentile) == words


def test_agreement_in_words():
    nan = float("nan")
    share = Estimate(0.5, 0.2, 0.8, 10, 10)
    said = text.agreement(Agreement(share, Estimate(-0.1, -0.5, 0.3, 10, 10), None))
    assert "5 of 10" in said
    assert "−0.10 (95 % interval −0.50 to 0.30, n = 10)" in said
    assert "no interval" in text.agreement(Agreement(share, Estimate(1, nan, nan, 10, 10), None))
    assert "not defined" in text.agreement(Agreement(share, Estimate(nan, nan, nan, 10, 10), None))
    assert "No X-ray" in text.agreement(Agreement(Estimate(nan, nan, nan, 0, 0), share, None))
