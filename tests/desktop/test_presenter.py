import json
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest

from xraydemo.desktop import text
from xraydemo.desktop.engine_door import LATER, NOW, SOON
from xraydemo.desktop.items import Item
from xraydemo.desktop.loader import Opened, Picture
from xraydemo.desktop.order import Order
from xraydemo.desktop.presenter import Presenter, View
from xraydemo.desktop.study import agreement, studies_folder
from xraydemo.desktop.windowing import measure
from xraydemo.errors import EngineLost, UnreadableImage
from xraydemo.radiograph import Presentation, Window

PIXELS = np.arange(10_000, dtype=np.uint16).reshape(100, 100)
FILES = [Path(f"/x/{number}.png") for number in range(30)]


def sha256_of(path):
    return path.stem.rjust(64, "0")


def open_one(path):
    if path.stem == "broken":
        return Opened(None, UnreadableImage("It is broken", "Copy it again"))
    presentation = Presentation(Window.between(0, 9999), inverted=path.stem == "1")
    radiograph = SimpleNamespace(pixels=PIXELS, presentation=presentation)
    picture = Picture(radiograph, (PIXELS,), measure(PIXELS))
    return Opened(picture, None, sha256=sha256_of(path))


class Bench:
    """A presenter with a view that only listens."""

    def __init__(self, post, engine_class):
        self.post = post
        self.view = Mock(spec=View)
        self.presenter = Presenter(self.view, post, list, open_one)
        self.engine_class = engine_class
        self.engine = None

    def start(self):
        self.presenter.engine.start(self._make)
        self.post.until(lambda: self.presenter.engine.door)
        self.engine.event("ready", "OpenVINO on CPU, fp32")
        self.post.until(lambda: self.presenter.engine.state == "ready")

    def _make(self, on_event):
        self.engine = self.engine_class(on_event)
        return self.engine

    def open(self, files=FILES):
        self.presenter.open(files)
        self.post.until(lambda: not self.presenter.searching)
        if files:
            self.post.until(lambda: self.presenter.opened)

    def go(self, row):
        self.presenter.select(row)
        self.post.until(lambda: self.presenter.opened)

    def answer(self, path, answer=None):
        self.engine.answer(path, answer)
        self.post.drain(0.02)


@pytest.fixture
def bench(post, fake_engine):
    bench = Bench(post, fake_engine)
    yield bench
    bench.presenter.close()


def test_opening_shows_the_first_file(bench):
    bench.open()
    assert [item.path for item in bench.presenter.items] == FILES
    assert bench.presenter.current.path == FILES[0]
    assert bench.presenter.gray.presentation == Presentation(Window.between(0, 9999))
    bench.view.files_changed.assert_called()
    bench.view.picture_changed.assert_called()


def test_opening_nothing_says_so(bench):
    bench.open([])
    assert bench.presenter.problem.message == text.NOTHING_FOUND
    assert bench.presenter.current is None
    assert bench.presenter.reading_note == text.READING_NONE


def test_only_the_last_of_two_searches_counts(bench):
    bench.presenter.open(FILES[:3])
    bench.open(FILES[5:7])
    bench.post.drain()
    assert [item.path for item in bench.presenter.items] == FILES[5:7]


def test_walking_stops_at_the_ends(bench):
    bench.open(FILES[:3])
    bench.presenter.move(-1)
    assert bench.presenter.current.row == 0
    bench.presenter.move(10)
    assert bench.presenter.current.row == 2


def test_reads_ahead_in_the_direction_of_travel(bench):
    bench.open()
    bench.go(10)
    assert [item.row for item in bench.presenter._near()] == [10, 11, 12, 9, 13]
    bench.go(9)
    assert [item.row for item in bench.presenter._near()] == [9, 8, 7, 10, 6]


def test_the_current_one_is_asked_first_then_the_next_then_a_few_of_the_rest(bench):
    bench.open()
    bench.start()
    asked = bench.engine.asked
    assert asked[0] == (FILES[0], NOW)
    assert asked[1:4] == [(FILES[n], SOON) for n in (1, 2, 3)]
    assert asked[4:] == [(FILES[n], LATER) for n in range(4, 12)]


