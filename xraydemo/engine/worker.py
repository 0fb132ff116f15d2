"""The engine's process: owns one model and answers requests, the most urgent first.

Started by name (``python -m xraydemo.engine.worker``) by `xraydemo.engine.client`, which sends
requests to its standard input and reads answers from its standard output.
"""

from __future__ import annotations

import argparse
import faulthandler
import itertools
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import NDArray

from xraydemo.engine import wire
from xraydemo.engine.devices import has_cuda_gpu
from xraydemo.engine.threads import thread_count
from xraydemo.errors import XrayDemoError
from xraydemo.model.bundle import Bundle, file_sha256, load_bundle
from xraydemo.model.lungs import LungFinder, LungsBundle, load_lungs, lung_box
from xraydemo.model.method_map import AskedMap, MethodMap, is_asked_map, what_is_asked
from xraydemo.model.preprocess import preprocess
from xraydemo.model.reading import softmax
from xraydemo.model.runtime import Network, Runtime
from xraydemo.model.trust import Trust, load_trust
from xraydemo.radiograph import Radiograph, read
from xraydemo.radiograph.interventions import KINDS, Intervention, apply_all
from xraydemo.radiograph.profile import profile

if TYPE_CHECKING:  # it brings torch
    from xraydemo.model.torch_method_maps import MethodMaps

_USE_CPU = "Use the processor (--device cpu, or in the window's preferences)"

_Requests = queue.PriorityQueue[tuple[float, int, dict[str, Any]]]


def open_runtime(bundle: Bundle, device: str, threads: int, weights: Network = "own") -> Runtime:
    """Choose what runs the network: torch on a GPU, OpenVINO on a CPU, else torch on the CPU.

    Parameters
    ----------
    bundle : Bundle
    device : str
        ``auto``, ``cpu`` or ``cuda``.
    threads : int
        How many will ask at once.
    weights : str
        See `xraydemo.model.runtime.Network`.

    Raises
    ------
    XrayDemoError
        If ``cuda`` is asked for and there is no GPU, or none that PyTorch can use, or the bundle's
        files were altered.
    """
    if device == "cuda" and not has_cuda_gpu():
        raise XrayDemoError("No CUDA GPU was found", f"{_USE_CPU}, or install NVIDIA's driver")
    if device != "cpu" and has_cuda_gpu():
        try:
            return _open_on_gpu(bundle, weights)
        # AssertionError is what PyTorch raises where it was built without CUDA
        except (RuntimeError, AssertionError) as error:
            if device == "cuda":
                raise XrayDemoError(
                    f"PyTorch can't use the CUDA GPU: {error}",
                    f"{_USE_CPU}, or install a PyTorch that was built for this GPU",
                ) from error
            print(f"PyTorch can't use the CUDA GPU ({error}); the CPU it is", file=sys.stderr)
    try:
        from xraydemo.model.openvino_runtime import OpenvinoRuntime, exported_path

        xml = exported_path(bundle, weights)
        bundle.verify()
        if not xml.is_file():
            from xraydemo.model.torch_export import export_openvino

            export_openvino(bundle, xml, weights)
        return OpenvinoRuntime(xml, streams=threads)
    except (ImportError, RuntimeError, OSError) as error:
        print(f"OpenVINO can't run the model ({error}); torch runs it instead", file=sys.stderr)
        from xraydemo.model.torch_runtime import TorchRuntime

        return TorchRuntime(bundle, "cpu", weights)


def _open_on_gpu(bundle: Bundle, weights: Network) -> Runtime:
    """Put the network on the GPU and have it answer once: only then is it known that it can."""
    from xraydemo.model.torch_runtime import TorchRuntime

    runtime = TorchRuntime(bundle, "cuda", weights)
    side = bundle.card.preprocessing.side
    runtime.forward(np.zeros((1, 3, side, side), np.float32))
    return runtime


def open_lung_finder(bundle: LungsBundle) -> LungFinder:
    """Open a lung segmenter, after its export if that wasn't done yet: only that needs torch."""
    if not bundle.exported.is_file():
        from xraydemo.model.torch_lungs import export_lungs

        export_lungs(bundle)
    return LungFinder(bundle)


class _UnwantedError(Exception):
    """What is at work is no longer wanted."""


