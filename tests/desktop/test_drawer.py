"""The process that draws."""

import multiprocessing

import pytest

from tests.evaluation.cohorts import write_xrays
from xraydemo.cohort.cohort import read_cohort
from xraydemo.desktop.drawer import Drawer
from xraydemo.engine.client import Engine
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.collect import collect
from xraydemo.evaluation.figures import Bars, Exhibit, Gallery

BARS = Bars("b", "n", ("normal",), (1.0,), (0.5,), (1.5,), {}, ((0, 1),))


@pytest.fixture(scope="module")
def folder(tmp_path_factory, tiny_bundle):
    home = tmp_path_factory.mktemp("drawer")
    with Engine(tiny_bundle, "cpu") as engine:
        collect(read_cohort(write_xrays(home / "xrays", 4)), engine, home / "run")
    return home / "run"


@pytest.fixture
def drawer():
    drawer = Drawer()
    yield drawer
    drawer.close()


def test_draws_one_after_the_other_and_starts_again_after_a_death(drawer, folder, tmp_path):
    first = drawer.draw_figure(BARS, folder, 500, 1.0)
    assert first.parts[0].positions == (0, 1)
    gallery = drawer.draw_figure(Gallery("g", (Exhibit((2,), "one"),)), folder, 500, 1.0)
    assert gallery.parts[0].words == "one"
    with pytest.raises(XrayDemoError, match="no run in"):
        drawer.draw_figure(BARS, tmp_path, 500, 1.0)
    child = drawer._child
    with pytest.raises(XrayDemoError, match="ended before its time"):
        drawer.draw_figure(None, folder, 500, 1.0)  # a fault of the program: the process dies of it
    assert not child.is_alive()
    assert drawer.draw_figure(BARS, folder, 600, 1.0).picture.shape[1] == 600
    drawer._child.kill()
    drawer._child.join()
    assert drawer.draw_figure(BARS, folder, 500, 1.0).parts == first.parts


def test_nothing_was_started_where_nothing_is_drawn(drawer):
    drawer.close()
    assert drawer._child is None


def test_a_process_that_cannot_be_started_is_said_and_tried_again(drawer, monkeypatch, folder):
    def fail(_):
        raise OSError("too many processes")

    context = multiprocessing.get_context("spawn")
    with monkeypatch.context() as patch:
        patch.setattr(context.Process, "start", fail)
        for _ in range(2):
            with pytest.raises(XrayDemoError, match="could not be started: too many processes"):
                drawer.draw_figure(BARS, folder, 500, 1.0)
    drawer.close()
    assert drawer.draw_figure(BARS, folder, 500, 1.0).parts[0].positions == (0, 1)
