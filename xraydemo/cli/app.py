"""The command line: each command imports the rooms it needs, and is a few lines over them."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from xraydemo.classes import DISCLAIMER
from xraydemo.errors import XrayDemoError

SOME_FILES_FAILED = 1
WRONG_USE = 2
DEFAULT_MODEL = "cxr4-lite0"

app = typer.Typer(
    name="xraydemo",
    help=f"Reads chest X-rays, and asks whether the model should be believed. {DISCLAIMER}",
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
)

ModelOption = Annotated[
    str, typer.Option("--model", help="A bundle's name or folder; see `xraydemo models`.")
]
DeviceOption = Annotated[str, typer.Option("--device", help="auto, cpu or cuda.")]


def main() -> None:
    """Run the command; errors that a user can cause are one sentence, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a name that the terminal has no letters for is written in escapes, not a crash
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except XrayDemoError as error:
        print(error, file=sys.stderr)
        sys.exit(WRONG_USE)


@app.callback(invoke_without_command=True)
def window_by_default(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Without a command: open the window."""
    if version:
        from xraydemo import __version__

        print(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        open_window([])


@app.command("open")
def open_window(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files and folders to open.", metavar="[PATH]...")
    ] = None,
    model: ModelOption = DEFAULT_MODEL,
    device: DeviceOption = "auto",
) -> None:
    """Open the window."""
    try:
        from xraydemo.desktop.app import start
    except ImportError as error:
        hint = "Install it with: pip install 'xraydemo[desktop]'; on Linux, see packaging/"
        raise XrayDemoError(f"The window can't open: {error}", hint) from error
    raise typer.Exit(start(paths or [], model, _checked(device)))


@app.command()
def predict(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.", metavar="PATH...")],
    model: ModelOption = DEFAULT_MODEL,
    device: DeviceOption = "auto",
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, for programs.")
    ] = False,
    heatmaps: Annotated[
        Path | None,
        typer.Option(help="Write the heat map of each X-ray's most likely class into this folder."),
    ] = None,
) -> None:
    """Read X-rays: the probability of each class, and heat maps."""
    from xraydemo.cli.predict import predict_files

    failed = predict_files(paths, model, _checked(device), as_json=as_json, heatmaps=heatmaps)
    raise typer.Exit(SOME_FILES_FAILED if failed else 0)


@app.command()
def evaluate(
    cohort: Annotated[
        Path,
        typer.Argument(help="A CSV (file, label, ...), a folder of class folders, or any folder."),
    ],
    out: Annotated[Path, typer.Option(help="The run's folder; a half-finished run goes on.")],
    model: ModelOption = DEFAULT_MODEL,
    device: DeviceOption = "auto",
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN=VALUE[,VALUE...]",
            help="Only these rows; also != < <= > >=. May be repeated: all must hold.",
        ),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="OWN=CLASS", help="What a label of yours means."),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(
            "--checks", metavar="ID,...", help="Only these checks; see `xraydemo checks`."
        ),
    ] = None,
    scenarios: Annotated[
        Path | None,
        typer.Option(help="A TOML file with unit tests of the model; status 3 if one fails."),
    ] = None,
    thresholds: Annotated[
        Path | None, typer.Option(help="A TOML file with other lines between verdicts.")
    ] = None,
    prevalence: Annotated[
        float | None,
        typer.Option(help="Share of abnormal X-rays where it would be used.", min=0.0, max=1.0),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of what the checks draw and divide.")] = 0,
    pdf: Annotated[bool, typer.Option("--pdf", help="Write report.pdf, too.")] = False,
    reference: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN|COHORT",
            help="Compare with this, instead of with the training set alone: has anything drifted?",
        ),
    ] = None,
    ood: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FOLDER",
            help="Pictures that it was not made for: would it notice? May be repeated; near:NAME "
            "for what is close (another disease), far:NAME, the default, for what is no chest.",
        ),
    ] = None,
    pairs: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            metavar="DIR_A DIR_B",
            help="The same X-rays through two pipelines, with the same file names.",
        ),
    ] = None,
    boxes: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV", help="Boxes around findings: file, x, y, width, height as fractions."
        ),
    ] = None,
) -> None:
    """Evaluate a folder or table of X-rays: performance, and whether to believe it."""
    from xraydemo.cli.evaluate import Request, parse_mapping
    from xraydemo.cli.evaluate import evaluate as evaluate_cohort

    request = Request(
        cohort,
        out,
        model,
        _checked(device),
        where or [],
        parse_mapping(mapping or []),
        [name.strip() for name in only.split(",")] if only else None,
        scenarios,
        thresholds,
        prevalence,
        seed,
        pdf,
        reference,
        ood or [],
        pairs,
        boxes,
    )
    raise typer.Exit(evaluate_cohort(request))


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(metavar="DIR_A", help="A run's folder.")],
    after: Annotated[Path, typer.Argument(metavar="DIR_B", help="Another's, of one cohort.")],
    scenarios: Annotated[
        Path | None, typer.Option(help="Ask these scenarios of both runs, too.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", metavar="FILE", help="Write it as a PDF, too.")
    ] = None,
) -> None:
    """Compare two runs: metrics, checks, and the X-rays whose answer changed."""
    from xraydemo.cli.compare import compare_runs

    compare_runs(before, after, scenarios, seed=seed, as_json=as_json, pdf=pdf)


@app.command()
def report(
    source: Annotated[
        Path, typer.Argument(metavar="DIR|FILE.pdf", help="A run's folder, or a report.")
    ],
    pdf: Annotated[
        Path | None, typer.Option("--pdf", metavar="FILE", help="Default: report.pdf in DIR.")
    ] = None,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="Say whether a report belongs to its results, run, X-rays and model; status 3 if "
            "not.",
        ),
    ] = False,
    run: Annotated[
        Path | None,
        typer.Option(
            "--run", metavar="DIR", help="With --verify: the run's folder, if not beside it."
        ),
    ] = None,
    paper: Annotated[str, typer.Option(help="a4 or letter.")] = "a4",
    names: Annotated[
        bool, typer.Option("--names", help="Name files; they can hold the names of patients.")
    ] = False,
) -> None:
    """Make the PDF of a run again, or of one that was stopped, without the model, or verify one."""
    from xraydemo.cli.report import make_report, verify_report

    if verify and pdf:
        raise XrayDemoError(
            "--pdf says where a report is written, and --verify writes none",
            f"Give the report in place of the folder: report {pdf} --run {source} --verify",
        )
    if verify:
        raise typer.Exit(verify_report(source, run))
    make_report(source, pdf, paper=paper, names=names)


@app.command()
def drift(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="DIR...", help="Runs of one bundle; one alone is divided by its dates."
        ),
    ],
    by: Annotated[
        str | None, typer.Option(metavar="run|month|year", help="What a period is.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the numbers, too.")
    ] = None,
    pdf: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it, on a page or two.")
    ] = None,
    png: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw it, as a picture.")] = None,
) -> None:
    """Watch runs over time: what is foreign, answers, probabilities and facts."""
    from xraydemo.cli.drift import watch

    watch(runs, by, json_file, pdf, png)


@app.command()
def checks(
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of results.json instead.")
    ] = False,
) -> None:
    """List the checks: what each asks, and what it needs."""
    if schema:
        import json

        from xraydemo.report.results import results_schema

        print(json.dumps(results_schema(), indent=2))
        raise typer.Exit
    from rich.console import Console

    from xraydemo.evaluation.check import all_checks
    from xraydemo.report.terminal import check_list

    Console().print(check_list(all_checks().values()))


@app.command()
def phantom(
    out: Annotated[Path, typer.Option(help="A new or empty folder.")],
    n: Annotated[int, typer.Option("--n", help="How many X-rays.", min=1)],
    shortcut: Annotated[
        str | None,
        typer.Option(
            help="year, scanner, marker, border, view, age or jpeg: what gives covid away."
        ),
    ] = None,
    strength: Annotated[
        float, typer.Option(help="Its association with covid.", min=0.0, max=1.0)
    ] = 1.0,
    tag_only: Annotated[
        bool, typer.Option("--tag-only", help="Plant the tag alone, and nothing in the pixels.")
    ] = False,
    file_format: Annotated[str, typer.Option("--format", help="png or dicom.")] = "png",
    side: Annotated[int, typer.Option(help="Pixels.", min=64, max=2048)] = 512,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.", min=0)] = 0,
) -> None:
    """Make synthetic chest X-rays with known truth, and plant a shortcut in them."""
    from xraydemo.cli.phantom import make_phantoms
    from xraydemo.cohort.phantom_plan import Order

    order = Order(n, shortcut, strength, tag_only, file_format, side, seed)
    raise typer.Exit(make_phantoms(out, order))


@app.command()
def train(
    csv: Annotated[Path, typer.Argument(help="A table with file, label, and any other columns.")],
    out: Annotated[Path, typer.Option(help="The bundle's folder.")],
    max_minutes: Annotated[float, typer.Option(help="The ceiling.", min=0.1)],
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 0,
    search: Annotated[
        bool,
        typer.Option(
            "--search",
            help="Write no model, but try settings on small pictures, and add each trial to "
            "trials.jsonl in the folder; given again, it goes on.",
        ),
    ] = False,
    minutes_a_trial: Annotated[
        float | None, typer.Option(help="With --search; 4 if not given.", min=0.1)
    ] = None,
    leave_out: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE",
            help="With --search: one trial without this source; is opacity told from normal in it?",
        ),
    ] = None,
) -> None:
    """Train a model on a table of X-rays; it stops at the ceiling with the best weights so far."""
    from xraydemo.cli import train as training

    if search:
        status = training.search(csv, out, max_minutes, seed, minutes_a_trial, leave_out)
    elif minutes_a_trial is None and leave_out is None:
        status = training.train(csv, out, max_minutes, seed)
    else:
        raise XrayDemoError(
            "--minutes-a-trial and --leave-out belong to a search", "Give --search, too"
        )
    raise typer.Exit(status)


@app.command()
def models() -> None:
    """List the models that can be called by name."""
    from xraydemo.cli.models import list_models

    list_models()


@app.command()
def doctor() -> None:
    """Say what works on this machine, and what would be needed for the rest."""
    from xraydemo.cli.doctor import report

    report()


@app.command()
def demo(
    no_window: Annotated[
        bool,
        typer.Option("--no-window", help="Print, and save a screenshot, as without a display."),
    ] = False,
) -> None:
    """Show the program on the X-rays that come with it."""
    from xraydemo.cli.demo import show

    raise typer.Exit(show(DEFAULT_MODEL, window=not no_window))


def _checked(device: str) -> str:
    if device not in ("auto", "cpu", "cuda"):
        raise XrayDemoError(f"There is no device {device!r}", "Choose auto, cpu or cuda")
    return device