class Worker:
    """Answers requests with a few threads, each taking a file all the way to its reading.

    One X-ray at a time goes through the network, so that its answer depends on nothing else;
    several threads keep all cores busy, since decoding and the network run outside Python's lock.

    Parameters
    ----------
    runtime : Runtime
    bundle : Bundle
    answers : binary file
        Where messages go.
    trust : Trust, optional
        What readings are judged by.
    open_shuffled : callable
        Opens what runs the bundle's weights shuffled; called once, if at all.
    """

    def __init__(
        self,
        runtime: Runtime,
        bundle: Bundle,
        answers: IO[bytes],
        trust: Trust | None,
        open_shuffled: Callable[[], Runtime],
    ) -> None:
        self._runtime = runtime
        self._bundle = bundle
        self._card = bundle.card
        self._open_shuffled = open_shuffled
        self._trust = trust
        self._answers = answers
        self._sending = threading.Lock()
        self._waiting: _Requests = queue.PriorityQueue()
        self._waiting_for_maps: _Requests = queue.PriorityQueue()
        self._arrival = itertools.count()
        self._cancelled: set[int] = set()
        self._opening_lungs = threading.Lock()
        self._lung_finder: LungFinder | None = None
        self._method_maps: MethodMaps | None = None

    def start(self, threads: int) -> None:
        """Begin to answer: with one thread more for what takes long, so that no reading waits."""
        for waiting in [*[self._waiting] * threads, self._waiting_for_maps]:
            threading.Thread(target=self._work, args=(waiting,), daemon=True).start()

    def take(self, request: dict[str, Any]) -> None:
        """Queue a request, or drop one that is no longer wanted."""
        if "cancel" in request:
            self._cancelled.add(request["cancel"])
        else:
            takes_long = any(map(is_asked_map, request["want"]))
            waiting = self._waiting_for_maps if takes_long else self._waiting
            waiting.put((-request["priority"], next(self._arrival), request))

    def _work(self, waiting: _Requests) -> None:
        while True:
            _, _, request = waiting.get()
            if request["id"] in self._cancelled:
                self._cancelled.discard(request["id"])
                continue
            self._send({"started": request["id"]})
            self._answer(request)

    def _answer(self, request: dict[str, Any]) -> None:
        try:
            header, arrays = (self._vary if "variants" in request else self._read)(request)
        except _UnwantedError:
            return
        except XrayDemoError as error:
            self._send({"id": request["id"], "error": describe(error)})
        except Exception as error:  # noqa: BLE001  a fault of ours must cost one file, not the batch
            traceback.print_exc()
            fault = XrayDemoError(
                f"{request['path']} could not be read, by a fault of the program: {error!r}",
                "Please report it, with the log",
            )
            self._send({"id": request["id"], "error": describe(fault)})
        else:
            self._send(header, arrays)

    def _read(self, request: dict[str, Any]) -> tuple[dict[str, Any], wire.Arrays]:
        begun = time.perf_counter()
        radiograph = read(Path(request["path"]))
        presented = radiograph.presented()
        header, arrays = self._look(presented, radiograph.facts, request["want"])
        if "lungs" in request["want"]:
            arrays["lungs"] = self._outline(presented)
        if "record" in request["want"]:
            header["record"], arrays["thumbnail"] = self._record(radiograph, presented)
        for asked in filter(is_asked_map, request["want"]):
            drawn = self._map(presented, asked, request["id"])
            arrays["method_map"], header["likeness"] = drawn.raw, drawn.likeness
        if "source" in request["want"]:
            date = radiograph.facts.get("date", "")
            header["source"] = {"sha256": file_sha256(radiograph.path), "date": date}
        header["milliseconds"] = 1000 * (time.perf_counter() - begun)
        return header | {"id": request["id"]}, arrays

    def _vary(self, request: dict[str, Any]) -> tuple[dict[str, Any], wire.Arrays]:
        """Answer several variants of one X-ray, which is read once: arrays are stacked."""
        begun = time.perf_counter()
        radiograph = read(Path(request["path"]))
        variants = [[Intervention.of_plain(one) for one in v] for v in request["variants"]]
        needs_lungs = any(KINDS[one.kind].needs_lungs for v in variants for one in v)
        outline = None
        if needs_lungs or "lungs" in request["want"]:
            try:
                outline = self._outline(radiograph.presented())
            except (XrayDemoError, RuntimeError):  # whoever only wonders where they are goes on
                if needs_lungs:
                    raise
        found = outline if outline is not None and lung_box(outline) else None
        pictures = (apply_all(radiograph, variant, found).presented() for variant in variants)
        looks = [self._look(p, radiograph.facts, request["want"]) for p in pictures]
        arrays: wire.Arrays = {
            name: np.stack([arrays[name] for _, arrays in looks]) for name in looks[0][1]
        }
        if "lungs" in request["want"] and outline is not None:
            arrays["lungs"] = outline
        milliseconds = 1000 * (time.perf_counter() - begun)
        judgements = [header["judgement"] for header, _ in looks]
        header = {"id": request["id"], "judgements": judgements, "milliseconds": milliseconds}
        return header, arrays

    def _look(
        self, presented: NDArray[np.float32], facts: Mapping[str, object], want: list[str]
    ) -> tuple[dict[str, Any], wire.Arrays]:
        tensor = preprocess(presented, self._card.preprocessing)
        forward = self._runtime.forward(tensor[None])
        logits, embedding = forward.logits[0], forward.embedding[0]
        probabilities = softmax(logits, self._card.temperature)
        arrays: wire.Arrays = {"logits": logits, "probabilities": probabilities}
        if "maps" in want:
            arrays["maps"] = forward.maps[0].astype(np.float16)
        if "embedding" in want:
            arrays["embedding"] = embedding
        if "tensor" in want:
            arrays["tensor"] = tensor
        header: dict[str, Any] = {"judgement": None}
        if self._trust and self._trust.has_dossier:
            if "unlike" in want:
                arrays["unlike"] = self._trust.where(presented)
            if "neighbours" in want:
                header["neighbours"] = self._trust.neighbours(embedding).as_plain()
        if self._trust:
            judged = self._trust.judge(logits, probabilities, embedding, presented, facts)
            header["judgement"] = judged.as_plain()
        return header, arrays

    def _outline(self, presented: NDArray[np.float32]) -> NDArray[np.bool_]:
        with self._opening_lungs:
            if self._lung_finder is None:
                self._lung_finder = open_lung_finder(load_lungs())
        return self._lung_finder.outline(presented)

    def _map(self, presented: NDArray[np.float32], asked: AskedMap, number: int) -> MethodMap:
        """Draw a map by another method, in the one thread for it: the library needs torch."""
        if self._method_maps is None:
            from xraydemo.model.torch_method_maps import MethodMaps

            shuffled = cache(self._open_shuffled)
            self._method_maps = MethodMaps(
                self._bundle, lambda weights: self._runtime if weights == "own" else shuffled()
            )
        tensor = preprocess(presented, self._card.preprocessing)
        going_on = partial(self._tell_or_leave, number)
        return self._method_maps.of(tensor, *what_is_asked(asked), going_on=going_on)

    def _tell_or_leave(self, number: int) -> None:
        """Say that what takes long is not stuck, or leave it if nobody wants it any more."""
        if number in self._cancelled:
            self._cancelled.discard(number)
            raise _UnwantedError
        self._send({"started": number})

    def _record(
        self, radiograph: Radiograph, presented: NDArray[np.float32]
    ) -> tuple[dict[str, Any], NDArray[np.uint8]]:
        """Give what a run keeps of a file, less the thumbnail, and the thumbnail."""
        found = dict(vars(profile(radiograph.pixels, presented)))
        thumbnail = found.pop("thumbnail")
        known = self._trust and self._trust.is_of_training_table(found["pixel_sha256"])
        record = {
            "sha256": file_sha256(radiograph.path),
            "facts": radiograph.facts,
            "in_training_table": known,
            "profile": found,
        }
        return record, thumbnail

    def _send(self, header: dict[str, Any], arrays: wire.Arrays | None = None) -> None:
        with self._sending:
            wire.send(self._answers, header, arrays)


