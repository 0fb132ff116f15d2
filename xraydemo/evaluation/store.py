"""A run on disk: a folder with an SQLite file, written as the run goes."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xraydemo.classes import CLASSES
from xraydemo.cohort.cohort import Cohort
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.run import JUDGEMENT, Run, RunMeta
from xraydemo.model.judgement import Judgement
from xraydemo.model.reading import Reading
from xraydemo.radiograph.profile import STATISTICS, THUMBNAIL_SIDE

SCHEMA_VERSION = 2  # of 1, there were no judgements
DATABASE, LOCK = "run.sqlite", "run.lock"
ROWS_AT_ONCE = 32  # a kill loses at most these and what is in flight

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE places (
    position INTEGER PRIMARY KEY, file TEXT, path TEXT, label TEXT, given_label TEXT,
    grouped TEXT, own TEXT
);
CREATE TABLE readings (
    position INTEGER PRIMARY KEY, stamp TEXT NOT NULL, sha256 TEXT, milliseconds REAL,
    error_type TEXT, error_message TEXT, error_hint TEXT,
    pixel_sha256 TEXT, phash TEXT, facts TEXT, statistics TEXT, judgement TEXT,
    logits BLOB, probabilities BLOB, embedding BLOB, maps BLOB, thumbnail BLOB
);
"""
COLUMNS = (
    "position", "stamp", "sha256", "milliseconds", "error_type", "error_message", "error_hint",
    "pixel_sha256", "phash", "facts", "statistics", "judgement",
    "logits", "probabilities", "embedding", "maps", "thumbnail",
)  # fmt: skip
ROW_COLUMNS = (
    "sha256", "pixel_sha256", "phash", "milliseconds", "error_type", "error_message", "error_hint"
)  # fmt: skip
TEXT_COLUMNS = tuple(name for name in ROW_COLUMNS if name != "milliseconds")
PLACES_WITH_READINGS = """
SELECT file, path, label, given_label, grouped AS "group", own, sha256, pixel_sha256, phash,
    milliseconds, error_type, error_message, error_hint, facts, statistics, judgement, logits,
    probabilities
FROM places LEFT JOIN readings USING (position) ORDER BY position
"""
ROWS_IN_MEMORY = 1_000  # at once, as JSON: what is made of it takes a third of the space


@dataclass(frozen=True)
class Outcome:
    """What became of one place of the cohort: a reading, or an error.

    Attributes
    ----------
    position : int
    stamp : str
        Size and time of the file, so that a changed one is read again; "" where there is none.
    sha256 : str
        Of the file; "" where it can't be read at all.
    answer : Reading or XrayDemoError
    facts : dict
        What could be learned of the file, even where the picture could not be read.
    """

    position: int
    stamp: str
    sha256: str
    answer: Reading | XrayDemoError
    facts: dict[str, Any]


def stamp(path: str | Path) -> str:
    """Give what changes when a file does: its size, and the times of its contents and rights."""
    try:
        status = Path(path).stat()
    except OSError:
        return ""
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


