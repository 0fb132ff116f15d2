"""What a fault report says, and the log: no path of the user's is in either. Knows no Qt."""

from __future__ import annotations

import logging
import os
import platform
import re
import sys
import traceback
from importlib.metadata import PackageNotFoundError, version
from logging.handlers import RotatingFileHandler
from pathlib import Path

import platformdirs

from xraydemo import __version__
from xraydemo.desktop import text

PACKAGES = ("PySide6-Essentials", "numpy", "openvino", "torch", "pydicom", "pillow")
_LARGEST_LOG, _OLD_LOGS = 512 * 1024, 2
_HIDDEN = "<path>"
# In quotes, a path may hold blanks; else it ends at the first one.
_QUOTED = re.compile(r"""(['"])((?:[A-Za-z]:)?[\\/](?:(?!\1).)*)\1""")
_BARE = re.compile(r"""(?<![\w<'"./\\])(?:[A-Za-z]:\\|/)[^\s'",;:()<>]+""")


def log_file() -> Path:
    """Name the log."""
    return platformdirs.user_log_path("xraydemo", appauthor=False) / "xraydemo.log"


def redacted(words: str) -> str:
    """Take out every path of the user's: its name may be a patient's, or the user's own.

    Of paths of code, what comes before the program or the Python installation is taken out.
    """
    words = _QUOTED.sub(lambda found: f"{found[1]}{_hidden(found[2])}{found[1]}", words)
    return _BARE.sub(lambda found: _hidden(found[0]), words)


def _hidden(path: str) -> str:
    package = str(Path(__file__).resolve().parents[1])
    for folder, name in ((package, "xraydemo"), (sys.prefix, "venv"), (sys.base_prefix, "python")):
        if path.startswith((folder + "/", folder + "\\")):
            return f"<{name}>{path[len(folder) :]}"
    return _HIDDEN


class _Redacting(logging.Formatter):
    """Formats records without the user's paths."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record, traceback and all."""
        return redacted(super().format(record))


def start_log(path: Path | None = None) -> logging.Handler | None:
    """Have everything that the program logs written into a file; None where that can't be.

    A log that can't be written must not keep anybody from opening the window.
    """
    path = path or log_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            path, maxBytes=_LARGEST_LOG, backupCount=_OLD_LOGS, encoding="utf-8"
        )
    except OSError:
        return None
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("xraydemo")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.info("xraydemo %s on %s", __version__, platform.platform())
    return handler


def versions() -> list[tuple[str, str]]:
    """Give what runs here, with versions."""
    system = [
        ("xraydemo", __version__),
        ("Python", platform.python_version()),
        ("System", f"{platform.platform()}, {os.cpu_count()} cores"),
    ]
    return system + [(name, _version(name)) for name in PACKAGES]


def report(engine: str, error: BaseException | None = None) -> str:
    """Write a report that can be sent: versions, the engine's state, and what went wrong.

    Parameters
    ----------
    engine : str
        Its state, in words.
    error : BaseException, optional
        A fault of the program.
    """
    lines = [f"{name}: {found}" for name, found in versions()]
    lines.append(f"Engine: {engine}")
    if error:
        lines += ["", *traceback.format_exception(error)]
    return redacted("\n".join(line.rstrip("\n") for line in lines))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return text.NOT_INSTALLED
