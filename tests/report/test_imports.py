from __future__ import annotations

import subprocess
import sys

QUICK = (
    "anonymous", "answer", "atomic", "captions", "command", "comparison", "explanations",
    "fingerprint", "groups", "power", "rebuild", "results", "tables", "taken", "terminal", "words",
)  # fmt: skip
SLOW = {"matplotlib", "reportlab", "pikepdf", "torch", "PySide6"}


def test_what_draws_is_loaded_only_where_something_is_drawn():
    names = ", ".join(f"xraydemo.report.{name}" for name in QUICK)
    code = f"import sys, {names}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not SLOW & set(done.stdout.split())
