import numpy as np
import pytest

from tests.evaluation.runs import make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.shift.abstention import BY_DOUBT, BY_FOREIGNNESS, Abstention

N = 200


def abstention(foreign_is_wrong: bool, doubt_is_wrong: bool) -> Abstention:
    """A tenth is foreign, another tenth unsure; either may be what is wrong."""
    generator = np.random.default_rng(0)
    truth = np.arange(N) % 4
    foreign = np.arange(N) % 10 == 3
    unsure = np.arange(N) % 10 == 6
    wrong = (foreign & foreign_is_wrong) | (unsure & doubt_is_wrong)
    answer = np.where(wrong, (truth + 1) % 4, truth)
    probabilities = np.full((N, 4), 0.01)
    probabilities[np.arange(N), answer] = 0.97
    probabilities[unsure] = 0.2
    probabilities[np.flatnonzero(unsure), answer[unsure]] = 0.4
    scores = generator.random(N) + 2 * foreign
    judgements = {
        "foreign_score": scores.tolist(),
        "foreign_verdict": np.where(foreign, "foreign", "inside").tolist(),
        "doubt": np.where(unsure, "unsure", "sure").tolist(),
    }
    run = make_run([CLASSES[k] for k in truth], probabilities, judgements=judgements)
    return Abstention.of(run, scores)


def numbers(table) -> dict:
    return {(row.metric, row.where): row for row in table.rows}


def test_foreignness_that_finds_the_wrong_ones() -> None:
    one = abstention(foreign_is_wrong=True, doubt_is_wrong=False)
    left = numbers(one.what_is_left())
    assert left["share wrong", "all"].value == pytest.approx(0.1)
    assert left["share wrong", "without the foreign"].value == 0
    assert left["share kept", "without the foreign"].value == pytest.approx(0.9)
    assert left["share kept", "without both"].value == pytest.approx(0.8)
    areas = numbers(one.areas())
    best = areas["AURC", "the wrong first (the best there is)"].value
    assert best == pytest.approx(0.1 + 0.9 * np.log(0.9))
    assert areas["AURC", BY_FOREIGNNESS].value == pytest.approx(best)
    assert areas["AURC", "any, at random"].value == pytest.approx(0.1)
    assert areas["AURC less than at random by", BY_FOREIGNNESS].low > 0.05
    assert areas["AURC less than at random by", BY_DOUBT].low < 0
    assert numbers(one.how_often_wrong())["share wrong", "foreign, yet sure"].value == 1
    assert any("foreign X-rays set aside" in s and "this helps" in s for s in one.findings())
    assert any("its own doubt is no warning" in s for s in one.findings())


def test_doubt_that_finds_the_wrong_ones() -> None:
    one = abstention(foreign_is_wrong=False, doubt_is_wrong=True)
    gain = numbers(one.areas())["AURC less than at random by", BY_DOUBT]
    assert gain.low > 0.05
    said = one.findings()
    assert any("unsure X-rays set aside" in s and "this helps" in s for s in said)
    assert any("took away the better answers" in s and "foreign" in s for s in said)
    assert any("whether the model may be asked" in s for s in said)


def test_the_curve_ends_at_the_error_of_all() -> None:
    one = abstention(foreign_is_wrong=True, doubt_is_wrong=True)
    curves = one.curves()
    by_foreignness, by_doubt, at_random = curves.lines
    assert by_foreignness.y[-1] == by_doubt.y[-1] == at_random.y[-1] == pytest.approx(0.2)
    assert by_foreignness.x[-1] == 1
    for line in (by_foreignness, by_doubt):
        assert all(a <= y <= b for a, y, b in zip(line.low, line.y, line.high, strict=True))


def test_none_foreign_changes_nothing() -> None:
    run = make_run(
        list(CLASSES) * 10,
        judgements={"foreign_verdict": ["inside"] * 40, "doubt": ["unsure"] * 40},
    )
    said = Abstention.of(run, np.zeros(40)).findings()
    assert any("No labelled X-ray is foreign" in s for s in said)
    assert any("All labelled X-rays are unsure" in s for s in said)


def test_only_what_is_known_counts() -> None:
    run = make_run(
        [*list(CLASSES) * 10, ""],
        judgements={"foreign_verdict": ["inside"] * 41, "doubt": ["sure"] * 41},
    )
    scores = np.zeros(41)
    scores[0] = np.nan
    assert len(Abstention.of(run, scores).sample) == 39
