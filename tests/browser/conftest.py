import json
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from api.config.clock import Clock
from api.config.settings import Settings
from api.server.app import create_app
from api.server.web_server import WebServer
from api.web.context import App
from api.web.cookies import CSRF_COOKIE, SESSION_COOKIE
from data.exchange.basemap import write_basemap
from tests.begun_session import begun_session
from tests.conftest import PASSWORD
from tests.village import (
    village,
    village_places,
)
from tests.village_database import copy_city, make_city_database

PATIENCE_MS = 90_000
"""How long a busy machine may take for one step; an idle one never comes near it."""

POLL_MS = 50

expect.set_options(timeout=PATIENCE_MS)

QUIET = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Keeps Chromium itself from asking the network."""

COARSE = {"device_scale_factor": 0.25}
"""A quarter of the pixels each way: maps are drawn without a graphics card."""

AXE = Path(__file__).parents[2] / "maps/node_modules/axe-core/axe.min.js"

_served: dict[str, App] = {}
"""The cities that are served now, by address."""


def make_city(folder: Path, password_hash: str) -> None:
    (folder / "tiles").mkdir(parents=True)
    network = village()
    write_basemap(network, village_places(), folder / "tiles")
    make_city_database(folder, password_hash)


@pytest.fixture(scope="session")
def made_city(tmp_path_factory: pytest.TempPathFactory, password_hash: str) -> Path:
    """The village, to be copied: no test may write into it."""
    folder = tmp_path_factory.mktemp("made") / "village"
    make_city(folder, password_hash)
    return folder


def app_at(address: str) -> App:
    """What a server of ours shares between its requests."""
    return _served[address]


@contextmanager
def serving(settings: Settings, city: str, clock: Clock | None = None) -> Iterator[str]:
    """A real server of a city on a free port; gives its address."""
    door = socket.create_server(("127.0.0.1", 0))
    app = create_app(settings, settings.city_folder(city), clock or Clock())
    config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
    web = WebServer(config, app.state.barfrub.hub.close)
    thread = threading.Thread(target=web.run, args=([door],), daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    _served[address] = app.state.barfrub
    yield address
    del _served[address]
    web.should_exit = True
    thread.join()
    door.close()


@pytest.fixture
def server(tmp_path: Path, made_city: Path) -> Iterator[str]:
    settings = Settings(var=tmp_path)
    copy_city(made_city, settings.city_folder("village"))
    with serving(settings, "village") as address:
        yield address


def find_chromium() -> str | None:
    """Return the shell of Chromium, which draws no window of its own: a third less work."""
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium: make setup-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


def open_page(context: BrowserContext) -> Page:
    """Open a page that waits as long as a busy machine needs."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


@dataclass
class Visit:
    """A browser window on the server, and what went wrong in it."""

    page: Page
    server: str
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def city(self) -> App:
        """What the server of this window shares between its requests."""
        return app_at(self.server)

    def foreign(self) -> list[str]:
        """What was asked of other hosts than the server."""
        own = (self.server, "blob:", "data:")
        return [url for url in self.asked if not url.startswith(own)]

    def go(self, path: str) -> None:
        self.page.goto(self.server + path)

    def sign_in(self, login: str = "dispatcher", password: str = PASSWORD) -> None:
        """By the form, for tests of the form."""
        self.go("/sign-in")
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        self.page.click("button.primary")

    def come_in(self, login: str) -> None:
        """Be signed in as by the form, without the form; leave what another one looked at."""
        if self.page.url != "about:blank":
            self.page.goto("about:blank")
        begun = begun_session(self.city.engine, login)
        cookies = {SESSION_COOKIE: begun.text, CSRF_COOKIE: begun.csrf}
        self.page.context.add_cookies(
            [
                {"name": name, "value": value, "url": self.server, "httpOnly": True}
                for name, value in cookies.items()
            ]
        )

    def sign_out(self) -> None:
        """Leave the page first: by itself it goes to the sign-in when its session ends."""
        self.page.goto("about:blank")
        self.page.context.clear_cookies()

    def speak(self, language: str) -> None:
        """Change the language by the menu, unless the page speaks it."""
        if self.page.get_attribute("html", "lang") == language:
            return
        self.page.click('[popovertarget="languages"]')
        self.page.click(f'button[name="language"][value="{language}"]')
        self.page.wait_for_selector(f'html[lang="{language}"]')
        self.page.wait_for_load_state()  # else its scripts hear neither click nor key

    def until(self, fact: str) -> object:
        """Wait until an expression is true; the page's own policy forbids to poll strings there."""
        for _ in range(PATIENCE_MS // POLL_MS):
            found = self.page.evaluate(fact)
            if found:
                return found
            self.page.wait_for_timeout(POLL_MS)
        raise AssertionError(f"never true: {fact}")

    def wait_for_map(self) -> None:
        """A page's map comes after its words, on a busy machine much later."""
        self.until("!!globalThis.boardMap && boardMap.loaded() && !boardMap.isMoving()")

    def board(self, login: str = "dispatcher") -> Page:
        self.come_in(login)
        self.go("/")
        self.page.wait_for_selector("board-side .panel h2", state="attached")
        self.wait_for_map()
        return self.page

    def desk(self) -> Page:
        self.come_in("operator")
        self.go("/operator")
        self.page.wait_for_selector("#text")
        self.wait_for_map()
        return self.page

    def start_storm(self) -> None:
        self.page.click("board-side button.primary")
        self.page.wait_for_selector("board-side .ask")

    def point_of(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a place of the map is in the window."""
        at = self.page.evaluate(
            "([lon, lat]) => { const at = boardMap.project([lon, lat]);"
            " const box = boardMap.getContainer().getBoundingClientRect();"
            " return [at.x + box.left, at.y + box.top]; }",
            [lon, lat],
        )
        return at[0], at[1]

    def grave_faults(self) -> list[str]:
        """What axe finds serious or critical."""
        if not self.page.evaluate("!!globalThis.axe"):
            self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("async () => (await axe.run()).violations")
        return [
            f"{fault['id']}: {[node['html'][:120] for node in fault['nodes']]}"
            for fault in found
            if fault["impact"] in ("serious", "critical")
        ]


@pytest.fixture
def visit(chromium: Browser, server: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A window; indirect parameters set its size and preferences."""
    # What a service worker answers, no test could hold back: those that are about it allow it.
    usual = {"viewport": {"width": 1440, "height": 900}, "service_workers": "block"} | COARSE
    options = usual | getattr(request, "param", {})
    context = chromium.new_context(**options)
    page = open_page(context)
    visit = Visit(page, server)
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on("request", lambda asked: visit.asked.append(asked.url))
    page.on(
        "console",
        lambda said: visit.complaints.append(said.text) if said.type == "error" else None,
    )
    yield visit
    context.close()


def refuse(message: str):
    """A route that answers like our server when it refuses."""

    def answer(route: Route) -> None:
        body = {"error": {"code": "conflict", "message": message, "values": {}}}
        route.fulfill(status=409, content_type="application/json", body=json.dumps(body))

    return answer
