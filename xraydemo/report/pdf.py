"""What an evaluation found, on paper: ``report.pdf``, which carries its ``results.json`` inside.

reportlab sets the text and leaves room for the figures; matplotlib draws them as vectors, each a
PDF of one page, and pikepdf puts them into their places. The same run gives the same bytes.

matplotlib and reportlab are slow to load: import this module only where a PDF is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch, mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    Paragraph,
    SimpleDocTemplate,
    TableStyle,
)
from reportlab.platypus import Table as Grid

from xraydemo import __version__
from xraydemo.classes import DISCLAIMER, DISPLAY_NAMES
from xraydemo.evaluation.figures import Figure
from xraydemo.evaluation.headline import Headline
from xraydemo.evaluation.result import CheckResult, Table, Verdict
from xraydemo.evaluation.run import Run
from xraydemo.report.atomic import replaced
from xraydemo.report.drawing import as_pdf, draw
from xraydemo.report.fonts import drawable, font_file
from xraydemo.report.results import results_text
from xraydemo.report.words import (
    gravest_first,
    interval_text,
    number_text,
    tally,
    value_text,
    verdict_text,
    where_text,
)

ATTACHMENT = "results.json"
MARGIN = 16 * mm
WIDTH = A4[0] - 2 * MARGIN - 12  # reportlab's frames keep 6 points free on each side
MOST_ROWS = 40
MOST_FIGURES = 2
MOST_LISTED = 20
LONGEST = 500  # letters of a cell: a row of a table can't be taller than a page

_INK, _DIM, _LINE, _PALE = (HexColor(c) for c in ("#222222", "#5A6570", "#C9D0D6", "#F1F3F5"))
_VERDICT_COLOURS = {
    Verdict.PASS: HexColor("#00664B"),
    Verdict.WARN: HexColor("#8A5A00"),
    Verdict.FAIL: HexColor("#A82A00"),
    Verdict.INFO: HexColor("#00558A"),
    Verdict.CANNOT_CHECK: _DIM,
    Verdict.ERROR: HexColor("#7A3A63"),
}
_ROOM_BELOW = {"h1": 45 * mm, "h2": 35 * mm, "h3": 25 * mm}
_REGULAR, _BOLD = "DejaVuSans", "DejaVuSans-Bold"


def write_pdf(
    path: Path,
    run: Run,
    results: Sequence[CheckResult],
    headline: Headline,
    document: Mapping[str, Any],
) -> None:
    """Write the report of an evaluation.

    Parameters
    ----------
    path : Path
    run : Run
    results : sequence of CheckResult
    headline : Headline
    document : mapping
        What `results_json` gives of the same three: it is attached, and the report's particulars
        (seed, thresholds, versions, when it was made) are read from it.

    Raises
    ------
    XrayDemoError
        If the file can't be written.
    """
    _register_fonts()
    story = [
        *_first_page(run, headline, document),
        *_table_of_checks(results),
        *(part for result in gravest_first(results) for part in _one_check(result, run)),
        *_particulars(document),
    ]
    figures = [part for part in story if isinstance(part, _Placed)]  # build empties the story
    buffer = BytesIO()
    title = f"Should {run.meta.bundle['name']} be believed on {run.meta.cohort['name']}?"
    _Report(
        buffer,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=drawable(title),
        author=f"xraydemo {__version__}",
        subject=DISCLAIMER,
        creator=f"xraydemo {__version__}",
        lang="en",
        invariant=1,
    ).build(story, canvasmaker=_NumberedCanvas)
    with replaced(path) as new:
        _put_together(new, buffer, figures, results_text(document))


class _Placed(Flowable):
    """Room for a figure; after the text is set it knows its page and place.

    Attributes
    ----------
    source : bytes
        The figure: a PDF of one page.
    page : int
        From 0.
    place : tuple of float
        Left and bottom: in points, from the page's lower left corner.
    """

    def __init__(self, figure: Figure, run: Run) -> None:
        super().__init__()
        drawing = draw(figure, run, width=WIDTH / inch)
        self.width, self.height = (float(side) * inch for side in drawing.get_size_inches())
        self.source = as_pdf(drawing)
        self.page = -1
        self.place = (0.0, 0.0)
        self.spaceBefore = self.spaceAfter = 6

    def draw(self) -> None:
        self.page = self.canv.getPageNumber() - 1
        self.place = self.canv.absolutePosition(0, 0)


class _Report(SimpleDocTemplate):
    """A document whose headings stand in the reader's outline."""

    _headings = 0

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802  reportlab's name
        style = getattr(flowable, "style", None)
        if isinstance(flowable, Paragraph) and style in (_style("h1"), _style("h2")):
            self._headings += 1
            key = f"heading {self._headings}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(flowable.getPlainText(), key, level=style is _style("h2"))


