"""The readers' table: which encoding is read by which package, and why one is not available."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pydicom import uid
from pydicom.pixels.decoders.base import get_decoder

from xraydemo.radiograph.readers import jpeg_plugin

if TYPE_CHECKING:
    from pydicom.uid import UID

_OWN_PLUGIN = "imagecodecs"
_NATIVE = (
    uid.ImplicitVRLittleEndian,
    uid.ExplicitVRLittleEndian,
    uid.ExplicitVRBigEndian,
    uid.DeflatedExplicitVRLittleEndian,
)


@dataclass(frozen=True)
class Codec:
    """One way to read one encoding.

    Parameters
    ----------
    name : str
        The encoding, as people call it.
    syntaxes : tuple of str
        The DICOM transfer syntaxes that it is for, by name; empty for rasters.
    package : str
        The package that reads it, as pip knows it.
    available : bool
        Whether it works on this machine.
    why_not : str
        What is missing; empty if it is available.
    """

    name: str
    syntaxes: tuple[str, ...]
    package: str
    available: bool
    why_not: str


@dataclass(frozen=True)
class _Plugin:
    """A row of the table as it is known before this machine is asked."""

    name: str
    syntaxes: tuple[UID, ...]
    label: str  # what pydicom calls it
    package: str
    modules: tuple[str, ...]  # what must be there to import


_LOSSLESS = (uid.JPEGLossless, uid.JPEGLosslessSV1)
_LS = (uid.JPEGLSLossless, uid.JPEGLSNearLossless)
_J2K = (uid.JPEG2000Lossless, uid.JPEG2000)
_HTJ2K = (uid.HTJ2KLossless, uid.HTJ2KLosslessRPCL, uid.HTJ2K)
_OPENJPEG = ("pylibjpeg", "openjpeg")

# In order of preference within an encoding: the first that is available decodes, alone, and the
# first is the one to install. For JPEG, GDCM stands last because it fills what is missing of a
# damaged stream with gray and writes complaints to the terminal, where the others raise.
_PLUGINS = (
    _Plugin("DICOM RLE", (uid.RLELossless,), "pydicom", "pydicom", ("pydicom",)),
    _Plugin("DICOM RLE", (uid.RLELossless,), "pylibjpeg", "pylibjpeg-rle", ("pylibjpeg", "rle")),
    _Plugin("JPEG, 8 bit", (uid.JPEGBaseline8Bit,), "pillow", "pillow", ("PIL",)),
    _Plugin("JPEG, 8 bit", (uid.JPEGBaseline8Bit,), "gdcm", "python-gdcm", ("gdcm",)),
    _Plugin("JPEG, 12 bit", (uid.JPEGExtended12Bit,), _OWN_PLUGIN, "imagecodecs", ("imagecodecs",)),
    _Plugin("JPEG lossless", _LOSSLESS, _OWN_PLUGIN, "imagecodecs", ("imagecodecs",)),
    _Plugin("JPEG lossless", _LOSSLESS, "gdcm", "python-gdcm", ("gdcm",)),
    _Plugin("JPEG-LS", _LS, "pyjpegls", "pyjpegls", ("jpeg_ls",)),
    _Plugin("JPEG-LS", _LS, "gdcm", "python-gdcm", ("gdcm",)),
    _Plugin("JPEG 2000", _J2K, "pylibjpeg", "pylibjpeg-openjpeg", _OPENJPEG),
    _Plugin("JPEG 2000", _J2K, "gdcm", "python-gdcm", ("gdcm",)),
    _Plugin("JPEG 2000", _J2K, "pillow", "pillow", ("PIL",)),
    _Plugin("High-Throughput JPEG 2000", _HTJ2K, "pylibjpeg", "pylibjpeg-openjpeg", _OPENJPEG),
)

# the rasters' two, and the encoding that needs nothing
_OTHERS = (
    ("DICOM, not compressed", _NATIVE, "pydicom", "pydicom"),
    ("PNG, JPEG, TIFF, BMP", (), "pillow", "PIL"),
    ("PNG and TIFF of more than 8 bits", (), "imagecodecs", "imagecodecs"),
)

_PIP_NAMES = {
    "PIL": "pillow",
    "gdcm": "python-gdcm",
    "jpeg_ls": "pyjpegls",
    "openjpeg": "pylibjpeg-openjpeg",
    "rle": "pylibjpeg-rle",
}


def codecs() -> list[Codec]:
    """Return the readers' table of this machine.

    Returns
    -------
    list of Codec
        One row a pair of encoding and package; an encoding is readable if one of its rows is
        available.
    """
    rows = [
        _row(name, syntaxes, package, (module,), find_spec(module) is not None)
        for name, syntaxes, package, module in _OTHERS
    ]
    for plugin in _PLUGINS:
        works = all(
            plugin.label in get_decoder(syntax).available_plugins for syntax in plugin.syntaxes
        )
        rows.append(_row(plugin.name, plugin.syntaxes, plugin.package, plugin.modules, works))
    return rows


def can_decode(syntax: UID) -> bool:
    """Tell whether pixels of a transfer syntax can be decoded on this machine."""
    try:
        return bool(get_decoder(syntax).is_available)
    except NotImplementedError:
        return False


def plugin_for(syntax: UID) -> str:
    """Return pydicom's name of the plugin that decodes a transfer syntax; "" for pydicom's choice.

    Only one is asked: were the next one tried after a failure, a damaged picture would be decoded
    by whichever plugin looks least closely.
    """
    available = get_decoder(syntax).available_plugins
    return next(
        (
            plugin.label
            for plugin in _PLUGINS
            if syntax in plugin.syntaxes and plugin.label in available
        ),
        "",
    )


def cure_for(syntax: UID) -> str:
    """Return the sentence that tells how to get a transfer syntax read."""
    plugin = next((plugin for plugin in _PLUGINS if syntax in plugin.syntaxes), None)
    if plugin is None:
        return "Export it again without compression; no package reads this encoding"
    packages = " ".join(_missing(plugin.modules)) or plugin.package
    return f"Install what decodes it: pip install {packages}"


def _row(
    name: str, syntaxes: tuple[UID, ...], package: str, modules: tuple[str, ...], works: bool
) -> Codec:
    missing = _missing(modules)
    if works:
        why_not = ""
    elif missing:
        why_not = f"not installed: {', '.join(missing)}"
    else:
        why_not = f"{package} is installed, but its version does not offer this"
    return Codec(name, tuple(syntax.name for syntax in syntaxes), package, works, why_not)


def _missing(modules: tuple[str, ...]) -> list[str]:
    """Return the pip names of the modules that are not there."""
    return [_PIP_NAMES.get(module, module) for module in modules if find_spec(module) is None]


def _register_own_plugin() -> None:
    """Give pydicom the decoder that it lacks; once, since it refuses a name that it has."""
    for syntax in jpeg_plugin.SYNTAXES:
        decoder = get_decoder(syntax)
        missing = any(line.startswith(_OWN_PLUGIN) for line in decoder.missing_dependencies)
        if _OWN_PLUGIN not in decoder.available_plugins and not missing:
            decoder.add_plugin(_OWN_PLUGIN, (jpeg_plugin.__name__, "decode_frame"))


# at import, which Python does once and under a lock; adding a plugin is not thread-safe
_register_own_plugin()
