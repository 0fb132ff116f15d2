"""The door to the engine, free of torch: starts the child, asks, and brings it back if it dies."""

from __future__ import annotations

import itertools
import math
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from xraydemo.engine import wire
from xraydemo.errors import EngineLost, XrayDemoError, error_from_name
from xraydemo.model.bundle import Bundle, BundleCard, load_bundle
from xraydemo.model.judgement import Judgement
from xraydemo.model.method_map import AskedMap, MethodMap, is_asked_map
from xraydemo.model.neighbours import Neighbours
from xraydemo.model.reading import Reading, Record, SourceFile
from xraydemo.model.runtime import Network
from xraydemo.radiograph.profile import Profile

if TYPE_CHECKING:  # which brings OpenCV with it, and the window should open at once
    from xraydemo.radiograph.interventions import Intervention

IDLE_DEATHS_IN_A_ROW = 3  # a death during a request is the request's: those end by themselves
SECONDS_TO_END = 3.0
SECONDS_FOR_A_FILE = 120.0  # the largest film takes a few; beyond this, native code is stuck
SECONDS_BETWEEN_LOOKS = 5.0
Want = (
    Literal["maps", "embedding", "tensor", "record", "lungs", "unlike", "neighbours", "source"]
    | AskedMap
)


@dataclass(frozen=True)
class EngineEvent:
    """Something about the engine that a user should see.

    Attributes
    ----------
    kind : str
        ``starting``, ``ready``, ``restarted`` (it died and came back) or ``failed`` (for good).
    message : str
        In words.
    """

    kind: Literal["starting", "ready", "restarted", "failed"]
    message: str


@dataclass
class _Pending:
    """A request that has no answer yet."""

    message: dict[str, Any]
    future: Future[Any] = field(default_factory=Future)
    started: bool = False
    started_at: float = math.inf
    crashes: int = 0

    @property
    def can_be_broken_off(self) -> bool:
        """Whether the child leaves it, once begun, when nobody wants it any more."""
        return any(map(is_asked_map, self.message["want"]))

    def hold(self) -> bool:
        """Have it answered: it can't be cancelled from now on. False if it was."""
        future = self.future
        if future.cancelled():
            return False
        return future.running() or future.set_running_or_notify_cancel()


