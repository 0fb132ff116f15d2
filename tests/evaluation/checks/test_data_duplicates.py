"""data.duplicates: planted copies across and within splits, none, too few."""

import numpy as np
import pytest

from tests.evaluation.runs import ask, make_run
from xraydemo.evaluation.result import Verdict

N = 200


def hashes(*pairs, n=N):
    """Give pixel hashes in which these pairs are equal."""
    found = [f"pixels {i}" for i in range(n)]
    for a, b in pairs:
        found[b] = found[a]
    return found


def run_of(*pairs, split=None, **more):
    labels = ["normal", "covid"] * (N // 2)
    columns = {"split": split} if split is not None else {}
    columns |= more.pop("columns", {})
    return make_run(labels, pixel_sha256=hashes(*pairs), columns=columns, **more)


SPLIT = ["pool"] * 100 + ["test"] * 100


def test_copies_across_the_split_fail():
    pairs = [(i, 100 + i) for i in range(10)]
    found = ask(run_of(*pairs, split=SPLIT), "data.duplicates")
    assert found.verdict is Verdict.FAIL
    assert found.number.value == pytest.approx(0.10)
    assert found.number.n == 100
    assert "10 of the 100 X-rays of the split test" in found.headline
    assert len(found.figures[0].exhibits) == 10
    assert set(found.figures[0].exhibits[0].positions) in [{i, 100 + i} for i in range(10)]
    assert "pool and test" in found.figures[0].exhibits[0].caption


def test_the_model_is_measured_again_without_them():
    found = ask(run_of(*[(i, 100 + i) for i in range(10)], split=SPLIT), "data.duplicates")
    rows = next(table for table in found.tables if "model" in table.title).rows
    by_name = {(row.metric, row.where): row for row in rows}
    assert by_name["macro AUC", "all of them"].n == 100
    assert by_name["macro AUC", "without them"].n == 90
    for metric in ("macro AUC", "macro F1"):
        change = by_name[metric, "change"]
        after, before = by_name[metric, "without them"], by_name[metric, "all of them"]
        assert change.value == pytest.approx(after.value - before.value)
        assert change.low <= change.value <= change.high


def test_no_copies_pass():
    found = ask(run_of(split=SPLIT), "data.duplicates")
    assert (found.verdict, found.settled, found.number.value) == (Verdict.PASS, True, 0)
    assert found.figures == ()


def test_copies_within_one_side_do_not_fail():
    found = ask(run_of((0, 1), (2, 3), (120, 121), split=SPLIT), "data.duplicates")
    assert found.verdict is Verdict.PASS
    assert "3 X-rays stand here more than once" in " ".join(found.findings)


def test_a_patient_on_both_sides_is_found():
    patients = [f"p{i % 100}" if i % 100 < 8 else f"p{i}" for i in range(N)]
    found = ask(run_of(split=SPLIT, columns={"patient_id": patients}), "data.duplicates")
    assert found.verdict is Verdict.FAIL
    shares = {row.where: row.value for row in found.tables[0].rows}
    assert shares == {
        "test: same X-ray or patient": pytest.approx(0.08),
        "test: same X-ray": 0,
        "test: same patient": pytest.approx(0.08),
    }


def test_unknown_patients_are_not_one_patient():
    found = ask(run_of(split=SPLIT, columns={"patient_id": [""] * N}), "data.duplicates")
    assert found.number.value == 0


def test_three_copies_by_way_of_a_third():
    """The chain pool - pool - test: one X-ray, three files, across."""
    found = ask(run_of((0, 1), (1, 150), split=SPLIT), "data.duplicates")
    assert found.figures[0].exhibits[0].positions == (0, 1, 150)
    assert found.number.value == pytest.approx(0.01)


def test_splits_of_other_names():
    split = ["dev"] * 120 + ["report"] * 80
    found = ask(run_of(*[(i, 120 + i) for i in range(8)], split=split), "data.duplicates")
    assert found.number.value == pytest.approx(0.1)
    assert "report" in found.headline


def test_without_a_split_many_copies_warn():
    found = ask(run_of(*[(2 * i, 2 * i + 1) for i in range(20)]), "data.duplicates")
    assert found.verdict is Verdict.WARN
    assert found.number.value == pytest.approx(0.1)
    assert "20 X-rays stand here more than once" in found.headline
    assert "no column split" in found.findings[0]
    assert "20 of them carry different labels" in " ".join(found.findings)


def test_one_split_only_is_said():
    found = ask(run_of(split=["test"] * N), "data.duplicates")
    assert found.verdict is Verdict.PASS
    assert "one split only (test)" in found.findings[0]


def test_near_copies_are_found():
    generator = np.random.default_rng(0)
    thumbnails = generator.integers(0, 255, (N, 32, 32)).astype(np.uint8)
    phash = list(map(int, generator.integers(0, 2**63, N)))
    thumbnails[150], phash[150] = np.clip(thumbnails[3] // 2 + 40, 0, 255), phash[3] ^ 1
    found = ask(run_of(split=SPLIT, thumbnails=thumbnails, phash=phash), "data.duplicates")
    assert found.figures[0].exhibits[0].positions == (3, 150)
    assert "correlation" in found.figures[0].exhibits[0].caption


def test_other_tones_are_not_called_the_same_pixels():
    generator = np.random.default_rng(0)
    thumbnails = generator.integers(0, 100, (N, 32, 32)).astype(np.uint8)
    phash = list(map(int, generator.integers(0, 2**63, N)))
    thumbnails[150], phash[150] = thumbnails[3] * 2 + 1, phash[3]  # the ranks are the same
    found = ask(run_of(split=SPLIT, thumbnails=thumbnails, phash=phash), "data.duplicates")
    assert found.figures[0].exhibits[0].positions == (3, 150)
    assert "correlation 1.000" in found.figures[0].exhibits[0].caption


def test_too_few():
    run = make_run(["normal", "covid"], unreadable=[1])
    assert ask(run, "data.duplicates").verdict is Verdict.CANNOT_CHECK


def test_labels_are_not_needed():
    run = make_run([""] * 50, pixel_sha256=hashes((0, 1), (2, 3), (4, 5), (6, 7), n=50))
    assert ask(run, "data.duplicates").verdict is Verdict.WARN


def ten_times(groups=None, split=None):
    """Give 20 X-rays of which each stands ten times in one split."""
    labels = ["normal", "covid"] * 10 * 10
    pixels = [f"pixels {i % 20}" for i in range(N)]
    split = split or ["pool" if i % 20 < 12 else "test" for i in range(N)]
    return make_run(labels, pixel_sha256=pixels, columns={"split": split}, groups=groups)


def test_many_copies_within_a_split_warn():
    found = ask(ten_times(), "data.duplicates")
    assert found.verdict is Verdict.WARN
    assert found.number.value == pytest.approx(0.9)
    assert "more than once in the same split, with 180 needless copies: 90.0 %" in found.headline
    assert "No X-ray of the split test stands in another split" in found.findings[0]
    assert "show 20 different X-rays. Copies of one X-ray are in one group" in found.findings[1]
    shares = {row.where: row.value for row in found.tables[0].rows}
    assert shares == {where: pytest.approx(0.9) for where in ("all", "pool", "test")}
    again = {row.where: row.n for row in found.tables[2].rows if row.metric == "macro AUC"}
    assert again == {"all of them": 80, "with each X-ray once": 8, "change": 80}


def test_copies_that_count_as_independent_are_said():
    found = ask(ten_times([f"file {i}" for i in range(N)]), "data.duplicates")
    assert "but 180 copies stand in another group than the first" in found.findings[1]
    assert "every interval too narrow" in found.findings[1]


def test_copies_across_splits_decide_before_those_within():
    split = ["pool" if i % 40 < 20 else "test" for i in range(N)]
    found = ask(ten_times(split=split), "data.duplicates")
    assert found.verdict is Verdict.FAIL
    assert found.number.metric == "share on both sides"


def test_one_is_not_many():
    found = ask(run_of((0, 1), (120, 121), split=SPLIT), "data.duplicates")
    assert "In all, 2 X-rays stand here more than once" in " ".join(found.findings)
    one = ask(run_of((0, 101), split=SPLIT), "data.duplicates")
    text = " ".join([one.headline, *one.findings])
    assert "1 of the 100 X-rays of the split test, 1.0 %" in text
    assert "stands in another split, too" in one.headline
    assert "In all, 1 X-ray stands here more than once" in text
    assert "1 of them carries different labels" in text
    assert " 1 X-rays" not in text
