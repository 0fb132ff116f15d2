"""A trained bundle is certified by its table, and then judges."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.training.tables import OF_A_CLASS, write_table
from xraydemo.cohort.splits import three_way_split
from xraydemo.cohort.table import read_table
from xraydemo.errors import BadBundle, BadCohort
from xraydemo.model.among import AMONG
from xraydemo.model.bundle import CARD, file_sha256, load_bundle
from xraydemo.model.certificate import Answer
from xraydemo.model.trust import load_trust
from xraydemo.training.certify import certify, main
from xraydemo.training.rehearsal import Rehearsal

pytestmark = pytest.mark.filterwarnings("ignore:The least populated class")


@pytest.fixture(scope="module")
def csv(tmp_path_factory) -> Path:
    """With a split for the internal test, whose picture stands nowhere else."""
    folder = tmp_path_factory.mktemp("cohort")
    table = write_table(folder, OF_A_CLASS + 1, 48)
    table.loc[table["file"].str.contains(str(OF_A_CLASS)), "split"] = "test"
    table.to_csv(folder / "t.csv", index=False)
    return folder / "t.csv"


def of_table(csv: Path, tiny_bundle: Path, folder: Path, **provenance: object) -> Path:
    """Give the tiny bundle, claiming to come from the table, divided as a training divides it."""
    shutil.copytree(tiny_bundle, folder)
    table = read_table(csv)
    pool = table[table["split"] == "pool"].reset_index(drop=True)
    sizes = {name: {"rows": len(rows)} for name, rows in three_way_split(pool, 0).items()}
    card = json.loads((folder / CARD).read_text())
    card["provenance"]["data"]["table_sha256"] = file_sha256(csv)
    card["provenance"] |= {"split": {"seed": 0, **sizes}, "recipe": {"sides": [32]}} | provenance
    (folder / CARD).write_text(json.dumps(card))
    return folder


@pytest.fixture(autouse=True)
def _rehearsed(monkeypatch) -> None:
    """The rehearsal has tests of its own, and takes seconds."""
    answer = Answer(asked="Will it?", found="It will", verdict="passed")
    monkeypatch.setattr(
        "xraydemo.training.certify.rehearse", lambda *_, **__: Rehearsal(answer, answer)
    )


@pytest.fixture
def bundle(tiny_bundle, csv, tmp_path) -> Path:
    return of_table(csv, tiny_bundle, tmp_path / "tiny")


def test_a_bundle_is_certified_without_training(bundle, csv) -> None:
    seen: list[tuple[int, int]] = []
    card = certify(load_bundle(bundle), csv, "cpu", lambda done, n: seen.append((done, n)))
    assert seen[-1] == (4 * OF_A_CLASS, 4 * OF_A_CLASS)  # the rows of `test` were not read out
    certified = load_bundle(bundle)
    certified.verify()
    assert certified.card == card
    assert load_trust(certified) is not None
    assert card.foreignness is not None
    assert card.foreignness.n_reference + card.foreignness.n_held_out < 4 * OF_A_CLASS
    assert set(card.metrics) == {"fit", "select", "calibrate", AMONG}
    assert card.metrics[AMONG]["recall_covid"]["n"] > 0

    assert card.certificate is not None
    verdicts = {name: answer.verdict for name, answer in card.certificate.answers().items()}
    assert verdicts["one_batch"] == verdicts["input"] == "passed"
    # random weights that were never trained: nothing was learnt, and it shows
    assert verdicts["baseline"] == verdicts["decomposition"] == "failed"
    assert verdicts["curves"] == verdicts["ceiling"] == verdicts["search"] == "not asked"
    assert "Birth certificate" in (bundle / "README.md").read_text()


def test_looks_at_the_test_are_asked_for_and_counted(bundle, csv) -> None:
    card = certify(load_bundle(bundle), csv, "cpu", lambda *_: None, report=True)
    assert card.metrics["looks"] == {"internal test": 1}
    assert card.metrics["test"]["macro_f1"]["n"] == 4
    assert card.certificate is not None
    assert "looked at 1 times" in card.certificate.decomposition.found
    assert "Looked at so far: internal test 1 times" in (bundle / "README.md").read_text()


def test_no_test_can_not_be_looked_at(tiny_bundle, csv, tmp_path) -> None:
    without = csv.parent / "without.csv"
    table = pd.read_csv(csv)
    table[table["split"] == "pool"].to_csv(without, index=False)
    bundle = load_bundle(of_table(without, tiny_bundle, tmp_path / "tiny"))
    with pytest.raises(BadCohort, match="no row with split=test"):
        certify(bundle, without, "cpu", lambda *_: None, report=True)


def test_another_table_is_refused(bundle, csv) -> None:
    other = csv.parent / "other.csv"
    other.write_text(csv.read_text() + "\n")
    with pytest.raises(BadCohort, match="not the table"):
        certify(load_bundle(bundle), other, "cpu", lambda *_: None)


@pytest.mark.parametrize(
    ("provenance", "error", "words"),
    [
        ({"split": {"seed": 1}}, BadCohort, "another division"),
        ({"recipe": {"magic": 1}}, BadBundle, "settings that this version doesn't know"),
    ],
)
def test_another_training_is_refused(tiny_bundle, csv, tmp_path, provenance, error, words) -> None:
    if "split" in provenance:
        provenance["split"] |= {part: {"rows": 1} for part in ("fit", "select", "calibrate")}
    bundle = load_bundle(of_table(csv, tiny_bundle, tmp_path / "tiny", **provenance))
    with pytest.raises(error, match=words):
        certify(bundle, csv, "cpu", lambda *_: None)


def test_the_command_names_what_is_wrong(bundle, monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["certify", str(bundle), "no.csv"])
    assert main() == 2
    assert "There is no table" in capsys.readouterr().err
