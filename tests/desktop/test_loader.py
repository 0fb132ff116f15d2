import threading

import numpy as np
import pytest

from xraydemo.desktop.background import Background
from xraydemo.desktop.loader import Loader, Opened, Picture, halve, levels_of, open_file
from xraydemo.desktop.windowing import measure
from xraydemo.errors import XrayDemoError


@pytest.fixture
def background(post):
    background = Background(post)
    yield background
    background.close()


def fake_open(path):
    pixels = np.zeros((1000, 1000), np.uint8)
    return Opened(Picture(None, (pixels,), measure(pixels)), None)


@pytest.mark.parametrize("dtype", ["u1", "u2", "i2", "i4", "f4"])
def test_halving_takes_the_mean_of_four_in_the_same_type(dtype):
    half = halve(np.array([[4, 8, 6], [0, 8, 10], [20, 40, 30]], dtype))
    assert half.dtype == dtype
    assert half.tolist() == [[5, 8], [30, 30]]  # the edge counts twice


def test_halving_does_not_overflow():
    assert halve(np.full((2, 2), 65535, np.uint16)).item() == 65535
    assert halve(np.full((2, 2), 2**31 - 1, np.int32)).item() == 2**31 - 1


def test_levels_end_at_a_screenful():
    levels = levels_of(np.zeros((3000, 2001), np.uint16))
    assert [level.shape for level in levels] == [(3000, 2001), (1500, 1001), (750, 501), (375, 251)]


def test_opens_what_is_most_wanted_first_and_keeps_it(post, background):
    begun, order = [], []

    def open_one(path):
        begun.append(path)
        return fake_open(path)

    loader = Loader(background, lambda path, _: order.append(path), open_one)
    loader.want(["a", "b", "c"])
    post.until(lambda: len(order) == 3)
    assert set(begun[:2]) == {"a", "b"}
    loader.want(["a", "c"])
    post.drain()
    assert len(begun) == 3
    loader.forget("a")
    assert loader.get("a") is None
    loader.want(["a"])
    post.until(lambda: len(order) == 4)


def test_the_cache_is_bounded_in_bytes_and_what_is_wanted_stays(post, background):
    opened = []
    loader = Loader(background, lambda path, _: opened.append(path), fake_open, limit=2_500_000)
    for path in "abcd":
        loader.want([path])
        post.until(lambda path=path: path in opened)
    assert loader.nbytes <= 2_500_000
    assert loader.get("d")
    assert loader.get("a") is None
    loader.want(list("wxyz"))
    post.until(lambda: len(opened) == 8)
    assert all(loader.get(path) for path in "wxyz")
    assert loader.get("d") is None


def test_decodes_in_another_thread_and_answers_in_this_one(post, background):
    threads = []

    def open_one(path):
        threads.append(threading.current_thread())
        return fake_open(path)

    loader = Loader(background, lambda *_: threads.append(threading.current_thread()), open_one)
    loader.want(["a"])
    post.until(lambda: len(threads) == 2)
    assert threads[0] is not threading.current_thread()
    assert threads[1] is threading.current_thread()


def test_a_fault_of_the_program_is_said_to_be_one(post, background, caplog):
    found = []
    loader = Loader(background, lambda _, opened: found.append(opened), lambda path: 1 / 0)
    loader.want(["a"])
    post.until(lambda: found)
    assert "ZeroDivisionError" in found[0].error.message
    assert "report" in found[0].error.hint
    assert "Traceback" in caplog.text


def test_nothing_comes_after_the_end(post):
    background = Background(post)
    began, may_end, answers = threading.Event(), threading.Event(), []

    def job():
        began.set()
        may_end.wait(5)

    background.run(job, answers.append)
    began.wait(5)
    may_end.set()
    background.close()
    background.run(job, answers.append)
    post.drain()
    assert not answers


def test_opens_a_real_file(folder):
    opened = open_file(folder / "1.png")
    assert opened.error is None
    assert opened.picture.radiograph.pixels[20, 10] == 60000
    assert opened.picture.values.high == 60000
    assert opened.nbytes == 64 * 80 * 2
    assert opened.tags == ()


def test_a_broken_file_is_an_error_and_no_exception(tmp_path):
    (tmp_path / "x.png").write_bytes(b"no picture")
    opened = open_file(tmp_path / "x.png")
    assert opened.picture is None
    assert isinstance(opened.error, XrayDemoError)
