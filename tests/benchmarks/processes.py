"""Positions digested a second by 1, 2 and 4 evidence processes that share out the vehicles.

And the processor time that they take for one, which others on the machine change little.

`TRUCKS` (200) and `SECONDS` (600) come from the environment: each truck has sent a position every
second, and all of them wait at once. The city is a SQLite file, then in a PostgreSQL of its own.
Nobody else writes meanwhile; processes wait for their kernels before the time begins.
"""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from itertools import batched, count
from pathlib import Path
from queue import Queue
from urllib.parse import parse_qsl

import psycopg
from sqlalchemy import func, select

from api.config.clock import Clock
from api.config.console import open_city_database
from api.processes.ingest.evidence_process import Apart, DigestingProcesses, EvidenceChanges
from data.model import Device, Position, VehicleId
from data.store.accounts.accounts import list_devices
from data.store.database.engine import Database, reading, transaction
from data.store.schema import passage
from data.store.storms.storms import find_active_storm
from data.store.tracking.positions import add_positions, count_unseen
from fleet.tracking.position_formats import position_from_osmand
from tests.benchmarks.positions import FIRST_ID, Load, make_city, processor_s, token_of
from tests.benchmarks.positions.drives import messages_of
from tests.benchmarks.postgres import PROGRAMS, cluster

PROCESSES = (1, 2, 4)
TRUCKS = int(os.environ.get("TRUCKS", "200"))
SECONDS = int(os.environ.get("SECONDS", "600"))
AT_ONCE = 10_000
LONGEST_S = 3600
LATER = timedelta(hours=1)
"""So much later than the first position the clock of the processes begins."""


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield the positions a second of each number of processes, and that all prove the same."""
    for begin in (nullcontext(""), cluster()) if PROGRAMS.is_dir() else (nullcontext(""),):
        with begin as server, tempfile.TemporaryDirectory() as name:
            for processes in PROCESSES:
                folder = Path(name) / "cities" / f"with_{processes}"
                database = _new_database(server, folder.name) if server else ""
                yield from _measured(folder, processes, database)


def _new_database(server: str, name: str) -> str:
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


def _measured(folder: Path, processes: int, database: str) -> Iterator[tuple[str, str, str]]:
    network = make_city(folder, Load(TRUCKS, SECONDS, database=database))
    spoken = list(messages_of(network, TRUCKS, SECONDS, token_of))
    engine = open_city_database(folder)
    first, *others = _positions(engine, spoken)
    heard = Queue[EvidenceChanges]()
    clock = Clock(first[0].fixed_at + LATER)
    digesting = DigestingProcesses(Apart(folder, processes), clock, heard.put)
    digesting.start()
    try:
        _store(engine, first)
        _wait(engine, heard)
        waiting = [fix for second in others for fix in second]
        _store(engine, waiting)
        began_s, used_s = time.monotonic(), _used_s(digesting)
        _wait(engine, heard)
        took_s, used_s = time.monotonic() - began_s, _used_s(digesting) - used_s
    finally:
        digesting.stop()
    with reading(engine) as tx:
        passes = tx.execute(select(func.count()).select_from(passage)).scalar_one()
    engine.dispose()
    store = "PostgreSQL" if database else "SQLite"
    what = f"{len(waiting):,} positions of {TRUCKS} trucks, {store}, processes: {processes}"
    yield f"{what}: digested a second", f"{len(waiting) / took_s:,.0f}", ""
    yield f"{what}: processor time of one", f"{1000 * used_s / len(waiting):.2f} ms", ""
    yield f"{what}: passes stored", f"{passes:,}", "the same"


def _used_s(digesting: DigestingProcesses) -> float:
    """Return the processor time that the processes have used, PostgreSQL's own not counted."""
    return sum(processor_s(pid) for pid in digesting.pids if pid is not None)


def _store(engine: Database, fixes: Sequence[Position]) -> None:
    """Store fixes in one transaction.

    By the clock of the processes they are old: where one had digested all that waits, it would take
    each truck as silent since, and begin its track anew with what comes next.
    """
    with transaction(engine) as tx:
        for some in batched(fixes, AT_ONCE, strict=False):
            add_positions(tx, some)


def _wait(engine: Database, heard: Queue[EvidenceChanges]) -> None:
    """Wait until all positions are digested."""
    while True:
        heard.get(timeout=LONGEST_S)
        with reading(engine) as tx:
            if not count_unseen(tx)[0]:
                return


def _positions(engine: Database, spoken: Sequence[Sequence[str]]) -> Iterator[list[Position]]:
    """Yield the fixes of all trucks, second by second from the storm's begin on."""
    with reading(engine) as tx:
        storm = find_active_storm(tx)
        devices = {one.vehicle_id: one for one in list_devices(tx)}
    assert storm is not None
    for second in range(SECONDS):
        now = storm.started_at + timedelta(seconds=second)
        yield [
            _fix(words[second], devices[vehicle_id], now)
            for vehicle_id, words in zip(map(VehicleId, count(FIRST_ID)), spoken, strict=False)
        ]


def _fix(query: str, device: Device, now: datetime) -> Position:
    fix = position_from_osmand(dict(parse_qsl(query)), device, None, now)
    assert fix is not None
    return fix
