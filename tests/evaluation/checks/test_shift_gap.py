import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.evaluation.dossiers import features, hashes, make_dossier
from tests.evaluation.runs import TABLE, ask, make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.checks.shift_gap import _widened
from xraydemo.evaluation.given import Given
from xraydemo.evaluation.result import Verdict
from xraydemo.metrics.bootstrap import Estimate
from xraydemo.model.among import AMONG, SOME_CLASSES, estimate_among, name_among


def run_of(labels, skill, *, seed=0, **fields):
    """Make a run whose probabilities tell the classes so far apart."""
    generator = np.random.default_rng(seed)
    truth = np.array([CLASSES.index(label) for label in labels])
    logits = generator.normal(size=(len(labels), 4))
    logits[np.arange(len(labels)), truth] += skill
    exp = np.exp(logits)
    return make_run(labels, exp / exp.sum(axis=1, keepdims=True), seed=seed, **fields)


TWO = ["normal", "covid"] * 100
HOME = run_of([c for c in CLASSES for _ in range(80)], 5.0, seed=3)


def rows(result):
    return {(row.metric, row.where): row for table in result.tables for row in table.rows}


def test_the_numbers_are_scikit_learns_on_the_same_classes():
    here = run_of(TWO, 1.0, columns={"source": ["a"] * 200})
    result = ask(here, "shift.gap", given=Given(reference=HOME))
    home = np.isin(HOME.truth, [0, 1])

    def auc(run, mask):
        each = [roc_auc_score(run.truth[mask] == k, run.probabilities[mask, k]) for k in (0, 1)]
        return np.mean(each)

    found = rows(result)
    at_home = found["macro AUC", "a (normal, covid), at home"]
    assert at_home.value == pytest.approx(auc(HOME, home))
    away = found["macro AUC", "a (normal, covid), here"]
    assert away.value == pytest.approx(auc(here, np.ones(200, bool)))
    assert result.number.value == pytest.approx(at_home.value - away.value)
    assert result.number.low < result.number.value < result.number.high


def test_what_is_lost_is_found_and_the_source_named():
    sources = ["far"] * 100 + ["near"] * 100
    run = run_of(TWO, 5.0, columns={"source": sources})
    lost = run_of(TWO, 0.0, seed=1, columns={"source": sources})
    run.probabilities[:100] = lost.probabilities[:100]
    result = ask(run, "shift.gap", given=Given(reference=HOME))
    assert result.verdict is Verdict.FAIL
    assert "most on far" in result.headline
    assert result.figures[0].groups[0] == tuple(range(100))


def test_as_good_as_at_home_passes():
    run = run_of(TWO * 2, 5.0, columns={"source": ["a"] * 400})
    result = ask(run, "shift.gap", given=Given(reference=HOME))
    assert result.verdict is Verdict.PASS
    assert result.settled


def test_a_source_of_one_class_is_asked_for_its_recall_only():
    run = run_of(["covid"] * 60, 0.0, columns={"source": ["a"] * 60})
    result = ask(run, "shift.gap", given=Given(reference=HOME))
    assert result.number.metric == "lost recall"
    recall_at_home = (HOME.predicted == 1)[HOME.truth == 1].mean()
    assert rows(result)["recall", "a (covid), at home"].value == pytest.approx(recall_at_home)
    assert result.verdict is Verdict.FAIL


def test_small_sources_count_as_one():
    run = run_of(TWO, 5.0, columns={"site": [f"s{i // 10}" for i in range(200)]})
    result = ask(run, "shift.gap", given=Given(reference=HOME))
    assert result.number.where == "20 smaller sources (normal, covid)"


def test_a_card_that_speaks_of_fewer_classes_needs_no_reference():
    """It tells what the very same X-rays would as a reference."""
    home = {
        name_among(some): estimate_among(
            HOME.truth, HOME.probabilities, HOME.sample.resampling, some
        )._asdict()
        for some in SOME_CLASSES
    }
    card = {"metrics": {AMONG: home}}
    sources = ["two"] * 200 + ["one"] * 40
    run = run_of([*TWO, *["opacity"] * 40], 0.5, columns={"source": sources}, card=card)
    told, compared = ask(run, "shift.gap"), ask(run, "shift.gap", given=Given(reference=HOME))
    assert told.verdict is compared.verdict is Verdict.FAIL
    assert "held out in training (from the bundle's card)" in " ".join(told.findings)
    for where in ("two (normal, covid)", "one (opacity)"):
        metric = "recall" if "opacity" in where else "macro AUC"
        for side in ("at home", "here"):
            key = metric, f"{where}, {side}"
            assert rows(told)[key].value == pytest.approx(rows(compared)[key].value)
            assert rows(told)[key].n == rows(compared)[key].n
        lost = f"lost {metric}", where
        assert rows(told)[lost].low == pytest.approx(rows(compared)[lost].low, abs=0.03)
    assert rows(told)["recall", "covid, two, at home"].n == 80


