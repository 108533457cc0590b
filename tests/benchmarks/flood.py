"""A flood at the public form: 5,000 reports in a minute, while operators go on with their work.

The demo city with its storm on; every report comes from an address of its own, with words that
the geocoder has to look for. Reports that were acknowledged are looked up afterwards, each by its
number and code.
"""

import asyncio
import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import httpx

from api.access.auth import hash_password
from api.config.clock import Clock
from api.config.settings import Settings
from api.simulation.demo_city import DEMO_CITY_FILE
from api.web.context import App
from api.web.cookies import CSRF_COOKIE, SESSION_COOKIE
from data.model import Actor, ActorKind, Role
from data.store.accounts.accounts import add_user
from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from data.store.requests.tracking_codes import find_tracked
from data.store.setup.city import get_policy
from data.store.streets.network import load_network
from fleet.setup.city_setup import NewCity, add_city
from fleet.storms.storm_start import start_storm
from tests.begun_session import begun_session
from tests.browser.conftest import _served, serving

REPORTS = int(os.environ.get("REPORTS", "5000"))
FLOOD_S = float(os.environ.get("FLOOD_S", "60"))
OPERATORS_EVERY_S = 0.5
ACTOR = Actor(ActorKind.SYSTEM, "benchmark")
TAKEN = re.compile(r"reference=(B-\d+)&code=(\d+)")


class Flood:
    """What was answered, how fast, and what an operator felt meanwhile."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.answered: Counter[int] = Counter()
        self.waits_s: list[float] = []
        self.list_s: list[float] = []
        self.save_s: list[float] = []
        self.lasted_s = 0.0


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var=Path(folder))
        _make_city(settings)
        with serving(settings, "demo") as address:
            app = _served[address]
            flood = asyncio.run(_flood(address, app))
            yield from _told(flood, _lost(app, flood))


def _told(flood: Flood, lost: int) -> Iterator[tuple[str, str, str]]:
    acknowledged, waits_ms = len(flood.taken), sorted(1000 * each for each in flood.waits_s)
    lists_ms, saves_ms = (sorted(1000 * s for s in each) for each in (flood.list_s, flood.save_s))
    sent = f"{REPORTS} reports in {flood.lasted_s:.0f} s"
    yield sent, f"{acknowledged} acknowledged, others {_others(flood)}", "all answered"
    yield "acknowledged reports that are lost", str(lost), "0"
    yield "report to acknowledgement, median and p95", _pair(waits_ms), ""
    yield "operator's list meanwhile, median and p95", _pair(lists_ms), "200 ms"
    yield "operator's saved request meanwhile, median and p95", _pair(saves_ms), "3,000 ms"


def _others(flood: Flood) -> str:
    others = {code: times for code, times in flood.answered.items() if code != 303}
    return str(others) if others else "none"


def _pair(times_ms: list[float]) -> str:
    if not times_ms:
        return "never"
    return f"{median(times_ms):,.0f} ms, {times_ms[int(0.95 * (len(times_ms) - 1))]:,.0f} ms"


async def _flood(address: str, app: App) -> Flood:
    flood, began_s = Flood(), time.monotonic()
    async with httpx.AsyncClient(base_url=address, timeout=60) as browser:
        await browser.get("/report")
        token = browser.cookies[CSRF_COOKIE]
    operator = asyncio.create_task(_operate(address, app, flood))
    await asyncio.gather(*(_report(address, token, number, flood) for number in range(REPORTS)))
    flood.lasted_s = time.monotonic() - began_s
    operator.cancel()
    await asyncio.gather(operator, return_exceptions=True)
    return flood


async def _report(address: str, token: str, number: int, flood: Flood) -> None:
    await asyncio.sleep(number * FLOOD_S / REPORTS)
    words = {"csrf": token, "kind": "plow", "text": f"Kungsgatan {number} is full of snow"}
    began_s = time.monotonic()
    status, where = await _posted(address, token, urlencode(words).encode(), number)
    flood.waits_s.append(time.monotonic() - began_s)
    flood.answered[status] += 1
    if status == 303 and (found := TAKEN.search(where)):
        flood.taken.append((found[1], found[2]))


async def _posted(address: str, token: str, body: bytes, number: int) -> tuple[int, str]:
    """Return status and location: plain sockets, since 5,000 clients would be the flood."""
    host, port = address.removeprefix("http://").split(":")
    # Every sender has an address of its own: loopback has sixteen million.
    home = f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"
    reader, writer = await asyncio.open_connection(host, int(port), local_addr=(home, 0))
    head = (
        f"POST /report HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAccept: text/html\r\n"
        f"Cookie: {CSRF_COOKIE}={token}\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = (await reader.read()).decode("latin-1")
    writer.close()
    where = next((line for line in answer.splitlines() if line.startswith("location: ")), "")
    return int(answer.split(" ", 2)[1]), where


async def _operate(address: str, app: App, flood: Flood) -> None:
    here = app.network.point_at(next(iter(app.network.segments)).id, 0.0)
    session = begun_session(app.engine, "operator")
    cookies = {SESSION_COOKIE: session.text}
    headers = {"x-csrf-token": session.csrf, "accept": "application/json"}
    async with httpx.AsyncClient(
        base_url=address, cookies=cookies, headers=headers, timeout=120
    ) as desk:
        for number in count():
            await asyncio.sleep(OPERATORS_EVERY_S)
            began_s = time.monotonic()
            (await desk.get("/api/requests")).raise_for_status()
            flood.list_s.append(time.monotonic() - began_s)
            began_s = time.monotonic()
            words = {"kind": "plow", "text": f"call {number}", "lon": here.lon, "lat": here.lat}
            (await desk.post("/requests", json=words)).raise_for_status()
            flood.save_s.append(time.monotonic() - began_s)


def _lost(app: App, flood: Flood) -> int:
    with reading(app.engine) as tx:
        kept = [find_tracked(tx, reference) for reference, _ in flood.taken]
    codes = [None if each is None else each[1] for each in kept]
    return sum(code != told for code, (_, told) in zip(codes, flood.taken, strict=True))


def _make_city(settings: Settings) -> None:
    folder = settings.city_folder("demo")
    zone = "Europe/Stockholm"
    add_city(
        folder, NewCity("demo", DEMO_CITY_FILE, timezone=zone, services=True), Clock().now(), ACTOR
    )
    engine = database_of(folder)
    with transaction(engine) as tx:
        network, policy = load_network(tx), get_policy(tx)
        start_storm(tx, ACTOR, "flood", network, policy, Clock().now())
        add_user(tx, "operator", [Role.OPERATOR], "fa", hash_password("winter-is-long"))
    engine.dispose()
