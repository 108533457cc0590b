"""A driver's phone without a network: what it keeps, how soon it shows it and finds a way back.

And how soon what was tapped meanwhile is at the board, once there is a network.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import monotonic, process_time, sleep

import httpx
from playwright.sync_api import BrowserContext, Page, sync_playwright
from playwright.sync_api import Route as Asked

from api.config.clock import Clock
from api.config.settings import Settings
from api.processes.cached_response import json_of, packed_answer_of
from api.processes.stored_tiles import stored_tiles
from api.shifts.stored_route import StoredRoute
from api.simulation.demo_city import DEMO_CITY_FILE, DEMO_TIMEZONE
from api.web.cookies import SESSION_COOKIE
from data.model import Actor, ActorKind, DirectedSegment, Leg, PlanId, Role, Route
from data.store.accounts.accounts import add_user
from data.store.database.engine import transaction
from data.store.setup.city import get_policy
from data.store.shifts.shifts import list_shifts
from data.store.streets.network import load_network
from data.streets.network import StreetNetwork
from fleet.shifts.driver_codes import give_code
from fleet.storms.storm_start import start_storm
from maps.shifts.stored_network import Limits, corridor, stored_network
from tests.begun_session import begun_session
from tests.benchmarks.planned_city import city_with_fleet, published
from tests.benchmarks.user_pages import PHONE
from tests.browser.conftest import QUIET, Visit, find_chromium, open_page, serving
from tests.village_plan import a_leg

CITY = "demo"
LEGS = 1100
ACTOR = Actor(ActorKind.SYSTEM, "bench")
INSTALLED = "navigator.serviceWorker.ready.then(() => true)"
REPORTS = "**/shifts/*/blockages"
LOOK_S = 0.005
SLOWER = 4
"""So many times slower than this machine's processor a phone's is taken to be."""

WAYS = """async () => {
  const { kept } = await import('/static/js/pages/app/shelf.js');
  const { StreetGraph } = await import('/static/js/shifts/driver/guide/way-back.js');
  const network = await kept("network");
  const began = performance.now();
  const graph = new StreetGraph(network);
  const made = performance.now() - began;
  const { streets } = network;
  const ways = Array.from({ length: 30 }, (_, i) => {
    const [, , , [place]] = streets[(i * 97) % streets.length];
    const [goal] = streets[(i * 211 + 500) % streets.length];
    const asked = performance.now();
    const way = graph.way(place, null, [[goal, 0], [-goal, 0]]);
    return { ms: performance.now() - asked, found: way !== null };
  });
  const times = ways.map(({ ms }) => ms).sort((one, other) => one - other);
  const found = ways.filter((way) => way.found).length;
  return { made, middle: times[15], worst: times[29], found };
}"""
"""Times of 30 ways back over the streets that are kept, across all of them, in ms."""

WATCH = """
const PARTS = ["drive-now h2", "drive-actions button", "drive-sos button"];
const look = () => {
  const isThere = PARTS.every((part) => document.querySelector(part));
  if (!isThere) return requestAnimationFrame(look);
  requestAnimationFrame(() => setTimeout(() => (globalThis.shownAt = performance.now())));
};
requestAnimationFrame(look);
"""
"""When the frame with the present stage and the buttons was made."""

KEPT = "navigator.storage.estimate().then(({ usage }) => usage)"


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield sizes and times of a route of 1,100 streets in the demo city of 16,000."""
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(var=Path(name))
        code, legs, network = _make_city(settings)
        yield _answer(settings.city_folder(CITY), legs, network)
        with serving(settings, CITY) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
            yield from _offline(browser.new_context(viewport=PHONE), address, code)
            browser.close()


def _answer(folder: Path, legs: list[Leg], network: StreetNetwork) -> tuple[str, str, str]:
    began_s = process_time()
    part = stored_network(legs, PlanId(1), network, Limits(frozenset(), 0.0))
    layers = stored_tiles(folder, corridor(legs, network))
    packed = packed_answer_of(json_of(StoredRoute(part, layers)))
    spent_ms = (process_time() - began_s) * 1000
    tiles = sum(len(each.tiles) for each in layers.values())
    told = (
        f"{len(part.streets):,} streets, {len(part.arcs):,} arcs, {tiles} tiles: "
        f"{len(packed.content) / 1e6:.2f} MB, CPU {spent_ms:.0f} ms"
    )
    return f"kept for a route of {LEGS:,} streets", told, "4 MB of tiles, 12,000 arcs"


