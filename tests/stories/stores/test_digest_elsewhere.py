"""Machines that know nothing but the database's address digest the positions of a city."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from fastapi.testclient import TestClient

from api.config.clock import Clock
from api.config.console import joined_city
from api.config.settings import Settings
from api.processes.city_state import CityStateHolder
from api.processes.ingest.evidence_machine import digest_until
from api.processes.ingest.evidence_process import Apart
from api.processes.ingest.live_positions import Consumer
from api.server.app import create_app
from data.errors import InvalidError
from data.store.database.city_address import PostgresAddress, address_in, address_of
from data.store.database.city_database import database_of
from data.store.database.part_locks import SessionLocks
from fleet.setup.city_move import move_city
from fleet.tracking.live_fleet import Hub, LiveFleet, Subscription
from tests import postgres
from tests import village as v
from tests.api.conftest import StillClock
from tests.stories.stores.test_evidence_processes import (
    AFTER_ALL,
    all_digested,
    assert_as_by_one_process,
    begin_storm,
    holders,
    night,
    store,
    until,
)

on_postgres = pytest.mark.skipif(not postgres.WANTED, reason="about cities on PostgreSQL")

MACHINE = """
import sys
from pathlib import Path
from threading import Event
from api.config.settings import Settings, prepare_numba
from tests.conftest import ROOT
prepare_numba(Settings(var=ROOT / "var"))
from api.config.clock import Clock
from api.config.console import joined_city
from api.processes.ingest.evidence_machine import digest_until
from tests.stories.stores.test_evidence_processes import AFTER_ALL
folder = joined_city(Settings(var=Path(sys.argv[1]), database=sys.argv[2]), None)
digest_until(folder, Clock(AFTER_ALL), 1, Event())
"""
"""A program that digests until it is killed."""


@contextmanager
def a_machine(folder: Path, alive: Path) -> Iterator[None]:
    """Digest in this process, with one child."""
    stopped = Event()
    arguments = (folder, Clock(AFTER_ALL), 1, stopped, alive)
    thread = Thread(target=digest_until, args=arguments)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


@contextmanager
def a_machine_to_kill(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Digest in a process of its own, which is killed with its child."""
    words = [sys.executable, "-c", MACHINE, str(settings.var), settings.database]
    with subprocess.Popen(words, start_new_session=True) as machine:
        try:
            yield machine
        finally:
            if machine.poll() is None:
                os.killpg(machine.pid, signal.SIGKILL)


@on_postgres
def test_two_machines_digest_for_a_server_and_one_goes_on_when_the_other_is_killed(
    city_folder: Path, tmp_path: Path, settings: Settings, clock: StillClock
) -> None:
    there = address_of(city_folder)
    assert isinstance(there, PostgresAddress)
    move_city(city_folder, address_in(there.url, "village"), lambda *_: None)
    first, second = (
        Settings(var=tmp_path / name, database=there.url) for name in ("first", "second")
    )
    engine, fixes = database_of(city_folder), night()
    storm = begin_storm(engine)
    server = settings.model_copy(update={"evidence_processes": 0})
    web = create_app(server, city_folder, Clock(AFTER_ALL), apart=True)
    alive = tmp_path / "alive"
    with TestClient(web), a_machine_to_kill(second) as killed:
        app = web.state.barfrub
        heard = app.hub.subscribe(lambda: None)
        first_colors: set[tuple[int, ...]] = set()
        until(lambda: first_colors.update(colors_of_school(heard)) or first_colors)
        with a_machine(joined_city(first, None), alive):
            until(lambda: len({*holders(engine)}) == 2)  # the killed one's has the leading part
            before = holders(engine)
            store(engine, fixes[: len(fixes) // 2])
            until(lambda: colors_of_school(heard) - first_colors)
            os.killpg(killed.pid, signal.SIGKILL)
            killed.wait()
            store(engine, fixes[len(fixes) // 2 :])
            until(lambda: all_digested(engine))
            assert {*holders(engine)} == {before[-1]} != {before[0]}
            until(alive.exists)
        assert app.leadership.leads()
    clock.moment = AFTER_ALL
    assert_as_by_one_process(engine, storm, fixes, clock)
    engine.dispose()


def colors_of_school(heard: Subscription) -> set[tuple[int, ...]]:
    """The colors of School Street that were published since the last time."""
    rows = dict(heard.take()).get("coverage", [])
    return {row[1:] for row in rows if row[0] == v.SCHOOL}


@on_postgres
def test_a_server_without_processes_knows_whether_others_go_on(city_folder: Path) -> None:
    engine = database_of(city_folder)
    begin_storm(engine)
    parts = CityStateHolder(engine), Hub(), LiveFleet()
    consumer = Consumer(engine, Clock(AFTER_ALL), *parts, Apart(city_folder, 0))
    consumer.digested_s = 0.0
    consumer.step()
    assert consumer.digested_s == 0.0  # nobody is there
    elsewhere = SessionLocks(engine)
    elsewhere.place()
    consumer.step()
    assert consumer.digested_s > 0.0
    store(engine, night()[:1])
    consumer.step()
    consumer.digested_s = 0.0
    consumer.step()
    assert consumer.digested_s == 0.0  # somebody is, but the position stays
    elsewhere.close()
    engine.dispose()


@pytest.mark.skipif(postgres.WANTED, reason="about cities on SQLite")
def test_a_city_on_sqlite_is_digested_beside_its_server_alone(city_folder: Path) -> None:
    with pytest.raises(InvalidError, match="PostgreSQL"):
        digest_until(city_folder, Clock(), 1, Event())