def test_every_file_is_read_in_the_end_and_only_once(bench):
    bench.open()
    bench.start()
    answered = []
    for step in range(len(FILES)):
        if step % 4 == 1:
            bench.presenter.select((step * 7) % len(FILES))
        path = bench.engine.waiting()[0]
        answered.append(path)
        bench.answer(path)
    assert sorted(answered) == sorted(FILES)
    assert bench.presenter.queue.read_count == len(FILES)
    assert not bench.engine.waiting()


def test_moving_withdraws_what_is_no_longer_wanted_and_puts_it_back_in_the_queue(bench):
    bench.open()
    bench.start()
    bench.go(20)
    latest = dict(bench.engine.asked)
    assert latest[FILES[20]] == NOW
    assert latest[FILES[21]] == SOON
    assert FILES[0] not in bench.engine.waiting()
    for path in (FILES[5], FILES[6], FILES[7], FILES[8]):
        bench.answer(path)
    latest = dict(bench.engine.asked)
    assert [latest[FILES[row]] for row in range(4)] == [LATER] * 4


def test_what_the_model_works_on_is_not_asked_again(bench):
    bench.open()
    bench.start()
    bench.engine.open[FILES[1]].set_running_or_notify_cancel()
    bench.go(1)
    assert [path for path, _ in bench.engine.asked].count(FILES[1]) == 1


def test_a_reading_is_shown_where_it_belongs(bench, reading):
    bench.open()
    bench.start()
    bench.view.reset_mock()
    bench.answer(FILES[1], reading("normal"))
    bench.view.row_changed.assert_called_once_with(1)
    bench.view.reading_changed.assert_not_called()
    bench.answer(FILES[0], reading("covid"))
    bench.view.reading_changed.assert_called_once_with()
    assert bench.presenter.reading_note == ""
    assert bench.presenter.layers.heatmap.max() == pytest.approx(0.3, abs=1e-3)
    assert bench.presenter.queue.read_count == 2


def test_the_map_follows_the_most_likely_class_until_one_is_chosen(bench, reading):
    presenter = bench.presenter
    assert presenter.layers.heatmap is None
    bench.open()
    bench.start()
    bench.answer(FILES[0], reading("covid"))
    bench.answer(FILES[1], reading("normal"))
    assert presenter.layers.heatmap_class == "covid"
    presenter.move(1)
    assert presenter.layers.heatmap_class == "normal"
    presenter.layers.next_class()
    assert presenter.layers.heatmap_class == "covid"
    assert presenter.layers.heatmap.max() < 0
    presenter.move(-1)
    assert presenter.layers.heatmap_class == "covid"
    presenter.layers.choose_class(None)
    assert presenter.layers.heatmap_class == "covid"


def test_a_broken_file_is_an_error_in_its_place_and_the_rest_goes_on(bench):
    bench.open([Path("broken.dcm"), *FILES[:2]])
    presenter = bench.presenter
    assert presenter.opened.error.message == "It is broken"
    assert presenter.items[0].error
    assert presenter.queue.failed_count == 1
    assert presenter.gray.presentation is None
    assert presenter.reading_note == text.READING_UNREADABLE
    for act in (
        presenter.gray.invert,
        presenter.gray.reset,
        presenter.layers.next_class,
        presenter.gray.end_drag,
    ):
        act()
    presenter.gray.drag(3, 3, fine=False)
    presenter.gray.set_preset("full")
    presenter.gray.set_window(1, 2)
    bench.go(1)
    assert presenter.gray.presentation is not None


def test_the_engines_error_is_the_rows_error(bench):
    bench.open()
    bench.start()
    bench.answer(FILES[0], EngineLost("It died twice", "Look at the file"))
    assert bench.presenter.queue.failed_count == 1
    assert bench.presenter.reading_note == "It died twice. Look at the file."
    assert bench.presenter.opened.picture  # the picture is none the worse for it


def test_reading_again_forgets_what_was_known(bench):
    bench.open()
    bench.start()
    bench.answer(FILES[0], EngineLost("It died"))
    bench.presenter.read_again()
    assert bench.presenter.queue.failed_count == 0
    assert bench.presenter.reading_note == text.READING_WAITING
    assert FILES[0] in bench.engine.waiting()
    bench.answer(FILES[0])
    assert bench.presenter.queue.read_count == 1


