"""The board of 20,000 streets, 66 trucks that send, 10,000 requests and 3 dispatchers, in a storm.

The server is `barfrub serve` in processes of its own. Each dispatcher does something every
`PAUSE_S`; meanwhile every truck sends a position each `SEND_S`, and somebody follows the stream.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from threading import Barrier, Event, Thread

import httpx
import numpy as np
from fastapi.testclient import TestClient
from playwright.sync_api import sync_playwright

from api.access.auth import hash_password
from api.config.clock import Clock
from api.config.settings import Settings
from api.server.app import create_app
from api.web.cookies import CSRF_COOKIE
from data.model import JobState, RequestState, Role, StormId
from data.setup.fleet_file import URMIA_FLEET
from data.store.accounts.accounts import add_device, add_user
from data.store.database.city_database import database_of
from data.store.database.engine import Tx, transaction
from data.store.setup.city import get_policy
from data.store.streets.network import load_network
from data.store.work import list_jobs
from data.streets.network import StreetNetwork
from fleet.accounts.accounts import token_digest
from fleet.setup.city_setup import NewCity, add_city, set_fleet
from fleet.storms.storm_start import start_storm
from tests.api.conftest import COOKIE_DOMAIN
from tests.benchmarks import city_import, request_queue, route_check
from tests.benchmarks.board_page import WATCH
from tests.benchmarks.served import ADDRESS, client_of, cookies_of, serving
from tests.browser.conftest import PASSWORD, QUIET, Visit, find_chromium

SIDE = 102
"""Streets each way: 2 x 102 x 101 = 20,604 blocks."""

CITY = "grid"
DISPATCHERS, ASKED = 3, 12
PAUSE_S, SEND_S = 0.3, 5.0
WANTED, OPENED = "p95 300 ms", "4 s"
PANS = 60
DAY_S, CM_S = 86_400, 1_000.0
"""Snow of the benchmark: a centimetre falls in so long."""

A_STEP_DEG = 0.0003
"""How far a truck comes between two positions, along its street: some 27 m."""

Chance = np.random.Generator
Act = Callable[[httpx.Client, Chance], httpx.Response]
Action = tuple[str, Act]

_PAN = f"""async () => {{
    const chart = document.querySelector("board-timeline");
    const frames = [];
    let before = performance.now();
    for (let step = 0; step < {PANS}; step += 1) {{
        chart.view.zoom(step < 20 ? 0.9 : 1);
        chart.view.pan(0.02);
        const began = performance.now();
        chart.paint();
        frames.push(performance.now() - began);
        await new Promise(requestAnimationFrame);
    }}
    return frames;
}}"""

_FILTER = """async (words) => {
    const field = document.getElementById("filter");
    const began = performance.now();
    field.value = words;
    field.dispatchEvent(new Event("input"));
    await document.querySelector("board-lists").updateComplete;
    await new Promise(requestAnimationFrame);
    return performance.now() - began;
}"""

_CHOOSE = """async (number) => {
    const { vehicles, choose } = await import("/static/js/board/state.js");
    const { details } = await import("/static/js/board/details.js");
    const began = performance.now();
    choose("truck", vehicles()[number].id);
    while (!details.value.known) await new Promise((done) => setTimeout(done, 5));
    await document.querySelector("board-side").updateComplete;
    return performance.now() - began;
}"""


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield how long each action takes, how soon others see it, and what a page needs."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var=Path(folder))
        make_city(settings.city_folder(CITY), Clock().now())
        cpu_ms = dict(_costs(settings))
        with serving(settings, CITY):
            yield from _actions(settings, cpu_ms)
            yield _snowfall(settings, cpu_ms)
            yield from _pages(settings)


def _costs(settings: Settings) -> Iterator[tuple[str, float]]:
    """Yield the processor time of each action: other programs on the machine do not change it."""
    web = create_app(settings, settings.city_folder(CITY))
    app = web.state.barfrub
    with TestClient(web) as client:
        assert client.portal is not None
        client.portal.call(app.consumer.stop)
        client.portal.call(app.alert_task.stop)
        app.consumer.run()
        app.alert_task.run()
        cookies = cookies_of(settings, CITY, "dispatcher0")
        for name, value in cookies.items():
            client.cookies.set(name, value, domain=COOKIE_DOMAIN)
        client.headers.update({"accept": "application/json", "x-csrf-token": cookies[CSRF_COOKIE]})
        chance = np.random.default_rng(5)
        for name, act in (*ACTIONS, SNOW):
            spent = []
            for _ in range(ASKED):
                began = time.process_time()
                act(client, chance)
                spent.append((time.process_time() - began) * 1000)
            yield name, median(spent)


def _actions(settings: Settings, cpu_ms: dict[str, float]) -> Iterator[tuple[str, str, str]]:
    """Let all dispatchers act at once, and yield what each action took by the wall."""
    taken: dict[str, list[float]] = {}
    heard: list[float] = []
    start, over = Barrier(DISPATCHERS), Event()
    beside = [
        Thread(target=_send, args=(over,)),
        Thread(target=_hear, args=(settings, over, heard), daemon=True),
    ]
    crews = [
        Thread(target=_dispatch, args=(settings, number, start, taken))
        for number in range(DISPATCHERS)
    ]
    for each in (*beside, *crews):
        each.start()
    for crew in crews:
        crew.join()
    over.set()
    beside[0].join()
    every = [one for times in taken.values() for one in times]
    for name, _ in ACTIONS:
        yield f"board: {name}", f"{_shown(taken[name])}, CPU {cpu_ms[name]:.0f} ms", WANTED
    yield "board: every action", _shown(every), WANTED
    yield "board: a new request until another board hears it", _shown(heard), "1,000 ms"


def _snowfall(settings: Settings, cpu_ms: dict[str, float]) -> tuple[str, str, str]:
    """Enter snow again and again when all others are done: nobody enters it all the time."""
    name, act = SNOW
    chance, taken = np.random.default_rng(0), list[float]()
    with client_of(settings, CITY, "dispatcher0") as client:
        for _ in range(ASKED):
            began = time.perf_counter()
            answer = act(client, chance)
            taken.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == httpx.codes.CREATED, answer.text
            time.sleep(PAUSE_S)
    return f"board: {name}", f"{_shown(taken)}, CPU {cpu_ms[name]:.0f} ms", WANTED


def _shown(times: list[float]) -> str:
    p95_ms = quantiles(times, n=20)[-1]
    return f"median {median(times):.0f} ms, p95 {p95_ms:.0f} ms, worst {max(times):.0f} ms"


def _dispatch(
    settings: Settings, number: int, start: Barrier, taken: dict[str, list[float]]
) -> None:
    """Do each action several times in an order of one's own."""
    chance = np.random.default_rng(number)
    turns = chance.permutation([i for i in range(len(ACTIONS)) for _ in range(ASKED)])
    with client_of(settings, CITY, f"dispatcher{number}") as client:
        start.wait()
        for turn in turns:
            name, act = ACTIONS[turn]
            began = time.perf_counter()
            answer = act(client, chance)
            taken.setdefault(name, []).append((time.perf_counter() - began) * 1000)
            assert answer.status_code < 300 or answer.status_code == 409, answer.text
            time.sleep(PAUSE_S)


