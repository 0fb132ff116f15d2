"""How runs moved over time, on a page or two; the numbers are attached.

matplotlib and reportlab are slow to load: import this module only where one is written.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pikepdf
from reportlab.lib.units import inch
from reportlab.platypus import Flowable, KeepTogether

from xraydemo.classes import DISCLAIMER
from xraydemo.evaluation.shift.course import Course, courses
from xraydemo.evaluation.shift.timeline import Timeline
from xraydemo.report.atomic import replaced
from xraydemo.report.attached import attach
from xraydemo.report.course_drawing import PANEL, draw_courses
from xraydemo.report.drawing import Album
from xraydemo.report.drift_json import drift_text
from xraydemo.report.drift_words import alarm_sentences, headline, what_is_marked
from xraydemo.report.pdf import Report
from xraydemo.report.placed import PlacedFigure, fill
from xraydemo.report.typesetting import Sheet, heading, items, register_fonts, set_text

ATTACHMENT = "drift.json"
MOST_ALARMS = 12
TALLEST = 8.8  # inches of one drawing; a page has some more
DOTS = 150  # an inch, of the picture


def title_of(found: Timeline) -> str:
    """Name the timeline."""
    return f"Over time, by {found.by}: {found.bundle}"


def write_drift_pdf(path: Path, found: Timeline, *, paper: str = "a4") -> None:
    """Write a timeline as a PDF.

    Parameters
    ----------
    path : Path
    found : Timeline
    paper : {"a4", "letter"}

    Raises
    ------
    XrayDemoError
        If the file can't be written.
    """
    register_fonts()
    sheet, album = Sheet.of(paper), Album()
    all_of_them = courses(found)
    each = [[c for c in all_of_them if c.about == about] for about in ("model", "facts")]
    figures = [
        _placed(number, some, album, sheet) for number, some in enumerate(filter(None, each))
    ]
    text = BytesIO()
    Report(text, title_of(found), 0, sheet).set(_story(found, figures))
    with (
        replaced(path) as new,
        pikepdf.open(text) as pdf,
        pikepdf.open(BytesIO(album.close())) as drawn,
    ):
        for figure in figures:
            figure.album = drawn
        fill(pdf, figures)
        attach(pdf, ATTACHMENT, drift_text(found), "All that these pages show, for programs")
        pdf.save(new, deterministic_id=True)


def write_drift_png(path: Path, found: Timeline) -> None:
    """Write a timeline's figures as one picture, as wide as a page.

    Raises
    ------
    XrayDemoError
        If the file can't be written.
    """
    title = f"{title_of(found)}. {DISCLAIMER}"
    with replaced(path) as new:
        drawing = draw_courses(courses(found), title, width=8.3)
        drawing.savefig(new, dpi=DOTS, format="png", metadata={"Title": title})


def _placed(number: int, some: list[Course], album: Album, sheet: Sheet) -> PlacedFigure:
    panel = min(PANEL, TALLEST / len(some))
    drawing = draw_courses(some, width=min(sheet.width / inch, 6.7), panel=panel)
    width, height = (float(side) * inch for side in drawing.get_size_inches())
    return PlacedFigure(number, album.add(drawing), width, height)


def _story(found: Timeline, figures: list[PlacedFigure]) -> list[Flowable]:
    alarms = list(alarm_sentences(found))
    more = len(alarms) - MOST_ALARMS
    parts = [
        *heading(title_of(found), "title", "title", room=0.1),
        *(set_text(f"{note}.", "dim") for note in found.notes),
        set_text(headline(found), "answer"),
        *items([f"{sentence}." for sentence in alarms[:MOST_ALARMS]]),
        *([set_text(f"{more} more are marked in the figures.", "dim")] if more > 0 else []),
    ]
    for number, figure in enumerate(figures):
        parts.append(KeepTogether([figure, set_text(_caption(number, found), "caption")]))
    return parts


def _caption(number: int, found: Timeline) -> str:
    if number:
        return f"Figure {number + 1}. The same of what is known without the model."
    return (
        f"Figure 1. One point a {found.by}, with its 95 % interval, by patient where patients are "
        f"known; the number of X-rays in parentheses. {what_is_marked(found)} A gap: fewer than 20 "
        "X-rays tell."
    )
