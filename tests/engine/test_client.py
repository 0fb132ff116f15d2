"""The client against a worker that dies on demand: nothing is lost, nobody is blamed wrongly."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from xraydemo.engine import client
from xraydemo.engine.client import Engine, EngineEvent
from xraydemo.errors import BadBundle, EngineLost

DEADLY = [sys.executable, "-m", "tests.engine.deadly_worker"]


@pytest.fixture
def events() -> list[EngineEvent]:
    return []


@pytest.fixture
def engine(tiny_bundle, events, monkeypatch) -> Iterator[Engine]:
    monkeypatch.setattr(client, "worker_command", lambda bundle, device: DEADLY)
    with Engine(tiny_bundle, on_event=events.append) as engine:
        yield engine


def kinds(events: list[EngineEvent]) -> list[str]:
    return [event.kind for event in events]


def test_a_death_costs_nothing(engine, events, tmp_path) -> None:
    names = ["a", "die-once", *(f"f{i}" for i in range(20))]
    futures = [engine.submit(tmp_path / name) for name in names]
    assert all(future.result(600).predicted == "normal" for future in futures)
    assert kinds(events) == ["starting", "ready", "starting", "restarted", "ready"]
    assert "SIGKILL" in events[3].message


def test_only_the_deadly_file_fails(engine, tmp_path) -> None:
    before = [engine.submit(tmp_path / f"f{i}") for i in range(5)]
    deadly = engine.submit(tmp_path / "die-always")
    after = [engine.submit(tmp_path / f"g{i}") for i in range(5)]
    with pytest.raises(EngineLost, match=r"died twice \(SIGKILL\) while reading .*die-always"):
        deadly.result(600)
    assert all(future.result(600) for future in before + after)


def test_a_stuck_file_costs_only_itself(tiny_bundle, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(client, "worker_command", lambda bundle, device: DEADLY)
    monkeypatch.setattr(client, "SECONDS_FOR_A_FILE", 0.2)
    monkeypatch.setattr(client, "SECONDS_BETWEEN_LOOKS", 0.1)
    with Engine(tiny_bundle) as engine:
        stuck, good = engine.submit(tmp_path / "stuck"), engine.submit(tmp_path / "good")
        with pytest.raises(EngineLost, match=r"died twice \(SIGABRT\) while reading .*stuck"):
            stuck.result(600)
        assert good.result(600)


def test_many_deadly_files_in_a_row_do_not_end_it(engine, tmp_path) -> None:
    deadly = [engine.submit(tmp_path / f"die-always-{i}") for i in range(3)]
    good = engine.submit(tmp_path / "good")
    assert good.result(600)
    assert all(isinstance(future.exception(0), EngineLost) for future in deadly)


def test_a_worker_that_never_lives_is_given_up(tiny_bundle, events, monkeypatch) -> None:
    monkeypatch.setattr(client, "worker_command", lambda bundle, device: [*DEADLY, "--stillborn"])
    with Engine(tiny_bundle, on_event=events.append) as engine:
        future = engine.submit("x")
        with pytest.raises(EngineLost, match="again and again"):
            future.result(600)
        with pytest.raises(EngineLost, match="again and again"):
            engine.submit("y").result(5)
    assert kinds(events)[-1] == "failed"


def test_what_waits_can_be_cancelled(engine, tmp_path) -> None:
    slow = engine.submit(tmp_path / "slow")
    waiting = engine.submit(tmp_path / "f")
    assert waiting.cancel()
    assert slow.result(600)
    assert engine.submit(tmp_path / "g").result(600)


def test_closing_settles_every_future(tiny_bundle, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(client, "worker_command", lambda bundle, device: DEADLY)
    engine = Engine(tiny_bundle)
    futures = [engine.submit(tmp_path / "slow") for _ in range(50)]
    futures[0].result(600)
    engine.close()
    assert all(future.done() for future in futures)
    assert isinstance(engine.submit("late").exception(0), EngineLost)


def test_a_child_that_can_not_be_asked_to_abort_is_killed(tiny_bundle, monkeypatch, tmp_path):
    """As on Windows, which has no SIGABRT to send."""
    monkeypatch.setattr(client, "worker_command", lambda bundle, device: DEADLY)
    monkeypatch.setattr(client, "SECONDS_FOR_A_FILE", 0.2)
    monkeypatch.setattr(client, "SECONDS_BETWEEN_LOOKS", 0.1)
    monkeypatch.setattr(client, "sys", SimpleNamespace(platform="win32"))
    with (
        Engine(tiny_bundle) as engine,
        pytest.raises(EngineLost, match=r"died twice \(SIGKILL\)"),
    ):
        engine.submit(tmp_path / "stuck").result(600)


def test_closing_leaves_no_process_and_no_thread(tiny_bundle, monkeypatch) -> None:
    monkeypatch.setattr(client, "worker_command", lambda bundle, device: DEADLY)
    threads = threading.active_count()
    engine = Engine(tiny_bundle)
    engine.submit("f").result(600)
    process = engine._process
    engine.close()
    assert process.poll() is not None
    assert threading.active_count() == threads


def test_asking_never_waits(tiny_bundle, monkeypatch) -> None:
    """A child that never listens: these requests are more than a pipe holds."""
    monkeypatch.setattr(client, "worker_command", lambda bundle, device: [*DEADLY, "--deaf"])
    with Engine(tiny_bundle) as engine:
        futures = [engine.submit("f" * 1000) for _ in range(1000)]
    assert all(future.cancelled() for future in futures)


def test_callbacks_may_ask_again(engine, tmp_path) -> None:
    done = threading.Event()

    def ask_again(_: Future) -> None:
        engine.submit(tmp_path / "second").add_done_callback(lambda _: done.set())

    engine.submit(tmp_path / "first").add_done_callback(ask_again)
    assert done.wait(30)


def test_an_unknown_bundle_is_refused_at_once(tmp_path) -> None:
    with pytest.raises(BadBundle):
        Engine(tmp_path)
