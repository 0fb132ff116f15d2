"""The demo in print: a superb model, new images, and why it fails, all measured while it is told.

The story is true; only its X-rays are made here. A student's classifier was superb on its test set
and useless on new images, because every covid image was newer than the rest.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from xraydemo.classes import DISCLAIMER, DISPLAY_NAMES
from xraydemo.cli.predict import predict_files
from xraydemo.cohort.cohort import Cohort, read_cohort
from xraydemo.cohort.demo import (
    HONEST,
    TRAP,
    demo_boxes,
    demo_files,
    demo_scenarios,
    demo_subjects,
)
from xraydemo.engine.client import Engine
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.beside import given_with, read_boxes
from xraydemo.evaluation.check import all_checks
from xraydemo.evaluation.collect import collect
from xraydemo.evaluation.given import Given
from xraydemo.evaluation.headline import headline
from xraydemo.evaluation.result import CheckResult, Verdict
from xraydemo.evaluation.run import Run
from xraydemo.evaluation.runner import Thresholds, run_checks
from xraydemo.evaluation.store import open_run
from xraydemo.evaluation.story import COVERED, STORY_CHECKS, travelled
from xraydemo.evaluation.tell_result import percent, said
from xraydemo.evaluation.thresholds import load_thresholds
from xraydemo.metrics.bootstrap import Estimate
from xraydemo.model.reading import Reading
from xraydemo.radiograph import read
from xraydemo.radiograph.interventions import Intervention, alter
from xraydemo.report.pdf import write_pdf
from xraydemo.report.results import results_json, write_results
from xraydemo.report.terminal import STYLES
from xraydemo.report.words import tally, verdict_text

_SIGN = 14  # characters of the longest verdict
REPORT, RESULTS, COUNTERFACTUAL = "report.pdf", "results.json", "what-if.png"


def tell(table: Path, out: Path, model: str) -> int:
    """Tell the story, step by step, and write its report, pictures and runs.

    Parameters
    ----------
    table : Path
        The demo's cohort.
    out : Path
        What is written goes here.
    model : str
        The bundle for real X-rays.

    Returns
    -------
    int
        The program's exit status.
    """
    teller = _Teller(out)
    cohort = read_cohort(table)
    with Engine(TRAP) as engine, _asked(engine, cohort, out) as (run, given):
        teller.superb(run)
        teller.elsewhere(run)
        first = teller.why(_ask(run, given, STORY_CHECKS))
        _, subject = demo_subjects(table)
        teller.what_if(engine, subject)
        with Engine(HONEST) as honest, _asked(honest, cohort, out) as (other, other_given):
            teller.honest(other, _ask(other, other_given, STORY_CHECKS), honest, subject)
        teller.report(run, given, first)
    teller.tour(table)
    failed = teller.real(model)
    teller.end()
    return failed


@contextmanager
def _asked(engine: Engine, cohort: Cohort, out: Path) -> Iterator[tuple[Run, Given]]:
    """Read the cohort with a model, and open what its checks are given."""
    folder = out / engine.bundle.card.name
    collect(cohort, engine, folder)
    run = open_run(folder)
    with given_with(engine, folder, boxes=read_boxes(demo_boxes(), run.rows)) as given:
        yield run, given


def _ask(run: Run, given: Given, checks: Sequence[str]) -> Iterator[CheckResult]:
    """Ask checks in this order: the quick ones come first, and are told at once."""
    for check in checks:
        yield from run_checks(run, _thresholds(), only=[check], given=given)


def _thresholds() -> Thresholds:
    """Give the shipped lines, and the demo's own scenarios."""
    lines = load_thresholds()
    lines["performance.scenarios"]["file"] = str(demo_scenarios())
    return lines


