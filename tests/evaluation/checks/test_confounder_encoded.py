"""confounder.encoded: shown, not shown, shown before it was trained, too few."""

import numpy as np

from tests.evaluation.laboratories import FakeLaboratory, Reply
from tests.evaluation.runs import ask
from tests.evaluation.shortcuts import shortcut_run
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.given import Given
from xraydemo.evaluation.result import Verdict


def laboratory_with(run, embeddings):
    place = {path: i for i, path in enumerate(run.rows["path"])}
    return FakeLaboratory(
        lambda path, _, __: Reply(np.full(4, 0.25), embedding=embeddings[place[path]])
    )


def noise(run):
    return np.random.default_rng(9).normal(size=run.arrays.embedding.shape)


def test_a_fact_that_is_shown_warns():
    found = ask(shortcut_run(300, shown=2.0), "confounder.encoded")
    assert found.verdict is Verdict.WARN
    assert found.number.where == "scanner"
    assert found.number.low > 0.3
    assert "The model sees the scanner" in found.headline
    assert any("there is no model to ask" in sentence for sentence in found.findings)


def test_a_fact_that_only_goes_with_the_class_does_not():
    found = ask(shortcut_run(400, strength=0.6, task=3.0), "confounder.encoded")
    assert found.verdict is Verdict.PASS
    assert abs(found.number.value) < 0.1


def test_learnt_in_training():
    run = shortcut_run(300, shown=2.0)
    given = Given(laboratory=laboratory_with(run, noise(run)))
    found = ask(run, "confounder.encoded", given=given)
    assert found.verdict is Verdict.WARN
    assert "more clearly than before" in found.headline
    assert {path for _, _, path in given.laboratory.asked} == {"imagenet"}
    assert any("so training made it plainer" in sentence for sentence in found.findings)
    bars = found.figures[0]
    assert "scanner, before training" in bars.labels
    assert [len(group) for group in bars.groups] == [
        row.n for row in found.tables[0].rows if row.metric.startswith("AUC of the probe")
    ] + [len(run.sample)] * (len(bars.labels) - len(found.tables[0].rows) // 4)


def test_shown_before_the_training_as_well_passes():
    run = shortcut_run(300, shown=2.0)
    given = Given(laboratory=laboratory_with(run, run.arrays.embedding))
    found = ask(run, "confounder.encoded", given=given)
    assert (found.verdict, found.settled) == (Verdict.PASS, True)
    assert "it isn't shown that training on X-rays made it any plainer" in found.headline


def test_only_some_are_shown_to_the_other_network():
    run = shortcut_run(300, shown=2.0)
    laboratory = laboratory_with(run, noise(run))
    ask(run, "confounder.encoded", given=Given(laboratory=laboratory), asked=100)
    assert len(laboratory.asked) == 100


class NoWeights:
    def ask(self, *_, **__):
        raise XrayDemoError("There are no ImageNet weights here.", "Install them")


def test_without_the_weights_it_says_so_and_goes_on():
    found = ask(
        shortcut_run(300, shown=2.0), "confounder.encoded", given=Given(laboratory=NoWeights())
    )
    assert found.verdict is Verdict.WARN
    assert any("There are no ImageNet weights here" in sentence for sentence in found.findings)


def test_many_facts_are_corrected_for():
    generator = np.random.default_rng(0)
    columns = {
        f"coin {i}": np.where(generator.random(200) < 0.5, "x", "y").tolist() for i in range(12)
    }
    found = ask(shortcut_run(200, columns=columns), "confounder.encoded")
    assert found.verdict is Verdict.PASS
    adjusted = [row.value for row in found.tables[0].rows if row.metric.startswith("p of")]
    assert len(adjusted) == 13
    assert min(adjusted) > 0.01


def test_too_few():
    assert ask(shortcut_run(30), "confounder.encoded").verdict is Verdict.CANNOT_CHECK


def test_no_facts():
    found = ask(shortcut_run(100, columns={"scanner": ["A"] * 100}), "confounder.encoded")
    assert found.verdict is Verdict.CANNOT_CHECK
    assert "add columns" in found.headline
