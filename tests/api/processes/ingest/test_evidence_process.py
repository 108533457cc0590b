"""Positions digested in a process of its own: its news, its death and its end."""

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from queue import Queue

import pytest

from api.config.clock import Clock
from api.processes.ingest.evidence_process import DigestingProcess, EvidenceChanges
from data.model import Position, Storm
from data.store.accounts.accounts import add_device
from data.store.database.city_database import database_of
from data.store.database.engine import Database, transaction
from data.store.storms.storms import add_storm
from data.store.tracking.positions import add_positions, list_unseen
from tests import village as v
from tests.fleet.drives import a_drive

LONGEST_S = 600
AFTER_ALL = v.NOW + timedelta(hours=1)


@pytest.fixture
def engine(city_folder: Path) -> Iterator[Database]:
    engine = database_of(city_folder)
    yield engine
    engine.dispose()


@pytest.fixture
def storm(engine: Database) -> Storm:
    with transaction(engine) as tx:
        add_device(tx, "truck-1", v.a_vehicle(1).id, "hash-1")
        return add_storm(tx, "First snow", "active", v.NOW)


def store(engine: Database, fixes: list[Position]) -> None:
    with transaction(engine) as tx:
        add_positions(tx, fixes)


def digested(heard: Queue[EvidenceChanges], count: int) -> dict[str, list[object]]:
    """Wait until so many positions are digested, and return what was told meanwhile."""
    told: dict[str, list[object]] = {}
    while count > 0:
        news = heard.get(timeout=LONGEST_S)
        count -= news.tally["digested"]
        for kind, items in news.changes:
            told.setdefault(kind, []).extend(items)
    assert count == 0
    return told


def test_a_process_that_is_killed_is_replaced_and_the_other_tells_what_positions_prove(
    engine: Database, city_folder: Path, storm: Storm
) -> None:
    heard = Queue[EvidenceChanges]()
    fixes = a_drive((-10, 150), (210, 150), start_s=60, blade=True)
    digesting = DigestingProcess(city_folder, Clock(AFTER_ALL), heard.put)
    digesting.start()
    try:
        assert heard.get(timeout=LONGEST_S).tally["digested"] == 0
        killed = digesting.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        store(engine, fixes)
        told = digested(heard, len(fixes))
        assert digesting.pid != killed
    finally:
        digesting.stop()
    assert digesting.pid is None
    assert v.SCHOOL in {row[0] for row in told["coverage"]}
    assert (v.SCHOOL,) in told["evidence"]
    with transaction(engine) as tx:
        assert list_unseen(tx, 1) == ([], 0)
