"""The X-rays that come with the program: real ones of the package ``pydicom-data``."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from xraydemo.errors import XrayDemoError

# The same chest (RG1) and leg (RG3) in four encodings each; the leg shows what a chest model says
# of what is no chest.
FILES = ("RG1_UNCR.dcm", "RG1_UNCI.dcm", "RG1_J2KR.dcm", "RG1_J2KI.dcm", "RG3_UNCR.dcm")


def demo_files() -> list[Path]:
    """List the demo X-rays.

    Raises
    ------
    XrayDemoError
        If the package that holds them isn't installed.
    """
    package = find_spec("data_store")
    if package is None or not package.submodule_search_locations:
        hint = "Install it with: pip install 'xraydemo[demo]'"
        raise XrayDemoError("The demo X-rays are not installed", hint)
    folder = Path(package.submodule_search_locations[0], "data")
    return [folder / name for name in FILES]
