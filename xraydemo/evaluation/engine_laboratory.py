"""The laboratory of a run: asks engines, and keeps what they answer in the run's folder."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack, closing
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo import __version__
from xraydemo.classes import CLASSES
from xraydemo.engine.client import Engine, Want
from xraydemo.engine.stream import ASKED_AHEAD
from xraydemo.errors import EngineLost, UnreadableImage, XrayDemoError
from xraydemo.evaluation.laboratory import Answers, Progress, Variants
from xraydemo.evaluation.run import JUDGEMENT
from xraydemo.evaluation.store import judgement_columns, stamp
from xraydemo.model.lungs import lungs_fingerprint
from xraydemo.model.reading import Reading
from xraydemo.model.runtime import Network

DATABASE = "laboratory.sqlite"
BEHIND_OTHERS = -2  # clicks come first, then runs
WANTED: tuple[Want, ...] = ("embedding", "maps", "lungs")
ROWS_AT_ONCE = 64
TABLE = """
CREATE TABLE IF NOT EXISTS told (
    path TEXT, stamp TEXT, network TEXT, variant TEXT, judgement TEXT,
    logits BLOB, probabilities BLOB, embedding BLOB, maps BLOB, lungs BLOB,
    PRIMARY KEY (variant, network, path)
) WITHOUT ROWID;
"""
JUDGED = tuple(name for name in JUDGEMENT if name != "in_training_table")
Row = tuple[Any, ...]


class EngineLaboratory:
    """Answers what-if questions with a run's own bundle; see `Laboratory`.

    Answers lie in ``laboratory.sqlite`` beside the run: a question is asked once, and again only
    when its file, the model or the program has changed. Errors are not kept: a file may be there
    the next time.

    Parameters
    ----------
    engine : Engine
        Of the run's bundle; it is not closed.
    folder : Path
        The run's.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._engines: dict[Network, Engine] = {"own": engine}
        self._stack = ExitStack()
        self._connection = self._stack.enter_context(
            closing(sqlite3.connect(folder / DATABASE, timeout=30.0, check_same_thread=False))
        )
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute(TABLE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def ask(
        self,
        files: Sequence[str],
        variants: Variants,
        *,
        weights: Network = "own",
        progress: Progress = lambda _: None,
    ) -> dict[str, Answers]:
        """Answer every variant of every file; see `Laboratory.ask`."""
        keys = {
            name: json.dumps([one.as_plain() for one in variant], sort_keys=True)
            for name, variant in variants.items()
        }
        stamps = {file: stamp(file) for file in files}
        network = f"{weights} {self._identity}"
        known = {key: self._known(key, network, stamps) for key in dict.fromkeys(keys.values())}
        open_questions = {
            file: [name for name, key in keys.items() if file not in known[key]] for file in stamps
        }
        open_questions = {file: names for file, names in open_questions.items() if names}
        unwritten: list[Row] = []
        faults: list[XrayDemoError] = []  # that are none of a file's
        readings = self._readings(open_questions, variants, weights, faults)
        try:
            for i, (file, found) in enumerate(readings, start=1):
                for name, reading in zip(open_questions[file], found, strict=True):
                    row = (file, stamps[file], network, keys[name], *_as_row(reading))
                    known[keys[name]][file] = row[4:]
                    unwritten.append(row)
                if len(unwritten) >= ROWS_AT_ONCE:
                    self._write(unwritten)
                progress(i / len(open_questions))
        finally:  # who cancels, or loses the engine, goes on from here the next time
            readings.close()
            self._write(unwritten)
        if faults and not any(known.values()):
            raise faults[0]  # nothing at all was answered: the files are not to blame
        return {
            name: _answers([known[key].get(file) for file in files]) for name, key in keys.items()
        }

    def _readings(
        self,
        questions: dict[str, list[str]],
        variants: Variants,
        weights: Network,
        faults: list[XrayDemoError],
    ) -> Generator[tuple[str, list[Reading]]]:
        """Ask an engine, some files ahead; files that can't be read are passed over."""
        if not questions:
            return
        engine = self._engine_with(weights)
        waiting: deque[tuple[str, Future[list[Reading]]]] = deque()
        try:
            for file, names in questions.items():
                asked = [variants[name] for name in names]
                future = engine.vary(file, asked, want=WANTED, priority=BEHIND_OTHERS)
                waiting.append((file, future))
                if len(waiting) >= ASKED_AHEAD:
                    yield from _settled(engine, *waiting.popleft(), faults)
            while waiting:
                yield from _settled(engine, *waiting.popleft(), faults)
        finally:
            for _, future in waiting:
                future.cancel()

    @cached_property
    def _identity(self) -> str:
        """Name the model, what runs it, and what outlines lungs: others' answers don't count."""
        info = self._engine.wait_until_ready()
        told = [__version__, self._engine.bundle.fingerprint, info, lungs_fingerprint()]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]

    def _engine_with(self, weights: Network) -> Engine:
        if weights not in self._engines:
            device = self._engine.wait_until_ready()["device"]
            engine = Engine(self._engine.bundle.folder, device, weights=weights)
            self._engines[weights] = self._stack.enter_context(engine)
        return self._engines[weights]

    def _known(self, key: str, network: str, stamps: dict[str, str]) -> dict[str, Row]:
        query = (
            "SELECT path, stamp, judgement, logits, probabilities, embedding, maps, lungs "
            "FROM told WHERE network = ? AND variant = ?"
        )
        rows = self._connection.execute(query, (network, key))
        return {path: row for path, of, *row in rows if path in stamps and stamps[path] == of}

    def _write(self, rows: list[Row]) -> None:
        with self._connection:
            statement = "INSERT OR REPLACE INTO told VALUES (?,?,?,?,?,?,?,?,?,?)"
            self._connection.executemany(statement, rows)
        rows.clear()


