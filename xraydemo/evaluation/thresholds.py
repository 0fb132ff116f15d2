"""The lines between verdicts, in one file, printed in the report; ours, for no paper fixes them."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from xraydemo.errors import XrayDemoError, why
from xraydemo.evaluation.check import Check

SHIPPED = "thresholds.toml"


def load_thresholds(path: Path | None = None) -> dict[str, dict[str, Any]]:
    """Read the thresholds that ship with the program, and over them those of a file.

    Parameters
    ----------
    path : Path, optional
        A TOML file with a section a check, ``["data.balance"]``, and only what it changes.

    Returns
    -------
    dict of str to dict
        Parameters of each check.

    Raises
    ------
    XrayDemoError
        If the file can't be read, or names a check or parameter that isn't there.
    """
    shipped = tomllib.loads(files("xraydemo.evaluation").joinpath(SHIPPED).read_text("utf-8"))
    if path is None:
        return shipped
    try:
        own = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise XrayDemoError(f"The thresholds {path} can't be read: {why(error)}", "") from error
    for name, section in own.items():
        if name not in shipped or not isinstance(section, dict):
            raise XrayDemoError(
                f"{path}: there is no check {name!r}", "`xraydemo checks` lists them"
            )
        unknown = set(section) - set(shipped[name])
        if unknown:
            hint = f"It has {', '.join(shipped[name])}"
            raise XrayDemoError(f"{path}: {name} has no parameter {min(unknown)!r}", hint)
        shipped[name] |= section
    return shipped


def parameters_of(check: Check, thresholds: Mapping[str, Mapping[str, Any]]) -> Any:  # noqa: ANN401
    """Make a check's parameters from its section.

    Raises
    ------
    XrayDemoError
        If a value is of the wrong kind.
    """
    known = {field.name for field in dataclasses.fields(check.parameters)}
    section = {k: v for k, v in thresholds.get(check.id, {}).items() if k in known}
    try:
        return TypeAdapter(check.parameters).validate_python(section)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        message = f"The parameter {where} of {check.id} can't be used: {first['msg']}"
        raise XrayDemoError(message, "See the thresholds file") from error
