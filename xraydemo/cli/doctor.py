"""``xraydemo doctor``: what works on this machine, and what would be needed for the rest."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

from rich.console import Console
from rich.table import Table

from xraydemo import __version__
from xraydemo.engine.client import Engine
from xraydemo.engine.devices import has_cuda_gpu
from xraydemo.errors import XrayDemoError
from xraydemo.model.bundle import DEFAULT_BUNDLE
from xraydemo.radiograph import codecs

PACKAGES = ("torch", "timm", "openvino", "pydicom", "pillow", "grad-cam", "PySide6-Essentials")


def report() -> None:
    """Print the report to standard output."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"xraydemo {__version__}, Python {platform.python_version()}")
    console.print(f"{platform.platform()}, {os.cpu_count()} cores")
    console.print(f"CUDA GPU: {'yes' if has_cuda_gpu() else 'none found'}")
    console.print(f"Engine: {_engine()}\n")

    packages = Table("package", "version", box=None)
    for name in PACKAGES:
        packages.add_row(name, _version(name))
    console.print(packages)

    encodings = Table("encoding", "read by", "", box=None)
    for codec in codecs():
        state = "works" if codec.available else f"unavailable: {codec.why_not}"
        encodings.add_row(codec.name, codec.package, state)
    console.print()
    console.print(encodings)


def _engine() -> str:
    from pathlib import Path
    from tempfile import TemporaryDirectory

    import numpy as np
    from PIL import Image

    with TemporaryDirectory() as folder, Engine(DEFAULT_BUNDLE) as engine:
        picture = Path(folder, "gray.png")
        Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (256, 1))).save(picture)
        try:
            reading = engine.submit(picture).result()
        except XrayDemoError as error:
            return f"does not work: {error}"
        words = "{runtime} on {device}, {precision}".format(**engine.info)
        return f"{words}; a first reading took {reading.milliseconds:.0f} ms"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
