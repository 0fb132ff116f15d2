"""Which files are the same X-ray twice, and what the two differ in."""

from __future__ import annotations

import numpy as np
from PIL import Image

from tests.conftest import chest_like
from tests.evaluation.runs import make_run
from xraydemo.evaluation.confounding.pairs import OUTSIDE, find_pairs


def test_a_column_names_the_other_file_relative_to_the_table() -> None:
    same_as = ["other/00000.jpg", "", "00003.png", ""]
    run = make_run(
        [""] * 4, np.full((4, 4), 0.25), columns={"same_as": same_as}, facts={"format": ["PNG"] * 4}
    )
    outside, inside = find_pairs(run, [])
    assert {outside.first.path, outside.second.path} == {
        "/cohort/00000.png",
        "/cohort/other/00000.jpg",
    }
    assert outside.kind == "PNG and unknown"
    assert (outside.first.position, outside.second.position) == (0, OUTSIDE)
    assert (inside.first.position, inside.second.position) == (2, 3)
    assert inside.kind == "two PNG files"


def test_files_beside_the_run_tell_their_format(tmp_path) -> None:
    picture = Image.fromarray(chest_like(np.random.default_rng(0)))
    paths = [str(tmp_path / name) for name in ("x.png", "x.jpg")]
    for path in paths:
        picture.save(path)
    (pair,) = find_pairs(make_run([""]), [(paths[0], paths[1])])
    assert pair.kind == "JPEG and PNG"
    assert pair.first.path == paths[1]
    assert not pair.seen


def test_two_folders_of_the_same_names_are_two_pipelines() -> None:
    (pair,) = find_pairs(make_run([""]), [("/new/1.png", "/archive/1.png")])
    assert pair.kind == "archive and new"
    assert pair.first.path == "/archive/1.png"


def test_twins_of_another_source_or_format_are_pairs_and_others_are_not() -> None:
    run = make_run(
        [""] * 6,
        columns={"source": ["a", "b", "a", "a", "", ""]},
        facts={"format": ["PNG", "PNG", "PNG", "PNG", "DICOM", "DICOM"]},
        pixel_sha256=["1", "1", "2", "2", "3", "3"],
    )
    run.facts["photometric"] = [None, None, None, None, "MONOCHROME2", "MONOCHROME1"]
    by_source, by_photometric = find_pairs(run, [])
    assert by_source.kind == "a and b"
    assert by_photometric.kind == "DICOM MONOCHROME1 and DICOM MONOCHROME2"
    assert (by_photometric.first.position, by_photometric.second.position) == (5, 4)


def test_each_pair_is_found_once_and_no_file_is_its_own_pair() -> None:
    run = make_run(
        [""] * 3,
        columns={"same_as": ["00001.png", "00000.png", "00002.png"], "source": ["a", "b", "c"]},
        pixel_sha256=["1", "1", "2"],
    )
    assert len(find_pairs(run, [("/cohort/00000.png", "/cohort/00001.png")])) == 1


def test_what_was_trained_on_is_known_from_the_table_or_the_bundle() -> None:
    run = make_run(
        [""] * 4,
        columns={"in_pool": ["True", "False", "", ""], "same_as": ["a.png"] * 4},
        judgements={"in_training_table": [None, False, True, None]},
    )
    assert [pair.seen for pair in find_pairs(run, [])] == [True, False, True, False]
