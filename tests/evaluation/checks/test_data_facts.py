"""data.facts: facts that are known of some classes only, of all, of none."""

import numpy as np

from tests.evaluation.runs import ask, make_run
from xraydemo.evaluation.result import Verdict

LABELS = ["normal", "covid"] * 60
N = len(LABELS)


def known_of(*classes):
    return ["50" if label in classes else "" for label in LABELS]


def test_known_of_one_class_only_fails():
    found = ask(make_run(LABELS, columns={"age": known_of("covid")}), "data.facts")
    assert (found.verdict, found.number.value) == (Verdict.FAIL, 1.0)
    text = " ".join(found.findings)
    assert "The age is known of 100 % of COVID-19 and of 0 % of Normal" in text
    grid = found.figures[0]
    assert (grid.row_labels, grid.values) == (("age",), ((0.0, 1.0),))
    assert grid.groups == (((), tuple(range(1, N, 2))),)  # those of which it is known
    shares = {row.where: row.value for row in found.tables[0].rows}
    assert shares == {"age: normal": 0.0, "age: covid": 1.0}


def test_missing_by_chance_passes():
    generator = np.random.default_rng(0)
    columns = {
        name: np.where(generator.random(N) < 0.5, "x", "").tolist() for name in ("age", "sex")
    }
    assert ask(make_run(LABELS, columns=columns), "data.facts").verdict is Verdict.PASS


def test_known_of_all_is_settled():
    columns = {"age": [str(i) for i in range(N)]}  # what it says is another question
    found = ask(make_run(LABELS, columns=columns), "data.facts")
    assert (found.verdict, found.settled, found.number.value) == (Verdict.PASS, True, 0.5)
    assert "Of no X-ray is known: patient id, sex, view, date and site" in found.findings[0]


def test_facts_of_dicom_files_count():
    view = ["AP" if label == "covid" else None for label in LABELS]
    assert ask(make_run(LABELS, facts={"view": view}), "data.facts").verdict is Verdict.FAIL


def test_the_table_itself_and_the_file_are_no_facts():
    run = make_run(
        LABELS,
        columns={"split": known_of("covid"), "finding": known_of("covid"), "age": ["1"] * N},
        facts={"jpeg_quality": [75 if label == "covid" else None for label in LABELS]},
    )
    assert ask(run, "data.facts").verdict is Verdict.PASS


def test_nothing_known():
    found = ask(make_run(LABELS), "data.facts")
    assert found.verdict is Verdict.CANNOT_CHECK
    assert "columns" in found.headline


def test_too_few():
    found = ask(make_run(LABELS[:38], columns={"age": known_of("covid")[:38]}), "data.facts")
    assert found.verdict is Verdict.CANNOT_CHECK


def test_what_is_missing_is_one_thing():
    titles = [
        f.title
        for f in ask(make_run(LABELS, columns={"age": known_of("covid")}), "data.facts").figures
    ]
    assert titles[1:] == [
        "Telling the class from what is missing",
        "Telling each class from the rest by what is missing (AUC)",
    ]