class Engine:
    """One model in a child process; answers come as futures.

    The child is started at once and loads its model while requests already queue. If it dies, it
    is started again, and what it was working on is asked once more, alone; a request during which
    it dies twice fails with `EngineLost`, the others go on. A child that is stuck in a file is
    ended, which is a death like any other.

    Parameters
    ----------
    bundle : str or Path
        Name or folder.
    device : str
        ``auto``, ``cpu`` or ``cuda``.
    on_event : callable, optional
        Is given each `EngineEvent`, in the engine's thread.
    weights : str
        Other weights in the same architecture, to compare with; see
        `xraydemo.model.runtime.Network`. Their readings are not judged.

    Raises
    ------
    BadBundle
        If there is no such bundle. Its weights are looked at later, by the child: if they are bad,
        every future fails with that error.
    """

    def __init__(
        self,
        bundle: str | Path,
        device: str = "auto",
        on_event: Callable[[EngineEvent], None] | None = None,
        *,
        weights: Network = "own",
    ) -> None:
        self._bundle = load_bundle(bundle)
        self._device = device
        self._weights = weights
        self._on_event = on_event or _ignore
        self._lock = threading.RLock()
        self._ids = itertools.count()
        self._pending: dict[int, _Pending] = {}
        self._alone: list[int] = []  # asked one by one, after a crash that one of them caused
        self._info: dict[str, str] = {}
        self._failure: XrayDemoError | None = None
        self._closing = False
        self._idle_deaths = 0
        self._closed = threading.Event()
        self._answered = threading.Event()  # the child is ready, or given up
        self._start()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    @property
    def bundle(self) -> Bundle:
        """The bundle that it runs."""
        return self._bundle

    @property
    def card(self) -> BundleCard:
        """What the bundle says of itself."""
        return self._bundle.card

    @property
    def info(self) -> dict[str, str]:
        """Give ``runtime``, ``device`` and ``precision``; empty until the child is ready."""
        return self._info

    def wait_until_ready(self) -> dict[str, str]:
        """Wait for the child to have loaded its model.

        Returns
        -------
        dict
            `info`.

        Raises
        ------
        XrayDemoError
            If it can't.
        """
        self._answered.wait()
        if self._failure:
            raise self._failure
        return self._info

    @property
    def failure(self) -> XrayDemoError | None:
        """What ended the engine for good; None while it works."""
        return self._failure

    @property
    def process_id(self) -> int:
        """Process number of the child of the moment."""
        return self._process.pid

    def submit(
        self, path: str | Path, *, want: tuple[Want, ...] = ("maps",), priority: int = 0
    ) -> Future[Reading]:
        """Ask for the reading of a file; never blocks.

        Parameters
        ----------
        path : str or Path
        want : tuple of str
            What to send besides probabilities: ``maps``, ``embedding``, ``tensor``, ``record``,
            ``lungs``, ``unlike``, ``neighbours``, ``source``, or one map by another method, named
            by `xraydemo.model.method_map.asked_map`; see `Reading`.
        priority : int
            The higher, the sooner; equals in order of asking.

        Returns
        -------
        concurrent.futures.Future
            Of a `Reading`, or of an `XrayDemoError` that says what is wrong with the file. It can
            be cancelled until the child begins with it, a map by another method until it is drawn.
            Its callbacks run in the engine's thread.
        """
        message = {"path": str(path), "want": list(want), "priority": priority}
        return self._ask(message)

    def vary(
        self,
        path: str | Path,
        variants: Sequence[Sequence[Intervention]],
        *,
        want: tuple[Want, ...] = (),
        priority: int = 0,
    ) -> Future[list[Reading]]:
        """Ask for the readings of variants of one X-ray, which is read once; never blocks.

        Parameters
        ----------
        path : str or Path
        variants : sequence of sequence of Intervention
            What is done to the X-ray for each, one after the other; at least one variant.
        want, priority
            See `submit`; without ``record``, ``source`` and maps by other methods.

        Returns
        -------
        concurrent.futures.Future
            Of a list of `Reading`, one a variant, each with the milliseconds of all; see `submit`.
        """
        plain = [[one.as_plain() for one in variant] for variant in variants]
        message = {"path": str(path), "want": list(want), "priority": priority, "variants": plain}
        return self._ask(message)

    def _ask(self, asked: dict[str, Any]) -> Future[Any]:
        with self._lock:
            number = next(self._ids)
            message = {"id": number, **asked}
            pending = _Pending(message)
            if self._failure or self._closing:
                pending.future.set_exception(self._failure or EngineLost("The engine was closed"))
                return pending.future
            self._pending[number] = pending
            if not self._alone:
                self._outgoing.put(message)
        pending.future.add_done_callback(lambda future: self._drop_if_cancelled(number, future))
        return pending.future

    def close(self) -> None:
        """End the child, and cancel what is not answered."""
        with self._lock:
            self._closing = True
            # whoever waits must not take this for a fault of the file that was at work
            self._failure = self._failure or EngineLost("The engine was closed")
            self._answered.set()
            self._outgoing.put(None)
            pending, self._pending = list(self._pending.values()), {}
        for request in pending:
            if not request.future.cancel():
                request.future.set_exception(EngineLost("The engine was closed"))
        try:
            self._process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._closed.set()
        self._reader.join()
        self._writer.join()
        self._watcher.join()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> None:
        self._on_event(EngineEvent("starting", "The model is being loaded"))
        self._outgoing: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._process = subprocess.Popen(
            [*worker_command(self._bundle.folder, self._device), "--weights", self._weights],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # the child reads with threads already: more of them would only wait for each other
            # and the library of Score-CAM would draw a progress bar into the log
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "TQDM_DISABLE": "1"},
        )
        # One thread writes, so that asking never waits for a full pipe; one reads and drives.
        arguments = (self._process, self._outgoing)
        self._writer = threading.Thread(target=_write_all, args=arguments, daemon=True)
        self._reader = threading.Thread(target=self._listen, args=(self._process,), daemon=True)
        self._writer.start()
        self._reader.start()

    def _watch(self) -> None:
        """End a child that is stuck; its threads' tracebacks go to the log first."""
        aborted = None
        while not self._closed.wait(SECONDS_BETWEEN_LOOKS):
            with self._lock:
                process = self._process
                begun = min((p.started_at for p in self._pending.values()), default=math.inf)
            if time.monotonic() - begun < SECONDS_FOR_A_FILE:
                continue
            if process is aborted or sys.platform == "win32":  # which sends no SIGABRT
                process.kill()
            else:
                process.send_signal(signal.SIGABRT)
                aborted = process

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout:
            while (message := wire.receive(process.stdout)) is not None:
                self._hear(*message)
        self._outgoing.put(None)
        code = process.wait()
        with self._lock:
            if not self._closing and self._failure is None:
                self._bring_back(code)

    def _hear(self, header: dict[str, Any], arrays: wire.Arrays) -> None:
        if header.get("event") == "ready":
            self._info = header["info"]
            self._answered.set()
            words = "{runtime} on {device}, {precision}".format(**self._info)
            self._on_event(EngineEvent("ready", f"{self.card.name}: {words}"))
        elif header.get("event") == "failed":
            self._fail(error_from_name(**_named(header["error"])))
        elif "started" in header:
            self._note_start(header["started"])
        else:
            self._settle(header, arrays)

    def _note_start(self, number: int) -> None:
        with self._lock:
            self._idle_deaths = 0
            pending = self._pending.get(number)
            if pending:
                pending.started_at = time.monotonic()
            if pending and not pending.started:
                # if it was cancelled, the answer will be ignored
                pending.started = pending.can_be_broken_off or pending.hold()

    def _settle(self, header: dict[str, Any], arrays: wire.Arrays) -> None:
        with self._lock:
            pending = self._pending.pop(header["id"], None)
            if header["id"] in self._alone:
                self._alone.remove(header["id"])
                self._ask_again()
        if pending is None or not pending.hold():
            return
        if "error" in header:
            pending.future.set_exception(error_from_name(**_named(header["error"])))
        else:
            varied = "judgements" in header
            pending.future.set_result((_readings if varied else _reading)(header, arrays))

    def _drop_if_cancelled(self, number: int, future: Future[Any]) -> None:
        if future.cancelled():
            with self._lock:
                self._pending.pop(number, None)
                self._outgoing.put({"cancel": number})
                if number in self._alone:
                    self._alone.remove(number)
                    self._ask_again()

    def _bring_back(self, code: int) -> None:
        """Start the child again and ask anew; called with the lock held."""
        self._idle_deaths += 1
        cause = _exit_in_words(code)
        guilty = []
        for number, pending in list(self._pending.items()):
            pending.started_at = math.inf
            if pending.started:
                pending.crashes += 1
                if pending.crashes > 1:
                    guilty.append(self._pending.pop(number))
        for pending in filter(_Pending.hold, guilty):
            message = f"The engine died twice ({cause}) while reading {pending.message['path']}"
            pending.future.set_exception(
                EngineLost(message, "The file may be damaged; the others go on")
            )
        if self._idle_deaths > IDLE_DEATHS_IN_A_ROW:
            hint = "Start the program again; `xraydemo doctor` tells what works on this machine"
            self._fail(EngineLost(f"The engine died again and again ({cause})", hint))
            return
        self._alone = [number for number, pending in self._pending.items() if pending.started]
        self._start()
        self._ask_again()
        message = f"The engine died ({cause}) and was started again; nothing is lost"
        self._on_event(EngineEvent("restarted", message))

    def _ask_again(self) -> None:
        """Ask the suspects of a crash one by one, and when they are through, all the others."""
        if self._alone:
            self._outgoing.put(self._pending[self._alone[0]].message)
        else:
            for pending in self._pending.values():
                self._outgoing.put(pending.message)

    def _fail(self, error: XrayDemoError) -> None:
        with self._lock:
            self._failure = error
            self._answered.set()
            pending, self._pending = list(self._pending.values()), {}
        for request in pending:
            if request.hold():
                request.future.set_exception(error)
        self._on_event(EngineEvent("failed", str(error)))


