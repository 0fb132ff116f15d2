"""An installed program brings its model along."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.conftest import REPOSITORY


def test_the_wheel_predicts_from_elsewhere(tmp_path: Path, xray: Path) -> None:
    """Unpacked outside the source tree, with only the libraries of this environment."""
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q"]
    subprocess.run([*build, "-w", tmp_path, REPOSITORY], check=True, timeout=600)
    (wheel,) = tmp_path.glob("*.whl")
    elsewhere = tmp_path / "elsewhere"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(elsewhere)
    program = """
import sys, xraydemo
from xraydemo.model.bundle import find_bundle
print(find_bundle("cxr4-lite0"), file=sys.stderr)
from xraydemo.cli.app import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", program, "predict", str(xray), "--json"],
        capture_output=True,
        text=True,
        timeout=600,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(elsewhere)},
    )
    assert done.returncode == 0, done.stderr
    assert str(elsewhere) in done.stderr
    assert json.loads(done.stdout)["predicted"]
