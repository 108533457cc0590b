"""The replay page in Chromium: 18,000 streets, 66 trucks that work all day, one fix each 5 s.

The demo city with its service ways. `HOURS` (24) and `EVERY_S` (5) say how long the storm is and
how dense its fixes are.
"""

import gzip
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from playwright.sync_api import CDPSession, Page, sync_playwright

from api.access.auth import hash_password
from api.config.clock import Clock
from api.config.console import CONSOLE, open_city_database
from api.config.settings import Settings
from api.simulation.demo_city import DEMO_CITY_FILE
from api.simulation.log_import import Ready, close_storm_of_log, make_ready, take_in
from data.model import DirectedSegment, LonLat, Position, Role, StormId, VehicleId
from data.store.accounts.accounts import add_user
from data.store.database.engine import transaction
from data.streets.network import StreetNetwork
from data.streets.projection import DEGREE_M
from fleet.setup.city_setup import NewCity, add_city
from fleet.setup.log_import import SOURCE
from tests.browser.conftest import PASSWORD, QUIET, Visit, find_chromium, serving

TRUCKS = 66
HOURS = float(os.environ.get("HOURS", "24"))
EVERY_S = float(os.environ.get("EVERY_S", "5"))
SPEED_MPS = 6.0
NOISE_M = 3.0
SEED = 2026
PLAYED_MS = 5_000
PATIENCE_MS = 300_000
"""How long a page may wait for a storm of a day of which nothing is prepared."""

SHOWN = """globalThis.boardMap?.loaded()
    && document.querySelector('.now') && !document.querySelector('.now .muted')"""
"""Whether the streets have their colors: the map is whole, and the hour is there."""

SPENT = ("ScriptDuration", "TaskDuration")
"""Chromium's clocks of the thread of a page: scripts, and everything, drawing by software too."""

FRAMES = """async (lasts) => {
    const steps = [];
    let last = performance.now();
    const began = last;
    while (last - began < lasts) {
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        steps.push(now - last);
        last = now;
    }
    steps.sort((a, b) => a - b);
    const rate = steps.length / (last - began) * 1000;
    return [rate, steps[Math.floor(steps.length * 0.95)], steps.at(-1)];
}"""
"""Frames a second, and the 95th percentile and the longest of the times between them in ms."""


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield sizes and times of answers, then what a dispatcher waits for and sees."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var=Path(folder))
        fixes = _make_city(settings.city_folder("demo"))
        yield f"{TRUCKS} trucks, {HOURS:g} h, a fix each {EVERY_S:g} s", f"{fixes:,} fixes", ""
        with serving(settings, "demo") as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(PATIENCE_MS)
            visit = Visit(page, address)
            visit.sign_in()
            yield from _answers(page, address)
            yield from _seen(visit)
            browser.close()


def _answers(page: Page, address: str) -> Iterator[tuple[str, str, str]]:
    hour = int(HOURS / 2)
    for what, path in (
        ("the storm as a whole, nothing prepared", "/api/replay"),
        ("the storm as a whole, asked again", "/api/replay"),
        ("colors of an hour", f"/api/replay/1/colors/{hour}"),
        ("tracks of an hour", f"/api/replay/1/tracks/{hour}"),
        ("tracks of the same hour, asked again", f"/api/replay/1/tracks/{hour}"),
    ):
        began_s = time.perf_counter()
        body = page.request.get(f"{address}{path}", timeout=PATIENCE_MS).body()
        took_s = time.perf_counter() - began_s
        packed = len(gzip.compress(body, 5))
        yield what, f"{len(body) / 1e3:,.0f} kB, packed {packed / 1e3:,.0f} kB, {took_s:.2f} s", ""


