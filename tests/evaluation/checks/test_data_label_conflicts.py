"""data.label_conflicts: planted conflicts and wrong labels, none, too few."""

import numpy as np

from tests.evaluation.runs import TABLE, ask, make_run, tiny_card
from xraydemo.classes import CLASSES
from xraydemo.evaluation.result import Verdict

TRUE = ["normal", "covid", "pneumonia", "opacity"] * 40


def sure(labels, seed=0):
    """Give probabilities of a good model, right on these labels."""
    generator = np.random.default_rng(seed)
    probabilities = generator.dirichlet(np.ones(4), len(labels)) * 0.2
    probabilities[range(len(labels)), [CLASSES.index(label) for label in labels]] += 0.8
    return probabilities


def test_copies_with_two_labels_warn():
    pixels = [f"pixels {i}" for i in range(160)]
    pixels[1] = pixels[0]  # covid / normal
    pixels[5] = pixels[4]
    pixels[12] = pixels[8]  # both normal
    found = ask(make_run(TRUE, sure(TRUE), pixel_sha256=pixels), "data.label_conflicts")
    assert found.verdict is Verdict.WARN
    assert (found.number.value, found.number.n) == (2, 160)
    assert "of 3 that stand here more than once" in found.headline
    assert "Normal / COVID-19 (2 X-rays)" in found.findings[0]
    assert [e.positions for e in found.figures[0].exhibits] == [(0, 1), (4, 5)]


def test_nothing_wrong():
    found = ask(make_run(TRUE, sure(TRUE)), "data.label_conflicts")
    assert (found.verdict, found.number.value) == (Verdict.PASS, 0)
    assert "speak against no other label" in found.findings[0]
    assert found.figures == ()


def test_wrong_labels_are_named_worst_first():
    labels = list(TRUE)
    for i in (0, 40, 80, 120):
        labels[i] = "covid"
    probabilities = sure(TRUE)
    probabilities[80] = [0.999, 0.0, 0.001, 0.0]
    found = ask(make_run(labels, probabilities), "data.label_conflicts")
    assert found.verdict is Verdict.PASS
    exhibits = found.figures[0].exhibits
    assert len(exhibits) >= 3
    assert {e.positions[0] for e in exhibits} <= {0, 40, 80, 120}
    assert exhibits[0].positions == (80,)
    assert exhibits[0].caption == "labelled COVID-19 (0 %), the model says Normal (100 %)"
    shares = {row.where: row.value for row in found.tables[1].rows}
    assert shares["covid"] == len(exhibits) / 44
    assert shares["normal"] == 0


def test_a_class_that_means_something_else_is_said():
    seen = ["normal" if label == "opacity" else label for label in TRUE]
    found = ask(make_run(TRUE, sure(seen)), "data.label_conflicts")
    assert "hardly single slips" in " ".join(found.findings) or not found.figures


def test_classes_that_are_absent_or_small():
    labels = ["normal"] * 40 + ["opacity"] * 40 + ["covid"] * 5
    found = ask(make_run(labels, sure(labels)), "data.label_conflicts")
    assert found.verdict is Verdict.PASS
    assert "COVID-19 (5 X-rays)" in found.findings[-1]


def test_labels_that_the_model_has_seen():
    provenance = tiny_card().provenance.model_copy(update={"data": {"table_sha256": TABLE}})
    card = {"provenance": provenance}
    seen = make_run(["covid", *TRUE[1:]], sure(TRUE), card=card)
    assert "trained on" in " ".join(ask(seen, "data.label_conflicts").findings)
    split = {"split": ["test"] * 160}
    held_out = make_run(["covid", *TRUE[1:]], sure(TRUE), columns=split, card=card)
    assert "trained on" not in " ".join(ask(held_out, "data.label_conflicts").findings)


def test_too_few():
    found = ask(make_run(["normal", "covid"] * 5), "data.label_conflicts")
    assert found.verdict is Verdict.CANNOT_CHECK


def test_copies_disagree_however_few():
    run = make_run(["normal", "covid"] * 5, pixel_sha256=["same", "same", *map(str, range(8))])
    assert ask(run, "data.label_conflicts").verdict is Verdict.WARN


def test_a_caption_counts_labels():
    pixels = [f"pixels {i}" for i in range(160)]
    for i in (*range(0, 48, 4), *range(1, 29, 4)):
        pixels[i] = "same"
    found = ask(make_run(TRUE, sure(TRUE), pixel_sha256=pixels), "data.label_conflicts")
    assert found.figures[0].exhibits[0].caption == "Normal x 12, COVID-19 x 7"
    assert "1 X-ray stands here under different labels, of 1 that stands" in found.headline
