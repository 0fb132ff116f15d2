"""The laboratory: it answers as a plain reading does, keeps what it was told, and survives."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.evaluation.cohorts import write_xrays
from xraydemo.engine.client import Engine
from xraydemo.errors import BadBundle, EngineLost, XrayDemoError
from xraydemo.evaluation.engine_laboratory import EngineLaboratory
from xraydemo.evaluation.laboratory import UNCHANGED
from xraydemo.model.lungs import has_lung_segmenter
from xraydemo.radiograph.interventions import Intervention

INVERTED = (Intervention("invert"),)
BLACKED = (Intervention("black_lungs"),)

pytestmark = pytest.mark.skipif(not has_lung_segmenter(), reason="there is no lung segmenter here")


@pytest.fixture(scope="module")
def engine(tiny_bundle) -> Iterator[Engine]:
    with Engine(tiny_bundle) as engine:
        yield engine


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("cohort")
    write_xrays(folder, 12)
    return [str(folder / f"{i:05d}.png") for i in range(12)]


class Counted:
    """An engine that counts what it is asked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.asked: list[tuple[str, int]] = []

    def vary(self, path, variants, **others):
        self.asked.append((path, len(variants)))
        return self._engine.vary(path, variants, **others)

    def __getattr__(self, name):
        return getattr(self._engine, name)


def test_an_unchanged_x_ray_is_answered_as_it_is_read(files, engine, tmp_path) -> None:
    with EngineLaboratory(engine, tmp_path) as laboratory:
        answers = laboratory.ask(files, {"unchanged": UNCHANGED})["unchanged"]
    assert answers.was_read.all()
    for i in (0, 7):
        want = ("maps", "embedding", "lungs")
        reading = engine.submit(files[i], want=want).result(600)
        np.testing.assert_array_equal(answers.logits[i], reading.logits)
        np.testing.assert_array_equal(answers.probabilities[i], reading.probabilities)
        np.testing.assert_array_equal(answers.maps[i], reading.maps)
        np.testing.assert_array_equal(answers.lungs[i], reading.lungs)
        np.testing.assert_allclose(answers.embeddings[i], reading.embedding, rtol=1e-3, atol=1e-3)


def test_each_variant_has_its_own_answer_in_the_order_of_the_files(files, engine, tmp_path) -> None:
    with EngineLaboratory(engine, tmp_path) as laboratory:
        both = laboratory.ask(files, {"inverted": INVERTED, "blacked": BLACKED})
        assert np.abs(both["inverted"].logits - both["blacked"].logits).max() > 1e-3
        turned = laboratory.ask(files[::-1], {"inverted": INVERTED, "plain": UNCHANGED})
        np.testing.assert_array_equal(turned["inverted"].logits, both["inverted"].logits[::-1])
        np.testing.assert_array_equal(turned["plain"].lungs, both["inverted"].lungs[::-1])


def test_what_was_answered_is_not_asked_again(files, engine, tmp_path) -> None:
    counted = Counted(engine)
    with EngineLaboratory(counted, tmp_path) as laboratory:
        before = laboratory.ask(files[:4], {"inverted": INVERTED})["inverted"]
    assert counted.asked == [(file, 1) for file in files[:4]]
    counted.asked.clear()
    with EngineLaboratory(counted, tmp_path) as laboratory:
        seen: list[float] = []
        after = laboratory.ask(
            files[:5], {"again": INVERTED, "new": UNCHANGED}, progress=seen.append
        )
        np.testing.assert_array_equal(after["again"].logits[:4], before.logits)
        np.testing.assert_array_equal(after["again"].maps[:4], before.maps)
        np.testing.assert_array_equal(after["again"].lungs[:4], before.lungs)
        assert counted.asked == [(file, 1) for file in files[:4]] + [(files[4], 2)]
        np.testing.assert_allclose(seen, np.arange(1, 6) / 5)
        counted.asked.clear()
        laboratory.ask([files[0], files[0]], {"new": UNCHANGED})
        assert counted.asked == []


def test_a_file_that_has_changed_is_asked_about_again(files, engine, tmp_path) -> None:
    file = tmp_path / "x.png"
    file.write_bytes(Path(files[0]).read_bytes())
    with EngineLaboratory(engine, tmp_path) as laboratory:
        before = laboratory.ask([str(file)], {"plain": UNCHANGED})["plain"]
        file.write_bytes(Path(files[1]).read_bytes())
        after = laboratory.ask([str(file)], {"plain": UNCHANGED})["plain"]
        other = laboratory.ask([files[1]], {"plain": UNCHANGED})["plain"]
    assert (before.logits != after.logits).any()
    np.testing.assert_array_equal(after.logits, other.logits)


