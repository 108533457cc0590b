"""Two processes that write to one database: each has an engine of its own."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from data.store.database import engine as engine_module
from data.store.database import sqlite_engine as sqlite_module
from data.store.database import write_queue as turns_module
from data.store.database.engine import (
    Database,
    DatabaseUnavailable,
    create_engine,
    reading,
    transaction,
)


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    file = tmp_path / "both.sqlite"
    ours, theirs = create_engine(file), create_engine(file, derived=True)
    with transaction(ours) as tx:
        tx.exec_driver_sql("CREATE TABLE said (word TEXT)")
    yield ours, theirs
    ours.dispose()
    theirs.dispose()


def say(engine: Database, word: str) -> None:
    with transaction(engine) as tx:
        tx.exec_driver_sql("INSERT INTO said VALUES (?)", (word,))


def said(engine: Database) -> list[str]:
    with reading(engine) as tx:
        return list(tx.exec_driver_sql("SELECT word FROM said ORDER BY rowid").scalars())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Set once a writer has found that it is not its turn."""
    asked = Event()
    monkeypatch.setattr(turns_module.time, "sleep", lambda _: asked.set())
    return asked


def test_who_has_just_written_waits_until_the_other_process_has(
    engines: tuple[Database, Database], asked: Event
) -> None:
    ours, theirs = engines
    with ThreadPoolExecutor(1) as other:
        with transaction(ours) as tx:
            tx.exec_driver_sql("INSERT INTO said VALUES ('first')")
            waiting = other.submit(say, theirs, "second")
            assert asked.wait(240)
            assert not waiting.done()
        say(ours, "third")
        waiting.result(10)
    assert said(ours) == ["first", "second", "third"]


def test_a_writer_gives_up_when_another_one_never_ends(
    engines: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = engines
    now_s = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now_s[0])
    monkeypatch.setattr(time, "sleep", lambda s: now_s.append(now_s.pop() + s))
    monkeypatch.setattr(turns_module, "ASK_S", 0.5)
    monkeypatch.setattr(sqlite_module, "ASK_S", 0.5)
    with transaction(ours), pytest.raises(DatabaseUnavailable, match="locked"):
        say(theirs, "never")
    assert now_s == [engine_module.BUSY_MS / 1000]  # in line and in SQLite together


def test_a_commit_of_what_is_derived_does_not_wait_for_the_disk(
    engines: tuple[Database, Database],
) -> None:
    full, normal = 2, 1
    for engine, expected in zip(engines, (full, normal), strict=True):
        with reading(engine) as tx:
            assert tx.exec_driver_sql("PRAGMA synchronous").scalar() == expected
