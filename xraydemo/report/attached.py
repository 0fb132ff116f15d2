"""What a PDF carries for programs: the numbers that its pages show."""

from __future__ import annotations

import pikepdf


def attach(pdf: pikepdf.Pdf, name: str, text: str, description: str) -> None:
    """Attach JSON to a PDF, without the dates that would make two files differ.

    Parameters
    ----------
    pdf : pikepdf.Pdf
    name : str
        Of the attached file.
    text : str
        JSON.
    description : str
        For people who list a PDF's attachments.
    """
    pdf.attachments[name] = pikepdf.AttachedFileSpec(
        pdf,
        text.encode("utf-8"),
        filename=name,
        description=description,
        mime_type="application/json",
        creation_date="",
        mod_date="",
    )
