from pathlib import Path

import pytest

from xraydemo.desktop.details import Details
from xraydemo.errors import UnreadableImage

ONE, TWO = Path("/x/1.png"), Path("/x/2.png")


class Engine:
    def __init__(self):
        self.open = {}

    def submit(self, path, *, want, priority):
        from concurrent.futures import Future

        future = self.open[path, *want] = Future()
        return future


@pytest.fixture
def engine():
    return Engine()


@pytest.fixture
def answered():
    return []


@pytest.fixture
def details(post, answered):
    return Details(post, answered.append, 2)


def test_each_is_asked_once_and_kept(details, engine, post, answered):
    details.want(engine, ONE, ("lungs",))
    details.want(engine, ONE, ("lungs", "tensor"))
    assert list(engine.open) == [(ONE, "lungs"), (ONE, "tensor")]
    engine.open[ONE, "lungs"].set_result("outline")
    post.until(lambda: answered == [ONE])
    assert details.get(ONE, "lungs") == "outline"
    assert details.get(ONE, "tensor") is None
    details.want(engine, ONE, ("lungs",))
    assert len(engine.open) == 2


def test_what_is_no_longer_wanted_is_withdrawn_and_may_be_asked_again(
    details, engine, post, answered
):
    details.want(engine, ONE, ("lungs",))
    first = engine.open[ONE, "lungs"]
    details.want(engine, TWO, ("lungs",))
    assert first.cancelled()
    post.drain()
    assert answered == []
    details.want(engine, ONE, ("lungs",))
    assert engine.open[ONE, "lungs"] is not first


def test_an_error_is_an_answer_until_it_is_forgotten(details, engine, post, answered):
    details.want(engine, ONE, ("lungs",))
    engine.open[ONE, "lungs"].set_exception(UnreadableImage("bad"))
    post.until(lambda: answered)
    assert details.get(ONE, "lungs").message == "bad"
    details.forget(ONE)
    assert details.get(ONE, "lungs") is None


def test_only_the_last_ones_are_kept(details, engine, post, answered):
    paths = [Path(f"/x/{number}.png") for number in range(30)]
    for path in paths:
        details.want(engine, path, ("tensor",))
        engine.open[path, "tensor"].set_result(path)
        post.until(lambda path=path: details.get(path, "tensor"))
    assert details.get(paths[0], "tensor") is None
    assert details.get(paths[-1], "tensor") == paths[-1]


def test_after_closing_nothing_is_told(details, engine, post, answered):
    details.want(engine, ONE, ("lungs",))
    details.close()
    post.drain()
    assert answered == []
    assert engine.open[ONE, "lungs"].cancelled()