class _NumberedCanvas(Canvas):
    """Writes the foot of each page when the number of pages is known."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  reportlab's
        super().__init__(*args, **options)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802  reportlab's name
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        pages = self._pages
        for page in pages:
            self.__dict__.update(page)
            self.setFont(_REGULAR, 7)
            self.setFillColor(_DIM)
            self.drawString(MARGIN, 10 * mm, DISCLAIMER)
            number = f"page {self.getPageNumber()} of {len(pages)}"
            self.drawRightString(A4[0] - MARGIN, 10 * mm, number)
            super().showPage()
        super().save()


def _put_together(path: Path, text: BytesIO, figures: Sequence[_Placed], results: str) -> None:
    with pikepdf.open(text) as pdf:
        for number, figure in enumerate(figures):
            with pikepdf.open(BytesIO(figure.source)) as drawn:
                form = pdf.copy_foreign(drawn.pages[0].as_form_xobject())
            # placed by hand: add_overlay draws lots for names, and no two files would be equal
            name, page = pikepdf.Name(f"/Figure{number}"), pdf.pages[figure.page]
            page.add_resource(form, pikepdf.Name.XObject, name)
            page.contents_add(b"q 1 0 0 1 %.3f %.3f cm %s Do Q" % (*figure.place, bytes(name)))
        pdf.attachments[ATTACHMENT] = pikepdf.AttachedFileSpec(
            pdf,
            results.encode("utf-8"),
            filename=ATTACHMENT,
            description="All that this report shows, for programs",
            mime_type="application/json",
            creation_date="",
            mod_date="",
        )
        pdf.save(path, deterministic_id=True)


def _first_page(run: Run, headline: Headline, document: Mapping[str, Any]) -> list[Flowable]:
    bundle, cohort = document["bundle"]["name"], document["cohort"]
    opening = (
        f"How the model {bundle} answers for {cohort['name']} ({cohort['n_read']:,} of "
        f"{cohort['n']:,} files read), and whether its answers should be believed. "
        f"Made by xraydemo {__version__} on {document['created'][:10]}."
    )
    parts: list[Flowable] = [
        _text(f"Should {bundle} be believed here?", "title"),
        _text(opening, "dim"),
    ]
    if worst := headline.number:
        parts += [_text(value_text(worst), "number"), _text(number_text(worst), "body")]
    if headline.internal and headline.gap:
        at_home = f"At home: {number_text(headline.internal)}. Lost: {number_text(headline.gap)}."
        parts.append(_text(at_home, "body"))
    if headline.figure:
        parts.append(_Placed(headline.figure, run))
    parts.append(_text(headline.paragraph, "body"))
    if headline.not_measured:
        parts += _heading("Not measured", "h3")
        lines = [f"{name}: {why}" for name, why in headline.not_measured.items()]
        parts += [_text(line, "item", bullet="–") for line in lines]
    return [*parts, _text(DISCLAIMER, "warning")]


def _table_of_checks(results: Sequence[CheckResult]) -> list[Flowable]:
    rows = [[_cell("verdict"), _cell("what was found"), _cell("the number that decided it")]]
    for result in gravest_first(results):
        link = f'<a href="#{_safe(result.check)}" color="#5A6570">{_safe(result.check)}</a>'
        unsettled = "" if result.settled else " (not settled: too little data to be sure)"
        found = f"{_safe(_clipped(result.headline))}{unsettled}<br/>{link}"
        number = _safe(_clipped(number_text(result.number))) if result.number else "–"
        rows.append([_verdict(result.verdict), _markup(found, "cell"), _markup(number, "cell")])
    parts = _heading(f"The checks: {tally(results)}", "h1")
    if results:
        parts.append(_grid(rows, (27 * mm, WIDTH - 79 * mm, 52 * mm)))
    return [
        *parts,
        _text(
            "The lines between pass, warn and fail are ours, no paper fixes them; they are listed "
            "at the end. “Cannot check” is a finding, too: it says what data would make the "
            "question possible.",
            "dim",
        ),
    ]


def _one_check(result: CheckResult, run: Run) -> list[Flowable]:
    name = _safe(result.check)
    colour = _VERDICT_COLOURS[result.verdict].hexval().replace("0x", "#")
    verdict = f'<font color="{colour}">{_safe(verdict_text(result.verdict))}</font>'
    parts = _heading(f'<a name="{name}"/>{name} · {verdict}', "h2", is_markup=True)
    parts.append(_text(result.headline, "body"))
    if result.number:
        parts.append(_text(number_text(result.number), "dim"))
    parts += [_text(finding, "item", bullet="–") for finding in result.findings]
    parts += [part for table in result.tables for part in _numbers(table)]
    parts += [_Placed(figure, run) for figure in result.figures[:MOST_FIGURES]]
    if (more := len(result.figures) - MOST_FIGURES) > 0:
        parts.append(_text(f"{more} more figures are in the attached results.json.", "dim"))
    return parts


def _numbers(table: Table) -> list[Flowable]:
    head = [_cell("metric"), _cell("of")]
    head += [_cell(name, "right") for name in ("value", "95 % interval", "n")]
    rows = [
        [
            _cell(row.metric),
            _cell(where_text(row.where)),
            _cell(value_text(row), "right"),
            _cell(interval_text(row.low, row.high) or "–", "right"),
            _cell(f"{row.n:,}", "right"),
        ]
        for row in table.rows[:MOST_ROWS]
    ]
    widths = (48 * mm, WIDTH - 128 * mm, 22 * mm, 38 * mm, 20 * mm)
    parts = [*_heading(table.title, "h3"), _grid([head, *rows], widths)]
    if (more := len(table.rows) - MOST_ROWS) > 0:
        parts.append(_text(f"{more} more rows are in the attached results.json.", "dim"))
    return parts


def _particulars(document: Mapping[str, Any]) -> list[Flowable]:
    """Say what was asked of what: cohort, bundle, versions, thresholds."""
    cohort, bundle = document["cohort"], document["bundle"]
    counts = ", ".join(
        f"{n:,} {DISPLAY_NAMES.get(name, name)}" for name, n in cohort["labels"].items() if n
    )
    mapped = ", ".join(f"{own} → {ours}" for own, ours in cohort["mapping"].items() if own != ours)
    parts = [
        *_heading("The X-rays", "h1"),
        _pairs(
            {
                "name": cohort["name"],
                "files": f"{cohort['n']:,}, of which {cohort['n_read']:,} could be read",
                "labels": counts or "none",
                "class names mapped": mapped or "none: they are ours",
                "held to belong together": cohort["grouping"],
                "fingerprint": cohort["fingerprint"],
            }
        ),
    ]
    problems = [f"{p['where']}: {p['message']}" for p in cohort["problems"]]
    errors = [f"{e['file']}: {e['message']}" for e in cohort["errors"]]
    parts += _listed("Problems of the cohort", problems)
    parts += _listed("Files that could not be read", errors)
    parts += [
        *_heading("The model and the run", "h1"),
        _pairs(
            {
                "model": bundle["name"],
                "fingerprint": bundle["fingerprint"],
                **{f"SHA-256 of {name}": sha256 for name, sha256 in bundle["files"].items()},
                "runtime": f"{bundle['runtime']} on {bundle['device']}, {bundle['precision']}",
                "seed": document["seed"],
                "report made": document["created"],
                "versions": ", ".join(f"{k} {v}" for k, v in document["versions"].items()),
            }
        ),
        *_heading("Thresholds and settings", "h1"),
        _pairs(
            {
                name: ", ".join(f"{k} = {v}" for k, v in section.items()) or "none"
                for name, section in document["thresholds"].items()
            }
        ),
    ]
    return parts


def _listed(title: str, lines: Sequence[str]) -> list[Flowable]:
    if not lines:
        return []
    parts = _heading(f"{title}: {len(lines):,}", "h3")
    parts += [_text(_clipped(line), "item", bullet="–") for line in lines[:MOST_LISTED]]
    if (more := len(lines) - MOST_LISTED) > 0:
        parts.append(_text(f"{more:,} more are in the attached results.json.", "dim"))
    return parts


def _pairs(values: Mapping[str, object]) -> Flowable:
    rows = [[_cell(name, "dim"), _cell(str(value))] for name, value in values.items()]
    return _grid(rows or [[_cell("none"), _cell("")]], (48 * mm, WIDTH - 48 * mm), head=False)


def _grid(rows: list[list[Any]], widths: Iterable[float], *, head: bool = True) -> Flowable:
    look: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
    if head:
        look.append(("BACKGROUND", (0, 0), (-1, 0), _PALE))
    return Grid(
        rows,
        colWidths=list(widths),
        repeatRows=int(head),
        style=TableStyle(look),
        hAlign="LEFT",
        spaceAfter=6,
    )


def _verdict(verdict: Verdict) -> Paragraph:
    style = ParagraphStyle("verdict", _style("cell"), textColor=_VERDICT_COLOURS[verdict])
    style.fontName = _BOLD
    return Paragraph(_safe(verdict_text(verdict)), style)


def _heading(text: str, style: str, *, is_markup: bool = False) -> list[Flowable]:
    """Give a heading that doesn't stand alone at the foot of a page."""
    words = _markup(text, style) if is_markup else _text(text, style)
    return [CondPageBreak(_ROOM_BELOW[style]), words]


