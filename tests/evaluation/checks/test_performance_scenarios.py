from pathlib import Path

import pytest

from tests.evaluation.runs import ask, make_run
from tests.evaluation.test_ask_scenario import certain
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.result import Verdict

LABELS = ["covid", "normal"] * 100


@pytest.fixture
def scenarios(tmp_path: Path):
    def write(*entries: str) -> str:
        file = tmp_path / "scenarios.toml"
        start = '[[scenario]]\nreason = "It must."\n'
        file.write_text(
            "\n".join(f"{start}name = 'number {i}'\n{e}" for i, e in enumerate(entries))
        )
        return str(file)

    return write


FINDS_COVID = 'metric = "recall"\nclass = "covid"\nat_least = 0.9'
FINDS_NORMAL = 'metric = "recall"\nclass = "normal"\nat_least = 0.9'
OF_WOMEN = 'metric = "accuracy"\nat_least = 0.9\nwhere = ["sex=F"]'


def test_a_planted_fault_fails_though_the_average_is_high(scenarios):
    answers = [*LABELS[:160], *["covid"] * 40]  # 20 of 100 normal X-rays are called covid
    run = make_run(LABELS, certain(answers))
    result = ask(run, "performance.scenarios", file=scenarios(FINDS_COVID, FINDS_NORMAL))
    assert result.verdict is Verdict.FAIL
    assert "“number 1”" in result.headline
    assert result.number.where == "number 1"
    assert result.number.value == pytest.approx(0.8)
    assert result.findings[0].startswith("“number 1” FAILS")
    shown = [e.positions[0] for e in result.figures[0].exhibits]
    assert shown
    assert all(i >= 160 and LABELS[i] == "normal" for i in shown)


def test_a_good_model_passes(scenarios):
    run = make_run(LABELS, certain(LABELS))
    result = ask(run, "performance.scenarios", file=scenarios(FINDS_COVID, FINDS_NORMAL))
    assert result.verdict is Verdict.PASS
    assert result.settled
    assert not result.figures
    assert len(result.tables[0].rows) == 2


def test_a_pass_by_luck_warns(scenarios):
    labels = ["covid", "normal"] * 20
    run = make_run(labels, certain(labels))
    result = ask(run, "performance.scenarios", file=scenarios(FINDS_COVID.replace("0.9", "0.95")))
    assert result.verdict is Verdict.WARN
    assert not result.settled
    assert "luck" in result.headline


def test_a_scenario_that_could_not_be_asked_is_no_pass(scenarios):
    run = make_run(LABELS, certain(LABELS))
    result = ask(run, "performance.scenarios", file=scenarios(FINDS_COVID, OF_WOMEN))
    assert result.verdict is Verdict.WARN
    assert "1 could not be asked" in result.headline


def test_too_few_xrays_and_no_file_cannot_be_checked(scenarios):
    run = make_run(LABELS[:10], certain(LABELS[:10]))
    few = ask(run, "performance.scenarios", file=scenarios(FINDS_COVID))
    none = ask(run, "performance.scenarios")
    assert few.verdict is none.verdict is Verdict.CANNOT_CHECK
    assert "--scenarios" in none.headline


def test_a_bad_file_is_an_error_of_the_user(scenarios):
    run = make_run(LABELS, certain(LABELS))
    with pytest.raises(XrayDemoError, match="racall"):
        ask(run, "performance.scenarios", file=scenarios(FINDS_COVID.replace("recall", "racall")))
