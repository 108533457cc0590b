"""The dispatcher's board in Chromium: the demo city with its service ways, about 18,000 streets."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from api.access.auth import hash_password
from api.config.clock import Clock
from api.config.settings import Settings
from api.simulation.demo_city import DEMO_CITY_FILE
from data.model import Actor, ActorKind, Role
from data.store.accounts.accounts import add_user
from data.store.database.city_database import database_of
from data.store.database.engine import transaction
from data.store.setup.city import get_policy
from data.store.streets.network import load_network
from fleet.setup.city_setup import NewCity, add_city
from fleet.storms.storm_start import start_storm
from tests.browser.conftest import PASSWORD, QUIET, Visit, find_chromium, serving

WATCH = """
globalThis.worst = 0;
new PerformanceObserver(list => {
    for (const task of list.getEntries()) worst = Math.max(worst, task.duration);
}).observe({ type: "longtask" });
const looking = setInterval(() => {
    if (!globalThis.boardMap) return;
    clearInterval(looking);
    boardMap.once("idle", () => { globalThis.idleAt = performance.now(); });
}, 5);
"""

_RECOLOR = """async () => {
    const { coverage, takeCoverage } = await import("/static/js/board/state.js");
    const ids = [...coverage.states.keys()];
    globalThis.worst = 0;
    const began = performance.now();
    let drawnAt = began;
    boardMap.on("render", () => { drawnAt = performance.now(); });
    takeCoverage(ids.map(id => [id, (id + 1) % 7, coverage.states.get(id)[1]]));
    do await new Promise(done => setTimeout(done, 100));
    while (drawnAt === began || performance.now() - drawnAt < 2000);
    return [ids.length, drawnAt - began];
}"""


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield what was measured in a warm browser, the second visit of a dispatcher."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var=Path(folder))
        _make_city(settings.city_folder("demo"))
        with serving(settings, "demo") as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            yield from _measured(Visit(page, address))
            browser.close()


def _measured(visit: Visit) -> Iterator[tuple[str, str, str]]:
    page: Page = visit.page
    visit.board()
    page.add_init_script(WATCH)
    visit.go("/")
    idle_ms = visit.until("globalThis.idleAt ?? 0")
    yield "board idle", f"{idle_ms / 1000:.1f} s", "4 s"
    yield "longest task while it loads", f"{page.evaluate('worst'):.0f} ms", ""
    streets, recolored_ms = page.evaluate(_RECOLOR)
    yield f"all {streets:,} streets change color", f"{recolored_ms / 1000:.1f} s", ""
    yield "longest task meanwhile", f"{page.evaluate('worst'):.0f} ms", "1,000 ms"


def _make_city(folder: Path) -> None:
    actor, now = Actor(ActorKind.SYSTEM, "bench"), Clock().now()
    zone = "Europe/Stockholm"
    add_city(folder, NewCity("demo", DEMO_CITY_FILE, timezone=zone, services=True), now, actor)
    with transaction(database_of(folder)) as tx:
        add_user(tx, "dispatcher", [Role.DISPATCHER], "en", hash_password(PASSWORD))
        start_storm(tx, actor, "bench", load_network(tx), get_policy(tx), now)
