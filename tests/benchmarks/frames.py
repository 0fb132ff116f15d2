"""``python -m tests.benchmarks.frames``: how smoothly the window follows the hand.

A 3000 x 3000 X-ray of 16 bits is windowed by dragging, and a worklist of 50,000 rows is scrolled,
sorted and searched. Times are on the clock and, beside it, of the window's thread alone: on a busy
machine only the latter tells what the program itself takes.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
from PySide6.QtWidgets import QApplication

from tests.benchmarks.peak import peak_megabytes
from tests.benchmarks.stalls import wait
from xraydemo.desktop.items import Item
from xraydemo.desktop.style import apply_style
from xraydemo.desktop.window import MainWindow
from xraydemo.model.doubt import DoubtAnswer
from xraydemo.model.judgement import Judgement
from xraydemo.model.reading import Reading, softmax
from xraydemo.model.triage import Priority

SIDE, ROWS, FRAMES = 3000, 50_000, 120


def main() -> None:
    """Print rows for the table of ``make bench``."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    apply_style(application)
    window = MainWindow()
    window.resize(1366, 768)
    window.show()
    found = {f"drag of {SIDE} x {SIDE} pixels": drag(window)}
    fill(window)
    found |= {f"scroll of {ROWS:,} rows": scroll(window), **list_work(window)}
    memory = peak_megabytes(os.getpid())
    window.close()
    for name, (clock, work, worst) in found.items():
        print(
            f"{name:35s} {clock:8.1f} ms, {1000 / clock:.0f}/s;"
            f" the thread's own work {work:.1f} ms, at worst {worst:.1f} ms"
        )
    print(f"peak memory of the window           {memory:8.0f} MB")


def drag(window: MainWindow) -> tuple[float, float, float]:
    """Drag the window of a large X-ray."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.dcm"
        write_dicom(file)
        window.show_files([file])
        wait(lambda: window.presenter.picture is not None)
    port, gray = window.read.image.viewport(), window.presenter.gray

    def frame(number: int) -> None:
        gray.drag(3.0 * number, 2.0 * (number % 50), fine=False)
        port.repaint()

    times = [timed(lambda n=n: frame(n)) for n in range(FRAMES)]  # type: ignore[misc]
    gray.end_drag()
    return summed(times)


def scroll(window: MainWindow) -> tuple[float, float, float]:
    """Scroll through the whole list."""
    worklist = window.read.worklist
    bar, port = worklist.verticalScrollBar(), worklist.viewport()

    def frame(number: int) -> None:
        bar.setValue(round(bar.maximum() * number / FRAMES))
        port.repaint()

    return summed([timed(lambda n=n: frame(n)) for n in range(FRAMES)])  # type: ignore[misc]


def list_work(window: MainWindow) -> dict[str, tuple[float, float, float]]:
    """Sort the list, and search it."""
    presenter = window.presenter
    return {
        f"sort {ROWS:,} rows": summed([timed(lambda: presenter.sort_by("priority"))]),
        f"search {ROWS:,} rows": summed([timed(lambda: presenter.search("covid 4999"))]),
    }


def fill(window: MainWindow) -> None:
    """Fill the worklist with rows that were read; the presenter is told as by a search."""
    generator = np.random.default_rng(0)
    logits = generator.normal(0, 2, (ROWS, 4)).astype(np.float32)
    items = [
        Item(row, Path(f"/x/{row:06d}.png"), "normal", reading(logits[row])) for row in range(ROWS)
    ]
    window.presenter._take(items)


def reading(logits: np.ndarray) -> Reading:
    shares = softmax(logits)
    priority = Priority(1 - float(shares[0]), bool(shares[0] < 0.5))
    judgement = Judgement(("covid",), DoubtAnswer(0.1, -5.0, "unsure"), None, priority)
    return Reading(logits, shares, 10.0, judgement=judgement)


def write_dicom(path: Path) -> None:
    """Write a large X-ray of 16 bits: a smooth body with noise, as a detector gives it."""
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    noise = np.random.default_rng(0).normal(0, 300, (SIDE, SIDE))
    pixels = np.clip(40_000 - 20_000 * (x**2 + y**2) + noise, 0, 65_535).astype(np.uint16)
    data = pydicom.Dataset()
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"
    data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    data.Modality, data.PhotometricInterpretation = "DX", "MONOCHROME2"
    data.SamplesPerPixel, data.Rows, data.Columns = 1, SIDE, SIDE
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 0
    data.PixelData = pixels.tobytes()
    data.save_as(path, enforce_file_format=True)


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Give milliseconds on the clock, and of this thread's own work."""
    clock, work = time.perf_counter(), time.thread_time()
    act()
    return 1000 * (time.perf_counter() - clock), 1000 * (time.thread_time() - work)


def summed(times: list[tuple[float, float]]) -> tuple[float, float, float]:
    """Give the medians of both, and the worst of the second."""
    clocks, works = zip(*times, strict=True)
    return statistics.median(clocks), statistics.median(works), max(works)


if __name__ == "__main__":
    main()
