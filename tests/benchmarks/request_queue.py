"""The queue of requests: 10,000 open ones and 200 new ones an hour, list and map."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import numpy as np
from fastapi.testclient import TestClient
from httpx import Response

from api.access.auth import hash_password
from api.config.clock import Clock
from api.config.settings import Settings
from api.server.app import create_app
from api.simulation.demo_city import DEMO_CITY_FILE
from data.model import (
    Actor,
    ActorKind,
    ClosingReason,
    Danger,
    RequestId,
    RequestKind,
    RequestState,
    Role,
    ServiceRequest,
    Side,
    Snap,
)
from data.store.accounts.accounts import add_user
from data.store.database.city_database import database_of
from data.store.database.engine import Tx, transaction
from data.store.requests.requests import Caller, add_caller, add_request
from data.store.requests.sla_clocks import stop_clock
from data.store.setup.city import get_policy
from data.store.streets.network import load_network
from data.store.work import list_jobs
from data.streets.network import StreetNetwork
from fleet.setup.city_setup import NewCity, add_city
from fleet.storms.storm_start import start_storm
from tests.browser.conftest import PASSWORD

OPEN, CLOSED, UNPLACED = 10_000, 20_000, 500
ASKED = 15
WANTED = "200 ms"
SYSTEM = Actor(ActorKind.SYSTEM, "bench")


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield median and worst of each answer, as a browser gets it, calls coming in meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var=Path(folder))
        city = settings.city_folder("demo")
        now = Clock().now()
        _make_city(city, now)
        with TestClient(create_app(settings, city)) as client:
            _sign_in(client)
            yield from _measured(client)
        shutil.rmtree(city)


def _measured(client: TestClient) -> Iterator[tuple[str, str, str]]:
    for what, path in (
        ("first page, oldest first", "/api/queue?stage=unplaced&stage=placed&stage=open"),
        ("a page in the middle", "/api/queue?stage=open&after=25000"),
        ("words that few requests have", "/api/queue?words=gatan+7"),
        ("words that none has, closed ones too", "/api/queue?words=nowhere"),
        ("a class, a kind and a danger", "/api/queue?service_class=P1&kind=ice&danger=school"),
        ("all points of the map", "/api/queue/map?stage=unplaced&stage=placed&stage=open"),
        ("callback list", "/api/callbacks"),
        ("the board", "/api/board"),
        ("words that few requests on the board have", "/api/board/requests?words=gatan+7"),
    ):
        yield f"queue: {what}", *_times(lambda path=path: client.get(path))
    board = client.get("/api/board")
    whole_mb, sent_mb = len(board.content) / 1e6, int(board.headers["content-length"]) / 1e6
    yield "queue: size of the board", f"{whole_mb:.2f} MB, {sent_mb:.2f} MB compressed", ""
    yield "queue: a new request", *_times(lambda: client.post("/requests", json=_call()))
    ids = list(range(CLOSED + 1, CLOSED + 51))
    close = {"ids": ids, "reason": "melted"}
    began = perf_counter()
    done = client.post("/api/queue/close", json=close).json()
    closed_s = perf_counter() - began
    began = perf_counter()
    client.post(f"/api/queue/changes/{done['change_id']}/undo")
    undone_s = perf_counter() - began
    yield "queue: 50 closed at once, taken back", f"{closed_s:.2f} s, {undone_s:.2f} s", ""


def _times(ask: Callable[[], Response]) -> tuple[str, str]:
    taken, worked = [], []
    for _ in range(ASKED):
        began, began_cpu = perf_counter(), process_time()
        answer = ask()
        taken.append(perf_counter() - began)
        worked.append(process_time() - began_cpu)
        assert answer.status_code < 300, answer.text
    wall_ms, cpu_ms = median(taken) * 1000, median(worked) * 1000
    worst_ms = max(taken) * 1000
    return f"median {wall_ms:.0f} ms, worst {worst_ms:.0f} ms, CPU {cpu_ms:.0f} ms", WANTED


def _call() -> dict[str, object]:
    return {"kind": "plow", "text": "snow everywhere", "caller_phone": "0914"}


def _sign_in(client: TestClient) -> None:
    client.headers["accept"] = "application/json"
    client.get("/sign-in")
    form = {"login": "dispatcher", "password": PASSWORD, "csrf": client.cookies["barfrub_csrf"]}
    client.post("/sign-in", data=form)
    client.headers["x-csrf-token"] = client.cookies["barfrub_csrf"]


def _make_city(folder: Path, now: datetime) -> None:
    add_city(folder, NewCity("demo", DEMO_CITY_FILE, timezone="Europe/Stockholm"), now, SYSTEM)
    with transaction(database_of(folder)) as tx:
        add_user(tx, "dispatcher", [Role.DISPATCHER], "en", hash_password(PASSWORD))
        network = load_network(tx)
        storm = start_storm(tx, SYSTEM, "bench", network, get_policy(tx), now)
        jobs = {job.segment_id: job.id for job in list_jobs(tx, storm.id)}
        for asked in requests_of(network, now):
            job = jobs.get(asked.snap.segment_id) if asked.snap else None
            works = asked.state is RequestState.OPEN and job is not None
            keep(tx, replace(asked, job_id=job) if works else asked)


def keep(tx: Tx, asked: ServiceRequest) -> None:
    add_request(tx, asked)
    add_caller(tx, asked.id, Caller("Somebody", f"0914{asked.id:07d}", b"salt"))
    if asked.state is RequestState.DONE:
        stop_clock(tx, asked.id, asked.received_at, asked.received_at)


def requests_of(network: StreetNetwork, now: datetime) -> Iterator[ServiceRequest]:
    chance = np.random.default_rng(5)
    for number in range(1, OPEN + CLOSED + UNPLACED + 1):
        segment = network.segments[int(chance.integers(len(network.segments)))]
        name = next((names[0] for names in segment.names.values() if names), "a street")
        text = f"Snow lies on {name} {int(chance.integers(99))}, please send somebody"
        placed = number <= OPEN + CLOSED
        yield ServiceRequest(
            id=RequestId(number),
            reference=f"B-{number:04d}",
            received_at=now - timedelta(seconds=18 * (OPEN + CLOSED + UNPLACED - number)),
            channel="phone",
            text=text,
            kind=list(RequestKind)[int(chance.integers(len(RequestKind)))],
            state=_state(number),
            closed_for=ClosingReason.PLOWED if number <= CLOSED else None,
            location=segment.geometry[0] if placed else None,
            snap=Snap(segment.id, Side.RIGHT, 0.0, 0.0) if placed else None,
            dangers=(Danger.SCHOOL,) if chance.random() < 0.05 else (),
        )


def _state(number: int) -> RequestState:
    if number <= CLOSED:
        return RequestState.DONE
    return RequestState.OPEN if number <= CLOSED + OPEN else RequestState.NEW
