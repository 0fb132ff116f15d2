"""Many files through an engine: what the caller sees when the engine ends under its hands."""

from __future__ import annotations

import threading

import pytest

from tests.engine.test_client import DEADLY
from xraydemo.engine import client
from xraydemo.engine.client import Engine
from xraydemo.engine.stream import stream
from xraydemo.errors import EngineLost


def test_an_engine_that_is_closed_blames_no_file(tiny_bundle, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(client, "worker_command", lambda bundle, device: DEADLY)
    engine = Engine(tiny_bundle)
    engine.submit(tmp_path / "stuck")  # so that those of the stream still wait when it is closed
    closing = threading.Timer(0.3, engine.close)
    closing.start()
    with pytest.raises(EngineLost, match="was closed"):
        next(stream(engine, [tmp_path / "a", tmp_path / "b"]))
    closing.join()
