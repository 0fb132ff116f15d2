"""confounder.metadata: facts that give the class away, that don't, and too few of them."""

import numpy as np
import pandas as pd
import pytest

from tests.evaluation.runs import ask, make_run
from xraydemo.evaluation.figures import Bars, Grid
from xraydemo.evaluation.result import Verdict

CHECK = "confounder.metadata"
LABELS = ["normal", "covid", "pneumonia"] * 60
N = len(LABELS)
CHANCE = np.random.default_rng(0).choice(["A", "B"], N).tolist()


def view_follows(strength, label="covid"):
    """Give a view that follows a class with some probability, else none."""
    generator = np.random.default_rng(1)
    return [
        ("AP" if one == label else "PA")
        if generator.random() < strength
        else str(generator.choice(["AP", "PA"]))
        for one in LABELS
    ]


def test_a_view_that_gives_covid_away_fails():
    found = ask(make_run(LABELS, columns={"view": view_follows(0.95), "sex": CHANCE}), CHECK)
    assert found.verdict is Verdict.FAIL
    assert found.settled
    assert found.headline.startswith(
        "A class can be told without looking at the picture: the view alone tells COVID-19 from "
        "the rest with AUC 0.9"
    )
    assert "it is AP for 9" in found.headline
    assert found.number.where == "view: covid against the rest"
    bars, _, wall = found.figures
    assert isinstance(bars, Bars)
    assert bars.labels[:2] == ("all together", "view")
    assert isinstance(wall, Grid)
    assert wall.column_labels == ("AP", "PA")
    assert len(wall.groups[1][0]) == wall.values[1][0]
    v = {row.where: row for row in found.tables[2].rows}
    assert v["view"].value > 0.8 > 0.2 > v["sex"].value


def test_one_class_that_is_given_away_is_enough():
    """The others are like each other: the mean over the classes stays at three quarters."""
    found = ask(
        make_run(LABELS, columns={"year": ["2020" if x == "covid" else "2015" for x in LABELS]}),
        CHECK,
    )
    assert (found.verdict, found.number.value) == (Verdict.FAIL, 1.0)


def test_facts_by_chance_pass():
    columns = {"view": CHANCE, "site": np.random.default_rng(5).choice(list("abc"), N).tolist()}
    found = ask(make_run(LABELS, columns=columns), CHECK)
    assert found.verdict is Verdict.PASS


def test_many_facts_by_chance_are_not_taken_for_a_finding():
    labels = ["normal", "covid"] * 30
    generator = np.random.default_rng(7)
    columns = {f"f{i}": generator.choice(list("ab"), 60).tolist() for i in range(6)}
    assert ask(make_run(labels, columns=columns), CHECK).verdict is Verdict.PASS


def test_patients_never_straddle_folds():
    """A room that names the patient tells the class only of patients that were seen."""
    patient = np.arange(N) // 6
    labels = np.array(["normal", "covid"])[np.random.default_rng(2).integers(0, 2, N // 6)[patient]]
    columns = {"room": [f"r{p}" for p in patient]}
    groups = [str(p) for p in patient]
    found = ask(make_run(labels.tolist(), columns=columns, groups=groups), CHECK)
    assert found.verdict is Verdict.PASS


def test_the_share_of_what_the_model_knows():
    probabilities = np.full((N, 4), 0.1)
    for i, label in enumerate(LABELS):
        probabilities[i, ["normal", "covid", "pneumonia"].index(label)] = 0.7
    found = ask(make_run(LABELS, probabilities, columns={"view": view_follows(0.95)}), CHECK)
    together = found.tables[0].rows[0].value
    model, share = found.tables[-1].rows
    assert model.value == 1.0
    assert share.value == pytest.approx((together - 0.5) / 0.5)
    assert share.low < share.value < share.high
    text = " ".join(found.findings)
    assert f"Facts alone reach {100 * share.value:.0f} %" in text


def test_no_share_of_a_model_that_knows_nothing():
    nothing = np.random.default_rng(3).dirichlet(np.ones(4), N)
    found = ask(make_run(LABELS, nothing, columns={"view": view_follows(0.5)}), CHECK)
    assert "is not said" in " ".join(found.findings)


def test_files_and_pictures_are_asked_about_elsewhere():
    facts = {"jpeg_quality": [75 if label == "covid" else 90 for label in LABELS]}
    found = ask(make_run(LABELS, facts=facts), CHECK)
    assert found.verdict is Verdict.CANNOT_CHECK
    assert "add columns" in found.headline


def test_too_few():
    found = ask(make_run(LABELS[:45], columns={"view": view_follows(1.0)[:45]}), CHECK)
    assert found.verdict is Verdict.CANNOT_CHECK


def test_view_of_the_rsna_set(shared_data):
    """The AUC of the view alone is that of its two shares: 79 % AP of opacity, 18 % of normal."""
    table = pd.read_csv(shared_data / "train.csv", dtype=str, keep_default_na=False)
    rsna = table[(table["source"] == "rsna-1024") & (table["split"] == "pool")]
    run = make_run(rsna["label"].tolist(), columns={"view": rsna["view"].tolist()})
    found = ask(run, CHECK)
    ap = rsna.assign(ap=rsna["view"] == "AP").groupby("label")["ap"].mean()
    assert found.verdict is Verdict.WARN or found.verdict is Verdict.FAIL
    by_hand = 0.5 + (ap["opacity"] - ap["normal"]) / 2
    assert found.number.value == pytest.approx(by_hand, abs=0.01)
