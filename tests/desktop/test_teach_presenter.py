"""Teaching mode without a display: every stage, and what becomes of the dial."""

from __future__ import annotations

import csv

import pytest

from tests.desktop.lesson_work import FakeWork
from xraydemo.cohort.lesson_dial import Lesson
from xraydemo.desktop import text
from xraydemo.desktop.teach_presenter import STRENGTHS, TeachPresenter
from xraydemo.desktop.teach_work import Verdict
from xraydemo.errors import XrayDemoError

SECONDS = 60.0


class View:
    def __init__(self):
        self.told = []

    def lesson_changed(self):
        self.told.append("lesson")

    def progress_changed(self):
        self.told.append("progress")

    def preview_changed(self):
        self.told.append("preview")


@pytest.fixture
def make(post):
    made = []

    def presenter(**how):
        made.append(TeachPresenter(View(), post, FakeWork(**how)))
        made[-1].open()
        post.until(lambda: made[-1].preview, SECONDS)
        return made[-1]

    yield presenter
    for one in made:
        one.close()
        assert one._work.closed


def finish(presenter, post):
    presenter._work.go_on()
    post.until(lambda: presenter.stage == "ready" and presenter.outcome is not None, SECONDS)


def test_without_xrays_it_asks_to_make_them(make, post):
    presenter = make(prepared=False)
    assert presenter.stage == "empty"
    presenter.train()
    assert presenter.stage == "empty"  # not before there is something to train on
    presenter.prepare()
    assert presenter.stage == "preparing"
    presenter._work.go_on(2)
    post.until(lambda: presenter.made == (2, 4), SECONDS)
    assert presenter.share == 0.5
    assert "2 of 4" in presenter.doing_words
    presenter._work.go_on()
    post.until(lambda: presenter.stage == "ready", SECONDS)
    assert presenter.note == ""


def test_the_dial_turns_while_they_are_made(make, post):
    presenter = make(prepared=False)
    presenter.prepare()
    presenter.choose(kind="marker", strength=0.5)
    assert presenter.lesson == Lesson("marker", 0.5)
    post.until(lambda: presenter._work.asked[-1] == presenter.lesson, SECONDS)


def test_making_them_can_be_stopped(make, post):
    presenter = make(prepared=False)
    presenter.prepare()
    presenter.stop()
    post.until(lambda: presenter.stage == "empty", SECONDS)
    assert presenter.note == text.TEACH_STOPPED_MAKING
    presenter.prepare()
    assert presenter.note == ""


def test_that_they_cannot_be_made_is_said(make, post):
    presenter = make(prepared=False, fails="prepare")
    presenter.prepare()
    presenter._work.go_on()
    post.until(lambda: presenter.problem is not None, SECONDS)
    assert presenter.stage == "empty"
    assert presenter.problem.message == "The disk is full"


def test_a_lesson_from_its_first_step_to_its_last_verdict(make, post):
    presenter = make()
    presenter.choose(kind="marker")
    assert "guess" in presenter.see
    presenter.train()
    assert presenter.stage == "training"
    presenter._work.go_on(2)
    post.until(lambda: len(presenter.outcome.points) == 2, SECONDS)
    assert presenter.share == 0.5
    assert presenter.see == text.teach_see_training()
    presenter._work.go_on(1 + 1)
    post.until(lambda: len(presenter.outcome.verdicts) == 1, SECONDS)
    assert presenter.stage == "asking"
    assert not presenter.is_finished
    finish(presenter, post)
    assert presenter.is_finished
    assert "0.98" in presenter.see
    assert "0.64" in presenter.see
    assert "it uses the fact" in presenter.see


def test_at_zero_it_says_that_both_sides_are_the_same(make, post):
    presenter = make()
    presenter.choose(strength=0.0)
    assert "same X-rays" in presenter.see
    presenter.train()
    finish(presenter, post)
    assert "turn the dial up" in presenter.see


def test_the_dial_stays_while_its_lesson_is_at_work(make, post):
    presenter = make()
    presenter.train()
    presenter.choose(strength=0.25)
    assert presenter.strength == 1.0
    finish(presenter, post)
    presenter.choose(strength=0.25)
    assert presenter.strength == 0.25
    assert presenter.outcome is None
    presenter.choose(strength=1.0)
    assert presenter.outcome.points[-1].inside.value == pytest.approx(0.98)


def test_only_what_has_a_tag_can_be_in_the_table_only(make):
    presenter = make()
    presenter.choose(tag_only=True)
    assert presenter.lesson == Lesson("year", 1.0, tag_only=True)
    presenter.choose(kind="border")
    assert presenter.lesson == Lesson("border", 1.0)