def describe(error: XrayDemoError) -> dict[str, str]:
    """Turn an error into plain data."""
    return {"type": type(error).__name__, "message": error.message, "hint": error.hint}


def main() -> None:
    """Load the model, say so, and answer until the other side is gone."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], required=True)
    parser.add_argument("--weights", choices=get_args(Network), default="own")
    arguments = parser.parse_args()

    faulthandler.enable()  # a crash, or an end for being stuck, says in the log where
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the other side to deal with
    # Native code that prints would break the messages: from here on, it prints to the log.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    try:
        threads = thread_count()
        bundle = load_bundle(arguments.bundle)
        runtime = open_runtime(bundle, arguments.device, threads, arguments.weights)
        # what other weights see can't be judged by what these were certified with
        trust = load_trust(bundle) if arguments.weights == "own" else None
        worker = Worker(
            runtime,
            bundle,
            answers,
            trust,
            lambda: open_runtime(bundle, arguments.device, 1, "shuffled"),
        )
    except XrayDemoError as error:
        wire.send(answers, {"event": "failed", "error": describe(error)})
        return

    worker.start(threads)
    info = {"runtime": runtime.name, "device": runtime.device, "precision": runtime.precision}
    wire.send(answers, {"event": "ready", "info": info})
    while (message := wire.receive(sys.stdin.buffer)) is not None:
        worker.take(message[0])
    os._exit(0)  # the other side is gone: nobody wants what the threads are doing


if __name__ == "__main__":
    main()
