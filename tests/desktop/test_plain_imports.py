import builtins
import importlib
import inspect
import os
import subprocess
import sys

from xraydemo.desktop import plain_imports


def test_nothing_reads_the_source_of_what_is_imported(tmp_path, monkeypatch):
    (tmp_path / "a_late_import.py").write_text("ANSWER = 42\n")
    monkeypatch.syspath_prepend(tmp_path)
    read = []
    real = inspect.getsource
    monkeypatch.setattr(inspect, "getsource", lambda what: read.append(what) or real(what))
    plain_imports.make_imports_plain()
    exec("import a_late_import")
    assert importlib.import_module("a_late_import").ANSWER == 42
    assert read == []
    # and PySide would have, else this test shows nothing
    sys.modules.pop("a_late_import")
    monkeypatch.setattr(builtins, "__import__", builtins.__feature_import__)
    exec("import a_late_import")
    assert [module.__name__ for module in read] == ["a_late_import"]


def test_the_window_leaves_imports_plain():
    code = (
        "import builtins, xraydemo.desktop.app; "
        "print(builtins.__import__ is builtins.__orig_import__)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "True"


def test_a_window_opens_without_what_only_work_needs():
    code = """
import sys
from PySide6.QtWidgets import QApplication
from xraydemo.desktop.window import MainWindow
application = QApplication([])
MainWindow().close()
heavy = {"pandas", "scipy", "cv2", "pydicom", "pydantic", "PIL", "matplotlib", "sklearn", "torch"}
print(*sorted(heavy & set(sys.modules)))
"""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""