def _send(over: Event) -> None:
    """Let every truck send where it is, again and again."""
    lon = 45.0
    with httpx.Client(base_url=ADDRESS, timeout=60) as client:
        while not over.is_set():
            lon += A_STEP_DEG
            for truck in range(1, route_check.TRUCKS + 1):
                fix = {
                    "fixed_at": Clock().now().isoformat(),
                    "lon": lon,
                    "lat": 37.0 + truck / 1000,
                    "speed_mps": 6.0,
                    "heading_deg": 90.0,
                    "blade": True,
                }
                headers = {"Authorization": f"Bearer token-{truck}"}
                client.post("/positions", json={"positions": [fix]}, headers=headers)
                time.sleep(SEND_S / route_check.TRUCKS)


def _hear(settings: Settings, over: Event, heard: list[float]) -> None:
    """Follow the stream, and note how old each new request is when it comes."""
    with (
        client_of(settings, CITY, "dispatcher0") as client,
        client.stream("GET", "/stream", timeout=None) as stream,
    ):
        kind = ""
        for line in stream.iter_lines():
            if over.is_set():
                return
            kind = line.removeprefix("event: ") if line.startswith("event: ") else kind
            if kind == "requests" and line.startswith("data: "):
                now = Clock().now()
                for one in json.loads(line.removeprefix("data: ")):
                    age = now - datetime.fromisoformat(one["received_at"])
                    if age < timedelta(minutes=1):
                        heard.append(age / timedelta(milliseconds=1))


def _request(chance: Chance) -> int:
    first = request_queue.CLOSED + 1
    return int(chance.integers(first, first + request_queue.OPEN))


def _place(client: httpx.Client, chance: Chance) -> httpx.Response:
    pin = {"lon": 45 + chance.random() / 10, "lat": 37 + chance.random() / 10}
    return client.post(f"/api/requests/{_request(chance)}/place", json=pin)


def _look(client: httpx.Client, chance: Chance) -> httpx.Response:
    shown = {"tab": "benchmark", "subject": f"request:{_request(chance)}"}
    return client.post("/api/board/presence", json=shown)


def _visits(client: httpx.Client, chance: Chance) -> httpx.Response:
    return client.get(f"/api/board/streets/{chance.integers(1, 20_000)}")


