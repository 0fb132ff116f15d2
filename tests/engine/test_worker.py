"""The real child process, with a real (tiny) network."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from xraydemo.engine import worker
from xraydemo.engine.client import Engine
from xraydemo.engine.devices import has_cuda_gpu
from xraydemo.errors import BadBundle, UnreadableImage, XrayDemoError
from xraydemo.model.bundle import load_bundle
from xraydemo.model.method_map import asked_map
from xraydemo.model.preprocess import preprocess
from xraydemo.model.reading import softmax
from xraydemo.model.torch_method_maps import MethodMaps
from xraydemo.model.torch_runtime import TorchRuntime
from xraydemo.radiograph import read


@pytest.fixture(scope="module")
def engine(tiny_bundle) -> Iterator[Engine]:
    with Engine(tiny_bundle, device="cpu") as engine:
        yield engine


class Started:
    """Hears that the child has begun with something."""

    def __init__(self, note) -> None:
        self.first, self._note = threading.Event(), note

    def __call__(self, number: int) -> None:
        self._note(number)
        self.first.set()


def test_a_reading_is_what_the_rooms_below_say(engine, tiny_bundle, xray) -> None:
    reading = engine.submit(xray, want=("maps", "embedding", "tensor")).result(600)
    bundle = load_bundle(tiny_bundle)
    tensor = preprocess(read(xray).presented(), bundle.card.preprocessing)
    forward = TorchRuntime(bundle, "cpu").forward(tensor[None])
    np.testing.assert_array_equal(reading.tensor, tensor)
    np.testing.assert_allclose(reading.logits, forward.logits[0], atol=1e-3)
    np.testing.assert_allclose(reading.maps, forward.maps[0], atol=2e-3)
    np.testing.assert_allclose(reading.embedding, forward.embedding[0], atol=1e-3)
    expected = softmax(reading.logits, bundle.card.temperature)
    np.testing.assert_allclose(reading.probabilities, expected, atol=1e-6)
    assert reading.milliseconds > 0


def test_only_what_is_wanted_comes(engine, xray) -> None:
    reading = engine.submit(xray, want=()).result(600)
    assert reading.maps is None
    assert reading.embedding is None
    assert reading.tensor is None


def test_a_map_by_another_method_comes_from_the_network_itself(engine, tiny_bundle, xray) -> None:
    drawn = engine.submit(xray, want=(asked_map("grad-cam++", "covid"),)).result(600).method_map
    bundle = load_bundle(tiny_bundle)
    maps = MethodMaps(bundle, lambda weights: TorchRuntime(bundle, "cpu", weights))
    tensor = preprocess(read(xray).presented(), bundle.card.preprocessing)
    expected = maps.of(tensor, "grad-cam++", "covid")
    np.testing.assert_allclose(drawn.raw, expected.raw, rtol=1e-4)
    assert drawn.likeness == pytest.approx(expected.likeness, abs=1e-3)


def test_score_cam_asks_the_runtime_and_draws_no_progress_bar(engine, xray, capfd) -> None:
    drawn = engine.submit(xray, want=(asked_map("score-cam", "covid"),)).result(600).method_map
    assert drawn.raw.any()
    assert "it/s" not in capfd.readouterr().err


def test_a_map_that_takes_long_is_left_when_it_is_no_longer_wanted(
    engine, xray, monkeypatch
) -> None:
    slow = engine.submit(xray, want=(asked_map("score-cam", "covid"),))
    monkeypatch.setattr(engine, "_note_start", note := Started(engine._note_start))
    note.first.wait(600)
    assert slow.cancel()
    quick = engine.submit(xray, want=(asked_map("eigen-cam", "covid"),))
    assert quick.result(600).method_map
    assert slow.cancelled()
    assert not engine._pending


def test_info_tells_what_runs(engine, xray) -> None:
    engine.submit(xray).result(600)
    assert engine.info == {"runtime": "openvino", "device": "cpu", "precision": "float32"}


def test_a_bad_file_is_an_answer(engine, xray, tmp_path) -> None:
    (tmp_path / "empty.png").touch()
    bad = engine.submit(tmp_path / "empty.png")
    good = engine.submit(xray)
    with pytest.raises(UnreadableImage) as caught:
        bad.result(600)
    assert "empty" in caught.value.message
    assert good.result(600)


def test_a_killed_child_comes_back(tiny_bundle, xray) -> None:
    events = []
    with Engine(tiny_bundle, device="cpu", on_event=events.append) as engine:
        first = engine.submit(xray).result(600)
        os.kill(engine.process_id, signal.SIGKILL)
        second = engine.submit(xray).result(600)
    np.testing.assert_array_equal(first.logits, second.logits)
    assert [event.kind for event in events if event.kind == "restarted"] == ["restarted"]


def test_altered_weights_fail_every_request(tiny_bundle, tmp_path, xray) -> None:
    folder = Path(shutil.copytree(tiny_bundle, tmp_path / "altered"))
    with (folder / "model.safetensors").open("ab") as weights:
        weights.write(b"x")
    with Engine(folder, device="cpu") as engine, pytest.raises(BadBundle, match="safetensors"):
        engine.submit(xray).result(600)


@pytest.mark.skipif(has_cuda_gpu(), reason="there is a CUDA GPU")
def test_a_gpu_that_is_not_there_is_refused(tiny_bundle, xray) -> None:
    with Engine(tiny_bundle, device="cuda") as engine, pytest.raises(XrayDemoError, match="CUDA"):
        engine.submit(xray).result(600)


@pytest.mark.skipif(has_cuda_gpu(), reason="there is a CUDA GPU")
def test_a_gpu_that_pytorch_cannot_use_leaves_the_work_to_the_cpu(
    tiny_bundle, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(worker, "has_cuda_gpu", lambda: True)
    bundle = load_bundle(tiny_bundle)
    assert worker.open_runtime(bundle, "auto", 1).device == "cpu"
    assert "PyTorch can't use the CUDA GPU" in capsys.readouterr().err
    with pytest.raises(XrayDemoError, match="PyTorch can't use the CUDA GPU") as told:
        worker.open_runtime(bundle, "cuda", 1)
    assert "--device cpu" in told.value.hint


def test_the_parent_never_imports_torch(tiny_bundle, xray) -> None:
    program = """
import sys
from xraydemo.engine.client import Engine
with Engine(sys.argv[1], device="cpu") as engine:
    engine.submit(sys.argv[2]).result(600)
heavy = {"torch", "timm", "torchvision", "pytorch_grad_cam", "openvino", "pandas"}
loaded = heavy & set(sys.modules)
assert not loaded, loaded
"""
    arguments = [sys.executable, "-c", program, str(tiny_bundle), str(xray)]
    subprocess.run(arguments, check=True, timeout=600)


def test_an_export_is_made_once_and_not_with_torch_again(tiny_bundle, xray, tmp_path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    program = """
import sys
from xraydemo.engine import worker
from xraydemo.model.bundle import load_bundle
worker.open_runtime(load_bundle(sys.argv[1]), "cpu", 1)
print("torch" in sys.modules)
"""
    arguments = [sys.executable, "-c", program, str(tiny_bundle)]
    loads_torch = [
        subprocess.check_output(arguments, env=environment, text=True, timeout=600).strip()
        for _ in range(2)
    ]
    assert loads_torch == ["True", "False"]