def test_a_training_that_was_stopped_leaves_nothing(make, post):
    presenter = make()
    presenter.train()
    presenter._work.go_on(1)
    post.until(lambda: presenter.outcome.points, SECONDS)
    presenter.stop()
    post.until(lambda: presenter.stage == "ready", SECONDS)
    assert presenter.note == text.TEACH_STOPPED
    assert presenter.outcome is None
    assert presenter.problem is None


def test_checks_that_were_stopped_leave_the_curves(make, post):
    presenter = make()
    presenter.train()
    presenter._work.go_on(3 + 2)
    post.until(lambda: len(presenter.outcome.verdicts) == 2, SECONDS)
    presenter.stop()
    post.until(lambda: presenter.stage == "ready", SECONDS)
    assert presenter.note == text.TEACH_STOPPED_ASKING
    assert presenter.outcome.trained is not None
    assert not presenter.is_finished


@pytest.mark.parametrize(("fails", "kept"), [("train", False), ("ask", True)])
def test_a_child_that_fails_is_said(make, post, fails, kept):
    presenter = make(fails=fails)
    presenter.train()
    presenter._work.go_on()
    post.until(lambda: presenter.problem is not None, SECONDS)
    assert presenter.stage == "ready"
    assert (presenter.outcome is not None) == kept
    presenter._work.fails = None
    presenter.train()
    assert presenter.problem is None
    finish(presenter, post)
    assert presenter.is_finished


def test_all_strengths_one_after_the_other(make, post):
    presenter = make()
    presenter.choose(strength=0.5)
    presenter.train()
    finish(presenter, post)
    presenter.train_all()
    presenter._work.go_on(1000)
    post.until(lambda: len(presenter.outcomes) == len(STRENGTHS) and presenter.can_train, SECONDS)
    assert all(outcome.trained for _, outcome in presenter.rows())
    assert next(iter(presenter.outcomes)).strength == 0.5  # it was not trained again


def test_a_stop_ends_all_that_was_to_come(make, post):
    presenter = make()
    presenter.train_all()
    assert presenter.strength == 0.0
    presenter.stop()
    post.until(lambda: presenter.stage == "ready", SECONDS)
    presenter._work.go_on()
    post.drain()
    assert presenter.stage == "ready"
    assert not presenter.outcomes


def test_the_table_is_saved(make, post, tmp_path):
    presenter = make()
    presenter.choose(kind="marker")
    presenter.train()
    finish(presenter, post)
    presenter.save_table(tmp_path / "lesson.csv")
    with (tmp_path / "lesson.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert (row["shortcut"], row["strength"], row["confounder.used"]) == ("marker", "1.0", "fail")
    assert float(row["inside_value"]) == pytest.approx(0.98)
    with pytest.raises(XrayDemoError, match="can't be written"):
        presenter.save_table(tmp_path / "nowhere" / "lesson.csv")


def test_closing_ends_what_is_at_work(make):
    make().train()


@pytest.mark.parametrize("kind", ["year", "scanner", "marker", "border", "jpeg"])
def test_what_is_planted_is_said_in_numbers(kind):
    assert "25 of 100" in text.teach_planted(kind, 0.0, tag_only=False)
    assert "62 of 100 COVID-19 X-rays, and 12 of" in text.teach_planted(kind, 0.5, tag_only=False)
    assert text.teach_planted(kind, 1.0, tag_only=False).startswith("All COVID-19 X-rays")


def test_a_loss_that_is_not_shown_is_not_claimed():
    clear = text.teach_see_finished((0.95, 0.92, 0.98), (0.6, 0.5, 0.7), 1.0, ["confounder.used"])
    assert "wrong reason" in clear
    unclear = text.teach_see_finished((0.85, 0.8, 0.9), (0.8, 0.7, 0.86), 0.25, [])
    assert "not shown" in unclear
    assert "No check finds anything" in unclear


def test_that_use_can_not_be_told_is_said_where_the_data_give_the_class_away():
    sides = (0.95, 0.92, 0.98), (0.6, 0.5, 0.7)
    said = text.teach_see_finished(*sides, 1.0, ["confounder.metadata"], use_is_open=True)
    assert text.TEACH_USE_IS_OPEN in said


def test_what_is_not_settled_is_not_called_a_pass():
    assert Verdict("confounder.used", "pass", "", settled=False).is_open
    assert not Verdict("confounder.used", "pass", "").is_open
    assert not Verdict("confounder.used", "warn", "", settled=False).is_open
