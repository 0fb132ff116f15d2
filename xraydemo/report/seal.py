"""Fingerprints that a report carries of itself: of the results attached, and of its pages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf

from xraydemo.errors import XrayDemoError, why
from xraydemo.report.fingerprint import document_fingerprint

ATTACHMENT = "results.json"
_RESULTS, _PAGES, _NAMES = "/XraydemoResults", "/XraydemoPages", "/XraydemoNames"


@dataclass(frozen=True)
class Sealed:
    """What a report says of itself, and what it is.

    Attributes
    ----------
    document : dict
        The results that are attached.
    names : bool
        Whether they name files.
    results_are_its_own, pages_are_its_own : bool
        Whether they have the fingerprints that were written with them.
    """

    document: dict[str, Any]
    names: bool
    results_are_its_own: bool
    pages_are_its_own: bool


def seal(pdf: pikepdf.Pdf, document: Mapping[str, Any], *, names: bool) -> None:
    """Write the fingerprints into a report that is otherwise ready."""
    pdf.docinfo[_RESULTS] = document_fingerprint(document)
    pdf.docinfo[_PAGES] = _pages_fingerprint(pdf)
    pdf.docinfo[_NAMES] = "yes" if names else "no"
    made = datetime.fromisoformat(document["created"]).astimezone(UTC)
    pdf.docinfo["/CreationDate"] = pdf.docinfo["/ModDate"] = f"D:{made:%Y%m%d%H%M%S}Z"


def read_seal(path: Path) -> Sealed:
    """Read a report's own fingerprints, and compute them anew.

    Raises
    ------
    XrayDemoError
        If it is no PDF, or no report with results.
    """
    hint = "Give a report that `xraydemo evaluate --pdf` or `xraydemo report` wrote"
    try:
        with pikepdf.open(path) as pdf:
            told = {key: str(pdf.docinfo.get(key, "")) for key in (_RESULTS, _PAGES, _NAMES)}
            pages = _pages_fingerprint(pdf)
            if ATTACHMENT not in pdf.attachments or not told[_RESULTS]:
                raise XrayDemoError(f"{path} is no report of xraydemo", hint)
            attached = pdf.attachments[ATTACHMENT].get_file().read_bytes()
        document = json.loads(attached)
    except FileNotFoundError as error:
        raise XrayDemoError(f"There is no report {path}", hint) from error
    except (OSError, pikepdf.PdfError, ValueError) as error:
        wrong = why(error).removeprefix(f"{path}: ")
        raise XrayDemoError(f"{path} can't be read as a report: {wrong}", hint) from error
    return Sealed(
        document,
        told[_NAMES] == "yes",
        document_fingerprint(document) == told[_RESULTS],
        pages == told[_PAGES],
    )


def _pages_fingerprint(pdf: pikepdf.Pdf) -> str:
    """Give the SHA-256 of what all pages draw, with their figures and pictures."""
    digest = hashlib.sha256()
    for page in pdf.pages:
        contents = page.obj.get("/Contents")
        streams = contents if isinstance(contents, pikepdf.Array) else [contents]
        for stream in streams:
            digest.update(stream.read_bytes() if stream is not None else b"")
        for name, drawn in sorted(page.resources.get("/XObject", {}).items()):
            digest.update(name.encode())
            digest.update(drawn.read_raw_bytes() if "/DCTDecode" in str(drawn.get("/Filter", ""))
                          else drawn.read_bytes())  # fmt: skip
    return digest.hexdigest()
