import subprocess
import sys

import pytest

from xraydemo.desktop import tour_process, tour_text


@pytest.mark.parametrize("frozen", [False, True])
def test_the_tour_is_another_process(monkeypatch, frozen) -> None:
    started, said = [], []
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: started.append(command))
    tour_process.open_tour(said.append)
    python = [] if frozen else ["-m", "xraydemo"]
    assert started == [[sys.executable, *python, "demo"]]
    assert said == [tour_text.BEGUN]


def test_where_it_can_not_start_it_says_why(monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no memory")

    said = []
    monkeypatch.setattr(subprocess, "Popen", refuse)
    tour_process.open_tour(said.append)
    assert "no memory" in said[0]
