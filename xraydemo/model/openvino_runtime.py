"""Running a bundle with OpenVINO: on CPUs several times as fast as torch."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from xraydemo.model.bundle import Bundle
from xraydemo.model.quiet_openvino import openvino
from xraydemo.model.runtime import Forward, Network


class OpenvinoRuntime:
    """Runs an exported network with OpenVINO; see `xraydemo.model.runtime.Runtime`.

    Parameters
    ----------
    xml : Path
        From `xraydemo.model.torch_export.export_openvino`.
    streams : int
        How many threads will ask at once, and how many cores are used at most.
    """

    name = "openvino"
    device = "cpu"
    precision = "float32"

    def __init__(self, xml: Path, streams: int = 1) -> None:
        self._compiled = openvino.Core().compile_model(
            xml,
            "CPU",
            cpu_settings(streams),
        )
        self._of_thread = threading.local()
        # The first inference of a process must not have company: pybind11 finds NumPy then, behind
        # a C++ guard that two threads can hold against each other with Python's lock, for ever.
        self.forward(np.zeros((1, 3, 64, 64), dtype=np.float32))

    def forward(self, batch: NDArray[np.float32]) -> Forward:
        """Run the network on tensors of shape (n, 3, side, side)."""
        if not hasattr(self._of_thread, "request"):
            self._of_thread.request = self._compiled.create_infer_request()
        answers = self._of_thread.request.infer([batch])
        return Forward(*(np.array(answers[output]) for output in self._compiled.outputs))


def cpu_settings(streams: int) -> dict[str, str | int]:
    """Say how a network is run for so many threads that ask at once, on as many cores."""
    return {
        # left to itself OpenVINO takes bf16 where the processor has it
        "INFERENCE_PRECISION_HINT": "f32",
        "PERFORMANCE_HINT": "THROUGHPUT" if streams > 1 else "LATENCY",
        "NUM_STREAMS": streams,
        "INFERENCE_NUM_THREADS": streams,
    }


def exported_path(bundle: Bundle, weights: Network = "own") -> Path:
    """Say where the export of a bundle is kept: in the user's cache, by fingerprint and version."""
    name = bundle.fingerprint[:16] + ("" if weights == "own" else f"-{weights}")
    cache = Path(platformdirs.user_cache_dir("xraydemo", appauthor=False))
    version = openvino.__version__.split("-")[0]
    return cache / "openvino" / f"{name}-{version}.xml"
