"""What several rooms' tests share."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray
from PIL import Image

# no test is timed: machines are busy at times; and in CI the same examples are tried each time,
# for what is new is looked for here, not where others wait for it
settings.register_profile("unhurried", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("unhurried")

# tqdm's, which torch brings: it looks after progress bars as long as the process lives
KEPT_THREADS = {"tqdm_monitor"}

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real X-rays beside the repository; CI has them and may not skip."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        reason = f"the X-rays of {folder} are not here"
        if os.environ.get("XRAYDEMO_REQUIRE_SHARED") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def default_bundle() -> Path:
    return REPOSITORY / "models" / "cxr4-lite0"


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's cache and data folders out of the tests; the workers of xdist share one."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(shared / "cache"))
        patch.setenv("XDG_DATA_HOME", str(shared / "data"))
        yield


@pytest.fixture(autouse=True, scope="module")
def nothing_left_by_a_module() -> Iterator[None]:
    """No module's tests leave a thread or a child process.

    Not looked at test by test: an engine that a module's tests share starts its process anew when
    a test kills it. The module's other fixtures come after this one, and end before it.
    """
    yield from nothing_left()


def nothing_left() -> Iterator[None]:
    """Fail if there are threads or child processes that were not there before; for fixtures."""
    before = _alive()
    yield
    end = time.monotonic() + 10
    while left := _alive() - before:
        if time.monotonic() > end:
            pytest.fail(f"left behind: {left}")
        time.sleep(0.01)


def _alive() -> set[object]:
    threads = {thread for thread in threading.enumerate() if thread.name not in KEPT_THREADS}
    return {*threads, *_children()}


def _children() -> set[tuple[str, bytes]]:
    """The processes that this one has started and that are alive; multiprocessing's own is not."""
    found = set()
    for task in Path("/proc/self/task").glob("*/children"):
        for pid in _content(task).decode().split():
            words = _content(Path(f"/proc/{pid}/cmdline"))
            if words and b"resource_tracker" not in words:
                found.add((pid, words[:200]))
    return found


def _content(path: Path) -> bytes:
    """What is in a file of a thread or process; nothing if that ended just now."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.bundles import write_tiny_bundle

    folder = tmp_path_factory.mktemp("bundles") / "tiny"
    write_tiny_bundle(folder)
    return folder


@pytest.fixture(scope="session")
def xray(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture that looks a little like a chest: two dark lungs in a bright body."""
    path = tmp_path_factory.mktemp("pictures") / "xray.png"
    Image.fromarray(chest_like(np.random.default_rng(0))).save(path)
    return path


def chest_like(generator: np.random.Generator, side: int = 96) -> NDArray[np.uint8]:
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    gray = 200 - 40 * (x**2 + y**2)
    for centre in (-0.4, 0.4):
        lung = ((x - centre) / 0.28) ** 2 + (y / 0.65) ** 2 < 1
        gray[lung] -= 110
    return np.clip(gray + generator.normal(0, 6, gray.shape), 0, 255).astype(np.uint8)
