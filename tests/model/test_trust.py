"""Dossier and judge, on a made-up training set whose classes lie about four axes."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors import safe_open

from tests.model.test_foreignness import cloud
from tests.model.test_sanity import chest
from xraydemo.classes import CLASSES
from xraydemo.errors import BadBundle
from xraydemo.model.bundle import Bundle, load_bundle
from xraydemo.model.dossier import DOSSIER, Dossier, load_dossier
from xraydemo.model.dossier_tables import count_table, describe, facts_of_rows, numbered
from xraydemo.model.foreignness import Scale
from xraydemo.model.judgement import Judgement
from xraydemo.model.reading import softmax
from xraydemo.model.sanity import thumbnail
from xraydemo.model.trust import Trust, load_trust
from xraydemo.training.trust import Seen, fit_trust

N = 400
SECRETS = ("x53845c39ca", "doe_jane_0001.png", "1957-03-14", "St. Elsewhere")


@pytest.fixture(scope="module")
def certificate():
    points, labels = cloud(N, 0)
    generator = np.random.default_rng(1)
    logits = (points[:, :4] * 2 + generator.normal(0, 1.5, (N, 4))).astype(np.float32)
    thumbnails = np.stack([thumbnail(chest(seed)) for seed in range(N)])
    patient, file, date, site = SECRETS
    table = pd.DataFrame(
        {
            "label": [CLASSES[k] for k in labels],
            "source": np.where(labels == 0, "one", "two"),
            "age": np.where(labels == 2, "7", ""),
            "patient_id": patient,
            "date": date,
            "file": file,
            "group": [f"{patient}-{i}" for i in range(N)],
        }
    )
    facts = tuple({"format": "PNG", "width": 96, "date": date, "site": site} for _ in range(N))
    hashes = np.arange(N, dtype=np.uint64)
    seen = Seen(logits, points, thumbnails, np.full(N, 1.0), facts, hashes)
    order = generator.permutation(N)
    parts = {"fit": order[:200], "select": order[200:280], "calibrate": order[280:]}
    return fit_trust(seen, table, parts, seed=0), parts


@pytest.fixture(scope="module")
def certified(certificate, tiny_bundle, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("certified") / "tiny"
    shutil.copytree(tiny_bundle, folder)
    certificate[0].write(folder, load_bundle(tiny_bundle).card)
    return folder


@pytest.fixture(scope="module")
def trust(certified) -> Trust:
    trust = load_trust(load_bundle(certified))
    assert trust is not None
    return trust


def judge(trust: Trust, embedding, presented, **facts):
    logits = embedding[:4] * 2
    return trust.judge(logits, softmax(logits, 0.2), embedding, presented, facts)


def typical(class_number: int) -> np.ndarray:
    """The embedding in the middle of a class, of the usual length."""
    return (3 * np.eye(20)[class_number]).astype(np.float32)


def test_a_typical_xray_is_inside_and_sure(trust) -> None:
    judgement = judge(trust, typical(0), chest(1000))
    assert judgement.foreignness.verdict == "inside"
    assert judgement.foreignness.percentile < 95
    assert judgement.foreignness.reason == "like the X-rays of the training set"
    assert judgement.doubt.verdict == "sure"
    assert judgement.set[0] == "normal"
    assert not judgement.priority.first
    assert judge(trust, typical(1), chest(1000)).priority.first


def test_another_direction_is_foreign(trust) -> None:
    judgement = judge(trust, typical(12), chest(1001))
    assert judgement.foreignness.verdict == "foreign"
    assert judgement.foreignness.percentile == 100
    assert "the nearest of them: " in judgement.foreignness.reason


def test_foreign_is_not_unsure(trust) -> None:
    """In between two classes there is doubt; far from them with one large logit there is none."""
    embedding = typical(12)
    far = trust.judge(
        np.array([30, 0, 0, 0], np.float32),
        np.array([1, 0, 0, 0], np.float32),
        embedding,
        chest(1002),
    )
    assert (far.doubt.verdict, far.foreignness.verdict) == ("sure", "foreign")


def test_an_inverted_one_is_foreign_by_its_looks(trust) -> None:
    answer = judge(trust, typical(0), 1 - chest(1003)).foreignness
    assert (answer.verdict, answer.percentile) == ("foreign", 100)
    assert "inverted" in answer.reason


def test_a_blank_one_is_foreign_whatever_the_network_sees(trust) -> None:
    answer = judge(trust, typical(0), np.full((96, 96), 0.5, np.float32)).foreignness
    assert answer.verdict == "foreign"
    assert "blank" in answer.reason


def test_a_file_that_says_otherwise_is_unusual(trust) -> None:
    answer = judge(trust, typical(0), chest(1004), body_part="HIP").foreignness
    assert (answer.verdict, answer.reason) == ("unusual", "the file says that it shows HIP")


def test_held_out_rows_are_called_unusual_as_promised(certificate, trust) -> None:
    fitted, parts = certificate
    scores = fitted.dossier.held_out_scores
    assert len(scores) == fitted.foreignness.n_held_out == 80 + 60
    assert (scores > fitted.foreignness.unusual).mean() == pytest.approx(0.05, abs=0.01)
    assert (scores > fitted.foreignness.foreign).mean() == pytest.approx(0.01, abs=0.01)
    assert fitted.dossier.trained_on.sum() == fitted.foreignness.n_reference == 200
    assert fitted.dossier.trained_on[parts["fit"]].all()
    assert sum(fitted.sets.n.values()) == 60  # the half that the temperature did not come from


def test_the_dossier_comes_back_as_it_was(certificate, certified) -> None:
    saved, loaded = certificate[0].dossier, Dossier.load(certified / DOSSIER)
    assert np.array_equal(loaded.embeddings, saved.embeddings)
    assert np.array_equal(loaded.trained_on, saved.trained_on)
    assert loaded.scales == saved.scales
    assert loaded.source_names == ("one", "two")
    assert loaded.table == saved.table
    assert loaded.sanity.kinds == saved.sanity.kinds
    assert np.array_equal(loaded.detector.whitening, saved.detector.whitening)
    assert np.array_equal(loaded.groups, np.arange(N))
    facts = [loaded.facts_of(row) for row in range(N)]
    assert facts == [saved.facts_of(row) for row in range(N)]
    assert facts.count({"year": "1957", "age_group": "child"}) == N / 4


def test_the_dossier_holds_no_picture_and_no_identity(certified) -> None:
    content = (certified / DOSSIER).read_bytes()
    for secret in SECRETS:
        assert secret.encode() not in content
    with safe_open(certified / DOSSIER, framework="numpy") as file:
        shapes = {name: file.get_tensor(name).shape for name in file.keys()}  # noqa: SIM118
    for name, shape in shapes.items():
        of_each_xray = len(shape) > 1 and shape[0] in (N, 200)
        assert not of_each_xray or name == "embeddings"
    assert shapes["embeddings"][1] <= 128


def test_an_altered_dossier_is_refused(certified, tmp_path) -> None:
    folder = Path(shutil.copytree(certified, tmp_path / "altered"))
    content = bytearray((folder / DOSSIER).read_bytes())
    content[-1] ^= 1
    (folder / DOSSIER).write_bytes(content)
    with pytest.raises(BadBundle, match="not the file"):
        load_bundle(folder).verify()
    with pytest.raises(BadBundle, match="not the file"):
        load_trust(load_bundle(folder))


@pytest.fixture
def stripped(certified, tmp_path) -> Bundle:
    folder = Path(shutil.copytree(certified, tmp_path / "stripped"))
    (folder / DOSSIER).unlink()
    return load_bundle(folder)


def test_without_its_dossier_a_bundle_reads_and_says_what_is_missing(stripped) -> None:
    stripped.verify()
    assert load_dossier(stripped) is None
    trust = load_trust(stripped)
    assert trust is not None
    judgement = judge(trust, typical(0), chest(1000))
    assert judgement.foreignness is None
    assert (judgement.doubt.verdict, judgement.set[0]) == ("sure", "normal")
    assert "the bundle has no dossier" in judgement.reservations[0]
    assert Judgement.of_plain(json.loads(json.dumps(judgement.as_plain()))) == judgement
    assert trust.is_of_training_table("0" * 64) is None


def test_where_it_is_unlike_needs_the_dossier(stripped) -> None:
    with pytest.raises(BadBundle, match="has no dossier"):
        load_trust(stripped).where(chest(1000))


def test_of_a_foreign_one_no_set_is_promised(trust) -> None:
    """Sets keep their promise for X-rays like those that they were calibrated on."""
    logits = np.array([1, 0.9, 0, 0], np.float32)
    torn = np.array([0.4, 0.4, 0.1, 0.1], np.float32)
    inside = trust.judge(logits, torn, typical(0), chest(1000))
    foreign = trust.judge(logits, torn, typical(0), 1 - chest(1003))
    assert len(inside.set) > 1
    assert len(foreign.set) > 1
    assert "could be " in " ".join(inside.reservations)
    assert "could be " not in " ".join(foreign.reservations)


def test_what_lies_upside_down_is_named_though_the_network_notices_more(trust) -> None:
    answer = judge(trust, typical(12), chest(1005)[::-1]).foreignness
    assert answer.reason == "it seems to be upside down"


@pytest.mark.parametrize("facts", [{"body_part": "HIP"}, {"colour": 0.9}, {"modality": "CT"}])
def test_what_is_no_chest_by_its_file_has_no_fault_of_a_chest(trust, facts) -> None:
    found = judge(trust, typical(0), 1 - chest(1), **facts).foreignness
    assert found.verdict == "foreign"
    assert "inverted" not in found.reason
    few = judge(trust, typical(0), 1 - chest(1), width=100, height=100).foreignness
    assert "inverted" in few.reason


def test_what_is_no_chest_is_not_called_a_turned_one(trust) -> None:
    grain = np.random.default_rng(0).uniform(0, 0.2, (96, 96))  # as fine as that of the chests
    checkers = 0.8 * ((np.indices((96, 96)) // 12).sum(axis=0) % 2) + grain
    answer = judge(trust, typical(12), checkers.astype(np.float32)).foreignness
    assert answer.reason == "it does not look like a usual frontal chest X-ray"


@pytest.mark.parametrize("network", [0, 12], ids=["inside", "foreign"])
@pytest.mark.parametrize(("looks", "is_told"), [(1.1, True), (0.9, False)])
def test_a_crop_is_told_by_the_looks_whatever_the_network_says(
    certificate, network, looks, is_told
) -> None:
    fitted, crop = certificate[0], thumbnail(chest(1006)[40:80, 8:50])
    made_up = fitted.dossier
    odds = float(made_up.sanity.odds(crop[None]).max())
    dossier = replace(
        made_up,
        scales=made_up.scales | {"looks": Scale(0, odds / looks)},
        # made-up chests are so alike that part of one looks like no chest at all
        usual=replace(made_up.usual, spread=100 * made_up.usual.spread),
    )
    trust = Trust(fitted.sets, fitted.triage, fitted.doubt, fitted.foreignness, dossier)
    answer = trust.foreignness(typical(network), crop, 1.0, {})
    assert answer.verdict == ("foreign" if is_told or network else "unusual")
    assert (answer.reason == "it seems to show only a part of the chest") == is_told


def test_an_odd_shape_does_not_hide_the_other_reasons(trust) -> None:
    answer = trust.foreignness(typical(0), thumbnail(1 - chest(1003)), 2.0, {"view": "LL"})
    assert answer.verdict == "foreign"
    lateral, wide, inverted = answer.reason.split("; ")
    assert "lateral" in lateral
    assert wide == "its width is 2.0 times its height: too wide for a chest"
    assert "inverted" in inverted


def test_a_bundle_that_was_never_certified_reads_and_is_not_judged(tiny_bundle) -> None:
    bundle = load_bundle(tiny_bundle)
    assert bundle.card.sets is None
    assert load_trust(bundle) is None


@pytest.mark.parametrize("content", [b"", b"no safetensors", b"\xff" * 64])
def test_a_broken_dossier_says_so(content, tmp_path) -> None:
    (tmp_path / "d").write_bytes(content)
    with pytest.raises(BadBundle, match="can't be read"):
        Dossier.load(tmp_path / "d")


def test_the_card_says_what_was_fitted(certificate, certified) -> None:
    card = json.loads((certified / "card.json").read_text())
    assert card["sets"]["alpha"] == 0.1
    assert card["triage"]["sensitivity"]["value"] >= 0.95
    assert card["files"].keys() == {"config.json", "model.safetensors", DOSSIER}
    assert Bundle(certified, load_bundle(certified).card).card.doubt == certificate[0].doubt


def test_the_table_counts_children() -> None:
    rows = pd.DataFrame(
        {"label": ["normal"] * 3, "age": ["7", "70", ""], "view": ["AP", "AP", "PA"]}
    )
    assert count_table(rows) == [
        {"label": "normal", "source": "", "view": "AP", "age_group": "adult", "n": 1},
        {"label": "normal", "source": "", "view": "AP", "age_group": "child", "n": 1},
        {"label": "normal", "source": "", "view": "PA", "age_group": "", "n": 1},
    ]


def test_facts_of_rows_by_hand() -> None:
    rows = pd.DataFrame(
        {
            "year": ["", "2020", "", ""],
            "date": ["1992-2015", "2020-03-14", "", "1992-2015"],
            "view": ["PA", "", "", "PA"],
            "age": ["7", "", "", "12"],
            "site": "St. Elsewhere",
        }
    )
    numbers, combinations = facts_of_rows(rows)
    assert [combinations[k] for k in numbers] == [
        {"year": "1992 to 2015", "view": "PA", "age_group": "child"},
        {"year": "2020"},
        {},
        {"year": "1992 to 2015", "view": "PA", "age_group": "child"},
    ]
    assert len(combinations) == 3


def test_numbers_of_groups_tell_only_what_belongs_together() -> None:
    assert numbered(np.array(["zoe", "abe", "zoe", "mia"])).tolist() == [0, 1, 0, 2]


def test_a_dossier_of_an_earlier_version_tells_less(certificate, tmp_path) -> None:
    made = replace(certificate[0].dossier, groups=None, facts=None, known_facts=())
    made.save(tmp_path / "d")
    old = Dossier.load(tmp_path / "d")
    assert (old.groups, old.facts) == (None, None)
    assert old.facts_of(0) == {}


def test_statistics_by_hand() -> None:
    facts = [{"width": 100, "format": "PNG"}, {"width": 300, "format": "PNG"}, {}]
    found = describe(["normal", "normal", "covid"], facts, {"mean_gray": [0.2, 0.4, 0.5]})
    assert found["normal"]["width"]["n"] == 2
    assert found["normal"]["width"]["mean"] == 200
    assert found["normal"]["width"]["std"] == 100
    assert found["normal"]["format"] == {"PNG": 2}
    assert found["covid"].keys() == {"mean_gray"}


def test_xrays_of_the_training_table_are_known_by_their_pixels(trust) -> None:
    """The fixture's hashes are 0, 1, 2, ..."""
    assert trust.is_of_training_table(f"{N - 1:016x}" + "f" * 48)
    assert not trust.is_of_training_table(f"{N:016x}" + "f" * 48)
