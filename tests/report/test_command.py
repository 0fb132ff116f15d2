from __future__ import annotations

from xraydemo.evaluation.check import all_checks
from xraydemo.evaluation.thresholds import load_thresholds
from xraydemo.report.command import command_of, edited_settings

NOTHING = {"reference": None, "ood": {}, "pairs": 0, "boxes": 0}


def document(**changes):
    plain = {
        "cohort": {"name": "train.csv, split=test, age>=60", "mapping": {"covid": "covid"}},
        "bundle": {"name": "tiny"},
        "seed": 3,
        "thresholds": load_thresholds(),
        "given": NOTHING,
        "checks": [{"id": check} for check in all_checks()],
    }
    return plain | changes


def test_rows_model_and_seed_are_told():
    assert command_of(document()) == (
        "xraydemo evaluate train.csv --out DIR --model tiny --where split=test "
        "--where 'age>=60' --seed 3 --pdf"
    )


def test_what_was_changed_and_given_is_told():
    thresholds = load_thresholds()
    thresholds["performance.triage"]["prevalence"] = 0.5
    thresholds["performance.scenarios"]["file"] = "s.toml"
    given = {"reference": "home.csv", "ood": {"hands": 3}, "pairs": 2, "boxes": 9}
    cohort = {"name": "x", "mapping": {"COVID-19": "covid", "junk": ""}}
    command = command_of(document(thresholds=thresholds, given=given, cohort=cohort))
    for words in (
        "--map COVID-19=covid", "--prevalence 0.5", "--scenarios s.toml",
        "--reference RUN_OR_COHORT", "--ood hands=FOLDER", "--pairs DIR_A DIR_B", "--boxes CSV",
    ):  # fmt: skip
        assert words in command
    assert "--thresholds" not in command
    assert "junk" not in command


def test_one_x_ray_which_has_no_name_in_a_report_is_a_place_to_fill():
    cohort = {"name": "one X-ray", "mapping": {}}
    assert command_of(document(cohort=cohort)).startswith("xraydemo evaluate FILE --out DIR ")


def test_a_choice_of_checks_is_told():
    assert "--checks data.files,shift.map" in command_of(
        document(checks=[{"id": "data.files"}, {"id": "shift.map"}])
    )


def test_edited_lines_are_found_with_what_is_shipped():
    thresholds = load_thresholds()
    thresholds["data.files"]["warn"] = 0.9
    assert edited_settings(thresholds) == {"data.files": {"warn": 0.6}}
    assert "--thresholds FILE" in command_of(document(thresholds=thresholds))