def test_answers_for_another_folder_are_dropped(bench):
    bench.open()
    bench.start()
    late = bench.engine.open[FILES[0]]
    late.set_running_or_notify_cancel()  # can't be withdrawn any more
    bench.open(FILES[10:12])
    late.set_result("an answer that nobody waits for")
    bench.post.drain()
    assert bench.presenter.queue.read_count == 0


def test_states_of_the_engine_in_words(bench):
    presenter = bench.presenter
    assert presenter.engine.status == text.ENGINE_NONE
    bench.open()
    assert presenter.reading_note == text.READING_WAITING_MODEL
    bench.start()
    assert presenter.engine.status == "Ready: OpenVINO on CPU, fp32"
    assert presenter.reading_note == text.READING_WAITING
    for kind in ("starting", "restarted"):
        bench.engine.event(kind)
    bench.post.drain()
    assert presenter.engine.status == text.ENGINE_RESTARTED
    bench.engine.event("ready", "OpenVINO on CPU, fp32")
    bench.post.drain()
    assert text.ENGINE_RESTARTED_NOTE in presenter.engine.status
    bench.engine.event("failed", "It died again and again.")
    bench.post.drain()
    assert presenter.engine.status == "No model: It died again and again."
    assert "It died again and again" in presenter.reading_note


def test_a_failed_engine_is_asked_no_more(bench):
    bench.open()
    bench.start()
    bench.engine.event("failed", "gone")
    bench.post.drain()
    asked = len(bench.engine.asked)
    bench.go(20)
    assert len(bench.engine.asked) == asked


def test_an_engine_that_does_not_start_is_said(bench):
    def no_bundle(_):
        raise UnreadableImage("There is no bundle", "Train one")

    bench.open()
    bench.presenter.engine.start(no_bundle)
    bench.post.until(lambda: bench.presenter.engine.state == "failed")
    assert "There is no bundle. Train one." in bench.presenter.engine.status
    assert bench.presenter.opened.picture


def test_closing_ends_an_engine_whose_start_was_not_yet_noticed(post, fake_engine):
    bench = Bench(post, fake_engine)
    bench.presenter.engine.start(bench._make)
    bench.view.reset_mock()
    bench.presenter.close()  # nothing was delivered in between
    assert bench.engine is None or bench.engine.closed
    bench.post.drain()
    assert bench.view.mock_calls == []


def test_closing_withdraws_what_waits(bench):
    bench.open()
    bench.start()
    bench.presenter.close()
    assert not bench.engine.waiting()
    assert bench.engine.closed


def test_window_by_hand_and_by_preset(bench):
    presenter = bench.presenter
    bench.open()
    presenter.gray.set_window(100, 300)
    assert (presenter.gray.presentation.voi.low, presenter.gray.presentation.voi.high) == (100, 300)
    assert presenter.gray.preset == ""
    presenter.gray.invert()
    assert presenter.gray.inverted
    presenter.gray.set_preset("full")
    assert presenter.gray.presentation.voi.high == 9999
    assert presenter.gray.inverted  # a preset changes the window, not the way round
    presenter.gray.reset()
    assert not presenter.gray.inverted
    assert presenter.gray.preset == "file"


def test_each_xray_begins_as_its_file_says(bench):
    bench.open()
    bench.presenter.gray.set_window(100, 300)
    bench.go(1)
    assert bench.presenter.gray.preset == "file"
    assert bench.presenter.gray.presentation.inverted
    assert not bench.presenter.gray.inverted


def test_a_drag_counts_from_its_beginning_and_can_be_taken_back(bench):
    presenter = bench.presenter
    bench.open()
    presenter.gray.set_preset("lungs")
    before = presenter.gray.presentation
    for way in (10, 20, 30):
        presenter.gray.drag(way, 0, fine=False)
    whole = presenter.gray.presentation.voi.width
    presenter.gray.end_drag(cancel=True)
    assert presenter.gray.presentation == before
    assert presenter.gray.preset == "lungs"
    presenter.gray.drag(30, 0, fine=False)
    assert presenter.gray.presentation.voi.width == whole
    presenter.gray.end_drag()
    presenter.gray.end_drag(cancel=True)  # nothing is under way any more
    assert presenter.gray.presentation.voi.width == whole


