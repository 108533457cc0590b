"""What a board asks of the server: 20,000 streets, 66 trucks, 10,000 requests, 3 dispatchers."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from threading import Barrier, Thread
from time import perf_counter

import httpx
import numpy as np
from playwright.sync_api import Page, sync_playwright

from api.auth import hash_password, new_session
from api.clock import Clock
from api.context import CSRF_COOKIE, SESSION_COOKIE
from api.settings import Settings
from data.fleet_file import URMIA_FLEET
from data.model import JobState, RequestState, Role
from data.store.cities import get_policy
from data.store.engine import open_database, reading, transaction
from data.store.jobs import list_jobs
from data.store.network import load_network
from data.store.people import add_user, find_user_by_login
from fleet.cities import add_city, set_fleet
from fleet.storms import start_storm
from tests.benchmarks import city_import, request_queue, route_check
from tests.benchmarks.board_page import WATCH
from tests.browser.conftest import PASSWORD, QUIET, Visit, server_of, serving

SIDE = 102
"""Streets each way: 2 x 102 x 101 = 20,604 blocks."""

DISPATCHERS, ASKED = 3, 40
WANTED = "p95 300 ms"
OPENED = "4 s"

Chance = np.random.Generator
Action = tuple[str, Callable[[httpx.Client, Chance], httpx.Response]]


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield how long each action takes while three dispatchers act, and how a board opens."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var=Path(folder))
        make_city(settings.city_folder("grid"), Clock().now())
        with serving(settings, "grid") as address:
            yield from _actions(address)
            yield from _pages(address)


def _actions(address: str) -> Iterator[tuple[str, str, str]]:
    taken: dict[str, list[float]] = {}
    start = Barrier(DISPATCHERS)
    crews = [
        Thread(target=_dispatch, args=(address, number, start, taken))
        for number in range(DISPATCHERS)
    ]
    for crew in crews:
        crew.start()
    for crew in crews:
        crew.join()
    every = [one for times in taken.values() for one in times]
    for name, times in (*taken.items(), ("every action", every)):
        p95_ms = quantiles(times, n=20)[-1]
        shown = f"median {median(times):.0f} ms, p95 {p95_ms:.0f} ms, worst {max(times):.0f} ms"
        yield f"board: {name}", shown, WANTED


def _dispatch(address: str, number: int, start: Barrier, taken: dict[str, list[float]]) -> None:
    """Do each action many times in an order of one's own."""
    chance = np.random.default_rng(number)
    turns = chance.permutation([i for i in range(len(ACTIONS)) for _ in range(ASKED)])
    with _client(address, f"dispatcher{number}") as client:
        start.wait()
        for turn in turns:
            name, act = ACTIONS[turn]
            began = perf_counter()
            answer = act(client, chance)
            taken.setdefault(name, []).append((perf_counter() - began) * 1000)
            assert answer.status_code < 300 or answer.status_code == 409, answer.text


def _request(chance: Chance) -> int:
    first = request_queue.CLOSED + 1
    return int(chance.integers(first, first + request_queue.OPEN))


ACTIONS: tuple[Action, ...] = (
    ("everything anew", lambda client, _: client.get("/api/board")),
    ("figures", lambda client, _: client.get("/api/board/figures")),
    ("a truck's panel", lambda client, r: client.get(f"/api/board/trucks/{r.integers(1, 67)}")),
    ("a street", lambda client, r: client.get(f"/api/segments/{r.integers(1, 20_000)}")),
    ("its visits", lambda client, r: client.get(f"/api/board/streets/{r.integers(1, 20_000)}")),
    ("a request", lambda client, r: client.get(f"/api/requests/{_request(r)}")),
    (
        "words among requests",
        lambda client, r: client.get(f"/api/board/requests?words={r.integers(99)}"),
    ),
    ("what became of 33,000 legs", lambda client, _: client.get("/api/board/done")),
    (
        "a route on the map",
        lambda client, r: client.get(f"/api/plans/1/routes/{r.integers(1, 67)}"),
    ),
    (
        "a new request",
        lambda client, _: client.post("/requests", json={"kind": "plow", "text": "snow"}),
    ),
    (
        "say what one looks at",
        lambda client, r: client.post(
            "/api/board/presence", json={"tab": "benchmark", "subject": f"request:{_request(r)}"}
        ),
    ),
    (
        "place a request",
        lambda client, r: client.post(
            f"/api/requests/{_request(r)}/place",
            json={"lon": 45 + r.random() / 10, "lat": 37 + r.random() / 10},
        ),
    ),
    (
        "cancel a request",
        lambda client, r: client.post(f"/api/requests/{_request(r)}/cancel", json={}),
    ),
)


def _client(address: str, login: str) -> httpx.Client:
    city = server_of(address)
    with reading(city.engine) as tx:
        user = find_user_by_login(tx, login)
    assert user is not None
    session = new_session(user)
    cookies = {SESSION_COOKIE: city.seals.seal_session(session), CSRF_COOKIE: session.csrf}
    headers = {"accept": "application/json", "x-csrf-token": session.csrf}
    return httpx.Client(base_url=address, cookies=cookies, headers=headers, timeout=60)


def _pages(address: str) -> Iterator[tuple[str, str, str]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(QUIET)
        )
        page: Page = browser.new_page(viewport={"width": 1440, "height": 900})
        visit = Visit(page, address)
        visit.board("dispatcher0")
        page.add_init_script(WATCH)
        visit.go("/")
        idle_ms = visit.until("globalThis.idleAt ?? 0")
        shown = f"{idle_ms / 1000:.1f} s, longest task {page.evaluate('worst'):.0f} ms"
        yield "board: opened in a warm browser, map still", shown, OPENED
        browser.close()


def make_city(folder: Path, now: datetime) -> None:
    """Make a grid in a storm whose plan is half driven, with requests open, closed, unplaced."""
    file, actor = folder.parent / "grid.osm.pbf", route_check.SYSTEM
    folder.parent.mkdir(parents=True, exist_ok=True)
    city_import.write_grid(file, SIDE)
    add_city(folder, "grid", file, now, actor)
    engine = open_database(folder / "barfrub.sqlite")
    with transaction(engine) as tx:
        for number in range(DISPATCHERS):
            hidden = hash_password(PASSWORD)
            add_user(tx, f"dispatcher{number}", [Role.DISPATCHER], "en", hidden)
        network = load_network(tx)
        set_fleet(tx, actor, URMIA_FLEET, network, now)
        began_at = now - route_check.DRIVEN * route_check.A_LEG
        storm = start_storm(tx, actor, "bench", network, get_policy(tx), began_at)
        plan = route_check.planned(tx, storm, network, began_at)
        for number in range(route_check.DRIVEN):
            route_check.drive(tx, plan, network, number)
        jobs = {job.segment_id: job.id for job in list_jobs(tx, storm.id, JobState.OPEN)}
        for asked in request_queue.requests_of(network, now):
            job = jobs.get(asked.snap.segment_id) if asked.snap else None
            works = asked.state is RequestState.OPEN and job is not None
            request_queue.keep(tx, replace(asked, job_id=job) if works else asked)
    engine.dispose()
