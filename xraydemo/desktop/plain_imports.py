"""Takes PySide's hand off Python's imports, once it is imported itself.

PySide replaces ``__import__`` for the sake of ``from __feature__ import ...``, which nothing here
uses: from then on every import anywhere reads the whole source of what was imported, to look
whether it names PySide, also while that is still in the making in another thread. Libraries that
import their own parts late, as pydantic does, then raise ImportError now and then.
"""

from __future__ import annotations

import builtins

import PySide6.QtCore  # noqa: F401 - it is what replaces `__import__`


def make_imports_plain() -> None:
    """Put back what PySide found; does nothing where that is in force."""
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


make_imports_plain()
