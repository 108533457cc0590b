"""Several servers of one city behind one door: who signs in at one may listen at the other."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
import uvicorn

from api.config.clock import Clock
from api.config.settings import Settings
from api.processes.city_state import CityStateHolder
from api.processes.cluster.leadership import Leadership
from api.processes.ingest.live_positions import Consumer
from api.server.app import create_app
from api.server.web_server import WebServer
from data.errors import ConflictError
from data.model import LastPlace, LonLat, VehicleId
from data.store.accounts.accounts import add_device
from data.store.database.city_database import database_of
from data.store.database.city_lock import holding
from data.store.database.engine import Database, momentary, transaction
from data.store.database.postgres_engine import LEADERS
from data.store.tracking.last_places import save_last_places
from data.store.tracking.positions import add_positions
from fleet.accounts.accounts import token_digest
from fleet.tracking.live_fleet import Hub, LiveFleet
from tests import postgres
from tests.conftest import PASSWORD
from tests.stories.stores.waiting import a_fix, end_connections, waited
from tests.village import NOW

pytestmark = pytest.mark.skipif(not postgres.WANTED, reason="about cities on PostgreSQL")

TOKENS = {1: "the-first-box-word", 2: "the-second-box-word", 3: "the-third-box-word"}
PATIENCE_S = 30.0

END_LEADER = f"""
    SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON database = pg_database.oid
    WHERE datname = current_database() AND classid = {LEADERS}
"""  # noqa: S608 - a number of ours

SERVER = """
import socket, sys
from pathlib import Path
from api.config.settings import Settings, prepare_numba
from tests.conftest import ROOT
prepare_numba(Settings(var=ROOT / "var"))
from tests.stories.stores.test_several_servers import Served
from threading import Event
with Served(Settings(var=Path(sys.argv[1])), Path(sys.argv[2])) as served:
    print(served.address, flush=True)
    Event().wait()
"""
"""A program that serves the city in a folder until it is killed."""


class Served:
    """A server of a city in this process, with its own connections to the database."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        web = create_app(settings, folder)
        self.app = web.state.barfrub
        config = uvicorn.Config(web, log_config=None)
        self._server = WebServer(config, self.app.hub.close)
        self._thread = Thread(target=self._server.run, args=([self._door],), daemon=True)

    def __enter__(self) -> "Served":
        self._thread.start()
        waited(lambda: self._server.started)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()


