"""What a reading with everything costs, against the bare forward pass of the same network.

``python -m tests.benchmarks.one_reading`` prints it alone.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from tests.conftest import REPOSITORY
from xraydemo.model.bundle import Bundle, find_bundle, load_bundle
from xraydemo.model.openvino_runtime import OpenvinoRuntime, cpu_settings, exported_path
from xraydemo.model.preprocess import preprocess
from xraydemo.model.quiet_openvino import openvino
from xraydemo.model.reading import softmax
from xraydemo.model.torch_export import export_openvino
from xraydemo.model.trust import load_trust
from xraydemo.radiograph import read

N_IMAGES, ROUNDS = 50, 5
Presented = NDArray[np.float32]
Work = Callable[[Presented, Mapping[str, object]], object]


def bare(bundle: Bundle) -> Work:
    """Prepare an X-ray and ask the network, cut off after its logits."""
    whole = openvino.Core().read_model(exported_path(bundle))
    logits_alone = openvino.Model(whole.get_results()[:1], whole.get_parameters())
    compiled = openvino.Core().compile_model(logits_alone, "CPU", cpu_settings(1))
    request = compiled.create_infer_request()
    how = bundle.card.preprocessing
    return lambda presented, facts: request.infer([preprocess(presented, how)[None]])


def everything(bundle: Bundle) -> Work:
    """Prepare an X-ray, ask the network with its maps and embedding, and judge the answer."""
    network, trust, card = OpenvinoRuntime(exported_path(bundle)), load_trust(bundle), bundle.card
    assert trust is not None, "The bundle has nothing to judge by"

    def work(presented: Presented, facts: Mapping[str, object]) -> object:
        answer = network.forward(preprocess(presented, card.preprocessing)[None])
        logits, embedding = answer.logits[0], answer.embedding[0]
        probabilities = softmax(logits, card.temperature)
        return trust.judge(logits, probabilities, embedding, presented, facts)

    return work


def milliseconds(files: list[Path], rounds: int) -> list[tuple[float, float]]:
    """Give, for each round, the median milliseconds of both, with one thread.

    They take turns at each X-ray, decoded before, so that whatever else the machine does hits both.
    """
    bundle = load_bundle(find_bundle("cxr4-lite0"))
    if not exported_path(bundle).is_file():
        export_openvino(bundle, exported_path(bundle))
    works = bare(bundle), everything(bundle)
    xrays = [(xray.presented(), xray.facts) for xray in map(read, files)]
    found = []
    with threadpool_limits(1):  # NumPy's, while it compares with the training set
        for _ in range(rounds + 1):
            taken: tuple[list[float], list[float]] = ([], [])
            for i, xray in enumerate(xrays):
                for which in (0, 1) if i % 2 else (1, 0):  # the second finds it in the cache
                    begun = time.perf_counter()
                    works[which](*xray)
                    taken[which].append(1000 * (time.perf_counter() - begun))
            found.append((statistics.median(taken[0]), statistics.median(taken[1])))
    return found[1:]  # the first is to warm up


def print_rows(files: list[Path]) -> None:
    """Measure, and print rows for the table of ``make bench``."""
    taken = milliseconds(files[:N_IMAGES], ROUNDS)
    least, whole = map(statistics.median, zip(*taken, strict=True))
    ratio = statistics.median(b / a for a, b in taken)
    print(f"bare forward pass, one thread       {least:8.1f} ms")
    print(f"reading with everything, one thread {whole:8.1f} ms")
    print(f"ratio, median of {ROUNDS} rounds            {ratio:8.2f}")


if __name__ == "__main__":
    print_rows(sorted((REPOSITORY.parent / "shared" / "data" / "external").rglob("*.jpg")))
