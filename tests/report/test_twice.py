"""The same evaluation made twice, from the files to the paper: the same report but for times."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pikepdf

from tests.evaluation.cohorts import write_xrays
from tests.report.test_pdf import objects_of, text_of
from xraydemo.cohort.cohort import read_cohort
from xraydemo.engine.client import Engine
from xraydemo.evaluation.collect import collect
from xraydemo.evaluation.headline import headline
from xraydemo.evaluation.runner import run_checks
from xraydemo.evaluation.store import open_run
from xraydemo.evaluation.thresholds import load_thresholds
from xraydemo.report.pdf import write_pdf
from xraydemo.report.results import results_json

ASKED = (
    "data.balance", "data.duplicates", "data.files", "performance.classes", "performance.errors",
    "shift.sanity",
)  # fmt: skip
TIMES = ("created", "started", "milliseconds")
# a date with its time, milliseconds, and the fingerprint of results, which hold the times
IN_TEXT = re.compile(r"20\d\d-\d\d-\d\dT\S+|\d+\.\d ms|\b[0-9a-f]{64}\b")


def evaluated(table: Path, engine: Engine, folder: Path) -> Path:
    collect(read_cohort(table), engine, folder)
    run, thresholds = open_run(folder), load_thresholds()
    results = list(run_checks(run, thresholds, only=ASKED))
    document = results_json(run, results, headline(run, results), seed=0, thresholds=thresholds)
    path = folder / "report.pdf"
    write_pdf(path, run, document)
    return path


def results_in(path: Path) -> dict:
    with pikepdf.open(path) as pdf:
        attached = json.loads(pdf.attachments["results.json"].get_file().read_bytes())
    run = {name: value for name, value in attached["run"].items() if name not in TIMES}
    return {name: value for name, value in attached.items() if name not in TIMES} | {"run": run}


def test_the_same_evaluation_gives_the_same_report_but_for_times(tiny_bundle, tmp_path) -> None:
    table = write_xrays(tmp_path / "cohort", 92)
    with Engine(tiny_bundle) as engine:
        first, second = (evaluated(table, engine, tmp_path / name) for name in "ab")
    assert results_in(first) == results_in(second)  # the figures' data, too
    assert len(results_in(first)["checks"]) == len(ASKED)
    assert IN_TEXT.sub("then", text_of(first)) == IN_TEXT.sub("then", text_of(second))
    for kind in ("/Form", "/Image"):
        assert objects_of(first, kind)
        assert objects_of(first, kind) == objects_of(second, kind)