def answer_all(bench, answers):
    """Answer every file; `answers` by row, others are normal."""
    while bench.engine.waiting():
        path = bench.engine.waiting()[0]
        bench.answer(path, answers(int(path.stem)))


def test_sorted_rows_are_walked_in_their_order(bench, judged):
    bench.open(FILES[:6])
    bench.start()
    answer_all(bench, lambda row: judged("covid", share=0.5 + row / 20))
    presenter = bench.presenter
    presenter.sort_by("priority")
    assert presenter.shown == [5, 4, 3, 2, 1, 0]
    assert presenter.current.row == 0  # still the one that was looked at
    assert presenter.place == 5
    presenter.move(-1)
    assert presenter.current.row == 1
    presenter.sort_by("priority")
    assert presenter.shown == [0, 1, 2, 3, 4, 5]
    assert [item.row for item in presenter._near()][:2] == [1, 0]


def test_readings_that_come_move_no_row_until_the_list_is_sorted_again(bench, judged):
    bench.open(FILES[:4])
    bench.start()
    presenter = bench.presenter
    presenter.sort_by("priority")
    bench.view.reset_mock()
    bench.answer(FILES[3], judged("covid"))
    assert presenter.shown == [0, 1, 2, 3]
    assert presenter.is_order_old
    bench.view.order_aged.assert_called_once_with()
    bench.view.order_changed.assert_not_called()
    presenter.sort_again()
    assert presenter.shown == [3, 0, 1, 2]
    assert not presenter.is_order_old


def test_what_the_search_left_out_is_left_by_either_key(bench, judged):
    bench.open(FILES[:6])
    presenter = bench.presenter
    presenter.search("3.png")
    assert presenter.shown == [3]
    assert presenter.current.row == 0
    assert presenter.place is None
    presenter.move(1)
    assert presenter.current.row == 3
    presenter.search("nothing of this name")
    presenter.move(1)
    assert presenter.current.row == 3
    presenter.search("")
    assert presenter.place == 3


def test_another_folder_is_searched_for_nothing(bench):
    bench.open(FILES[:6])
    bench.presenter.search("3.png")
    bench.open(FILES[10:12])
    assert bench.presenter.shown == [0, 1]


def test_labels_come_from_folders_or_from_whoever_knows_better(bench):
    files = [Path("/x/covid/1.png"), Path("/x/2.png")]
    bench.open(files)
    assert [item.label for item in bench.presenter.items] == ["covid", ""]
    bench.presenter.open(files, {files[1]: "normal"})
    bench.post.until(lambda: not bench.presenter.searching)
    assert [item.label for item in bench.presenter.items] == ["", "normal"]


def test_a_mark_is_kept_shown_and_taken_back(bench, post):
    bench.open(FILES[:3])
    presenter = bench.presenter
    presenter.mark("covid")
    assert presenter.items[0].mark == "covid"
    presenter.mark("normal")
    presenter.undo_mark()
    assert presenter.items[0].mark == "covid"
    bench.go(1)
    presenter.mark("opacity")
    presenter.mark("opacity")  # once more takes it away
    assert presenter.items[1].mark == ""
    another = Presenter(Mock(spec=View), post, list, open_one)
    another.open(FILES[:3])
    post.until(lambda: another.opened)
    assert another.current.mark == "covid"
    assert another.current.label == ""  # a mark is not a label
    another.close()


def test_undo_goes_to_the_xray_and_names_it_and_its_mark(bench):
    bench.open(FILES[:3])
    presenter = bench.presenter
    presenter.mark("covid")
    presenter.mark("normal")
    bench.go(2)
    presenter.undo_mark()
    assert presenter.current.row == 0
    bench.view.notice.assert_called_with(text.undone("0.png", "normal", "covid"))
    presenter.mark("covid")  # once more takes it away
    presenter.search("2.png")
    bench.go(2)
    presenter.undo_mark()
    assert presenter.current.row == 2  # the other is not listed
    bench.view.notice.assert_called_with("The mark COVID-19 of 0.png is back.")
    bench.open(FILES[5:7])
    presenter.undo_mark()
    said = text.undone(text.UNDONE_ELSEWHERE, "covid", "")
    bench.view.notice.assert_called_with(said)
    presenter.undo_mark()
    bench.view.notice.assert_called_with(text.NOTHING_TO_UNDO)


