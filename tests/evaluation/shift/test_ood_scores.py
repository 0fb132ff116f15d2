import numpy as np
import pandas as pd

from tests.evaluation.four_axes import dossier_of, four_axes
from tests.evaluation.laboratories import FakeLaboratory, Reply
from tests.evaluation.runs import make_run
from xraydemo.classes import CLASSES
from xraydemo.evaluation.shift.ood_kinds import PLANTED
from xraydemo.evaluation.shift.ood_scores import given_kinds, is_scored, planted_kinds, seen_in


def run_with(scores, **more):
    judgements = {
        "foreign_score": list(scores),
        "foreign_verdict": ["inside" if score is not None else None for score in scores],
    }
    labels = [CLASSES[i % 4] for i in range(len(scores))]
    return make_run(labels, judgements=judgements, **more)


def test_only_what_was_read_and_judged_is_scored() -> None:
    run = run_with([0.1, None, 0.2, 0.3], unreadable=(3,))
    assert is_scored(run).tolist() == [True, False, True, False]


def test_an_xray_and_its_fault_come_and_go_together() -> None:
    run = run_with([0.1] * 12, groups=[f"patient {i // 3}" for i in range(12)])

    def replies(path, variant, weights):
        if path == run.rows["path"].iloc[4] and variant == PLANTED[0].interventions:
            return None
        score = 2.0 if variant else 0.1
        judgement = {"foreign_score": score, "foreign_verdict": "foreign" if variant else "inside"}
        return Reply(run.probabilities[0], judgement=judgement)

    first, second, *_ = planted_kinds(run, np.arange(3, 12), FakeLaboratory(replies), None)
    assert len(first.outside) == len(first.inside) == 8  # one has no answer
    assert first.positions.tolist() == [3, 5, 6, 7, 8, 9, 10, 11]
    assert second.outside.called.all()
    assert not second.inside.called.any()
    weights = second.resampling(seed=0).weights
    assert np.array_equal(weights[:, :9], weights[:, 9:])
    assert np.array_equal(weights[:, 0], weights[:, 2])  # of one patient


def test_the_same_names_in_two_runs_are_not_the_same_patients() -> None:
    points, labels = four_axes(40)
    dossier = dossier_of(points, labels)
    names = [f"patient {i}" for i in range(40)]
    one, other = (run_with([0.1] * 40, groups=names, embeddings=points) for _ in range(2))
    inside = seen_in(one, np.arange(40), dossier, "inside")
    (kind,) = given_kinds({"near:tb": other}, inside, dossier)
    assert (kind.name, kind.protocol) == ("tb", "near")
    assert not pd.Series([*inside.groups, *kind.outside.groups]).duplicated().any()
    assert "looks" in kind.detectors
    scores, foreign = kind.both("network")
    assert len(scores) == 80
    assert foreign.sum() == 40