def _seen(visit: Visit) -> Iterator[tuple[str, str, str]]:
    page = visit.page
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    before, began_s = _spent_s(session, "ScriptDuration"), time.perf_counter()
    visit.go(f"/replay?at={HOURS * 1800:.0f}")
    visit.until(SHOWN)
    yield "page open, streets in their colors", f"{time.perf_counter() - began_s:.1f} s", "4 s"
    script_s = _spent_s(session, "ScriptDuration") - before
    yield "of it scripts", f"{script_s:.1f} s", ""
    page.wait_for_timeout(2_000)
    for speed in (60, 300):
        page.select_option("#speed", str(speed))
        page.click("#play")
        page.wait_for_timeout(1_000)
        first = [_spent_s(session, what) for what in SPENT]
        frames, p95_ms, longest_ms = page.evaluate(FRAMES, PLAYED_MS)
        last = [_spent_s(session, what) for what in SPENT]
        drawn = frames * PLAYED_MS / 1000
        script_ms, all_ms = ((b - a) * 1000 / drawn for a, b in zip(first, last, strict=True))
        page.click("#play")
        yield f"frames a second at {speed} times", f"{frames:.0f}", "60"
        yield "between frames, 95 % and longest", f"{p95_ms:.0f} ms, {longest_ms:.0f} ms", ""
        yield "scripts a frame", f"{script_ms:.1f} ms", "8 ms"
        yield "all that the page's own thread does a frame", f"{all_ms:.1f} ms", ""


def _spent_s(session: CDPSession, what: str) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in metrics if one["name"] == what)


def _make_city(folder: Path) -> int:
    """Make a city with a storm that is over; return how many fixes it left."""
    now = Clock().now()
    began = now - timedelta(hours=HOURS + 1)
    zone = "Europe/Stockholm"
    add_city(folder, NewCity("demo", DEMO_CITY_FILE, timezone=zone, services=True), began, CONSOLE)
    engine = open_city_database(folder)
    with transaction(engine) as tx:
        add_user(tx, "dispatcher", [Role.DISPATCHER], "en", hash_password(PASSWORD))
    names = {f"Truck {number}" for number in range(1, TRUCKS + 1)}
    ready = make_ready(engine, names, began, began, storm="Snow", create=True)
    assert ready.storm is not None
    assert ready.storm.id == StormId(1)
    fixes = sorted(_fixes(ready, began), key=lambda fix: fix.fixed_at)
    take_in(engine, ready, fixes, lambda _: None)
    close_storm_of_log(engine, ready.storm, fixes[-1].fixed_at)
    engine.dispose()
    return len(fixes)


def _fixes(ready: Ready, began: datetime) -> Iterator[Position]:
    for vehicle in ready.vehicles.values():
        chance = np.random.default_rng([SEED, int(vehicle.id)])
        places = _places(ready.network, chance)
        noise_deg = NOISE_M / DEGREE_M
        for step in range(int(HOURS * 3600 / EVERY_S)):
            east, north = chance.normal(0.0, noise_deg, 2)
            place, at = next(places), began + timedelta(seconds=step * EVERY_S)
            yield Position(
                ready.devices[vehicle.id],
                VehicleId(vehicle.id),
                SOURCE,
                at,
                at,
                LonLat(place.lon + 2 * east, place.lat + north),
                SPEED_MPS,
                blade=step // 360 % 4 != 0,
            )


def _places(network: StreetNetwork, chance: np.random.Generator) -> Iterator[LonLat]:
    """Yield where a truck is that wanders through the streets, fix by fix, for ever."""
    arc, along_m = int(chance.integers(len(network.arc_segment))), 0.0
    turns = network.turns
    while True:
        length_m = float(network.arc_length_m[arc])
        directed: DirectedSegment = network.directed(arc)
        while along_m < length_m:
            offset_m = along_m if directed.forward else length_m - along_m
            yield network.point_at(directed.segment_id, offset_m)
            along_m += SPEED_MPS * EVERY_S
        along_m -= length_m
        after = turns.to[int(turns.start[arc]) : int(turns.start[arc + 1])].tolist()
        onward = [one for one in after if network.arc_segment[one] != network.arc_segment[arc]]
        if not after:
            arc = int(chance.integers(len(network.arc_segment)))
        else:
            arc = int(chance.choice(onward or after))
