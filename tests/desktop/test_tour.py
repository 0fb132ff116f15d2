"""The story's steps, without a window."""

from types import SimpleNamespace

import pytest

from tests.desktop.conftest import make_reading
from xraydemo.desktop import tour_text
from xraydemo.desktop.tour import STEPS, Tour
from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.evaluation.story import STORY_CHECKS, Travelled
from xraydemo.metrics.bootstrap import Estimate

FAR = Travelled(
    Estimate(0.98, 0.97, 0.99, 300, 200),
    Estimate(0.7, 0.6, 0.8, 160, 120),
    Estimate(0.28, 0.18, 0.38, 160, 120),
)


class FakeStage:
    """Remembers what was shown; knows nothing until a test says so."""

    def __init__(self):
        self.shown = []
        self.travelled = self.of_honest = self.reading = self.what_if = None
        self.asked, self.is_asked = (0, 0), False
        self.answers = {}

    def read(self, subject):
        self.shown.append(subject)

    def show_verdicts(self):
        self.shown.append("verdicts")

    def show_check(self, check):
        self.shown.append(check)

    def cover_lungs(self):
        self.shown.append("covered")

    def compare(self):
        self.shown.append("compare")

    def found(self, check):
        return self.answers.get(check)

    def know_all(self):
        self.travelled, self.of_honest = FAR, FAR
        self.reading, self.what_if = make_reading(), (make_reading(), make_reading())
        self.asked, self.is_asked = (37, 9), True
        self.answers = {c: CheckResult(Verdict.FAIL, "it fails", check=c) for c in STORY_CHECKS}


@pytest.fixture
def stage():
    return FakeStage()


@pytest.fixture
def view():
    told = SimpleNamespace(steps=0, over=0)
    told.step_changed = lambda: setattr(told, "steps", told.steps + 1)
    told.closed = lambda: setattr(told, "over", told.over + 1)
    return told


@pytest.fixture
def tour(view, stage):
    tour = Tour(view, stage)
    tour.begin()
    return tour


def test_it_goes_through_the_window_step_by_step(tour, stage, view) -> None:
    while not tour.is_last:
        tour.go_on()
    assert stage.shown == [
        "ill", "healthy", "verdicts", "confounder.newness", "covered", "compare",
    ]  # fmt: skip
    assert view.steps == len(STEPS) == 6
    assert view.over == 0


def test_back_shows_the_step_before_and_stops_at_the_first(tour, stage) -> None:
    tour.go_on()
    tour.go_back()
    tour.go_back()
    assert tour.is_first
    assert stage.shown == ["ill", "healthy", "ill"]


def test_after_the_last_step_it_is_over(tour, view) -> None:
    for _ in STEPS:
        tour.go_on()
    assert tour.is_over
    assert view.over == 1


@pytest.mark.parametrize("place", range(len(STEPS)))
def test_each_step_waits_in_words_and_then_says_its_numbers(tour, stage, place) -> None:
    for _ in range(place):
        tour.go_on()
    waiting = tour.words
    assert not tour.is_ready
    stage.know_all()
    assert tour.is_ready
    assert tour.words != waiting
    assert "…" not in tour.words
    assert any(character.isdigit() for character in tour.words) or "fail" in tour.words


@pytest.mark.parametrize("place", range(len(STEPS)))
def test_the_words_fit_into_two_lines_at_1366_pixels(tour, stage, place) -> None:
    stage.know_all()
    for _ in range(place):
        tour.go_on()
    assert len(tour.words) <= 2 * 160  # a line held 165 to 170 where it was counted


def test_news_are_told_once(tour, stage, view) -> None:
    before = view.steps
    tour.refresh()
    assert view.steps == before
    stage.travelled = FAR
    tour.refresh()
    tour.refresh()
    assert view.steps == before + 1


def test_numbers_come_with_interval_and_n(tour, stage) -> None:
    stage.know_all()
    assert "0.98 [0.97, 0.99], n = 300" in tour.words
    tour.go_on()
    assert "0.70 [0.60, 0.80], n = 160" in tour.words


def test_it_says_that_the_lungs_were_not_needed_only_where_that_is_so(tour, stage) -> None:
    for _ in range(4):
        tour.go_on()
    stage.what_if = (make_reading("covid"), make_reading("covid"))
    assert tour_text.NEVER_LOOKED in tour.words
    stage.what_if = (make_reading("covid"), make_reading("normal"))
    assert tour_text.NEVER_LOOKED not in tour.words