class RunStore:
    """A run that is being written; use `open_store`."""

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        self.folder = folder
        self._connection = connection
        self._unwritten: list[Outcome] = []

    def unread(self, cohort: Cohort) -> list[int]:
        """List the positions that have no outcome yet, or whose file changed since."""
        with _disk_errors(self.folder):
            known = dict(self._connection.execute("SELECT position, stamp FROM readings"))
        paths = cohort.table["path"].tolist()
        return [i for i, path in enumerate(paths) if known.get(i) != stamp(path)]

    def add(self, outcome: Outcome) -> None:
        """Keep an outcome; it is on disk after a few more, or after `flush`."""
        self._unwritten.append(outcome)
        if len(self._unwritten) >= ROWS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what was added."""
        marks = ", ".join("?" * len(COLUMNS))
        statement = f"INSERT OR REPLACE INTO readings ({', '.join(COLUMNS)}) VALUES ({marks})"  # noqa: S608  constants
        with _disk_errors(self.folder), self._connection:
            self._connection.executemany(statement, map(_as_row, self._unwritten))
        self._unwritten.clear()


@contextmanager
def open_store(folder: Path, meta: RunMeta, cohort: Cohort) -> Iterator[RunStore]:
    """Begin a run in a folder, or go on with the one that is there; nobody else may write it.

    Raises
    ------
    XrayDemoError
        If another process works on it, if it holds a run of another cohort or bundle (or one made
        with another runtime or precision), or if it can't be written.
    """
    with _disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / LOCK)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout as error:
            raise XrayDemoError(
                f"Another process ({_owner(folder)}) is at work on the run in {folder}",
                "Wait for it to end, or choose another folder with --out",
            ) from error
    try:
        with ExitStack() as stack:
            with _disk_errors(folder):
                connection = stack.enter_context(closing(_connect(folder)))
                _begin(connection, folder, meta, cohort)
            store = RunStore(folder, connection)
            try:
                yield store
            finally:
                store.flush()
                with _disk_errors(folder):
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        lock.release()


def open_run(folder: Path) -> Run:
    """Open a run to look at, finished or not; it may be written at the same time.

    Raises
    ------
    XrayDemoError
        If there is no run in the folder, or it is of another version.
    """
    database = folder / DATABASE
    if not database.is_file():
        hint = "Give a run's folder, or evaluate a cohort: `xraydemo evaluate COHORT --out DIR`"
        raise XrayDemoError(f"There is no run in {folder}", hint)
    with _disk_errors(folder), closing(_connect(folder)) as connection:
        meta = _meta(connection, folder)
        chunks = pd.read_sql_query(PLACES_WITH_READINGS, connection, chunksize=ROWS_IN_MEMORY)
        parts = [_opened(chunk, meta.cohort["own_columns"]) for chunk in chunks]
    rows, facts, statistics, judgements = (
        pd.concat(tables, ignore_index=True)
        for tables in zip(*(part[:4] for part in parts), strict=True)
    )
    logits, probabilities = (
        np.concatenate(arrays) for arrays in zip(*(part[4:] for part in parts), strict=True)
    )
    arrays = StoredArrays(folder, len(rows))
    return Run(meta, rows, facts, statistics, judgements, logits, probabilities, arrays)


def _opened(joined: pd.DataFrame, own_columns: list[str]) -> tuple[Any, ...]:
    """Give a part of a run's tables and arrays, in the order in which `Run` takes them."""
    joined = joined.reset_index(drop=True)
    for name in TEXT_COLUMNS:
        joined[name] = joined[name].fillna("").astype("str")
    joined["milliseconds"] = joined["milliseconds"].astype(float)
    joined["phash"] = np.array([int(text or "0", 16) for text in joined["phash"]], dtype=np.uint64)
    own = pd.DataFrame(map(json.loads, joined["own"]), joined.index, own_columns)
    first = ["file", "path", "label", "given_label", "group"]
    own = own.drop(columns=[name for name in first if name in own])  # `group` is there already
    return (
        pd.concat([joined[first], own, joined[list(ROW_COLUMNS)]], axis=1),
        _table(joined["facts"]),
        _table(joined["statistics"]).reindex(columns=list(STATISTICS)).astype(float),
        _table(joined["judgement"]).reindex(columns=list(JUDGEMENT)).astype(object),
        _stack(joined["logits"]),
        _stack(joined["probabilities"]),
    )


@dataclass(frozen=True)
class StoredArrays:
    """The large columns of a stored run, each read when asked for."""

    folder: Path
    n: int

    def embeddings(self) -> NDArray[np.float32]:
        """Give pooled features, shape (n, d); zeros where nothing was read."""
        return self._column("embedding", np.float16).astype(np.float32)

    def maps(self) -> NDArray[np.float16]:
        """Give raw Grad-CAM, shape (n, 4, h, w); zeros where nothing was read."""
        flat = self._column("maps", np.float16)
        # every bundle's maps are square
        side = round((flat.shape[1] / len(CLASSES)) ** 0.5)
        return np.asarray(flat.reshape(self.n, len(CLASSES), side, side), dtype=np.float16)

    def thumbnails(self) -> NDArray[np.uint8]:
        """Give pictures, shape (n, 32, 32); black where nothing was read."""
        flat = self._column("thumbnail", np.uint8)
        if not flat.size:
            return np.zeros((self.n, THUMBNAIL_SIDE, THUMBNAIL_SIDE), np.uint8)
        return np.asarray(flat.reshape(self.n, THUMBNAIL_SIDE, THUMBNAIL_SIDE), dtype=np.uint8)

    def _column(self, name: str, dtype: type[np.generic]) -> NDArray[Any]:
        query = f"SELECT position, {name} FROM readings WHERE {name} IS NOT NULL"  # noqa: S608  constants
        column: NDArray[Any] | None = None
        with closing(_connect(self.folder)) as connection:
            for position, blob in connection.execute(query):
                values = np.frombuffer(blob, dtype)
                if column is None:
                    column = np.zeros((self.n, len(values)), dtype)
                column[position] = values
        return np.zeros((self.n, 0), dtype) if column is None else column


def _connect(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / DATABASE, timeout=30.0)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")  # in WAL mode, safe against a kill
    return connection