def test_a_card_of_few_x_rays_of_a_class_is_not_compared_with():
    estimate = {"value": 0.9, "low": 0.8, "high": 1.0, "n": 12, "n_groups": 12}
    card = {"metrics": {AMONG: {"recall_covid": estimate}}}
    result = ask(run_of(["covid"] * 60, 0.0, card=card), "shift.gap")
    assert result.verdict is Verdict.CANNOT_CHECK
    assert "has as many of" in result.headline or "earlier version" in result.headline


def test_the_card_of_an_earlier_version_speaks_only_of_all_four_classes():
    four = [c for c in CLASSES for _ in range(40)]
    estimate = {"value": 0.99, "low": 0.98, "high": 1.0, "n": 500, "n_groups": 500}
    card = {"metrics": {"calibrate": {"macro_auc": estimate}}}
    lost = ask(run_of(four, 0.0, card=card), "shift.gap")
    assert lost.verdict is Verdict.FAIL
    assert lost.number.value == pytest.approx(0.5, abs=0.1)
    two = ask(run_of(TWO, 0.0, card=card), "shift.gap")
    assert two.verdict is Verdict.CANNOT_CHECK
    assert "--reference" in two.headline
    # what can be said is said
    assert rows(two)["macro AUC", "all (normal, covid)"].n == 200


def test_an_interval_of_the_card_is_widened_for_the_number_of_sources():
    wide = _widened(Estimate(0.9, 0.88, 0.92, 100, 100), 1 - 0.05 / 2)
    assert wide.low == pytest.approx(0.9 - 0.02 * 2.2414 / 1.96, abs=1e-5)
    assert _widened(Estimate(0.99, 0.98, 1.0, 100, 100), 0.999).high == 1.0


def test_x_rays_from_home_are_left_out_and_a_run_from_home_has_no_gap():
    mixed = run_of(TWO, 5.0, judgements={"in_training_table": [i < 40 for i in range(200)]})
    result = ask(mixed, "shift.gap", given=Given(reference=HOME))
    assert result.number.n == 160
    assert any(finding.startswith("40 X-rays of this run") for finding in result.findings)
    provenance = mixed.meta.card.provenance.model_copy(
        update={"data": {"table": "cohort.csv", "table_sha256": TABLE}}
    )
    home = ask(run_of(TWO, 5.0, card={"provenance": provenance}), "shift.gap")
    assert home.verdict is Verdict.CANNOT_CHECK
    assert "from home" in home.headline


def test_what_was_learnt_from_is_left_out_of_the_reference():
    four = [c for c in CLASSES for _ in range(60)]
    reference = run_of(four, 5.0, pixel_sha256=hashes(240))
    dossier = make_dossier(features(20, 0), trained_on=np.ones(20, bool), pixels=hashes(20))
    given = Given(reference=reference, dossier=dossier)
    result = ask(run_of(["normal"] * 40, 5.0), "shift.gap", given=given)
    assert rows(result)["recall", "all (normal), at home"].n == 40
    assert any("20 X-rays of the reference were left out" in f for f in result.findings)


def test_too_few_cannot_be_checked():
    assert ask(make_run([""] * 50), "shift.gap").verdict is Verdict.CANNOT_CHECK
    few = ask(run_of(["covid", "normal"] * 5, 5.0), "shift.gap", given=Given(reference=HOME))
    assert few.verdict is Verdict.CANNOT_CHECK
    no_home = ask(run_of(TWO, 5.0, card={"metrics": {}}), "shift.gap")
    assert no_home.verdict is Verdict.CANNOT_CHECK
    assert "Nothing is known of the model at home" in no_home.headline
