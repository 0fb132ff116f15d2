"""Starts the engine, and knows how it fares. Knows no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from xraydemo.desktop import text
from xraydemo.desktop.background import Background, error_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from xraydemo.desktop.engine_door import Card, EngineDoor
    from xraydemo.engine.client import EngineEvent

State = Literal["none", "starting", "ready", "failed"]


class EngineWatch:
    """The one engine of the window.

    Parameters
    ----------
    background : Background
        The engine is started in one of its threads.
    post : callable
        Takes a function and has the window's thread call it soon; may be called from any thread.
    changed : callable
        Called in the window's thread when the state is another.
    came : callable
        Called in the window's thread once there is an engine to ask.
    """

    def __init__(
        self,
        background: Background,
        post: Callable[[Callable[[], None]], None],
        changed: Callable[[], None],
        came: Callable[[], None],
    ) -> None:
        self._background = background
        self._post = post
        self._changed = changed
        self._came = came
        self._started: EngineDoor | None = None
        self._closed = False
        self.door: EngineDoor | None = None
        """The engine, from its start on, whatever became of it."""
        self.state: State = "none"
        self.text = ""
        """What it said when it became ready, or why it failed."""
        self.restarts = 0

    @property
    def may_be_asked(self) -> EngineDoor | None:
        """The engine, unless there is none yet or it failed for good."""
        return self.door if self.state != "failed" else None

    @property
    def ready(self) -> EngineDoor | None:
        """The engine, once its model is loaded; also while it is brought back after a crash."""
        # the text is what it said when it became ready
        return self.may_be_asked if self.text else None

    @property
    def card(self) -> Card | None:
        """What the model says of itself; None before it is known."""
        return self.door.card if self.door else None

    @property
    def failure(self) -> str:
        """Why there is no model to be asked; empty where there is one, or will be."""
        return self.status if self.state == "failed" else ""

    @property
    def status(self) -> str:
        """The state in one line."""
        match self.state:
            case "ready":
                ready = text.ENGINE_READY.format(what=self.text)
                return f"{ready} ({text.ENGINE_RESTARTED_NOTE})" if self.restarts else ready
            case "failed":
                return text.ENGINE_FAILED.format(why=self.text)
            case "starting":
                return text.ENGINE_RESTARTED if self.restarts else text.ENGINE_STARTING
        return text.ENGINE_NONE

    def start(self, start: Callable[[Callable[[EngineEvent], None]], EngineDoor]) -> None:
        """Start the engine in a thread; `start` takes what to call with its events."""
        self.state = "starting"
        self._changed()

        def started(future: Future[EngineDoor]) -> None:
            error = error_of(future)
            if error:
                self._fail(str(error))
                return
            self.door = future.result()
            self._came()

        self._background.run(lambda: self._start(start), started)

    def close(self) -> None:
        """End the engine; nothing is told any more."""
        self._closed = True
        if self._started:
            self._started.close()

    def _start(self, start: Callable[[Callable[[EngineEvent], None]], EngineDoor]) -> EngineDoor:
        # Kept at once, in this thread: if the window closes before the answer is delivered, there
        # still is somebody who ends the process.
        self._started = start(
            lambda event: self._post(lambda: self._heard(event.kind, event.message))
        )
        return self._started

    def _heard(self, kind: str, message: str) -> None:
        if self._closed:
            return
        if kind == "failed":
            self._fail(message)
            return
        if kind == "restarted":
            self.restarts += 1
        self.state = "ready" if kind == "ready" else "starting"
        if kind == "ready":
            self.text = message
        self._changed()

    def _fail(self, why: str) -> None:
        self.state, self.text = "failed", why
        self._changed()
