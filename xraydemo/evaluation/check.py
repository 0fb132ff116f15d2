"""The table of checks: each is one function, registered under its id with what it needs."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import Any, TypeVar

from xraydemo.evaluation.context import Context, Need
from xraydemo.evaluation.result import CheckResult

P = TypeVar("P")
CheckFunction = Callable[[Context[P]], CheckResult]
_REGISTERED: dict[str, Check] = {}


@dataclass(frozen=True)
class Check:
    """One question that can be asked of a run.

    Attributes
    ----------
    id : str
        ``data.balance``.
    question : str
        In plain words.
    needs : tuple of str
        What must be there; without it the answer is ``cannot_check``.
    parameters : type
        A dataclass; its values come from ``thresholds.toml``, section by id.
    run : callable
        From a `Context` to a `CheckResult`.
    """

    id: str
    question: str
    needs: tuple[Need, ...]
    parameters: type[Any]
    run: Callable[[Context[Any]], CheckResult]


def check(
    check_id: str, question: str, *, parameters: type[P], needs: tuple[Need, ...] = ()
) -> Callable[[CheckFunction[P]], CheckFunction[P]]:
    """Register a function as a check; see `Check` for the arguments."""

    def register(function: CheckFunction[P]) -> CheckFunction[P]:
        _REGISTERED[check_id] = Check(check_id, question, needs, parameters, function)
        return function

    return register


@cache
def all_checks() -> dict[str, Check]:
    """List every check by id: those of `xraydemo.evaluation.checks`, and of other packages.

    Other packages name modules that register checks under the entry point ``xraydemo.checks``.
    """
    from xraydemo.evaluation import checks

    for module in sorted(m.name for m in pkgutil.iter_modules(checks.__path__)):
        importlib.import_module(f"{checks.__name__}.{module}")
    for entry in entry_points(group="xraydemo.checks"):
        entry.load()
    return dict(sorted(_REGISTERED.items()))