class _Teller:
    """Prints one step after the other, with the seconds that it took so far."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._begun = time.monotonic()
        self._step = 0
        self._console = Console(highlight=False, width=min(Console().width, 100))
        self._say(
            "A true story, told with X-rays that were made up: a classifier was superb on its "
            "test set and useless on new images, for every covid image was newer than the rest. "
            "The chests are computed (phantoms), so the truth about each is known. All numbers "
            "are measured now."
        )

    def superb(self, run: Run) -> None:
        """Tell how good the model is at home."""
        self._head("A superb model")
        n = run.meta.card.provenance.data["rows"]
        self._say(
            f"The model {TRAP} learnt from {n:,} phantoms. On others of the same hospitals, which "
            f"it never saw, it tells covid from all else with AUC {_said(travelled(run).inside)}; "
            "0.5 is guessing, 1 is always right. Who would not believe it?"
        )

    def elsewhere(self, run: Run) -> None:
        """Tell what is left of that in another hospital."""
        self._head("New images")
        found = travelled(run)
        self._say(
            f"At another hospital it is {_said(found.outside)}: {said(found.lost)} is lost. "
            "Nothing has raised an error, and no test at home could have shown it."
        )

    def why(self, results: Iterable[CheckResult]) -> list[CheckResult]:
        """Show what the checks say."""
        self._head("Why? Ask the checks")
        return self._verdicts(results)

    def what_if(self, engine: Engine, subject: Path) -> None:
        """Cover the lungs of a healthy phantom that is called covid, and ask again."""
        self._head("What if?")
        steps = (Intervention(COVERED),)
        before, after = engine.vary(subject, [(), steps], want=("lungs",)).result()
        self._say(
            f"This chest is healthy; it was X-rayed on the newest device. The model calls it "
            f"{_called(before)}. With the lungs covered by a black box it still says "
            f"{_called(after)}: it did not need them."
            if after.predicted == before.predicted
            else f"This chest is healthy, and the model calls it {_called(before)}. With the lungs "
            f"covered by a black box it says {_called(after)}. That is no proof that the first "
            "answer came from the lungs: the box also hides most of what the device left in the "
            "picture."
        )
        self._draw(subject, steps, before, after)

    def honest(
        self, run: Run, results: Iterable[CheckResult], engine: Engine, subject: Path
    ) -> None:
        """Tell of the model that learnt without the shortcut."""
        self._head("The honest model")
        found = travelled(run)
        answer = engine.submit(subject).result()
        self._say(
            f"The model {HONEST} learnt from the same patients by the same recipe, but year and "
            "device were dealt by chance. It tells covid with AUC "
            f"{_said(found.inside)} there, and {_said(found.outside)} at the other hospital. "
            f"The healthy chest it calls {_called(answer)}. The same checks:"
        )
        for result in self._verdicts(results):
            if result.check == "confounder.newness" and result.verdict is Verdict.FAIL:
                self._say(
                    "Newness fails for both models, for it looks at the X-rays alone: on such a "
                    "test set no score can tell the two apart."
                )

    def report(self, run: Run, given: Given, known: Sequence[CheckResult]) -> None:
        """Ask the rest of the checks, and write the report."""
        self._head("The whole report")
        asked = {result.check for result in known}
        rest = [check for check in all_checks() if check not in asked]
        results = sorted([*known, *_ask(run, given, rest)], key=lambda result: result.check)
        found = headline(run, results)
        document = results_json(run, results, found, seed=0, thresholds=_thresholds(), given=given)
        folder = self._out / run.meta.card.name
        write_results(folder / RESULTS, document)
        write_pdf(self._out / REPORT, run, document)
        self._say(f"All {len(results)} checks of {TRAP}: {tally(results)}. {found.paragraph}")
        self._wrote(self._out / REPORT)

    def tour(self, table: Path) -> None:
        """Draw the steps of the tour through the window."""
        self._head("The window")
        if find_spec("PySide6") is None:
            self._say("It is not installed: pip install 'xraydemo[desktop]'")
            return
        from xraydemo.desktop.tour_window import draw_tour

        for picture in draw_tour(table, self._out):
            self._wrote(picture)

    def real(self, model: str) -> int:
        """Read the real X-rays with the default bundle."""
        self._head("Real X-rays")
        try:
            files = demo_files()
        except XrayDemoError as error:
            self._say(str(error))
            return 0
        self._say(f"Read by {model}, which learnt from X-rays of people:")
        failed = predict_files(files, model, "auto", as_json=False, heatmaps=None)
        self._say("RG1 is a chest in four encodings. RG3 is a leg: for that it has no word.")
        return min(failed, 1)

    def end(self) -> None:
        """Say where all lies."""
        self._say(f"\nEverything is in {self._out}. With a display, `xraydemo demo` is a tour.")
        self._console.print(DISCLAIMER, style="dim")

    def _draw(
        self, subject: Path, steps: Sequence[Intervention], before: Reading, after: Reading
    ) -> None:
        import numpy as np

        from xraydemo.report.counterfactual import write_counterfactual

        picture = read(subject).presented()
        altered, _ = alter(picture, steps, before.lungs)
        as_it_is, covered = (np.rint(255 * one).astype(np.uint8) for one in (picture, altered))
        path = self._out / COUNTERFACTUAL
        sentences = [step.sentence for step in steps]
        write_counterfactual(path, (as_it_is, covered), (before, after), sentences)
        self._wrote(path)

    def _verdicts(self, results: Iterable[CheckResult]) -> list[CheckResult]:
        """Print each as it comes, and give them all."""
        told = []
        for result in results:
            row = Table.grid(padding=(0, 2, 0, 0))
            row.add_column(no_wrap=True, min_width=_SIGN)
            row.add_column(ratio=1)
            words = Text(f"{result.check}: ", style="bold")
            words.append(result.headline, style="not bold")
            row.add_row(Text(verdict_text(result.verdict), style=STYLES[result.verdict]), words)
            self._console.print(row)
            told.append(result)
        return told

    def _head(self, title: str) -> None:
        self._step += 1
        seconds = time.monotonic() - self._begun
        self._console.print()
        self._console.print(
            Rule(f"{self._step}  {title}  ({seconds:.0f} s)", align="left", style="dim")
        )

    def _wrote(self, path: Path) -> None:
        self._console.print(f"  {path}", style="dim", soft_wrap=True)

    def _say(self, words: str) -> None:
        self._console.print(words, markup=False)


def _said(estimate: Estimate) -> str:
    return f"{said(estimate)} (n = {estimate.n:,})"


def _called(reading: Reading) -> str:
    of_class = reading.probability_of(reading.predicted)
    return f"{DISPLAY_NAMES[reading.predicted]} ({percent(of_class)})"
