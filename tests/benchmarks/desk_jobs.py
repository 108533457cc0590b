"""What the jobs of the desk and of the report form take: keys, taps and seconds, in Chromium.

The drawn town in a storm, served in processes of its own. Seconds are those that the pages take:
from the caller's last word, from the page of a request that is open, or from the address of the
report form, to what is recorded. People read, ask and type besides; words come in at once. Maps are
drawn coarsely, as no machine of an operator draws them without a graphics card.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from api.access.auth import hash_password
from api.config.clock import Clock
from api.config.settings import Settings
from api.web.cookies import CSRF_COOKIE, SESSION_COOKIE
from data.model import Actor, ActorKind, Role
from data.samples import TOWN_FILE
from data.store.accounts.accounts import add_user
from data.store.database.city_database import database_of
from data.store.database.engine import transaction
from data.store.setup.city import get_policy
from data.store.streets.network import load_network
from fleet.setup.city_setup import NewCity, add_city, set_fleet
from fleet.storms.storm_start import start_storm
from tests.benchmarks.served import ADDRESS, cookies_of, serving
from tests.browser.conftest import COARSE, QUIET, find_chromium
from tests.conftest import PASSWORD
from tests.town import named

CITY = "barfabad"
FLEET = files("data.samples").joinpath("fleet-barfabad.toml").read_text("utf-8")
ACTOR = Actor(ActorKind.SYSTEM, "bench")
PATIENCE_MS = 120_000.0
PHONE_PX = {"width": 390, "height": 844}
REPORTED_STREET = "خیابان شریعتی"


class Call(NamedTuple):
    """What a caller says, and the keys after the last word; places are chosen where it is said."""

    words: str
    keys: tuple[str, ...]
    doubtful: bool = False


CALLS = (
    Call("سلام، خیابان شریعتی پلاک ۱۲ رو برف گرفته", ("Enter", "Enter")),
    Call("خیابان طالقانی یخ زده، خیلی لیزه", ("Enter", "2", "Enter")),
    Call("روبروی بیمارستان امام رضا بسته است، آمبولانس رد نمی‌شود", ("Enter", "w", "Enter")),
    Call("روبروی بیمارستان مطهری برف است", ("ArrowDown", "Enter", "Enter"), doubtful=True),
    Call("snow on Saadi Street please", ("Enter", "Enter")),
    Call("Taleqani küçəsi qarlıdır", ("Enter", "Enter")),
    Call("نبش خیابان امام خمینی و سعدی", ("Enter", "Enter")),
    Call("یه جای دوری که اسمش یادم نیست", ("Enter", "Enter")),
)


@dataclass
class _Hand:
    """The hand at a page, which counts what it does."""

    page: Page
    done: int = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.done += 1

    def click(self, what: Locator) -> None:
        what.click()
        self.done += 1

    def tap(self, what: Locator) -> None:
        what.tap()
        self.done += 1


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield keys, taps and seconds of each job."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var=Path(folder))
        _make_city(settings.city_folder(CITY))
        expect.set_options(timeout=PATIENCE_MS)
        with serving(settings, CITY), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
            yield from _at_the_desk(_signed_in(browser, settings, "operator"))
            yield _placed(_signed_in(browser, settings, "dispatcher"))
            yield _reported(browser)
            browser.close()


def _make_city(folder: Path) -> None:
    """Start a storm of the town an operator and a dispatcher work in."""
    now = Clock().now()
    add_city(folder, NewCity(CITY, TOWN_FILE, timezone="Asia/Tehran"), now, ACTOR)
    with transaction(database_of(folder)) as tx:
        network, policy = load_network(tx), get_policy(tx)
        set_fleet(tx, ACTOR, FLEET, network, now)
        password = hash_password(PASSWORD)
        for login, role in (("operator", Role.OPERATOR), ("dispatcher", Role.DISPATCHER)):
            add_user(tx, login, [role], "fa", password)
        start_storm(tx, ACTOR, "Snow", network, policy, now)


def _signed_in(browser: Browser, settings: Settings, login: str) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900}, **COARSE)
    page.set_default_timeout(PATIENCE_MS)
    cookies = cookies_of(settings, CITY, login)
    page.context.add_cookies(
        [
            {"name": name, "value": cookies[name], "url": ADDRESS}
            for name in (SESSION_COOKIE, CSRF_COOKIE)
        ]
    )
    return page


def _at_the_desk(page: Page) -> Iterator[tuple[str, str, str]]:
    page.goto(f"{ADDRESS}/operator?lang=fa")
    page.wait_for_selector("#text")
    keys, seconds = zip(*(_taken(page, call) for call in CALLS), strict=True)
    yield _row(f"a call taken, after the last word ({len(CALLS)} calls)", "keys", keys, seconds, 15)

    page.focus("#text")
    page.keyboard.insert_text(CALLS[0].words)
    page.wait_for_selector(".answer:not(.recorded)")
    page.reload()
    hand, began = _Hand(page), perf_counter()
    hand.click(page.locator(".drafts li button").first)
    page.wait_for_selector(".answer:not(.recorded)")
    hand.press("Control+Enter")
    expect(page.locator(".answer.recorded")).to_be_visible()
    took = [perf_counter() - began]
    yield _row(
        "a call that broke off, taken up and recorded", "keys and clicks", [hand.done], took, 10
    )


def _taken(page: Page, call: Call) -> tuple[int, float]:
    """Take a call as a fast operator would, by keys alone; return them and the seconds."""
    page.keyboard.press("F2")
    page.keyboard.type("0914 000 0000")
    page.keyboard.press("Enter")
    hand = _Hand(page)
    page.keyboard.insert_text(call.words)
    began = perf_counter()
    if call.doubtful:
        page.wait_for_selector("#guesses .row")
    for key in call.keys:
        hand.press(key)
    expect(page.locator(".answer.recorded")).to_be_visible()
    return hand.done, perf_counter() - began


def _placed(page: Page) -> tuple[str, str, str]:
    """Place the request that has no place, on its page, by the name of its street."""
    page.goto(f"{ADDRESS}/requests/{len(CALLS)}?lang=fa")
    page.wait_for_selector("#seek")
    hand, began = _Hand(page), perf_counter()
    page.fill("#seek", REPORTED_STREET)
    hand.click(page.locator(".guess").first)
    hand.click(page.locator(".place button.primary"))
    expect(page.locator(".place .ends")).to_be_visible()
    took = [perf_counter() - began]
    return _row("a request without a place, placed by a name", "clicks", [hand.done], took, 10)


def _reported(browser: Browser) -> tuple[str, str, str]:
    """Report snow on a phone that knows where it is, from the address to the number to keep."""
    lon, lat = named(REPORTED_STREET)[0].geometry[0]
    context = browser.new_context(
        viewport=PHONE_PX,
        has_touch=True,
        **COARSE,
        permissions=["geolocation"],
        geolocation={"longitude": lon, "latitude": lat, "accuracy": 10},
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    hand, began = _Hand(page), perf_counter()
    page.goto(f"{ADDRESS}/report?lang=fa")
    hand.tap(page.locator("#here"))
    page.wait_for_selector("#placed:not([hidden])")
    hand.tap(page.locator("#send"))
    page.wait_for_selector(".keep")
    took = [perf_counter() - began]
    return _row("snow reported on a phone, where one stands", "taps", [hand.done], took, 15)


def _row(
    name: str, unit: str, done: Sequence[int], seconds: Sequence[float], wanted_s: int
) -> tuple[str, str, str]:
    """Return a row: the most that was pressed, and the slowest of all."""
    wanted = f"{wanted_s} s" if unit != "taps" else f"2 taps, {wanted_s} s"
    return name, f"{max(done)} {unit}, {max(seconds):.1f} s at most", wanted