def _begin(connection: sqlite3.Connection, folder: Path, meta: RunMeta, cohort: Cohort) -> None:
    """Write the tables of a new run, or hold those of the old one against what is asked for."""
    is_new = not connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    if is_new:
        with connection:
            # one transaction with its own BEGIN: a kill leaves all of it or nothing
            connection.executescript(f"BEGIN;{TABLES}")
            connection.executemany(
                "INSERT INTO places VALUES (?, ?, ?, ?, ?, ?, ?)", _places(cohort)
            )
            connection.execute("INSERT INTO meta VALUES ('meta', ?)", (meta.model_dump_json(),))
    else:
        there = _meta(connection, folder)
        for what, ours, theirs in zip(
            ("cohort", "bundle", "runtime", "precision", "device"),
            meta.identity,
            there.identity,
            strict=True,
        ):
            if ours != theirs:
                names = {"cohort": there.cohort["name"], "bundle": there.bundle["name"]}
                raise XrayDemoError(
                    f"{folder} holds a run of another {what} ({names.get(what, theirs)})",
                    "Choose another folder with --out, or remove that one",
                )
        # what was wrong with the same cohort the last time may have been mended
        now = there.model_copy(update={"cohort": meta.cohort})
        with connection:
            connection.execute(
                "UPDATE meta SET value = ? WHERE key = 'meta'", (now.model_dump_json(),)
            )
    with connection:
        owner = f"number {os.getpid()}"
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('owner', ?)", (owner,))


def _places(cohort: Cohort) -> Iterable[tuple[Any, ...]]:
    table = cohort.table
    own = table[list(cohort.own_columns)].to_dict("records")
    columns = (table[c] for c in ("file", "path", "label", "given_label", "group"))
    for position, (*values, rest) in enumerate(zip(*columns, own, strict=True)):
        yield position, *values, json.dumps(rest, ensure_ascii=False)


def _meta(connection: sqlite3.Connection, folder: Path) -> RunMeta:
    try:
        found = connection.execute("SELECT value FROM meta WHERE key = 'meta'").fetchone()
    except sqlite3.OperationalError:
        found = None
    version = json.loads(found[0])["schema_version"] if found else "none"
    if version != SCHEMA_VERSION:
        raise XrayDemoError(
            f"{folder / DATABASE} is no run that this version can read (its version: {version})",
            "Evaluate the cohort again into another folder",
        )
    return RunMeta.model_validate_json(found[0])


def _owner(folder: Path) -> str:
    try:
        with closing(_connect(folder)) as connection:
            found = connection.execute("SELECT value FROM meta WHERE key = 'owner'").fetchone()
    except sqlite3.Error:
        found = None
    return found[0] if found else "just started"


def _as_row(outcome: Outcome) -> tuple[Any, ...]:
    head = (outcome.position, outcome.stamp, outcome.sha256)
    facts = json.dumps(outcome.facts, ensure_ascii=False)
    answer = outcome.answer
    if isinstance(answer, XrayDemoError):
        error = (type(answer).__name__, answer.message, answer.hint)
        return *head, None, *error, "", "", facts, "{}", None, None, None, None, None, None
    assert answer.record is not None
    assert answer.embedding is not None
    assert answer.maps is not None
    profile = answer.record.profile
    judgement = judgement_columns(answer.judgement)
    judgement["in_training_table"] = answer.record.in_training_table
    return (
        *head,
        answer.milliseconds,
        "",
        "",
        "",
        profile.pixel_sha256,
        f"{profile.phash:016x}",  # SQLite's integers are signed
        facts,
        json.dumps(profile.statistics),
        json.dumps(judgement),
        answer.logits.astype(np.float32).tobytes(),
        answer.probabilities.astype(np.float32).tobytes(),
        answer.embedding.astype(np.float16).tobytes(),
        answer.maps.astype(np.float16).tobytes(),
        profile.thumbnail.tobytes(),
    )


def judgement_columns(judged: Judgement | None) -> dict[str, Any]:
    """Put what was judged into one flat row: the columns of `JUDGEMENT` that it speaks of."""
    if judged is None:
        return {}
    foreign = judged.foreignness._asdict() if judged.foreignness else {}
    return {
        "set": " ".join(judged.set),
        "priority": judged.priority.value,
        "doubt": judged.doubt.verdict,
        **{f"foreign_{name}": value for name, value in foreign.items()},
    }


def _table(texts: pd.Series) -> pd.DataFrame:
    """Make a table of JSON objects, one a row, whose keys are the columns; values stay as told."""
    objects = [json.loads(text) if isinstance(text, str) else {} for text in texts]
    table = pd.DataFrame(objects, index=texts.index, dtype=object)
    table.columns = table.columns.astype("str")  # also where nothing is told
    return table


def _stack(blobs: pd.Series) -> NDArray[np.float32]:
    """Give one row a blob, shape (n, 4); NaN where there is none."""
    stacked = np.full((len(blobs), len(CLASSES)), np.nan, dtype=np.float32)
    for i, blob in enumerate(blobs):
        if blob is not None:
            stacked[i] = np.frombuffer(blob, np.float32)
    return stacked


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    """Turn what the disk refuses into an error that says where."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        hint = "Is there space on the disk, and may you write there?"
        raise XrayDemoError(f"The run in {folder} can't be kept: {error}", hint) from error
