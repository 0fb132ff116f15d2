import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.evaluation.four_axes import dossier_of, four_axes
from tests.evaluation.laboratories import FakeLaboratory, Reply
from tests.evaluation.runs import ask, make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.figures import Bars, Gallery, Grid
from xraydemo.evaluation.given import Given
from xraydemo.evaluation.result import Verdict
from xraydemo.evaluation.shift.ood_kinds import PLANTED

N = 80
CARD = {
    "foreignness": {"unusual": 0.7, "foreign": 1.0, "n_reference": 100, "n_held_out": 100},
}
FAR = [planted for planted in PLANTED if planted.protocol == "far"]


def judged(scores) -> dict:
    return {
        "foreign_score": [float(score) for score in scores],
        "foreign_verdict": ["foreign" if score > 1 else "inside" for score in scores],
    }


def run_with(scores, **more):
    labels = [CLASSES[i % 4] for i in range(len(scores))]
    return make_run(labels, judgements=judged(scores), card=CARD, **more)


@pytest.fixture(scope="module")
def run():
    return run_with(np.random.default_rng(0).uniform(0, 0.9, N))


def laboratory(run, missed=(), judges=True):
    """Answer that every fault is foreign, but for some, which are as ordinary as the X-ray."""
    row_of = {path: i for i, path in enumerate(run.rows["path"])}
    noticed = {planted.interventions for planted in PLANTED if planted.name not in missed}

    def replies(path, variant, weights):
        assert weights == "own"
        i = row_of[path]
        score = float(run.judgements["foreign_score"].iloc[i])
        score += 3.0 if variant in noticed else 0.0
        verdict = "foreign" if score > 1 else "inside"
        judgement = {"foreign_score": score, "foreign_verdict": verdict} if judges else {}
        return Reply(run.probabilities[i], judgement=judgement)

    return FakeLaboratory(replies)


def numbers(result, title="") -> dict:
    rows = [row for t in result.tables if t.title.startswith(title) for row in t.rows]
    return {(row.metric, row.where): row for row in rows}


def test_faults_that_are_noticed_pass(run) -> None:
    fake = laboratory(run)
    result = ask(run, "shift.ood_auroc", given=Given(laboratory=fake), most=25)
    assert result.verdict is Verdict.PASS
    assert result.number.value == 1
    found = numbers(result)
    assert found["AUROC", "inverted (far)"].value == 1
    assert found["FPR95", "inverted (far)"].value == 0
    assert found["called foreign", "inverted (far)"].value == 1
    assert found["called foreign", "inverted (far)"].n == 25
    assert len({path for path, *_ in fake.asked}) == 25
    assert not any(isinstance(f, Gallery) for f in result.figures)


def test_one_fault_that_is_missed_fails_and_is_shown(run) -> None:
    fake = laboratory(run, missed={"turned left"})
    result = ask(run, "shift.ood_auroc", given=Given(laboratory=fake), most=25, shown=14)
    assert result.verdict is Verdict.FAIL
    assert (result.number.where, result.number.value) == ("turned left", 0.5)
    assert "turned left" in result.headline
    gallery = next(f for f in result.figures if isinstance(f, Gallery))
    turned = next(planted for planted in PLANTED if planted.name == "turned left")
    assert len(gallery.exhibits) == 2  # 14 for 7 kinds
    assert all(e.interventions == turned.interventions for e in gallery.exhibits)
    assert any("Seldom beyond it: turned left" in finding for finding in result.findings)


def test_what_need_not_be_noticed_is_not_judged(run) -> None:
    shifted = {planted.name for planted in PLANTED if planted.protocol == "shifted"}
    given = Given(laboratory=laboratory(run, missed=shifted), ood={"near:tb": run_with([0.4] * 40)})
    result = ask(run, "shift.ood_auroc", given=given)
    assert result.verdict is Verdict.PASS
    assert any("tb" in f and "need not be refused" in f for f in result.findings)
    bars = next(f for f in result.figures if isinstance(f, Bars))
    assert len(bars.labels) == len(PLANTED) + 1
    assert bars.labels[-1] == "tb (near)"
    grid = next(f for f in result.figures if isinstance(f, Grid))
    *planted, tb = grid.groups
    assert all(group for row in planted for group in row)
    assert set(tb) == {()}  # these X-rays are not of the run
    assert [row[0] for row in grid.groups] == list(bars.groups)


