"""What a bundle's README says of its training data."""

from __future__ import annotations

import pytest

from tests.bundles import ESTIMATE, write_tiny_bundle
from tests.evaluation.dossiers import features, make_dossier, of_earlier_version
from xraydemo.model.doubt import Doubt
from xraydemo.model.foreignness import Foreignness
from xraydemo.model.measured import Measured
from xraydemo.model.sets import Sets
from xraydemo.model.triage import Triage
from xraydemo.training.model_card import COLLECTIONS, count_years, model_card

HALF = Measured(**ESTIMATE)
JUDGING = {
    "sets": Sets(alpha=0.1, quantiles={}, n={}),
    "triage": Triage(aim=0.95, threshold=0.5, sensitivity=HALF, specificity=HALF),
    "doubt": Doubt(percentile=95, entropy=1.0, energy=1.0, n=100),
    "foreignness": Foreignness(unusual=0.8, foreign=1.0, n_reference=4000, n_held_out=1400),
}


def cell(label: str, source: str, view: str, n: int) -> dict[str, object]:
    return {"label": label, "source": source, "view": view, "age_group": "", "n": n}


COUNTS = [
    cell("normal", "rsna-1024", "PA", 80),
    cell("normal", "rsna-1024", "AP", 20),
    cell("covid", "elsewhere", "", 50),
    cell("opacity", "rsna-1024", "AP", 79),
    cell("opacity", "rsna-1024", "PA", 21),
]


def test_confounders_are_counted_not_claimed(tmp_path) -> None:
    told = model_card(write_tiny_bundle(tmp_path / "tiny"), COUNTS)
    assert "79 % of the opacity X-rays were taken AP, 20 % of the others" in told
    assert "100 % of the covid X-rays come from the collection `elsewhere`, 0 % of" in told
    assert "pneumonia X-rays" not in told


def of_year(label: str, year: str, n: int) -> dict[str, object]:
    return {"label": label, "year": year, "n": n}


# as in the trap: covid is the newest class, of several years
OLD = [of_year(label, str(year), 10) for label in ("normal", "opacity") for year in (2012, 2019)]
NEW = [of_year("covid", year, n) for year, n in (("2020", 30), ("2021", 35), ("2022", 35))]


def test_a_class_that_is_newer_than_the_others_is_told(tmp_path) -> None:
    told = model_card(write_tiny_bundle(tmp_path / "tiny"), (), [*OLD, *NEW])
    assert (
        "- 100 % of the covid X-rays are of 2020 to 2022, 0 % of the others (where it is known: "
        "100 and 40)" in told
    )
    one_year = model_card(write_tiny_bundle(tmp_path / "tiny"), (), [*OLD, NEW[0]])
    assert "100 % of the covid X-rays are of 2020, 0 % of the others" in one_year


def test_years_that_all_classes_share_give_nothing_away(tmp_path) -> None:
    shared = [
        of_year(label, str(y), 10) for label in ("normal", "covid") for y in range(2012, 2023)
    ]
    assert " are of 20" not in model_card(write_tiny_bundle(tmp_path / "tiny"), (), shared)


def test_a_span_of_years_may_be_any_of_them(tmp_path) -> None:
    spans = [of_year("normal", "1992 to 2015", 50), of_year("covid", "2015", 50)]
    told = model_card(write_tiny_bundle(tmp_path / "tiny"), (), spans)
    assert "X-rays are of" not in told


@pytest.mark.parametrize(
    "years", [[*NEW, of_year("normal", "", 70)], [*NEW, of_year("normal", "", 1), NEW[0]]]
)
def test_a_year_that_is_known_of_one_class_alone_gives_it_away(tmp_path, years) -> None:
    told = model_card(write_tiny_bundle(tmp_path / "tiny"), (), years)
    assert "- the year is known of covid X-rays alone (1" in told
    assert "are of 20" not in told


def test_years_are_counted_as_the_dossier_tells_them() -> None:
    dates = ["2012", "2020-03-01", "", "1992-2015"] * 4
    dossier = make_dossier(features(16, 0), rows={"date": dates})
    assert count_years(dossier) == [
        of_year("covid", "2020", 4),
        of_year("normal", "2012", 4),
        of_year("opacity", "1992 to 2015", 4),
        of_year("pneumonia", "", 4),
    ]
    unknown = count_years(of_earlier_version(dossier))
    assert {row["year"] for row in unknown} == {""}


