import numpy as np
import pytest

from tests.evaluation.dossiers import features, hashes, make_dossier, of_earlier_version
from tests.evaluation.runs import ask, make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.figures import Bars, Gallery
from xraydemo.evaluation.given import Given
from xraydemo.evaluation.result import Verdict

N = 160
FAST = {"permutations": 199, "most_discrepancy": 60}


def run_of(n=N, *, shift=0.0, seed=1, start=0, **fields):
    labels = [CLASSES[i % 4] for i in range(n)]
    return make_run(
        labels,
        embeddings=features(n, seed, shift),
        pixel_sha256=hashes(n, start),
        seed=seed,
        **fields,
    )


def told(result, where):
    return [row for table in result.tables for row in table.rows if row.where.startswith(where)]


def dossier(**fields):
    return make_dossier(features(200, 0), **fields)


def test_x_rays_like_the_training_set_pass_and_no_fact_is_named():
    result = ask(run_of(), "shift.drift", given=Given(dossier=dossier()), **FAST)
    assert result.verdict is Verdict.PASS
    assert "look like the training set" in result.headline
    assert not any("Shown to differ" in finding for finding in result.findings)
    assert result.number.value == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(("shift", "verdict"), [(1.6, Verdict.WARN), (5.0, Verdict.FAIL)])
def test_x_rays_that_look_otherwise_are_found_and_shown(shift, verdict):
    run = run_of(shift=shift, columns={"source": ["elsewhere"] * 80 + ["home"] * 80})
    given = Given(dossier=dossier(rows={"source": ["home"] * 200}))
    result = ask(run, "shift.drift", given=given, shown=7, **FAST)
    assert result.verdict is verdict
    assert "source" in result.headline
    least, most = (figure for figure in result.figures if isinstance(figure, Gallery))
    assert len(least.exhibits) == len(most.exhibits) == 7
    assert "source" in least.exhibits[0].caption
    (bars,) = (figure for figure in result.figures if isinstance(figure, Bars))
    behind = dict(zip(bars.labels, bars.groups, strict=True))
    # the value that is too frequent here
    assert set(behind["source"]) == set(range(80))


def test_facts_of_the_dossier_are_compared_each_with_its_own_test():
    facts = [{"width": 256, "format": "JPEG"}] * 200
    looks = {"aspect": np.ones(200), "mean_gray": np.random.default_rng(0).normal(size=200)}
    given = Given(dossier=dossier(rows={"view": ["AP", "PA"] * 100, "age": ["5"] * 200},
                                  facts=facts, looks=looks))  # fmt: skip
    run = run_of(
        columns={"view": ["AP"] * N, "age": ["40"] * N},
        facts={"width": [512] * N, "format": ["PNG"] * 80 + ["JPEG"] * 80, "mode": ["L"] * N},
        statistics={"aspect_ratio": [1.2] * N},
    )
    result = ask(run, "shift.drift", given=given, **FAST)
    shown = " ".join(f for f in result.findings if "hown to differ:" in f)
    for name in ("view", "age group", "width", "format", "width to height"):
        assert name in shown
    assert "not shown to differ: mean gray and class" in " ".join(result.findings)
    assert any("Not compared" in f and f.endswith(": mode.") for f in result.findings)
    assert told(result, "view (chi-square)")
    assert told(result, "width (Welch)")
    # files are told last, for they seldom say why
    assert shown.index("age group") < shown.index("format")