def test_given_kinds_are_scikit_learns_auc(run) -> None:
    generator = np.random.default_rng(1)
    scores = generator.uniform(0.4, 1.4, 60)
    result = ask(run, "shift.ood_auroc", given=Given(ood={"hands": run_with(scores)}))
    own = run.judgements["foreign_score"].to_numpy(float)
    foreign = np.arange(N + 60) >= N
    expected = roc_auc_score(foreign, np.concatenate([own, scores]))
    assert result.number.value == pytest.approx(expected)
    assert result.number.low < expected < result.number.high
    assert result.verdict is not Verdict.PASS
    assert any("No faults were planted" in finding for finding in result.findings)


def test_near_kinds_alone_are_information(run) -> None:
    given = Given(ood={"near:tb": run_with([0.4] * 40)})
    result = ask(run, "shift.ood_auroc", given=given)
    assert result.verdict is Verdict.INFO
    assert "not known" in result.headline


def test_too_few_of_a_kind_are_said_and_not_judged(run) -> None:
    given = Given(laboratory=laboratory(run), ood={"far:angiography": run_with([0.1] * 9)})
    result = ask(run, "shift.ood_auroc", given=given)
    assert result.verdict is Verdict.PASS
    assert any("angiography (9)" in finding for finding in result.findings)
    only = ask(run, "shift.ood_auroc", given=Given(ood={"far:angiography": run_with([0.1] * 9)}))
    assert only.verdict is Verdict.CANNOT_CHECK


def test_what_cannot_be_asked(run) -> None:
    nothing = ask(run, "shift.ood_auroc")
    assert nothing.verdict is Verdict.CANNOT_CHECK
    assert "--ood" in nothing.headline
    few = ask(run_with([0.1] * 10), "shift.ood_auroc", given=Given(ood={"hands": run}))
    assert few.verdict is Verdict.CANNOT_CHECK
    unjudged = make_run(list(CLASSES) * 20)
    for given in (Given(), Given(laboratory=laboratory(run, judges=False))):
        without = ask(unjudged, "shift.ood_auroc", given=given)
        assert without.verdict is Verdict.CANNOT_CHECK
        assert "dossier" in without.headline
    stripped = ask(run, "shift.ood_auroc", given=Given(laboratory=laboratory(run, judges=False)))
    assert stripped.verdict is Verdict.CANNOT_CHECK
    assert "dossier" in stripped.headline


def test_with_the_dossier_every_detector_is_compared() -> None:
    points, labels = four_axes(N)
    elsewhere = np.eye(8, dtype=np.float32)[[7] * 40]
    inside = run_with(np.random.default_rng(0).uniform(0, 0.9, N), embeddings=points)
    given = Given(
        ood={"far:hands": run_with([2.0] * 40, embeddings=elsewhere)},
        dossier=dossier_of(points, labels),
    )
    result = ask(inside, "shift.ood_auroc", given=given)
    others = numbers(result, "The same by other detectors")
    assert others["AUROC", "hands (far): Mahalanobis"].value == 1
    assert others["AUROC", "hands (far): looks"].value == 0.5
    assert numbers(result, "Told from X-rays kept out")["AUROC", "hands"].value == 1
    grid = next(f for f in result.figures if isinstance(f, Grid))
    assert grid.row_labels == ("hands (far)",)
    assert any("Unsure is not foreign" in finding for finding in result.findings)


def test_intervals_allow_for_the_number_of_kinds(run) -> None:
    scores = np.random.default_rng(1).uniform(0.4, 1.4, 60)
    one = ask(run, "shift.ood_auroc", given=Given(ood={"a": run_with(scores)}))
    both = {"a": run_with(scores), "b": run_with(np.full(60, 2.0))}
    two = ask(run, "shift.ood_auroc", given=Given(ood=both))
    assert two.number.where == one.number.where == "a"
    assert two.number.low < one.number.low


def test_progress_grows_to_the_end(run) -> None:
    from xraydemo.evaluation.check import all_checks
    from xraydemo.evaluation.runner import run_check
    from xraydemo.evaluation.thresholds import load_thresholds

    shares: list[float] = []
    check = all_checks()["shift.ood_auroc"]
    given = Given(laboratory=laboratory(run))
    run_check(check, run, load_thresholds(), given=given, progress=shares.append, strict=True)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
