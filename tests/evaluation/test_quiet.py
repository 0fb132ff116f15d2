"""What a check uses must not warn where a container hides the processors."""

from __future__ import annotations

import subprocess
import sys

import pytest

HIDDEN_CORES = """
import os
os.cpu_count = lambda: 2
import xraydemo.evaluation
import joblib.externals.loky.backend.context as loky
loky._count_physical_cores = lambda: ("not found", ValueError("found 0 physical cores < 1"))
loky._cpu_count_user = lambda n: int(os.environ.get("LOKY_MAX_CPU_COUNT", n))
assert loky.cpu_count(only_physical_cores=True) == 1
"""


@pytest.mark.parametrize("own", [None, "1"])
def test_no_warning_where_cores_are_hidden(own, monkeypatch) -> None:
    if own:
        monkeypatch.setenv("LOKY_MAX_CPU_COUNT", own)
    else:
        monkeypatch.delenv("LOKY_MAX_CPU_COUNT", raising=False)
    subprocess.run([sys.executable, "-W", "error", "-c", HIDDEN_CORES], check=True)