def test_undo_stays_at_a_copy_of_the_marked_xray(bench):
    bench.open([Path("/x/a/1.png"), Path("/x/b/1.png"), Path("/x/2.png")])
    bench.go(1)
    bench.presenter.mark("covid")
    bench.presenter.undo_mark()
    assert bench.presenter.current.row == 1


def test_marks_of_files_that_were_only_read_by_the_model_are_known_too(bench, judged):
    bench.open(FILES[:8])
    bench.go(7)
    bench.presenter.mark("pneumonia")
    bench.open(FILES[:8])
    bench.start()
    bench.answer(FILES[7], judged("covid", sha256=sha256_of(FILES[7])))
    assert bench.presenter.items[7].mark == "pneumonia"
    assert bench.presenter.marking.marked == [bench.presenter.items[7]]


def test_the_table_of_marks_names_files_from_the_folder_that_holds_all(bench, tmp_path):
    bench.open([Path("/x/a/1.png"), Path("/x/b/2.png")])
    bench.presenter.mark("covid")
    bench.presenter.marking.save(tmp_path / "marks.csv")
    assert (tmp_path / "marks.csv").read_text().splitlines()[1].startswith("a/1.png,covid,")


def test_a_broken_file_and_no_file_take_no_mark(bench):
    bench.presenter.mark("covid")
    bench.open([Path("/x/broken.dcm")])
    bench.presenter.mark("covid")
    assert bench.presenter.items[0].mark == ""


def test_blind_everything_is_hidden_until_answered(bench, judged):
    bench.open(FILES[:6])
    bench.start()
    answer_all(bench, lambda row: judged("covid"))
    presenter = bench.presenter
    presenter.begin_study(seed=1)
    bench.post.until(lambda: presenter.opened)
    assert sorted(presenter.shown) == [0, 1, 2, 3, 4, 5]
    assert presenter.shown != [0, 1, 2, 3, 4, 5]
    assert presenter.current.row == presenter.shown[0]
    assert presenter.is_blind
    assert presenter.reading is None
    assert presenter.layers.heatmap is None
    assert presenter.layers.heatmap_class is None
    assert presenter.reading_note == text.STUDY_HIDDEN
    presenter.mark("normal")
    assert not presenter.is_blind
    assert presenter.reading.predicted == "covid"
    presenter.mark("covid")  # the first answer counts
    presenter.undo_mark()
    assert [a.reader for a in presenter.study.answers.values()] == ["normal"]
    assert presenter.current.mark == ""  # an answer is not a mark
    presenter.move(1)
    assert presenter.is_blind
    presenter.sort_by("priority")
    presenter.search("covid")
    assert presenter.shown == presenter.study.order


def test_a_study_ends_with_pairs_and_a_table(bench, judged, tmp_path):
    bench.open(FILES[:4])
    bench.start()
    answer_all(bench, lambda row: judged("covid" if row % 2 else "normal"))
    presenter = bench.presenter
    presenter.begin_study(seed=1)
    for _ in range(3):
        row = presenter.study.next_row
        presenter.select(row)
        bench.post.until(lambda: presenter.opened)
        presenter.mark("covid")
    study = presenter.study
    presenter.end_study()
    bench.view.study_ended.assert_called_once_with(study)
    assert presenter.study is None
    assert presenter.shown == [0, 1, 2, 3]
    pairs = study.pairs()
    assert [reader for reader, _ in pairs] == ["covid"] * 3
    assert {model for _, model in pairs} == {"covid", "normal"}
    study.save(tmp_path / "study.csv")
    lines = (tmp_path / "study.csv").read_text().splitlines()
    assert lines[0].startswith("place,file,reader,model,probability,agree")
    assert len(lines) == 4