def _cell(text: str, style: str = "cell") -> Paragraph:
    return _text(_clipped(text), style)


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _text(text: str, style: str, *, bullet: str | None = None) -> Paragraph:
    return Paragraph(_safe(text), _style(style), bulletText=bullet)


def _markup(text: str, style: str) -> Paragraph:
    return Paragraph(text, _style(style))


def _safe(text: str) -> str:
    """Make text that reportlab takes for text, of letters that the typeface has."""
    return escape(drawable(text))


@cache
def _style(name: str) -> ParagraphStyle:
    def style(size: float, **more: Any) -> ParagraphStyle:  # noqa: ANN401  reportlab's options
        plain: dict[str, Any] = {
            "fontName": _REGULAR,
            "fontSize": size,
            "leading": size * 1.35,
            "textColor": _INK,
            "splitLongWords": 1,
        }
        return ParagraphStyle(name, **(plain | more))

    def heading(size: float, before: float) -> ParagraphStyle:
        return style(size, fontName=_BOLD, spaceBefore=before, spaceAfter=3)

    return {
        "title": lambda: style(18, fontName=_BOLD, spaceAfter=4),
        "h1": lambda: heading(13, 14),
        "h2": lambda: heading(10.5, 14),
        "h3": lambda: heading(8.5, 6),
        "body": lambda: style(9, spaceAfter=4),
        "number": lambda: style(26, fontName=_BOLD, spaceBefore=6),
        "item": lambda: style(9, leftIndent=10, bulletIndent=0, spaceAfter=2),
        "cell": lambda: style(8),
        "right": lambda: style(8, alignment=2),
        "dim": lambda: style(8, textColor=_DIM, spaceAfter=4),
        "warning": lambda: style(
            9,
            fontName=_BOLD,
            borderColor=_INK,
            borderWidth=0.8,
            borderPadding=5,
            spaceBefore=10,
            spaceAfter=10,
            leftIndent=6,
            rightIndent=6,
        ),
    }[name]()


@cache
def _register_fonts() -> None:
    pdfmetrics.registerFont(TTFont(_REGULAR, str(font_file())))
    pdfmetrics.registerFont(TTFont(_BOLD, str(font_file(bold=True))))
    pdfmetrics.registerFontFamily(
        _REGULAR, normal=_REGULAR, bold=_BOLD, italic=_REGULAR, boldItalic=_BOLD
    )
