"""The Compare tab in the real window, on two real runs of a tiny model."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton

from tests.bundles import write_tiny_bundle
from tests.desktop.test_compare_presenter import comparison
from tests.evaluation.cohorts import write_xrays
from tests.evaluation.runs import make_run
from xraydemo.cohort.cohort import read_cohort
from xraydemo.desktop import compare_tab, text
from xraydemo.desktop.compare_work import Compared, ModelName, RunName
from xraydemo.desktop.memory import Memory
from xraydemo.desktop.scenario_dialog import ScenarioDialog
from xraydemo.desktop.style import apply_style
from xraydemo.desktop.window import MainWindow
from xraydemo.engine.client import Engine
from xraydemo.evaluation.collect import collect
from xraydemo.evaluation.compare import Difference, compare
from xraydemo.evaluation.scenarios import read_scenarios


@pytest.fixture
def before(tmp_path, tiny_bundle):
    table = write_xrays(tmp_path / "xrays", 16)
    with Engine(tiny_bundle, "cpu") as engine:
        collect(read_cohort(table), engine, tmp_path / "before")
    return tmp_path / "before"


@pytest.fixture
def window(qtbot):
    apply_style(QApplication.instance())
    window = MainWindow()
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    window.go_to(window.compare)
    yield window
    window.close()


def words(window):
    labels = window.compare.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def test_two_runs_side_by_side(window, qtbot, before, tmp_path):
    assert text.COMPARE_TITLE in words(window)
    tab, presenter = window.compare, window.compare.presenter
    assert QApplication.focusWidget() is tab.choosers["before"]
    assert not tab.go.isEnabled()
    after = tmp_path / "after"
    shutil.copytree(before, after)
    presenter.choose("before", before)
    presenter.choose("after", after)
    qtbot.waitUntil(lambda: tab.go.isEnabled(), timeout=60_000)
    tab.go.click()
    assert presenter.is_at_work
    qtbot.waitUntil(lambda: presenter.compared is not None, timeout=600_000)
    assert "0 of 16 X-rays get another answer" in words(window)
    assert tab.checks.rowCount() > 5
    assert words(window).count("trained on 4 X-rays") >= 2
    assert "compared got worse" in words(window)
    assert tab.flips.rowCount() == 0
    assert not tab.show_all.isEnabled()


def test_a_second_pair_leaves_nothing_of_the_first(window, qtbot, monkeypatch):
    tab, presenter = window.compare, window.compare.presenter
    same = make_run(["normal", "covid"])
    pairs = {"flipped": comparison(), "copy": compare(same, same)}

    def compare_runs(_, after, *__):
        return Compared(pairs[after.name], tuple("abcd"), after)

    monkeypatch.setattr(presenter._work, "name_run", lambda f: RunName(f, "table.csv", f.name, 4))
    monkeypatch.setattr(presenter._work, "compare_runs", compare_runs)
    for after, n in (("flipped", 3), ("copy", 0)):
        presenter.choose("before", Path("/first"))
        presenter.choose("after", Path(after))
        qtbot.waitUntil(tab.go.isEnabled)
        tab.go.click()
        assert tab._stack.currentIndex() == 0  # nothing of the pair before is shown meanwhile
        qtbot.waitUntil(lambda: presenter.compared is not None)
        assert tab.flips.rowCount() == n
        assert tab.show_all.isEnabled() == tab.make_scenario.isEnabled() == (n > 0)
        assert tab.kind.count() == len(presenter.kinds) + 1
        assert f"{n} of {pairs[after].n} X-rays get another answer" in words(window)
        assert presenter.runs["after"].folder == Path(after)


def test_a_run_of_another_cohort_is_refused_in_clear_words(
    window, qtbot, before, tiny_bundle, tmp_path
):
    tab, presenter = window.compare, window.compare.presenter
    table = write_xrays(tmp_path / "elsewhere", 8, seed=7)
    table = table.rename(table.with_name("elsewhere.csv"))
    with Engine(tiny_bundle, "cpu") as engine:
        collect(read_cohort(table), engine, tmp_path / "away")
    presenter.choose("before", before)
    presenter.choose("after", tmp_path / "away")
    qtbot.waitUntil(tab.go.isEnabled, timeout=60_000)
    tab.go.click()
    qtbot.waitUntil(lambda: presenter.problem is not None, timeout=600_000)
    said = words(window)
    assert "no X-ray in common: the first is of table.csv, the second of elsewhere.csv" in said
    assert "Evaluate both bundles on the same cohort" in said
    assert tab.go.isEnabled()
    assert presenter.compared is None


def test_models_are_offered_by_name_and_any_other_folder(window, qtbot, monkeypatch):
    tab, asked = window.compare, []
    tab.presenter.models = (ModelName(Path("/models/mine"), "mine", "trained on 4 X-rays"),)
    monkeypatch.setattr(tab.presenter, "read_with", lambda *asking: asked.append(asking))
    monkeypatch.setattr(tab, "_device", lambda: "cpu")
    menu = tab.read_with.menu()
    menu.aboutToShow.emit()
    mine, _, other = menu.actions()
    assert (mine.text(), other.text()) == (
        "mine  ·  trained on 4 X-rays", text.COMPARE_OTHER_MODEL
    )  # fmt: skip
    mine.trigger()
    assert asked == [(Path("/models/mine"), "cpu")]


def test_a_scenario_is_made_of_the_flips_that_are_chosen(window, qtbot, tmp_path, monkeypatch):
    tab, labels = window.compare, ["normal", "normal", "covid", "covid"]
    monkeypatch.setattr(tab.presenter._work, "open_folder", lambda _: make_run(labels))
    tab.presenter.compared = Compared(comparison(), ("a", "b", "c", "d"), Path("/after"))
    tab.comparison_changed()
    tab.flips.selectRow(0)
    tab.make_scenario.click()
    qtbot.waitUntil(lambda: tab.findChild(ScenarioDialog) is not None)
    dialog = tab.findChild(ScenarioDialog)
    assert dialog.name.text() == "changed answers"
    assert dialog.where.text() == "file=00000.png"
    dialog.file.setText(str(tmp_path / "mine.toml"))
    dialog.reason.setPlainText("It was right before")
    dialog.accept()
    assert [one.where for one in read_scenarios(tmp_path / "mine.toml")] == [("file=00000.png",)]
    assert "mine.toml" in words(window)


def test_with_nothing_chosen_a_scenario_is_made_of_all_that_are_listed(window, qtbot, monkeypatch):
    tab, labels = window.compare, ["normal", "normal", "covid", "covid"]
    monkeypatch.setattr(tab.presenter._work, "open_folder", lambda _: make_run(labels))
    tab.presenter.compared = Compared(comparison(), ("a", "b", "c", "d"), Path("/after"))
    tab.comparison_changed()
    tab.take_focus()
    assert tab.flips.selectedItems() == []
    assert not tab.show_chosen.isEnabled()
    tab.make_scenario.click()
    qtbot.waitUntil(lambda: tab.findChild(ScenarioDialog) is not None)
    dialog = tab.findChild(ScenarioDialog)
    assert dialog._n == tab.flips.rowCount() == 3
    dialog.reject()
    qtbot.keyClick(tab.flips, Qt.Key.Key_Down)
    assert tab.show_chosen.isEnabled()
    assert {item.row() for item in tab.flips.selectedItems()} == {0}


def test_what_shows_the_work_has_a_name(window):
    tab = window.compare
    assert tab._bar.accessibleName() == text.NAME_COMPARE_BAR
    for button in tab.findChildren(QPushButton):
        assert button.text() or button.accessibleName()


def test_another_model_reads_the_same_cohort_and_flips_open(window, qtbot, before, tmp_path):
    other = tmp_path / "other"
    write_tiny_bundle(other, seed=1)
    tab, presenter = window.compare, window.compare.presenter
    presenter.choose("before", before)
    qtbot.waitUntil(lambda: tab.read_with.isEnabled(), timeout=60_000)
    presenter.read_with(other, "cpu")
    qtbot.waitUntil(lambda: presenter.runs["after"] is not None, timeout=600_000)
    assert presenter.problem is None
    flips = presenter.flips()
    assert tab.flips.rowCount() == len(flips) > 0
    tab.flips.setFocus()
    qtbot.keyClick(tab.flips, Qt.Key.Key_Return)
    shown = window.presenter
    qtbot.waitUntil(lambda: bool(shown.items and shown.opened), timeout=60_000)
    assert window.tabs.currentWidget() is window.read
    assert window.presenter.items[0].path.name == flips[0].file
    assert window.presenter.items[0].label == flips[0].label != ""


def test_another_model_reads_on_the_device_that_is_preferred(window, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    monkeypatch.setattr(window.compare.presenter, "read_with", lambda *asking: asked.append(asking))
    window.memory = Memory(tmp_path / "window.ini")
    window.memory.device = "cpu"
    window.compare.ask_for_model()
    assert asked == [(tmp_path, "cpu")]


def test_what_is_no_run_is_said(window, qtbot, tmp_path):
    window.compare.presenter.choose("before", tmp_path)
    qtbot.waitUntil(lambda: window.compare.presenter.problem is not None, timeout=60_000)
    assert "no run in" in words(window)


def test_a_group_of_the_table_lists_its_flips(window, qtbot):
    tab = window.compare
    tab.presenter.compared = Compared(
        comparison(floor=1), ("a", "b", "c", "d"), Path("/after"),
        {"class = Normal": frozenset({0, 1})},
    )  # fmt: skip
    tab.comparison_changed()
    assert tab.flips.rowCount() == 3
    groups = [tab.groups.item(row, 0).text() for row in range(tab.groups.rowCount())]
    row = groups.index("class = Normal")
    tab.groups.setCurrentCell(row, 0)
    qtbot.keyClick(tab.groups, Qt.Key.Key_Return)
    assert tab.group.currentText() == "class = Normal"
    assert tab.flips.rowCount() == 2
    assert tab.flips.item(0, 4).text() == "wrong"


@pytest.mark.parametrize(("change", "said"), [(0.0004, "+0.000"), (0.004, "+0.004  ▲ rose")])
def test_what_rises_by_nothing_that_can_be_read_has_no_word(change, said):
    surely = Difference("AUC", "all", 0.9, 0.9 + change, change, change / 2, change * 2, 900)
    words = [words for words, *_ in compare_tab._difference(surely, tested=False)]
    assert words[3] == said
