"""Asks checks of a run; one that raises is reported as such, and the others go on."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.check import Check, all_checks
from xraydemo.evaluation.context import Context, what_is_missing
from xraydemo.evaluation.given import NOTHING, Given
from xraydemo.evaluation.result import CheckResult, Verdict, cannot_check
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.thresholds import parameters_of

Thresholds = Mapping[str, Mapping[str, Any]]
log = logging.getLogger(__name__)


def run_checks(
    run: Run,
    thresholds: Thresholds,
    *,
    only: Iterable[str] | None = None,
    given: Given = NOTHING,
    seed: int = 0,
    progress: Callable[[str, float], None] = lambda _, __: None,
) -> Iterator[CheckResult]:
    """Ask checks, one after the other, in the order of their ids.

    Parameters
    ----------
    run : Run
    thresholds : mapping
        From `load_thresholds`.
    only : iterable of str, optional
        Ids, or their beginnings (``data``); default all.
    given : Given, optional
        What stands beside the run.
    seed : int
    progress : callable
        Is told the id of the check at work and the share of it that is done.

    Raises
    ------
    XrayDemoError
        If `only` names no check.
    """
    for check in chosen_checks(only):
        progress(check.id, 0.0)
        yield run_check(
            check,
            run,
            thresholds,
            given=given,
            seed=seed,
            progress=partial(progress, check.id),
        )


def chosen_checks(only: Iterable[str] | None) -> list[Check]:
    """Give the checks of these ids or beginnings of ids, all for None."""
    checks = all_checks()
    if only is None:
        return list(checks.values())
    chosen: dict[str, Check] = {}
    for name in only:
        found = {i: c for i, c in checks.items() if i == name or i.startswith(f"{name}.")}
        if not found:
            raise XrayDemoError(f"There is no check {name!r}", "`xraydemo checks` lists them")
        chosen |= found
    return [chosen[name] for name in sorted(chosen)]


def run_check(
    check: Check,
    run: Run,
    thresholds: Thresholds,
    *,
    given: Given = NOTHING,
    seed: int = 0,
    progress: Callable[[float], None] = lambda _: None,
    strict: bool = False,
) -> CheckResult:
    """Ask one check; with `strict`, what it raises is passed on (for tests)."""
    parameters = parameters_of(check, thresholds)
    context: Context[Any] = Context(run, parameters, seed, given, progress)
    missing = [m for need in check.needs if (m := what_is_missing(context, need))]
    try:
        result = cannot_check(missing[0]) if missing else check.run(context)
    except Exception as error:  # a fault of one check must not cost the others
        if strict:
            raise
        log.exception("The check %s raised", check.id)
        words = f"The check itself failed: {type(error).__name__}: {error}"
        result = CheckResult(Verdict.ERROR, words)
    return replace(result, check=check.id, parameters=dataclasses.asdict(parameters))
