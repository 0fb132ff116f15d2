from __future__ import annotations

import pandas as pd

from xraydemo.cli.phantom import make_phantoms
from xraydemo.cohort.phantom_plan import Order
from xraydemo.cohort.phantoms import TABLE


def test_it_says_what_it_made_and_planted(tmp_path, capsys) -> None:
    status = make_phantoms(tmp_path / "out", Order(4, "marker", 1.0, side=64))
    told = capsys.readouterr().out
    assert status == 0
    assert "4 phantoms of" in told
    assert str(tmp_path / "out" / TABLE) in told
    assert "1 of 1 of covid, 0 of 3 of the others" in told
    assert "in the pixels" in told
    assert len(pd.read_csv(tmp_path / "out" / TABLE)) == 4


def test_tag_only_is_said(tmp_path, capsys) -> None:
    make_phantoms(tmp_path / "out", Order(4, "year", 1.0, tag_only=True, side=64))
    assert "in tag and table alone" in capsys.readouterr().out


def test_ctrl_c_is_no_traceback(tmp_path, capsys, monkeypatch) -> None:
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("xraydemo.cli.phantom.write_phantoms", interrupted)
    assert make_phantoms(tmp_path / "out", Order(4)) == 130
    assert "What was made is in" in capsys.readouterr().err
