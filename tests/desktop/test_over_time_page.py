"""Compare's page Over time in the real window, on two real runs of a tiny model."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from tests.evaluation.cohorts import write_xrays
from xraydemo.cohort.cohort import read_cohort
from xraydemo.desktop import text
from xraydemo.desktop.style import apply_style
from xraydemo.desktop.window import MainWindow
from xraydemo.engine.client import Engine
from xraydemo.evaluation.collect import collect


@pytest.fixture(scope="module")
def runs(tmp_path_factory, tiny_bundle):
    folder = tmp_path_factory.mktemp("over-time")
    with Engine(tiny_bundle, "cpu") as engine:
        for number, name in enumerate(("spring", "summer")):
            table = write_xrays(folder / f"xrays-{name}", 24, seed=number)
            collect(read_cohort(table), engine, folder / name)
    return [folder / "spring", folder / "summer"]


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


def words(page):
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def test_two_runs_over_time_and_the_pdf(window, qtbot, runs, tmp_path):
    compare, page = window.compare, window.compare.over_time
    compare.to_over_time.setFocus()
    qtbot.keyClick(compare.to_over_time, Qt.Key.Key_Space)
    assert page.isVisible()
    assert text.OVER_TIME_TITLE in words(page)
    window.go_to(window.compare)
    assert QApplication.focusWidget() is page.add
    assert not page.go.isEnabled()
    for run in runs:
        page.presenter.add(run)
    qtbot.waitUntil(lambda: page.runs.count() == 2, timeout=60_000)
    assert not page.remove.isEnabled()
    page.go.click()
    assert text.CLOSE_OVER_TIME in compare.at_work
    qtbot.waitUntil(lambda: page.presenter.found is not None, timeout=600_000)
    assert compare.at_work == ""
    assert page.numbers.rowCount() == len(page.presenter.found.rows) > 10
    assert page.presenter.found.headline in words(page)
    qtbot.waitUntil(lambda: all(f.has_picture for f in page.figures), timeout=600_000)
    names = [figure.accessibleName() for figure in page.figures]
    assert names == list(page.presenter.found.figures)
    assert "24" in page.numbers.words()
    page.presenter.write(tmp_path / "over-time.pdf")
    qtbot.waitUntil(lambda: (tmp_path / "over-time.pdf").is_file(), timeout=600_000)
    qtbot.waitUntil(lambda: "Written" in words(page), timeout=60_000)


def test_what_cannot_be_looked_at_is_said(window, qtbot, runs):
    window.compare.to_over_time.click()
    page = window.compare.over_time
    page.presenter.add(runs[0])
    qtbot.waitUntil(lambda: page.go.isEnabled(), timeout=60_000)
    page.go.click()
    qtbot.waitUntil(lambda: page.presenter.problem is not None, timeout=600_000)
    assert "No X-ray tells its year" in words(page)
    assert "xraydemo drift" not in words(page)
    page.runs.selectAll()
    page.remove.click()
    assert page.runs.count() == 0


def test_all_of_it_has_a_name_for_screen_readers(window):
    window.compare.to_over_time.click()
    page = window.compare.over_time
    for widget in (page.runs, page.by, page.numbers, page._area):
        assert widget.accessibleName()