def _told(client: httpx.Client, chance: Chance) -> httpx.Response:
    ids = [_request(chance) for _ in range(20)]
    return client.get("/api/board/told", params={"ids": ids})


def _enter_snow(client: httpx.Client, _: Chance) -> httpx.Response:
    """Enter what had fallen until now, more than at any entry before."""
    now = Clock().now()
    entry = {"at": now.isoformat(), "fallen_cm": now.timestamp() % DAY_S / CM_S}
    return client.post("/api/storms/1/snowfall", json={"entries": [entry]})


SNOW: Action = ("snow entered, all open work timed anew", _enter_snow)
A_CALL = {"kind": "plow", "text": "Street 7, snow"}
ACTIONS: tuple[Action, ...] = (
    ("everything anew", lambda client, _: client.get("/api/board")),
    ("figures", lambda client, _: client.get("/api/board/figures")),
    ("a truck's panel", lambda client, r: client.get(f"/api/board/trucks/{r.integers(1, 67)}")),
    ("a street", lambda client, r: client.get(f"/api/segments/{r.integers(1, 20_000)}")),
    (
        "who comes to it",
        lambda client, r: client.get(f"/api/board/streets/{r.integers(1, 20_000)}"),
    ),
    ("a request", lambda client, r: client.get(f"/api/requests/{_request(r)}")),
    ("20 rows of a list", _told),
    ("words", lambda client, r: client.get(f"/api/board/requests?words={r.integers(99)}")),
    ("what became of 35,000 legs", lambda client, _: client.get("/api/board/done")),
    ("all legs of the plan", lambda client, _: client.get("/api/plans/1/timeline")),
    ("a route", lambda client, r: client.get(f"/api/plans/1/routes/{r.integers(1, 67)}")),
    ("say what one looks at", _look),
    ("a new request", lambda client, _: client.post("/requests", json=A_CALL)),
    ("place a request", _place),
    ("cancel one", lambda client, r: client.post(f"/api/requests/{_request(r)}/cancel", json={})),
)


def _pages(settings: Settings) -> Iterator[tuple[str, str, str]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies(
            [
                {"name": name, "value": value, "url": ADDRESS}
                for name, value in cookies_of(settings, CITY, "dispatcher0").items()
            ]
        )
        page = context.new_page()
        page.set_default_timeout(120_000)
        visit = Visit(page, ADDRESS)
        visit.go("/")
        visit.until("!!globalThis.boardMap && boardMap.loaded()")
        page.add_init_script(WATCH)
        visit.go("/")
        visit.until("globalThis.idleAt ?? 0")
        idle_ms = page.evaluate("idleAt")
        shown = f"{idle_ms / 1000:.1f} s, longest task {page.evaluate('worst'):.0f} ms"
        yield "board: opened in a warm browser, map still", shown, OPENED
        found = [page.evaluate(_FILTER, word) for word in ("s", "st", "str", "7", "77", "") * 3]
        yield "board: a letter typed into the filter of 10,500 requests", _shown(found), WANTED
        chosen = [page.evaluate(_CHOOSE, number) for number in range(20)]
        yield "board: a truck chosen until its panel is there", _shown(chosen), WANTED
        page.keyboard.press("l")
        visit.until("document.querySelector('.lane-chart canvas')?.width > 0")
        page.wait_for_timeout(2000)
        frames = page.evaluate(_PAN)
        yield "board: a frame of the timeline while it moves", _shown(frames), "33 ms"
        browser.close()


def make_city(folder: Path, now: datetime, side: int = SIDE) -> None:
    """Make a grid in a storm whose plan is half driven, with requests open, closed, unplaced."""
    file, actor = folder.parent / "grid.osm.pbf", route_check.SYSTEM
    folder.parent.mkdir(parents=True, exist_ok=True)
    city_import.write_grid(file, side)
    add_city(folder, NewCity("grid", file), now, actor)
    engine = database_of(folder)
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
        for truck, route in enumerate(plan.routes, 1):
            add_device(tx, f"tracker-{truck}", route.vehicle_id, token_digest(f"token-{truck}"))
        _ask(tx, storm.id, network, now)
    engine.dispose()


def _ask(tx: Tx, storm_id: StormId, network: StreetNetwork, now: datetime) -> None:
    """Take all requests; those that are open wait for their streets' jobs."""
    jobs = {job.segment_id: job.id for job in list_jobs(tx, storm_id, JobState.OPEN)}
    for asked in request_queue.requests_of(network, now):
        job = jobs.get(asked.snap.segment_id) if asked.snap else None
        works = asked.state is RequestState.OPEN and job is not None
        request_queue.keep(tx, replace(asked, job_id=job) if works else asked)