def _settled(
    engine: Engine, file: str, future: Future[list[Reading]], faults: list[XrayDemoError]
) -> Iterator[tuple[str, list[Reading]]]:
    """Give the answer to a file, if there is one; what no file is to blame for is noted."""
    try:
        yield file, future.result()
    except CancelledError as error:  # by the engine's end: nobody else can
        raise engine.failure or EngineLost("The engine was closed") from error
    except XrayDemoError as error:
        if engine.failure:
            raise
        if not isinstance(error, UnreadableImage):
            faults.append(error)


def _as_row(reading: Reading) -> Row:
    assert reading.embedding is not None
    assert reading.maps is not None
    return (
        json.dumps(judgement_columns(reading.judgement)),
        reading.logits.tobytes(),
        reading.probabilities.tobytes(),
        reading.embedding.astype(np.float16).tobytes(),
        reading.maps.tobytes(),
        b"" if reading.lungs is None else np.packbits(reading.lungs).tobytes(),
    )


def _answers(rows: Sequence[Row | None]) -> Answers:
    """Stack the answers of one variant."""
    judgements = [json.loads(row[0]) if row else {} for row in rows]
    logits, probabilities = (_stack(rows, column, np.float32, np.nan) for column in (1, 2))
    if not logits.shape[1]:
        logits = probabilities = np.full((len(rows), len(CLASSES)), np.nan, np.float32)
    maps = _stack(rows, 4, np.float16, 0)
    cells = round((maps.shape[1] / len(CLASSES)) ** 0.5)
    lungs = np.unpackbits(_stack(rows, 5, np.uint8, 0), axis=1)
    side = round(lungs.shape[1] ** 0.5)
    return Answers(
        logits=logits,
        probabilities=probabilities,
        embeddings=_stack(rows, 3, np.float16, 0).astype(np.float32),
        maps=maps.reshape(len(rows), len(CLASSES), cells, cells),
        judgements=pd.DataFrame(judgements, columns=list(JUDGED)).astype(object),
        lungs=lungs.reshape(len(rows), side, side).astype(bool),
    )


def _stack(
    rows: Sequence[Row | None], column: int, dtype: type[np.generic], empty: float
) -> NDArray[Any]:
    has = [row is not None and len(row[column]) > 0 for row in rows]
    known = [np.frombuffer(row[column], dtype) for row in rows if row and len(row[column]) > 0]
    stacked = np.full((len(rows), len(known[0]) if known else 0), empty, dtype)
    if known:
        stacked[has] = known
    return stacked
