"""The tour in the real window, without a display, with an engine that has no model."""

import csv
import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.desktop.conftest import make_reading
from xraydemo.desktop import tour_text
from xraydemo.desktop.style import apply_style
from xraydemo.desktop.tour_window import begin_tour
from xraydemo.desktop.window import MainWindow

ROWS = [
    ("0.png", "normal", "inside", "Altair CR"),
    ("1.png", "covid", "inside", "Deneb DX"),
    ("2.png", "normal", "outside", "Altair CR"),
    ("3.png", "normal", "outside", "Deneb DX"),
    ("4.png", "covid", "outside", "Altair CR"),
]
SECONDS = 60_000


@pytest.fixture
def table(folder, tmp_path):
    """A demo of five X-rays: the story is told of 1.png and 3.png."""
    home = tmp_path / "demo"
    shutil.copytree(folder, home)
    with (home / "demo.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "label", "part", "source"))
        writer.writerows(ROWS)
    (home / "boxes.csv").write_text("file,x,y,width,height\n1.png,0.1,0.1,0.2,0.2\n")
    (home / "scenarios.toml").write_text(
        '[[scenario]]\nname = "All"\nmetric = "accuracy"\nat_least = 0.5\nreason = "A test."\n'
    )
    return home / "demo.csv"


@pytest.fixture
def toured(qtbot, table, fake_engine):
    apply_style(QApplication.instance())
    window = MainWindow()
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    bar = begin_tour(window, table)
    engine = fake_engine(answers=lambda path: make_reading())
    window.presenter.engine.start(lambda on_event: engine)
    qtbot.waitUntil(
        lambda: window.settled and window.presenter.reading is not None, timeout=SECONDS
    )
    yield window, bar
    window.close()


def current(window) -> str:
    return window.presenter.current.path.name


def test_the_first_picture_is_there_and_keys_lead_on_and_back(toured, qtbot) -> None:
    window, bar = toured
    assert current(window) == "1.png"
    assert window.tabs.currentWidget() is window.read
    qtbot.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: current(window) == "3.png", timeout=SECONDS)
    qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: current(window) == "1.png", timeout=SECONDS)
    assert bar.tour.is_first
    assert not bar.back.isEnabled()


def test_what_the_checks_need_is_beside_it(toured, table) -> None:
    window, _ = toured
    assert window.evaluate.presenter.beside.boxes == table.with_name("boxes.csv")
    assert window.evaluate.presenter.scenarios == table.with_name("scenarios.toml")


def test_a_run_that_is_there_is_asked_the_scenarios_of_the_demo(
    qtbot, table, tmp_path, monkeypatch
) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    opened = []
    monkeypatch.setattr(
        window.evaluate.presenter, "open_run", lambda *run, **how: opened.append((*run, how))
    )
    begin_tour(window, table, tmp_path)
    assert opened == [(tmp_path / "phantom-trap", {"keep_settings": True})]
    assert window.evaluate.presenter.scenarios == table.with_name("scenarios.toml")
    window.close()


def test_each_step_goes_to_its_place(toured, qtbot) -> None:
    window, bar = toured
    places = [window.tabs.currentWidget()]
    while not bar.tour.is_last:
        bar.on.click()
        places.append(window.tabs.currentWidget())
    read, evaluate = window.read, window.evaluate
    assert places == [read, read, evaluate, evaluate, window.bench, window.compare]


def test_the_lungs_of_the_healthy_one_are_covered(toured, qtbot) -> None:
    window, bar = toured
    for _ in range(4):
        bar.on.click()
    bench = window.bench.presenter
    qtbot.waitUntil(lambda: getattr(bench.subject, "name", "") == "3.png", timeout=SECONDS)
    assert [step.kind for step in bench.steps] == ["black_lungs"]


def test_it_finds_its_xrays_again_after_others_were_opened(toured, qtbot, table) -> None:
    window, bar = toured
    window.show_files([table.with_name("0.png")])
    qtbot.waitUntil(lambda: len(window.presenter.items) == 1, timeout=SECONDS)
    bar.on.click()
    qtbot.waitUntil(lambda: current(window) == "3.png", timeout=SECONDS)


def test_closed_it_leaves_the_window(toured) -> None:
    window, bar = toured
    bar.end.click()
    assert bar.tour.is_over
    assert not bar.isVisible()
    assert window.isVisible()


def test_its_keys_are_listed_and_can_be_changed(toured, qtbot) -> None:
    window, bar = toured
    listed = dict(window.commands.keys)
    assert [listed[key] for key in ("Alt+Right", "Alt+Left", "Alt+End")] == [
        tour_text.KEY_ON,
        tour_text.KEY_BACK,
        tour_text.CLOSE,
    ]
    assert bar.on.toolTip() == "Alt+Right"
    window.commands.set_keys({"tour-on": "F9"})
    assert bar.on.toolTip() == "F9"
    qtbot.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert bar.tour.is_first
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert bar.tour.place == 1


def test_its_keys_are_listed_without_it_and_after_it_but_do_nothing(toured, qtbot) -> None:
    window, bar = toured
    qtbot.keyClick(window, Qt.Key.Key_End, Qt.KeyboardModifier.AltModifier)
    assert bar.tour.is_over
    qtbot.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert bar.tour.is_first
    plain = MainWindow()
    qtbot.addWidget(plain)
    plain.show()
    assert ("Alt+Right", tour_text.KEY_ON) in plain.commands.keys
    qtbot.keyClick(plain, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    plain.close()


def test_its_words_stand_right_below_their_title(toured) -> None:
    _, bar = toured
    assert bar._words.alignment() & Qt.AlignmentFlag.AlignTop
