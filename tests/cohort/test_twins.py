from __future__ import annotations

import io
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy.ndimage import gaussian_filter
from scipy.stats import spearmanr

from xraydemo.cohort.cohort import read_cohort
from xraydemo.cohort.twins import _correlation, _ranks, find_twins, twin_groups
from xraydemo.radiograph import read
from xraydemo.radiograph.profile import Profile, profile


def blurred_noise(seed: int, side: int = 192):
    """A picture with structure of its own, as every chest has."""
    noise = np.random.default_rng(seed).normal(size=(side, side))
    smooth = gaussian_filter(noise, side / 16)
    low, high = smooth.min(), smooth.max()
    return np.rint(255 * (smooth - low) / (high - low)).astype(np.uint8)


def profile_of(picture) -> Profile:
    return profile(picture, picture.astype(np.float32) / 255)


def twins_of(profiles) -> pd.DataFrame:
    return find_twins(
        [p.pixel_sha256 for p in profiles],
        np.array([p.phash for p in profiles], np.uint64),
        np.stack([p.thumbnail for p in profiles]),
    )


def jpeg(picture, quality):
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))


PLANTED = {
    "jpeg": lambda picture: jpeg(picture, 40),
    "smaller": lambda picture: np.asarray(Image.fromarray(picture).resize((100, 100))),
    "tone curve": lambda picture: np.rint(255 * (picture / 255) ** 0.6).astype(np.uint8),
    "flat": lambda picture: (60 + picture * 0.5).astype(np.uint8),
    "noise": lambda picture: (
        picture * 0.9 + np.random.default_rng(0).integers(0, 20, picture.shape)
    ).astype(np.uint8),
}


@pytest.mark.parametrize("change", sorted(PLANTED))
def test_planted_copies_are_found_and_nothing_else(change) -> None:
    pictures = [blurred_noise(seed) for seed in range(40)]
    pictures += [PLANTED[change](picture) for picture in pictures[:20]]
    twins = twins_of([profile_of(picture) for picture in pictures])
    assert list(zip(twins["a"], twins["b"], strict=True)) == [(i, 40 + i) for i in range(20)]
    assert set(twins["kind"]) == {"near"}
    assert (twins["distance"] <= 10).all()
    assert twins["correlation"].between(0.987, 1.0001).all()


def test_no_twin_among_a_thousand_different_pictures() -> None:
    assert twins_of([profile_of(blurred_noise(seed, 64)) for seed in range(1000)]).empty


def test_equal_pixels_are_paired_with_the_first_and_near_ones_by_way_of_it() -> None:
    first, other = blurred_noise(1), blurred_noise(2)
    pictures = [other, first, first.copy(), jpeg(first, 40), first.copy()]
    twins = twins_of([profile_of(picture) for picture in pictures])
    found = list(zip(twins["a"], twins["b"], twins["kind"], strict=True))
    assert found == [(1, 2, "same pixels"), (1, 3, "near"), (1, 4, "same pixels")]
    assert twin_groups(5, twins).tolist() == [0, 1, 1, 1, 1]
    assert twins["distance"].tolist()[::2] == [0, 0]
    assert twins["correlation"].tolist()[::2] == [1.0, 1.0]


def test_blank_pictures_are_no_near_twins() -> None:
    blanks = [np.full((32, side), 100, np.uint8) for side in (32, 40, 50)]
    twins = twins_of([profile_of(picture) for picture in [*blanks, blanks[0]]])
    assert list(zip(twins["a"], twins["b"], twins["kind"], strict=True)) == [(0, 3, "same pixels")]


@pytest.mark.parametrize("n", [0, 1])
def test_few_rows(n) -> None:
    nothing = find_twins(["x"] * n, np.zeros(n, np.uint64), np.zeros((n, 32, 32), np.uint8))
    assert list(nothing) == ["a", "b", "kind", "distance", "correlation"]
    assert nothing.empty
    assert twin_groups(n, nothing).tolist() == list(range(n))


@given(st.integers(0, 9), st.integers(2, 6))
@settings(deadline=None, max_examples=20)
def test_the_correlation_is_spearmans(seed, levels) -> None:
    # few levels: many ties
    pair = np.random.default_rng(seed).integers(0, levels, (2, 64), dtype=np.uint8) * 40
    ranks = _ranks(pair)
    expected = spearmanr(pair[0], pair[1]).statistic
    assert _correlation(ranks[:1], ranks[1:])[0] == pytest.approx(expected, abs=1e-6)


def test_blocks_find_what_one_comparison_of_all_finds() -> None:
    # hashes at known distances from each other, all thumbnails alike: only the hash decides
    generator = np.random.default_rng(0)
    phashes = generator.integers(0, 2**12, 300).astype(np.uint64) << np.uint64(7)
    thumbnails = np.repeat(blurred_noise(0, 32)[None], 300, axis=0)
    twins = find_twins([str(i) for i in range(300)], phashes, thumbnails)
    distance = np.bitwise_count(phashes[:, None] ^ phashes[None])
    expected = np.argwhere(np.triu(distance <= 10, k=1))
    assert np.array_equal(twins[["a", "b"]].to_numpy(), expected)


def test_twenty_thousand_rows_take_seconds() -> None:
    generator = np.random.default_rng(0)
    phashes = generator.integers(0, 2**63, 20_000, dtype=np.uint64)
    thumbnails = generator.integers(0, 256, (20_000, 32, 32), dtype=np.uint8)
    phashes[-1], thumbnails[-1] = phashes[5] ^ np.uint64(1), thumbnails[5]
    began = time.process_time()
    twins = find_twins([str(i) for i in range(20_000)], phashes, thumbnails)
    assert time.process_time() - began < 20
    assert twins[["a", "b", "distance"]].to_numpy().tolist() == [[5, 19_999, 1]]


def profiles_of(files) -> list[Profile]:
    radiographs = map(read, files)
    return [profile(found.pixels, found.presented()) for found in radiographs]


def several(groups) -> set[frozenset[int]]:
    rows = pd.Series(range(len(groups))).groupby(np.asarray(groups))
    return {frozenset(places) for _, places in rows if len(places) > 1}


@pytest.mark.shared
def test_the_messy_set_from_its_pixels_alone(shared_data) -> None:
    table = read_cohort(shared_data / "messy.csv").table
    groups = twin_groups(len(table), twins_of(profiles_of(table["path"])))
    truth, found = several(table["group"]), several(groups)
    assert len(truth) == 167
    assert len(truth & found) >= 0.95 * max(len(truth), len(found))

    def conflicting(sets):
        return {places for places in sets if table["label"].iloc[list(places)].nunique() > 1}

    truth, found = conflicting(truth), conflicting(found)
    assert len(truth) == 47
    assert len(truth & found) >= 0.95 * max(len(truth), len(found))