def _ignore(event: EngineEvent) -> None:
    """Do nothing, where nobody wants to know."""


def worker_command(bundle: Path, device: str) -> list[str]:
    """Give the command line of the child."""
    module = [sys.executable, "-m", "xraydemo.engine.worker"]
    return [*module, "--bundle", str(bundle), "--device", device]


def _write_all(
    process: subprocess.Popen[bytes], outgoing: queue.SimpleQueue[dict[str, Any] | None]
) -> None:
    assert process.stdin is not None
    try:
        with process.stdin:
            while (message := outgoing.get()) is not None:
                wire.send(process.stdin, message)
    except OSError:
        pass  # the child is gone; the thread that listens deals with it


def _reading(header: dict[str, Any], arrays: wire.Arrays) -> Reading:
    record = None
    if "record" in header:
        told = header["record"]
        profile = Profile(thumbnail=arrays.pop("thumbnail"), **told.pop("profile"))
        record = Record(profile=profile, **told)
    plain, near, source = (header.get(key) for key in ("judgement", "neighbours", "source"))
    drawn = arrays.pop("method_map", None)
    return Reading(
        milliseconds=header["milliseconds"],
        judgement=Judgement.of_plain(plain) if plain else None,
        neighbours=Neighbours.of_plain(near) if near else None,
        source=SourceFile(**source) if source else None,
        method_map=None if drawn is None else MethodMap(drawn, header["likeness"]),
        record=record,
        **cast(Any, arrays),
    )


def _readings(header: dict[str, Any], arrays: wire.Arrays) -> list[Reading]:
    """Take the stacked answers of `Engine.vary` apart; the lungs are those of all variants."""
    lungs = arrays.pop("lungs", None)
    return [
        Reading(
            milliseconds=header["milliseconds"],
            judgement=Judgement.of_plain(plain) if plain else None,
            lungs=lungs,
            **cast(Any, {name: stacked[i] for name, stacked in arrays.items()}),
        )
        for i, plain in enumerate(header["judgements"])
    ]


def _named(error: dict[str, str]) -> dict[str, str]:
    return {"name": error["type"], "message": error["message"], "hint": error["hint"]}


def _exit_in_words(code: int) -> str:
    if code >= 0:
        return f"exit status {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