def test_what_cannot_be_read_is_nan_and_asked_about_the_next_time(files, engine, tmp_path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    asked = [files[0], str(bad), str(tmp_path / "absent.png")]
    with EngineLaboratory(engine, tmp_path) as laboratory:
        answers = laboratory.ask(asked, {"plain": UNCHANGED})["plain"]
        assert answers.was_read.tolist() == [True, False, False]
        assert np.isnan(answers.probabilities[1:]).all()
        assert not answers.maps[1:].any()
        assert not answers.lungs[1:].any()
        assert len(answers.judgements) == 3
        nothing = laboratory.ask(asked[1:], {"plain": UNCHANGED})["plain"]
        assert nothing.probabilities.shape == (2, 4)
        assert not nothing.was_read.any()
        bad.write_bytes(Path(files[1]).read_bytes())
        assert laboratory.ask(asked[1:2], {"plain": UNCHANGED})["plain"].was_read.all()


def test_shuffled_weights_answer_otherwise_and_are_kept_apart(files, tiny_bundle, tmp_path) -> None:
    # asked first of an engine that may not be ready yet
    with Engine(tiny_bundle) as fresh, EngineLaboratory(fresh, tmp_path) as laboratory:
        shuffled = laboratory.ask(files[:3], {"plain": UNCHANGED}, weights="shuffled")["plain"]
        own = laboratory.ask(files[:3], {"plain": UNCHANGED})["plain"]
    assert (shuffled.logits != own.logits).any(axis=1).all()
    assert shuffled.maps.shape == own.maps.shape
    np.testing.assert_array_equal(shuffled.lungs, own.lungs)


def test_who_cancels_keeps_what_was_answered(files, engine, tmp_path) -> None:
    class Cancelled(Exception):
        pass

    def cancel(share: float) -> None:
        if share >= 0.5:
            raise Cancelled

    counted = Counted(engine)
    with EngineLaboratory(counted, tmp_path) as laboratory:
        with pytest.raises(Cancelled):
            laboratory.ask(files, {"plain": UNCHANGED}, progress=cancel)
        counted.asked.clear()
        assert laboratory.ask(files, {"plain": UNCHANGED})["plain"].was_read.all()
    assert [path for path, _ in counted.asked] == files[6:]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_an_engine_that_is_killed_costs_nothing(files, engine, tmp_path) -> None:
    killed: list[int] = []

    def kill_once(share: float) -> None:
        if not killed:
            killed.append(engine.process_id)
            os.kill(engine.process_id, signal.SIGKILL)

    with EngineLaboratory(engine, tmp_path) as laboratory:
        answers = laboratory.ask(files, {"plain": UNCHANGED}, progress=kill_once)["plain"]
        assert killed != [engine.process_id]
        assert answers.was_read.all()
        again = laboratory.ask(files, {"plain": UNCHANGED})["plain"]
        np.testing.assert_array_equal(again.logits, answers.logits)


def test_an_engine_that_is_gone_is_an_error_not_a_row_of_nan(files, tiny_bundle, tmp_path) -> None:
    engine = Engine(tiny_bundle)
    with EngineLaboratory(engine, tmp_path) as laboratory:
        engine.close()
        with pytest.raises(EngineLost):
            laboratory.ask(files, {"plain": UNCHANGED})
        assert issubclass(EngineLost, XrayDemoError)


class Elsewhere(Counted):
    """The same engine, said to be of another bundle."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.bundle = SimpleNamespace(fingerprint="another", folder=engine.bundle.folder)


def test_what_another_bundle_answered_does_not_count(files, engine, tmp_path) -> None:
    with EngineLaboratory(engine, tmp_path) as laboratory:
        laboratory.ask(files[:2], {"unchanged": UNCHANGED})
    other = Elsewhere(engine)
    with EngineLaboratory(other, tmp_path) as laboratory:
        laboratory.ask(files[:2], {"unchanged": UNCHANGED})
    assert len(other.asked) == 2


class Broken(Counted):
    """An engine whose segmenter is broken: no file is to blame."""

    def vary(self, path, variants, **others):
        future = Future()
        future.set_exception(BadBundle("lungs-unet is not the file that its card describes"))
        return future


def test_a_fault_that_no_file_is_to_blame_for_is_raised(files, engine, tmp_path) -> None:
    with EngineLaboratory(Broken(engine), tmp_path) as laboratory:
        with pytest.raises(BadBundle, match="lungs-unet"):
            laboratory.ask(files[:3], {"unchanged": UNCHANGED})
        assert laboratory.ask([], {"unchanged": UNCHANGED})["unchanged"].was_read.sum() == 0
