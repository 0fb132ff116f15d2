"""What an evaluation found, on paper: ``report.pdf``, which carries its ``results.json`` inside.

reportlab sets the text and leaves room for figures and pictures; matplotlib draws the figures as
vectors, each a PDF of one page, and pikepdf puts them in. The text is set until the numbers of the
pages that it names are right. The same results and run give the same bytes.

matplotlib and reportlab are slow to load: import this module only where a PDF is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, SimpleDocTemplate

from xraydemo import __version__
from xraydemo.classes import DISCLAIMER
from xraydemo.evaluation.run import Run
from xraydemo.report.anonymous import with_files_beside, without_file_names
from xraydemo.report.atomic import replaced
from xraydemo.report.attached import attach
from xraydemo.report.check_pages import Drawer, check_pages, unasked
from xraydemo.report.checklists import checklist_pages
from xraydemo.report.contents import Entry, Pages, answer_in_full, contents
from xraydemo.report.first_page import first_page
from xraydemo.report.fonts import drawable
from xraydemo.report.gallery import Pictures
from xraydemo.report.methods_pages import card_pages, methods_pages
from xraydemo.report.rebuild import headline_of, results_of
from xraydemo.report.results import results_text
from xraydemo.report.seal import ATTACHMENT, seal
from xraydemo.report.typesetting import (
    DIM,
    LINE,
    MARGIN,
    REGULAR,
    Heading,
    Sheet,
    clipped,
    register_fonts,
)

MOST_SETTINGS = 4  # two are enough unless a page's number changes what fits on it
_DRAWN, _SET = 0.65, 0.9
"""Shares of the time that are over when all is drawn and when the text is set, as measured."""
_USUAL_SETTINGS = 3
_LONGEST_TITLE = 70


def write_pdf(
    path: Path,
    run: Run,
    document: Mapping[str, Any],
    *,
    paper: str = "a4",
    names: bool = False,
    on_progress: Callable[[float], None] = lambda _: None,
) -> None:
    """Write the report of an evaluation.

    Parameters
    ----------
    path : Path
    run : Run
        Where galleries find their X-rays and heat maps.
    document : mapping
        What `results_json` gives, or `read_results`: everything that the report says comes from
        it, and it is attached.
    paper : {"a4", "letter"}
    names : bool
        Name files, in the report and in what is attached; they can hold the names of patients.
    on_progress : callable
        Is told the share of the time that is over.

    Raises
    ------
    XrayDemoError
        If the file can't be written.
    """
    register_fonts()
    sheet = Sheet.of(paper)
    told = dict(document) if names else without_file_names(document, run.rows["file"].tolist())
    results = with_files_beside(results_of(told), results_of(document))
    headline = headline_of(told)
    drawer = Drawer(run, sheet, Pictures(run, names))

    def was_set(share: float) -> None:
        on_progress(_DRAWN + (_SET - _DRAWN) * share)

    def story(pages: Pages) -> list[Flowable]:
        def drew(share: float) -> None:
            if not pages.total:  # all is drawn for the first setting
                on_progress(_DRAWN * share)

        return [
            *first_page(headline, results, told, sheet),
            *answer_in_full(headline, sheet),
            *contents(pages, results, sheet),
            *check_pages(results, drawer, drew),
            *unasked(results, sheet),
            *methods_pages(told, sheet, names=names),
            *card_pages(run.meta.card, sheet),
            *checklist_pages(pages, headline, results, sheet),
        ]

    title = f"Should {told['bundle']['name']} be believed on {told['cohort']['name']}?"
    text = typeset(title, story, drawer, was_set)
    with replaced(path) as new, pikepdf.open(text) as pdf:
        drawer.fill(pdf)
        attach(pdf, ATTACHMENT, results_text(told), "All that this report shows, for programs")
        seal(pdf, told, names=names)
        pdf.save(new, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def typeset(
    title: str,
    story: Callable[[Pages], list[Flowable]],
    drawer: Drawer,
    on_progress: Callable[[float], None] = lambda _: None,
) -> BytesIO:
    """Set a text until the numbers of the pages that it names are right.

    Parameters
    ----------
    title : str
        Runs above each page but the first.
    story : callable
        Is given where everything came to stand the last time, and makes the text.
    drawer : Drawer
        Of the story's figures; begun anew each time.
    on_progress : callable
        Is told the share that is done after each setting.
    """
    pages = Pages()
    for number in range(MOST_SETTINGS):
        drawer.begin_anew()
        text = BytesIO()
        found = Report(text, title, pages.total, drawer.sheet).set(story(pages))
        on_progress(min((number + 1) / _USUAL_SETTINGS, 1.0))
        if found == pages:
            break
        pages = found
    return text


class Report(SimpleDocTemplate):
    """A document that remembers its headings, and puts them into the reader's outline.

    Parameters
    ----------
    buffer : BytesIO
        Where it is written.
    title : str
        Runs above each page but the first.
    total : int
        Pages, as far as that is known: 0 where it isn't yet.
    sheet : Sheet
    """

    def __init__(self, buffer: BytesIO, title: str, total: int, sheet: Sheet) -> None:
        super().__init__(
            buffer,
            pagesize=sheet.size,
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
            initialFontName=REGULAR,  # else Helvetica is named on each page, and not embedded
        )
        self.found = Pages()
        self._title, self._total, self._sheet = title, total, sheet

    def set(self, story: list[Flowable]) -> Pages:
        """Set the text, and tell where everything came to stand."""
        self.build(story, onLaterPages=self._running_title)
        self.found.total = self.page
        return self.found

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802  reportlab's name
        """Remember where a heading stands."""
        if not isinstance(flowable, Heading):
            return
        self.canv.bookmarkHorizontal(flowable.key, 0, flowable.height + 8)
        self.canv.addOutlineEntry(drawable(flowable.outline), flowable.key, flowable.level)
        entry = Entry(flowable.outline, flowable.level, self.page)
        self.found.entries[flowable.key] = entry

    def afterPage(self) -> None:  # noqa: N802  reportlab's name
        """Write the foot, which is read last."""
        canvas, right = self.canv, self._sheet.size[0] - MARGIN - 6
        canvas.saveState()
        canvas.setFont(REGULAR, 6.8)
        canvas.setFillColor(DIM)
        canvas.drawString(MARGIN + 6, 9 * mm, DISCLAIMER)
        of = f" of {self._total}" if self._total else ""
        canvas.drawRightString(right, 9 * mm, f"page {self.page}{of}")
        canvas.restoreState()

    def _running_title(self, canvas: Canvas, _: object) -> None:
        top, right = self._sheet.size[1] - 10.5 * mm, self._sheet.size[0] - MARGIN - 6
        canvas.saveState()
        canvas.setFont(REGULAR, 6.8)
        canvas.setFillColor(DIM)
        canvas.drawString(MARGIN + 6, top, drawable(clipped(self._title, _LONGEST_TITLE)))
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.4)
        canvas.line(MARGIN + 6, top - 4, right, top - 4)
        canvas.restoreState()