def test_what_the_makers_data_can_not_give_is_told_of_that_data_alone(tmp_path) -> None:
    card = write_tiny_bundle(tmp_path / "tiny")
    theirs = [cell("normal", source, "", 10) for source in COLLECTIONS]
    assert "can't give" not in model_card(card, COUNTS)
    assert "can't give" not in model_card(card)
    assert "covid and\nother pneumonia of adults from the same hospitals" in model_card(
        card, theirs
    )


def test_where_the_percentiles_of_foreignness_come_from_is_told(tmp_path) -> None:
    card = write_tiny_bundle(tmp_path / "tiny")
    told = model_card(card.model_copy(update=JUDGING))
    assert "among 1,400 held-out X-rays" in told
    assert "the part that chose the epoch and half of the part for calibration" in told


def test_which_looks_are_counted_is_told(tmp_path) -> None:
    card = write_tiny_bundle(tmp_path / "tiny")
    seen = {"report": {"when": "2026-02-01T00:00", "figures": {}}, "looks": {"internal test": 2}}
    told = model_card(card.model_copy(update={"metrics": card.metrics | seen}))
    assert "internal test 2 times. Each look wears a test set out. Only looks by" in told


def test_terms_are_told_or_said_to_be_unknown(tmp_path) -> None:
    told = model_card(write_tiny_bundle(tmp_path / "tiny"), COUNTS)
    assert "| `rsna-1024` | 200 | RSNA Pneumonia Detection Challenge 2018" in told
    assert "| `elsewhere` | 50 | not known to this program | not known |" in told


def test_what_it_must_not_be_used_for(tmp_path) -> None:
    told = model_card(write_tiny_bundle(tmp_path / "tiny"))
    assert "must not be used" in told
    assert "`" not in told.split("## Training data")[0]
    assert "Birth certificate" not in told  # it was never asked


def test_maps_that_were_taught_to_lie_in_the_lungs_are_told_of(tmp_path) -> None:
    card = write_tiny_bundle(tmp_path / "tiny")
    assert "Heat maps" not in model_card(card)
    provenance = card.provenance.model_copy(update={"recipe": {"evidence": 0.5}})
    told = model_card(card.model_copy(update={"provenance": provenance}))
    assert "taught to lie in the lungs" in told
    assert "with weight 0.5 " in told


def with_figures(card, **lows: float):
    figures = {name: ESTIMATE | {"value": 0.6, "low": low} for name, low in lows.items()}
    seen = {"report": {"when": "2026-02-01T00:00", "figures": figures}}
    return card.model_copy(update={"metrics": card.metrics | seen})


def test_what_may_be_guessing_elsewhere_is_named(tmp_path) -> None:
    card = write_tiny_bundle(tmp_path / "tiny")
    lows = {
        "cohen_covid_against_pneumonia": 0.45,
        "nih_pneumonia_against_normal": 0.55,
        "covid_auc_lungs_blacked": 0.45,  # of this, guessing is what was wished for
    }
    told = model_card(with_figures(card, **lows)).split("better than guessing**: ")[1]
    assert told.splitlines()[0].startswith("covid against other pneumonia")
    assert "normal" not in told.splitlines()[0]
    assert "better than guessing" not in model_card(
        with_figures(card, nih_pneumonia_against_normal=0.55)
    )


def test_that_covered_lungs_were_practised_is_told(tmp_path) -> None:
    card = with_figures(write_tiny_bundle(tmp_path / "tiny"), covid_auc_lungs_blacked=0.45)
    assert "what it\nwas taught" not in model_card(card)
    provenance = card.provenance.model_copy(update={"recipe": {"blacked": 0.15}})
    told = model_card(card.model_copy(update={"provenance": provenance}))
    assert "of 15 % of the X-rays were\ncovered" in told
    assert "no proof that it uses the lungs" in told


def test_every_training_whose_weights_were_gone_on_with_is_told(tmp_path) -> None:
    card = write_tiny_bundle(tmp_path / "tiny")
    first = {"minutes": 60.1, "curves": [{}] * 16}
    second = {"minutes": 30, "curves": [{}] * 7, "before": first}
    last = card.provenance.training | {"before": second}
    provenance = card.provenance.model_copy(update={"training": last})
    told = model_card(card.model_copy(update={"provenance": provenance}))
    assert "(60.1 minutes, 16 epochs, then 30 minutes, 7 epochs). Then " in told
