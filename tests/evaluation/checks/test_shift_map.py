import numpy as np
import pytest
from sklearn.decomposition import PCA

from tests.evaluation.dossiers import features, hashes, make_dossier
from tests.evaluation.runs import ask, make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.given import Given
from xraydemo.evaluation.result import Verdict

LABELS = [CLASSES[i % 3] for i in range(90)]


def asked(shift=0.0, dossier=None, **fields):
    run = make_run(LABELS, embeddings=features(90, 1, shift), pixel_sha256=hashes(90),
                   columns={"source": ["a", "b"] * 45},
                   judgements={"foreign_verdict": ["inside"] * 80 + ["foreign"] * 10},
                   unreadable=[89])  # fmt: skip
    dossier = dossier or make_dossier(features(200, 0))
    return run, dossier, ask(run, "shift.map", given=Given(dossier=dossier), **fields)


def test_points_lie_where_scikit_learns_components_put_them():
    run, dossier, result = asked()
    pca = PCA(2).fit(dossier.embeddings.astype(float))
    places = pca.transform(dossier.detector.project(run.arrays.embeddings()).astype(float))
    drawn = {
        position: (x, y)
        for cloud in result.figures[0].clouds
        if not cloud.background
        for position, x, y in zip(cloud.positions, cloud.x, cloud.y, strict=True)
    }
    assert set(drawn) == set(range(89))  # the unread one has no place
    found = np.array([drawn[i] for i in range(89)])
    assert np.abs(found) == pytest.approx(np.abs(places[:89]), abs=1e-5)  # signs are arbitrary


def test_there_is_one_map_a_colour_with_the_training_set_behind():
    _, _, result = asked()
    assert result.verdict is Verdict.INFO
    titles = [figure.title for figure in result.figures]
    assert titles == ["By class", "By answer", "By source", "By how foreign it is"]
    for figure in result.figures:
        behind, *front = figure.clouds
        assert behind.background
        assert not behind.positions
        assert len(behind.x) == 200
        assert sum(len(cloud.x) for cloud in front) == 89
    assert [cloud.name for cloud in result.figures[0].clouds[1:]] == list(CLASSES[:3])
    assert any("1 files could not be read" in finding for finding in result.findings)


def test_what_was_learnt_from_is_not_behind_and_no_more_is_drawn_than_asked():
    trained = np.arange(200) < 150
    dossier = make_dossier(features(200, 0), trained_on=trained)
    _, _, result = asked(dossier=dossier, most=60)
    behind, *front = result.figures[0].clouds
    assert len(behind.x) == 30
    assert sum(len(cloud.x) for cloud in front) == 30
    assert any("Drawn are 30 of 89" in f and "30 of the 50" in f for f in result.findings)


def test_x_rays_far_off_are_counted():
    _, _, near = asked()
    assert near.number.value < 0.1
    wide = features(200, 0)
    wide[:, 0] *= 3  # so that the shift lies on the map
    _, _, far = asked(shift=-60.0, dossier=make_dossier(wide))
    assert far.number.value > 0.9


def test_without_a_dossier_there_is_no_map():
    assert ask(make_run(LABELS), "shift.map").verdict is Verdict.CANNOT_CHECK