@contextmanager
def another_server(settings: Settings, folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """Serve a city in a process of its own; yield its address and what kills it."""
    words = [sys.executable, "-c", SERVER, str(settings.var), str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        address = other.stdout.readline().strip()

        def kill() -> None:
            other.send_signal(signal.SIGKILL)
            other.wait()

        try:
            yield address, kill
        finally:
            other.kill()


@dataclass
class Stream:
    """What a signed-in browser hears from a server, by kind."""

    heard: dict[str, list[Any]] = field(default_factory=dict)

    @contextmanager
    def of(self, door: httpx.Client, address: str) -> Iterator["Stream"]:
        with door.stream("GET", f"{address}/stream", timeout=PATIENCE_S) as answer:
            assert answer.status_code == 200
            lines = answer.iter_lines()
            next(lines)
            reader = Thread(target=self._read, args=(lines,), daemon=True)
            reader.start()
            yield self

    def _read(self, lines: Iterator[str]) -> None:
        kind = ""
        try:
            for line in lines:
                kind = line.removeprefix("event: ") if line.startswith("event: ") else kind
                if line.startswith("data: "):
                    self.heard.setdefault(kind, []).append(json.loads(line.removeprefix("data: ")))
        except httpx.TransportError:
            return  # the server was killed, or the test has heard enough


def send_position(address: str, tracker: int, ahead: timedelta = timedelta(0)) -> None:
    at = (Clock().now() + ahead).isoformat()
    fix = {"fixed_at": at, "lat": 37.55, "lon": 45.07, "blade": True}
    headers = {"Authorization": f"Bearer {TOKENS[tracker]}"}
    answer = httpx.post(f"{address}/positions", json={"positions": [fix]}, headers=headers)
    assert answer.json()["stored"] == 1


def sign_in(door: httpx.Client, address: str) -> None:
    door.get(f"{address}/sign-in")
    form = {"login": "dispatcher", "password": PASSWORD, "csrf": door.cookies["barfrub_csrf"]}
    door.post(f"{address}/sign-in", data=form)
    assert door.cookies["barfrub_session"]
    door.headers["x-csrf-token"] = door.cookies["barfrub_csrf"]


@pytest.fixture
def trackers(city_folder: Path) -> None:
    engine = database_of(city_folder)
    with transaction(engine) as tx:
        for one, token in TOKENS.items():
            add_device(tx, f"box-{one}", VehicleId(min(one, 2)), token_digest(token))
    engine.dispose()


@pytest.mark.usefixtures("trackers")
def test_two_servers_are_one_city_and_one_goes_on_when_the_other_is_killed(
    settings: Settings, city_folder: Path
) -> None:
    with another_server(settings, city_folder) as (first, kill_first), httpx.Client() as door:
        assert leads(door, first)
        send_position(first, 1)
        with Served(settings, city_folder) as served:
            second = served.address
            assert not leads(door, second)
            sign_in(door, first)
            assert waited(lambda: placed_vehicles(door, second)) == [1]
            assert door.post(f"{first}/api/storms", json={"name": "Snow"}).status_code == 201
            here, there = Stream(), Stream()
            with there.of(door, second):
                with here.of(door, first):
                    send_position(first, 2)
                    ask(door, second)
                    moved = waited(lambda: there.heard.get("vehicles"))[0]
                    assert [one["id"] for one in moved] == [2]
                    asked = waited(lambda: here.heard.get("requests"))[0]
                    assert [one["text"] for one in asked] == ["Snow on School Street"]
                    kill_first()
                waited(lambda: leads(door, second))
                for tracker in TOKENS:
                    send_position(second, tracker, timedelta(hours=3))
                (alert,) = waited(lambda: there.heard.get("alerts"))[0]
                assert alert["kind"] == "clock"


def leads(door: httpx.Client, address: str) -> bool:
    return bool(door.get(f"{address}/health").json()["leads"])


def placed_vehicles(door: httpx.Client, address: str) -> list[int]:
    board = door.get(f"{address}/api/board").json()
    return [one["id"] for one in board["vehicles"] if one["lon"] is not None]


def ask(door: httpx.Client, address: str) -> None:
    words = {"kind": "plow", "text": "Snow on School Street"}
    assert door.post(f"{address}/requests", json=words).status_code == 201


def test_one_server_leads_until_it_stops(engines: tuple[Database, Database]) -> None:
    one, other = (Leadership(engine) for engine in engines)
    told: list[bool] = []
    one.begin(told.append)
    other.begin(bool)
    assert (one.leads(), other.leads(), told) == (True, False, [True])
    one.stop()
    waited(other.leads)
    assert not one.leads()
    other.stop()


def test_no_command_has_a_city_alone_that_another_machine_serves(
    engines: tuple[Database, Database], city_folder: Path
) -> None:
    elsewhere, here = (Leadership(engine) for engine in engines)
    elsewhere.begin(bool)
    with pytest.raises(ConflictError, match="open in another program"):
        holding(city_folder, alone=True).__enter__()
    elsewhere.stop()
    with holding(city_folder, alone=True):
        assert not here.run()
    assert here.run()
    here.stop()


def test_who_lost_the_connection_and_found_another_leading_steps_back(
    engines: tuple[Database, Database],
) -> None:
    one, other = (Leadership(engine) for engine in engines)
    told: list[bool] = []
    one.begin(told.append)
    end_connections(engines[0], END_LEADER)
    assert other.run()
    waited(lambda: told == [True, False])
    assert not one.leads()
    one.stop()
    other.stop()


@pytest.mark.usefixtures("trackers")
def test_a_server_that_leads_shows_positions_that_were_stored_while_none_ran(
    engines: tuple[Database, Database],
) -> None:
    live, engine = LiveFleet(), engines[0]
    old = LastPlace(
        VehicleId(1), NOW - timedelta(hours=1), LonLat(45.0, 37.5), None, None, "stopped", None
    )
    with momentary(engine) as tx:
        save_last_places(tx, [old])
    with transaction(engine) as tx:
        add_positions(tx, [a_fix()])
    Consumer(engine, Clock(), CityStateHolder(engine), Hub(), live).step_beside()
    assert live.picture()[VehicleId(1)].location == a_fix().location