def _offline(context: BrowserContext, address: str, code: str) -> Iterator[tuple[str, str, str]]:
    page = open_page(context)
    visit = Visit(page, address)
    visit.go("/drive")
    page.fill("#code", code)
    page.click("button.primary")
    page.wait_for_selector("drive-actions button")
    page.evaluate(INSTALLED)
    visit.until("document.querySelector('.facts')?.textContent.includes('MB')")
    used = page.evaluate(KEPT)
    _slow_down(page)
    ways = page.evaluate(WAYS)
    told = f"{ways['middle']:.0f} ms, at worst {ways['worst']:.0f} ms; {ways['found']} of 30 found"
    yield f"way back to the route, processor {SLOWER} times slower", told, "1 s"
    yield "streets made ready for it, once a plan", f"{ways['made']:.0f} ms", ""
    context.set_offline(True)
    shown, drawn = zip(*(_view_offline(visit) for _ in range(3)), strict=True)
    slower = f"network off, processor {SLOWER} times slower"
    yield f"route on the screen, {slower}", _seconds(shown), "2 s"
    yield f"its map still, {slower}", _seconds(drawn), ""
    yield "storage that the phone uses", f"{used / 1e6:.1f} MB", ""
    context.set_offline(False)
    yield from _reports(visit)


def _view_offline(visit: Visit) -> tuple[float, float]:
    """Return the seconds until a new window shows the route, and from asking for its map on."""
    context = visit.page.context
    visit.page.close()
    page = visit.page = open_page(context)
    page.add_init_script(WATCH)
    _slow_down(page)
    visit.go("/drive")
    shown_ms = visit.until("globalThis.shownAt ?? 0")
    page.locator(".tab").nth(2).click()
    asked_ms = page.evaluate("performance.now()")
    visit.wait_for_map()
    drawn_ms = page.evaluate("performance.now()") - asked_ms
    return shown_ms / 1000, drawn_ms / 1000


def _reports(visit: Visit) -> Iterator[tuple[str, str, str]]:
    """Report three times without a network, and three times where the phone is not told of one."""
    page, context = visit.page, visit.page.context
    page.locator(".tab").nth(0).click()
    page.click(".actions .primary")
    page.wait_for_selector(".actions .trouble")
    session = begun_session(visit.city.engine, "dispatcher").text
    with httpx.Client(base_url=visit.server, cookies={SESSION_COOKIE: session}) as board:
        told = [
            _report(
                page, board, lambda: context.set_offline(True), lambda: context.set_offline(False)
            )
            for _ in range(3)
        ]
        yield (
            "a report tapped with the network off, at the board after it is on",
            _seconds(told),
            "1 s",
        )
        told = [
            _report(page, board, lambda: page.route(REPORTS, _cut), lambda: page.unroute(REPORTS))
            for _ in range(3)
        ]
        yield "the same where nothing tells the phone that it is on", _seconds(told), ""


def _cut(route: Asked) -> None:
    route.abort()


def _report(
    page: Page, board: httpx.Client, lose: Callable[[], None], find: Callable[[], None]
) -> float:
    """Return the seconds from finding the network until the board's API has the report."""
    known = len(board.get("/api/blockages").json())
    lose()
    page.click(".trouble")
    page.click("dialog[open] .reasons button:nth-child(6)")
    page.wait_for_selector(".line.warning")
    began = monotonic()
    find()
    while len(board.get("/api/blockages").json()) == known:
        sleep(LOOK_S)
    return monotonic() - began


def _seconds(told: Sequence[float]) -> str:
    return ", ".join(f"{each:.2f}" for each in told) + " s"


def _slow_down(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def _make_city(settings: Settings) -> tuple[str, list[Leg], StreetNetwork]:
    folder, now = settings.city_folder(CITY), Clock().now()
    engine = city_with_fleet(folder, DEMO_CITY_FILE, now, ACTOR, DEMO_TIMEZONE)
    with transaction(engine) as tx:
        network = load_network(tx)
        storm = start_storm(tx, ACTOR, "bench", network, get_policy(tx), now)
        legs = _legs(network)
        shift = list_shifts(tx, storm.id)[0]
        published(tx, ACTOR, storm, network, [Route(shift.id, shift.vehicle_id, tuple(legs))], now)
        code = give_code(tx, ACTOR, shift.id, settings.secret_key(), "en", now)
        add_user(tx, "dispatcher", [Role.DISPATCHER], "en", "!")
    return code.digits, legs, network


def _legs(network: StreetNetwork) -> list[Leg]:
    """Return work on the streets nearest to the city's middle."""
    west, south, east, north = network.bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    near = sorted(
        network.segments,
        key=lambda each: abs(each.geometry[0].lon - lon) + abs(each.geometry[0].lat - lat),
    )
    return [_leg(DirectedSegment(each.id, forward=True), each.length_m) for each in near[:LEGS]]


def _leg(way: DirectedSegment, length_m: float) -> Leg:
    return a_leg(path=(way,), job_ids=(), length_m=length_m)
