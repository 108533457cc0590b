"""The page of each user in Chromium, on a city of 20,000 segments in a planned storm."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from api.access.auth import hash_password
from api.config.clock import Clock
from api.config.settings import Settings
from data.model import Actor, ActorKind, Role, StormId
from data.store.accounts.accounts import add_user
from data.store.database.city_database import database_of
from data.store.database.engine import Database, transaction
from data.store.setup.city import get_policy
from data.store.streets.network import load_network
from fleet.planning.plan_lifecycle import PLANNER, publish, store_draft
from fleet.planning.plan_preparation import prepare
from fleet.planning.plan_solving import solve_prepared
from fleet.routes.published_plan import Estimates, PublishedPlanCache
from fleet.setup.city_setup import NewCity, add_city
from fleet.shifts.driver_codes import give_code
from fleet.storms.storm_start import start_storm
from tests.benchmarks import city_import
from tests.benchmarks.board_page import WATCH
from tests.browser.conftest import PASSWORD, QUIET, Visit, find_chromium, serving

SIDE = 102
"""Streets each way: 2 x 102 x 101 = 20,604 blocks."""

ACTOR = Actor(ActorKind.SYSTEM, "bench")
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}

_LISTEN = """() => new Promise(open => {
    globalThis.heardAt = 0;
    const news = new EventSource("/stream");
    news.addEventListener("legs", () => { globalThis.heardAt ||= Date.now(); });
    news.addEventListener("open", open);
})"""

PAGES = (
    ("dispatcher's board", Role.DISPATCHER, "/"),
    ("operator's desk", Role.OPERATOR, "/operator"),
    ("council's page", Role.COUNCIL, "/council"),
    ("classes of streets", Role.ADMINISTRATOR, "/classes"),
    ("set-up: streets", Role.ADMINISTRATOR, "/setup/streets"),
    ("set-up: depots", Role.ADMINISTRATOR, "/setup/depots"),
)


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield how long each page takes in a warm browser, until its map is still."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var=Path(folder))
        code = _make_city(settings)
        with serving(settings, "grid") as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
            for name, role, path in PAGES:
                yield name, _opened(browser, address, role, path), ""
            yield "driver's page on a phone", _driven(browser, address, code), ""
            yield "all machines extended in the roster", _extended(browser, address), "15 s"
            heard_ms = _heard_ms(browser, address, code)
            yield "a driver's tap until the board hears it", f"{heard_ms:.0f} ms", "1,000 ms"
            browser.close()


def _opened(browser: Browser, address: str, role: Role, path: str) -> str:
    page = browser.new_page(viewport=DESKTOP)
    visit = Visit(page, address)
    visit.sign_in(role.value)
    page.wait_for_load_state()
    visit.go(path)
    visit.until("!!globalThis.boardMap && boardMap.loaded()")
    page.add_init_script(WATCH)
    visit.go(path)
    idle_ms = visit.until("globalThis.idleAt ?? 0")
    shown = f"still after {idle_ms / 1000:.1f} s, longest task {page.evaluate('worst'):.0f} ms"
    page.close()
    return shown


def _driven(browser: Browser, address: str, code: str) -> str:
    page = browser.new_page(viewport=PHONE)
    visit = Visit(page, address)
    visit.go("/drive")
    page.fill("#code", code)
    page.click("button.primary")
    page.wait_for_selector("drive-actions button")
    page.add_init_script(WATCH)
    visit.go("/drive")
    page.wait_for_selector("drive-actions button")
    ready_ms = page.evaluate("performance.now()")
    shown = f"route after {ready_ms / 1000:.1f} s, longest task {page.evaluate('worst'):.0f} ms"
    page.close()
    return shown


def _extended(browser: Browser, address: str) -> str:
    """Return what it takes from a click on the roster until all its shifts end later."""
    page = browser.new_page(viewport=DESKTOP)
    visit = Visit(page, address)
    visit.sign_in(Role.DISPATCHER.value)
    page.wait_for_load_state()
    visit.go("/roster")
    page.wait_for_selector("#bulk:not([inert])")
    began_ms = page.evaluate("performance.now()")
    page.click("#all")
    page.click("#bulk [data-order=extend]")
    page.wait_for_selector("#answer p")
    took_ms = page.evaluate("performance.now()") - began_ms
    shown = f"{page.locator('#live .machine').count()} in {took_ms / 1000:.1f} s, 2 clicks"
    page.close()
    return shown


def _heard_ms(browser: Browser, address: str, code: str) -> float:
    """Return the milliseconds from a tap on the phone to the news of it in another window."""
    board = Visit(browser.new_page(viewport=DESKTOP), address)
    board.board()
    board.page.evaluate(_LISTEN)
    phone = browser.new_page(viewport=PHONE)
    phone.goto(f"{address}/drive")
    phone.fill("#code", code)
    phone.click("button.primary")
    phone.wait_for_selector(".actions .primary")
    tapped_ms = phone.evaluate("Date.now()")
    phone.click(".actions .primary")
    return float(board.until("globalThis.heardAt") - tapped_ms)


def _make_city(settings: Settings) -> str:
    """Make a city with everybody's login and a published plan; return a driver's code."""
    folder, now = settings.city_folder("grid"), Clock().now()
    file = settings.var / "grid.osm.pbf"
    city_import.write_grid(file, SIDE)
    add_city(folder, NewCity("grid", file), now, ACTOR)
    engine = database_of(folder)
    with transaction(engine) as tx:
        for role in Role:
            add_user(tx, role.value, [role], "en", hash_password(PASSWORD))
        storm = start_storm(tx, ACTOR, "bench", load_network(tx), get_policy(tx), now)
    code = _plan(engine, settings, storm.id)
    engine.dispose()
    return code


def _plan(engine: Database, settings: Settings, storm_id: StormId) -> str:
    now = Clock().now()
    with transaction(engine) as tx:
        prepared = prepare(tx, storm_id, load_network(tx), now)
    plan = solve_prepared(prepared, 1.0, 1, lambda *_: None, lambda: False)
    with transaction(engine) as tx:
        draft = store_draft(tx, PLANNER, plan, now)
        estimates = Estimates(PublishedPlanCache(), prepared.network, prepared.policy)
        publish(tx, ACTOR, draft.id, estimates, now)
        busy = max(draft.routes, key=lambda route: len(route.legs))
        return give_code(tx, ACTOR, busy.shift_id, settings.secret_key(), "en", now).digits