def test_a_patient_of_the_training_set_counts_once():
    """Of 40 patients with 5 X-rays each, all alike, is known what 40 X-rays would tell."""
    own = np.repeat(features(40, 0), 5, axis=0)
    views = np.repeat(["AP", "PA"], [8 * 5, 32 * 5]).tolist()
    made = make_dossier(own, groups=np.arange(200) // 5, rows={"view": views})
    run = run_of(columns={"view": ["AP", "PA"] * 80})
    once = ask(run, "shift.drift", given=Given(dossier=made), **FAST)
    (there,) = [r for r in told(once, "view = ") if r.where.endswith("there")]
    assert there.n == 40
    each = ask(run, "shift.drift", given=Given(dossier=of_earlier_version(made)), **FAST)
    (there,) = [r for r in told(each, "view = ") if r.where.endswith("there")]
    assert there.n == 200
    assert once.number.high - once.number.low > 1.2 * (each.number.high - each.number.low)
    missing = "counts as a patient of its own"
    assert not any(missing in finding for finding in once.findings)
    assert any(missing in finding for finding in each.findings)


def test_years_of_the_training_set_are_compared():
    run = run_of(columns={"date": ["2020-03-01"] * N})
    made = dossier(rows={"date": ["1992-2015"] * 100 + ["2020-01-01"] * 100})
    result = ask(run, "shift.drift", given=Given(dossier=made), **FAST)
    assert any("year is 1992 to 2015 for 0 %" in finding or "year is 2020 for 100 %" in finding
               for finding in result.findings)  # fmt: skip
    earlier = ask(run, "shift.drift", given=Given(dossier=of_earlier_version(made)), **FAST)
    assert not told(earlier, "year")


def test_x_rays_that_were_learnt_from_are_left_out():
    learnt = make_dossier(
        np.concatenate([features(200, 0), features(N, 1, 5.0)]),
        trained_on=np.arange(200 + N) >= 200,
        pixels=hashes(200 + N, 10_000),
    )
    all_learnt = ask(run_of(shift=5.0, start=10_200), "shift.drift", given=Given(dossier=learnt))
    assert all_learnt.verdict is Verdict.CANNOT_CHECK
    assert f"{N} were left out" in all_learnt.headline


def test_a_reference_run_is_compared_in_answers_and_facts_too():
    sites = ["Rome"] * N
    here = run_of(columns={"site": sites, "age": ["60"] * 80 + ["70"] * 80})
    there = run_of(seed=2, start=5000,
                   columns={"site": ["Oslo"] * N, "age": ["20"] * 80 + ["30"] * 80})  # fmt: skip
    result = ask(here, "shift.drift", given=Given(reference=there), **FAST)
    assert result.verdict is Verdict.PASS
    assert told(result, "probability of COVID-19 (Kolmogorov-Smirnov)")
    assert "site and age" in result.headline
    assert "look much like the reference" in result.headline


def test_halves_of_one_run_stay_silent():
    for seed in range(2):
        first = run_of(seed=10 + seed, columns={"view": ["AP", "PA"] * 80})
        second = run_of(seed=30 + seed, start=5000, columns={"view": ["PA", "AP"] * 80})
        result = ask(first, "shift.drift", given=Given(reference=second), **FAST)
        assert result.verdict is Verdict.PASS
        assert not any("hown to differ:" in f and "not" not in f for f in result.findings)


def test_many_x_rays_are_drawn_by_lot_and_it_is_said():
    result = ask(run_of(), "shift.drift", given=Given(dossier=dossier()), most=60, **FAST)
    assert any("100 X-rays were left out by lot" in finding for finding in result.findings)


def test_without_dossier_and_reference_or_with_few_x_rays_it_cannot_be_checked():
    nothing = ask(run_of(), "shift.drift")
    assert nothing.verdict is Verdict.CANNOT_CHECK
    assert "dossier" in nothing.headline
    assert "--reference" in nothing.headline
    few = ask(run_of(12), "shift.drift", given=Given(dossier=dossier()))
    assert few.verdict is Verdict.CANNOT_CHECK
    assert "12 here" in few.headline


def test_labels_are_not_needed():
    run = make_run([""] * N, embeddings=features(N, 1, 5.0), pixel_sha256=hashes(N))
    result = ask(run, "shift.drift", given=Given(dossier=dossier()), **FAST)
    assert result.verdict is Verdict.FAIL
    assert not told(result, "within classes")
    assert not told(result, "class")