def test_opening_other_files_ends_a_study_and_loses_none_of_its_answers(bench, judged, tmp_path):
    bench.open(FILES[:4])
    bench.start()
    answer_all(bench, lambda row: judged("covid"))
    presenter = bench.presenter
    presenter.begin_study(seed=1)
    bench.post.until(lambda: presenter.opened)
    presenter.mark("covid")
    study, name = presenter.study, presenter.current.path.name
    bench.open(FILES[10:12])
    assert presenter.study is None
    bench.view.study_ended.assert_called_once_with(study)
    assert study.pairs() == [("covid", "covid")]
    study.save(tmp_path / "study.csv")
    (_, line) = (tmp_path / "study.csv").read_text().splitlines()
    assert line.startswith(f"1,{name},covid,covid,")


def test_a_study_without_answers_ends_without_a_word_when_others_are_opened(bench):
    bench.open(FILES[:4])
    bench.presenter.begin_study()
    bench.open(FILES[10:12])
    assert bench.presenter.study is None
    bench.view.study_ended.assert_not_called()


def test_blind_no_error_of_the_model_names_the_file(bench):
    bench.open(FILES[:2])
    bench.start()
    presenter = bench.presenter
    presenter.begin_study(seed=1)
    bench.post.until(lambda: presenter.opened)
    presenter._details.get = lambda path, want: UnreadableImage(f"{path} is no image")
    assert presenter.detail_or_why("tensor") == text.STUDY_HIDDEN


def test_the_answers_of_a_study_are_kept_as_they_are_given(bench, judged):
    bench.open(FILES[:4])
    bench.presenter.begin_study(seed=1)
    bench.post.until(lambda: bench.presenter.opened)
    bench.presenter.mark("covid")
    (journal,) = studies_folder().glob("*.jsonl")
    kept = json.loads(journal.read_text())
    assert kept["reader"] == "covid"
    assert kept["sha256"] == bench.presenter.current.sha256
    assert "file" not in kept


def test_agreement_of_no_pairs():
    assert agreement([]).share.n == 0
    assert agreement([("covid", "covid"), ("normal", "covid")]).share.value == 0.5


def test_details_are_asked_when_they_are_to_be_seen(bench):
    bench.open(FILES[:3])
    bench.start()
    presenter = bench.presenter
    wanted = []
    presenter._details.want = lambda engine, path, wants: wanted.append((path, wants))
    presenter.layers.show_lungs(shown=True)
    assert wanted[-1] == (FILES[0], ("lungs",))
    presenter.layers.toggle_layer("unlike")
    assert not presenter.layers.heatmap_shown
    presenter.layers.show_page("tensor")
    assert wanted[-1] == (FILES[0], ("lungs", "unlike", "tensor"))
    bench.go(1)
    assert wanted[-1] == (FILES[1], ("lungs", "unlike", "tensor"))
    presenter.layers.show_page("neighbours")
    presenter.begin_study(seed=1)
    assert wanted[-1][1] == ("lungs",)  # the others tell of the answer
    presenter.end_study()
    presenter.layers.toggle_layer("unlike")
    assert presenter.layers.layer == ""
    assert wanted[-1][1] == ("lungs", "neighbours")


def test_a_map_without_evidence_is_hidden_with_the_reason(bench, reading):
    bench.open(FILES[:2])
    bench.start()
    bench.answer(FILES[0], reading("covid"))
    assert bench.presenter.layers.heatmap_hidden_because == ""
    bench.presenter.layers.choose_class("normal")
    assert "Normal" in bench.presenter.layers.heatmap_hidden_because


def test_a_list_of_twenty_thousand_is_searched_and_sorted_at_once(bench, judged):
    items = [
        Item(row, Path(f"/x/{row}.png"), reading=judged("covid", share=0.9 - row % 7 / 10))
        for row in range(2_000)
    ]
    for item in items:
        assert item.words
    items = [replace(items[row % 2_000], row=row) for row in range(20_000)]
    for order in (Order("priority"), Order(search="covid 19")):
        begun = time.perf_counter()
        assert order.apply(items)
        assert time.perf_counter() - begun < 1.0
