"""What a bundle's README says of its training data."""

from __future__ import annotations

from tests.bundles import write_tiny_bundle
from xraydemo.training.model_card import model_card


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


def test_every_training_whose_weights_were_gone_on_with_is_told(tmp_path) -> None:
    card = write_tiny_bundle(tmp_path / "tiny")
    first = {"minutes": 60.1, "curves": [{}] * 16}
    second = {"minutes": 30, "curves": [{}] * 7, "before": first}
    last = card.provenance.training | {"before": second}
    provenance = card.provenance.model_copy(update={"training": last})
    told = model_card(card.model_copy(update={"provenance": provenance}))
    assert "(60.1 minutes, 16 epochs, then 30 minutes, 7 epochs). Then " in told
