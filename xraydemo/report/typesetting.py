"""The report's typography: sheet, typeface, styles, and the few forms in which anything is set.

reportlab is slow to load: import this module only where a PDF is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, TableStyle
from reportlab.platypus import Table as Grid

from xraydemo.evaluation.result import Verdict
from xraydemo.report.fonts import drawable, font_file

REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"
INK, DIM, LINE, PALE = (HexColor(c) for c in ("#222222", "#566069", "#C9D0D6", "#F1F3F5"))
VERDICT_COLOURS = {
    Verdict.PASS: HexColor("#00664B"),
    Verdict.WARN: HexColor("#8A5A00"),
    Verdict.FAIL: HexColor("#A82A00"),
    Verdict.INFO: HexColor("#00558A"),
    Verdict.CANNOT_CHECK: DIM,
    Verdict.ERROR: HexColor("#7A3A63"),
}
LONGEST = 500  # letters of a cell: a row of a table can't be taller than a page
LONGEST_ITEM = 2000  # of an entry of a list, which may go on on the next page
MARGIN = 16 * mm
TIGHT = (("TOPPADDING", (0, 0), (-1, -1), 0.8), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6))
"""For long tables of short lines; see `grid`."""
PAPERS = {"a4": A4, "letter": letter}
_ROOM_BELOW = {"h1": 45 * mm, "h2": 45 * mm, "h3": 22 * mm}


@dataclass(frozen=True)
class Sheet:
    """The paper: its size in points, and what a line of text may take of it."""

    size: tuple[float, float]

    @classmethod
    def of(cls, paper: str) -> Sheet:
        """Give the sheet of a name of `PAPERS`."""
        return cls(PAPERS[paper])

    @property
    def width(self) -> float:
        """Of the text, in points; reportlab's frames keep 6 free on each side."""
        return float(self.size[0] - 2 * MARGIN - 12)


class Heading(Paragraph):
    """A heading that stands in the outline, and is a place that can be pointed to.

    Attributes
    ----------
    key : str
        The place's name.
    outline : str
        What the outline says; "" to leave it out.
    level : int
        Of the outline, from 0.
    """

    def __init__(self, markup: str, look: str, key: str, outline: str, level: int) -> None:
        super().__init__(markup, style(look))
        self.key, self.outline, self.level = key, outline, level


def heading(
    text: str,
    look: str,
    key: str,
    *,
    outline: str | None = None,
    level: int = 0,
    room: float | None = None,
) -> list[Flowable]:
    """Give a heading that doesn't stand alone at the foot of a page: `room` is left below it."""
    words = Heading(safe(text), look, key, text if outline is None else outline, level)
    return [CondPageBreak(room or _ROOM_BELOW[look]), words]


def small_heading(text: str, room: float = _ROOM_BELOW["h3"]) -> list[Flowable]:
    """Give a heading below those of the outline, with so much room for what follows."""
    return [CondPageBreak(room), set_text(text, "h3")]


def set_text(text: str, look: str = "body", *, bullet: str | None = None) -> Paragraph:
    """Set plain text; whatever it holds is shown as it is."""
    return Paragraph(safe(text), style(look), bulletText=bullet)


def markup(text: str, look: str = "body") -> Paragraph:
    """Set text with reportlab's marks in it; what comes from elsewhere must be made `safe`."""
    return Paragraph(text, style(look))


def items(lines: Sequence[str]) -> list[Flowable]:
    """Set a list."""
    return [set_text(clipped(line, LONGEST_ITEM), "item", bullet="–") for line in lines]


def cell(text: str, look: str = "cell") -> Paragraph:
    """Set text for a cell of a table."""
    return set_text(clipped(text), look)


def safe(text: str) -> str:
    """Make text that reportlab takes for text, of letters that the typeface has."""
    return escape(drawable(text))


def clipped(text: str, letters: int = LONGEST) -> str:
    """Cut what is longer than a cell may be, or than so many letters."""
    return text if len(text) <= letters else f"{text[:letters]} …"


