from __future__ import annotations

import os

import pytest

from xraydemo.engine.client import Engine
from xraydemo.engine.threads import VARIABLE, thread_count
from xraydemo.errors import XrayDemoError


@pytest.mark.parametrize("asked", [None, ""])
def test_one_a_core_unless_asked(monkeypatch, asked) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    if asked is not None:
        monkeypatch.setenv(VARIABLE, asked)
    assert thread_count() == os.cpu_count()


def test_as_many_as_asked(monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, "3")
    assert thread_count() == 3


@pytest.mark.parametrize("asked", ["0", "-1", "two", "1.5", "²"])
def test_nonsense_is_refused_by_name(monkeypatch, asked) -> None:
    monkeypatch.setenv(VARIABLE, asked)
    with pytest.raises(XrayDemoError, match=f"{VARIABLE} is “{asked}”"):
        thread_count()


def test_the_child_is_asked(monkeypatch, tiny_bundle, xray) -> None:
    monkeypatch.setenv(VARIABLE, "none")
    with Engine(tiny_bundle, device="cpu") as engine, pytest.raises(XrayDemoError, match=VARIABLE):
        engine.submit(xray).result(600)
