import numpy as np
import pytest

from tests.evaluation.dossiers import features, hashes, make_dossier
from tests.evaluation.runs import TABLE, make_run
from xraydemo.evaluation.origin import from_elsewhere, learnt_from, origin


def run_with(n_from_home: int, n: int = 100):
    known = [i < n_from_home for i in range(n)]
    return make_run(["covid"] * n, judgements={"in_training_table": known})


@pytest.mark.parametrize(
    ("n_from_home", "found"), [(0, "elsewhere"), (1, "mixed"), (49, "mixed"), (50, "home")]
)
def test_the_share_of_known_pixels_tells_where_a_run_is_from(n_from_home, found):
    run = run_with(n_from_home)
    assert origin(run) == found
    assert from_elsewhere(run).sum() == 100 - n_from_home


def test_the_table_speaks_for_all_its_rows():
    provenance = run_with(0).meta.card.provenance
    home = provenance.model_copy(update={"data": {"table_sha256": TABLE}})
    run = make_run(["covid"] * 5, card={"provenance": home})
    assert origin(run) == "home"
    assert not from_elsewhere(run).any()


def test_a_bundle_that_knows_nothing_takes_all_for_elsewhere():
    run = make_run(["covid"] * 5)
    assert origin(run) == "elsewhere"
    assert from_elsewhere(run).all()


def test_what_was_learnt_from_is_told_by_pixels_and_unread_files_by_none():
    dossier = make_dossier(features(40, 0), trained_on=np.arange(40) < 20, pixels=hashes(40))
    run = make_run(["covid"] * 5, pixel_sha256=[*hashes(2, 18), *hashes(2, 500), ""],
                   unreadable=[4])  # fmt: skip
    assert learnt_from(run, dossier).tolist() == [True, True, False, False, False]
    assert not learnt_from(run, None).any()