def link(text: str, key: str) -> str:
    """Give the markup of words that lead to a place of the report."""
    return f'<a href="#{escape(key)}" color="#00558A">{safe(text)}</a>'


def pairs(values: Mapping[str, object], sheet: Sheet, *, first: float = 46 * mm) -> Flowable:
    """Set names with their values."""
    rows = [
        [cell(name, "dim cell"), value if isinstance(value, Flowable) else cell(str(value))]
        for name, value in values.items()
    ]
    return grid(rows or [[cell("none"), cell("")]], (first, sheet.width - first), head=False)


def grid(
    rows: Sequence[Sequence[Any]],
    widths: Sequence[float],
    *,
    head: bool = True,
    more: Sequence[Any] = (),
) -> Grid:
    """Set a table with thin lines between its rows; its head is repeated on each page."""
    look: list[Any] = [
        ("FONT", (0, 0), (-1, -1), REGULAR),  # else Helvetica is named, and not embedded
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        *([("BACKGROUND", (0, 0), (-1, 0), PALE)] if head else []),
        *more,
    ]
    return Grid(
        [list(row) for row in rows],
        colWidths=list(widths),
        repeatRows=int(head),
        style=TableStyle(look),
        hAlign="LEFT",
        spaceAfter=6,
    )


@cache
def style(name: str) -> ParagraphStyle:
    """Give a style by its name."""

    def of(size: float, **more: Any) -> ParagraphStyle:  # noqa: ANN401  reportlab's options
        plain: dict[str, Any] = {
            "fontName": REGULAR,
            "bulletFontName": REGULAR,
            "fontSize": size,
            "leading": size * 1.36,
            "textColor": INK,
            "splitLongWords": 1,
        }
        return ParagraphStyle(name, **(plain | more))

    def of_heading(size: float, before: float, after: float = 3) -> ParagraphStyle:
        return of(size, fontName=BOLD, spaceBefore=before, spaceAfter=after)

    styles = {
        "title": lambda: of(17, fontName=BOLD, spaceAfter=3, leading=21),
        "answer": lambda: of(12.5, fontName=BOLD, spaceBefore=5, spaceAfter=5, leading=16),
        "h1": lambda: of_heading(14, 12, 5),
        "h2": lambda: of_heading(11, 12),
        "h3": lambda: of_heading(8.5, 6, 2),
        "body": lambda: of(8.8, spaceAfter=4),
        "strong": lambda: of(9.2, fontName=BOLD, spaceAfter=4),
        "number": lambda: of(30, fontName=BOLD, leading=34),
        "middle number": lambda: of(14, fontName=BOLD, leading=17),
        "item": lambda: of(8.5, leftIndent=10, bulletIndent=0, spaceAfter=2.5),
        "cell": lambda: of(7.8),
        "small": lambda: of(7),
        "bold cell": lambda: of(7.8, fontName=BOLD),
        "right": lambda: of(7.8, alignment=2),
        "dim cell": lambda: of(7.8, textColor=DIM),
        "dim": lambda: of(7.6, textColor=DIM, spaceAfter=4),
        "caption": lambda: of(7.2, textColor=DIM, spaceAfter=6),
        "code": lambda: of(
            7.6, backColor=PALE, borderPadding=4, leftIndent=5, spaceBefore=5, spaceAfter=9
        ),
        "warning": lambda: of(
            8.8,
            fontName=BOLD,
            borderColor=INK,
            borderWidth=0.8,
            borderPadding=4,
            spaceBefore=7,
            spaceAfter=8,
            leftIndent=5,
            rightIndent=5,
        ),
    }
    return styles[name]()


@cache
def register_fonts() -> None:
    """Tell reportlab the typeface; it is embedded, only the letters that are used."""
    pdfmetrics.registerFont(TTFont(REGULAR, str(font_file())))
    pdfmetrics.registerFont(TTFont(BOLD, str(font_file(bold=True))))
    pdfmetrics.registerFontFamily(
        REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD
    )
