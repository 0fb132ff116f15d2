import pytest

from tests.evaluation.runs import ask, make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.figures import Bars, Gallery
from xraydemo.evaluation.result import Verdict
from xraydemo.model.sanity import BLANK, BLURRED, REASONS
from xraydemo.model.trust import INSIDE, NO_USUAL_CHEST

N = 40
USUAL = {
    "percentile_50": [0.5] * N,
    "percentile_75": [0.7] * N,
    "border": [0.0] * N,
    "sharpness": [0.001] * N,
}


def run_with(reason=INSIDE, verdict="inside", judged=True, statistics=None, **more):
    """Make X-rays of which the fourth is judged so."""
    reasons, verdicts = [INSIDE] * N, ["inside"] * N
    reasons[3], verdicts[3] = reason, verdict
    judgements = {"foreign_reason": reasons, "foreign_verdict": verdicts} if judged else None
    return make_run(
        list(CLASSES) * (N // 4),
        judgements=judgements,
        statistics=USUAL | (statistics or {}),
        **more,
    )


def broken(result) -> dict[str, int]:
    return {row.where: int(row.value) for row in result.tables[0].rows if row.value}


def one_of(value, usual) -> list:
    return [value if i == 3 else usual for i in range(N)]


@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        (REASONS["inverted"], "polarity"),
        (REASONS["upside down"], "orientation"),
        (REASONS["turned left"], "orientation"),
        (REASONS["cropped"], "crop"),
        (BLANK, "blank"),
        (NO_USUAL_CHEST, "unusual looks"),
        ("its width is 2.0 times its height: too wide for a chest", "shape"),
    ],
)
def test_what_looks_wrong_is_counted_by_its_rule(reason, rule) -> None:
    result = ask(run_with(f"{reason}; like none", "foreign"), "shift.sanity")
    assert result.verdict is Verdict.WARN
    assert broken(result) == {rule: 1}
    assert rule in result.headline
    gallery = next(f for f in result.figures if isinstance(f, Gallery))
    assert gallery.exhibits[0].positions == (3,)
    assert gallery.exhibits[0].caption == f"{rule}: {reason}"
    bars = next(f for f in result.figures if isinstance(f, Bars))
    assert bars.groups == ((3,),)


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"view": one_of("LL", "PA")}, "lateral"),
        ({"body_part": one_of("HIP", "CHEST")}, "another part of the body"),
        ({"modality": one_of("XA", "DX")}, "another kind of machine"),
        ({"colour": one_of(0.4, 0.0)}, "colour"),
        ({"width": one_of(48, 256), "height": [256] * N}, "resolution"),
    ],
)
def test_what_the_file_tells_is_counted_by_its_rule(facts, rule) -> None:
    result = ask(run_with(facts=facts), "shift.sanity")
    assert (result.verdict, broken(result)) == (Verdict.WARN, {rule: 1})


def test_a_view_of_the_table_counts_too() -> None:
    result = ask(run_with(columns={"view": one_of("L", "AP Supine")}), "shift.sanity")
    assert broken(result) == {"lateral": 1}


@pytest.mark.parametrize(
    ("statistics", "n"),
    [
        ({"percentile_75": one_of(1.0, 0.7)}, 1),
        ({"percentile_50": one_of(0.0, 0.5)}, 1),
        ({"percentile_50": one_of(0.0, 0.5), "border": one_of(0.5, 0.0)}, 0),
    ],
)
def test_clipped_is_what_has_no_detail_but_not_a_frame(statistics, n) -> None:
    result = ask(run_with(statistics=statistics), "shift.sanity")
    assert broken(result).get("clipped", 0) == n


def test_blurred_is_what_has_no_sharp_edge() -> None:
    result = ask(run_with(statistics={"sharpness": one_of(2e-5, 1e-3)}), "shift.sanity")
    assert broken(result) == {"blurred": 1}


def test_blurred_is_also_what_looks_blurred_from_afar() -> None:
    """An X-ray that was enlarged has no soft pixels more than another, and no edges."""
    result = ask(run_with(BLURRED, "foreign"), "shift.sanity")
    assert broken(result) == {"blurred": 1}


def test_right_xrays_pass() -> None:
    facts = {"view": ["PA"] * N, "body_part": ["CHEST"] * N, "width": [256] * N}
    result = ask(run_with(facts=facts | {"height": [256] * N}), "shift.sanity")
    assert (result.verdict, result.settled) == (Verdict.PASS, True)
    assert result.number.value == 0
    assert not result.figures


def test_what_is_merely_unusual_is_no_hit() -> None:
    """One in twenty right X-rays is."""
    result = ask(run_with(REASONS["cropped"], "unusual"), "shift.sanity")
    assert result.verdict is Verdict.PASS


def test_what_was_not_asked_is_said_and_not_counted() -> None:
    result = ask(run_with(judged=False), "shift.sanity")
    assert (result.verdict, result.settled) == (Verdict.PASS, False)
    assert [row.where for row in result.tables[0].rows] == ["blurred", "clipped"]
    assert any("polarity" in finding and "dossier" in finding for finding in result.findings)
    assert any("colour" in finding and "tell nothing" in finding for finding in result.findings)


def test_one_xray_may_break_several_rules() -> None:
    facts = {"body_part": one_of("HIP", "CHEST")}
    result = ask(run_with(REASONS["inverted"], "foreign", facts=facts), "shift.sanity")
    assert result.number.value == 1
    assert broken(result) == {"polarity": 1, "another part of the body": 1}


def test_nothing_could_be_read() -> None:
    run = make_run(["normal"] * 3, unreadable=(0, 1, 2))
    assert ask(run, "shift.sanity").verdict is Verdict.CANNOT_CHECK
