"""What a dispatcher's jobs take on the board: clicks and seconds, in Chromium on a served town.

The drawn town with its 14 machines. The storm began so long ago that the cycle of the first class
ends a little after the first plan is out. Two cycles fill all shifts to their ends, so these are
extended before a street is given to another truck: else none could take it.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from time import perf_counter

from playwright.sync_api import Locator, Page, expect, sync_playwright

from api.access.auth import hash_password
from api.config.clock import Clock
from api.config.settings import Settings
from api.web.cookies import CSRF_COOKIE, SESSION_COOKIE
from data.model import (
    Actor,
    ActorKind,
    Evidence,
    EvidenceKind,
    LegKind,
    Pass,
    Role,
    Route,
    SegmentId,
    ServiceClass,
    Storm,
    Treatment,
    VehicleId,
)
from data.samples import TOWN_FILE
from data.store.accounts.accounts import add_user
from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from data.store.planning.plans import find_published_plan
from data.store.setup.city import get_policy
from data.store.storms.storms import find_active_storm
from data.store.streets.network import load_network
from data.store.work import list_jobs
from fleet.context import CityContext
from fleet.evidence.proof_store import store_evidence
from fleet.setup.city_setup import NewCity, add_city, set_fleet
from fleet.storms.storm_start import start_storm
from tests.benchmarks.served import ADDRESS, cookies_of, serving
from tests.browser.conftest import QUIET, find_chromium
from tests.conftest import PASSWORD

CITY = "barfabad"
FLEET = files("data.samples").joinpath("fleet-barfabad.toml").read_text("utf-8")
ACTOR = Actor(ActorKind.SYSTEM, "bench")
CYCLE_AFTER = timedelta(seconds=80)
"""When the first class's next cycle begins, after the start of the benchmark."""
PATIENCE_MS = 200_000.0


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield the clicks and seconds of each job."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var=Path(folder))
        _make_city(settings.city_folder(CITY))
        with serving(settings, CITY), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(PATIENCE_MS)
            expect.set_options(timeout=PATIENCE_MS)
            cookies = cookies_of(settings, CITY, "dispatcher")
            names = (SESSION_COOKIE, CSRF_COOKIE)
            page.context.add_cookies(
                [{"name": one, "value": cookies[one], "url": ADDRESS} for one in names]
            )
            page.goto(f"{ADDRESS}/?lang=en")
            yield from _jobs(page, settings.city_folder(CITY))
            browser.close()


def _make_city(folder: Path) -> None:
    """Start a storm of the town whose first cycle soon ends."""
    now = Clock().now()
    add_city(folder, NewCity(CITY, TOWN_FILE, timezone="Asia/Tehran"), now, ACTOR)
    with transaction(database_of(folder)) as tx:
        network, policy = load_network(tx), get_policy(tx)
        set_fleet(tx, ACTOR, FLEET, network, now)
        add_user(tx, "dispatcher", [Role.DISPATCHER], "en", hash_password(PASSWORD))
        cycle = policy.rules[ServiceClass("P1")].cycle
        assert cycle is not None
        storm = start_storm(tx, ACTOR, "Snow", network, policy, now - cycle + CYCLE_AFTER)
        city = CityContext(tx, network, policy, storm.started_at + timedelta(hours=1))
        _plow_the_first_class(city, storm)


def _plow_the_first_class(city: CityContext, storm: Storm) -> None:
    """Let a truck plow every street of the first class, or there would be no next cycle of it."""
    minutes = timedelta(minutes=2)
    first = [job for job in list_jobs(city.tx, storm.id) if job.service_class == "P1"]
    passes = [
        Pass(
            segment_id=job.segment_id,
            forward=forward,
            from_m=0.0,
            to_m=city.network.segment(job.segment_id).length_m,
            vehicle_id=VehicleId(1),
            started_at=city.now + lap * 5 * minutes,
            ended_at=city.now + lap * 5 * minutes + minutes,
            treatment=Treatment.PLOW,
            evidence=Evidence(EvidenceKind.BLADE, 0.9),
        )
        for job in first
        for forward in (True, False)
        for lap in range(job.passes)
    ]
    store_evidence(city, storm, passes)


@dataclass
class _Hand:
    """The hand of a dispatcher, which counts what it does."""

    page: Page
    clicks: int = 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.clicks += 1

    def choose(self, kind: str, number: int) -> None:
        """Choose a street or truck as by a click on the map, wherever it is drawn."""
        self.page.evaluate(
            f"import('/static/js/board/state.js').then((it) => it.choose('{kind}', {number}))"
        )
        self.clicks += 1


def _jobs(page: Page, folder: Path) -> Iterator[tuple[str, str, str]]:
    drafts = page.locator("board-drafts")
    published = drafts.locator(".published")

    def publish(hand: _Hand) -> None:
        hand.click(drafts.get_by_role("button", name="Yes, publish"))
        expect(published).to_be_visible()

    def away() -> None:
        drafts.locator(".published [title=Close]").click()

    hand, began = _Hand(page), perf_counter()
    hand.click(page.locator(".next-action").get_by_role("button", name="Make a plan"))
    publish(hand)
    yield _row("new plan to published, search of 30 s", hand, began, "2 clicks, 40 s")
    away()

    expect(drafts).to_contain_text("Next cycle of streets")
    expect(drafts.get_by_role("button", name="Publish to the trucks")).to_be_visible()
    hand, began = _Hand(page), perf_counter()
    hand.click(drafts.get_by_role("button", name="Publish to the trucks").first)
    publish(hand)
    yield _row("next cycle published", hand, began, "2 clicks, 5 s")
    away()

    hand, began = _Hand(page), perf_counter()
    hand.press("t")
    hand.click(page.locator("board-lists").get_by_role("button", name="Orders for"))
    hand.click(page.locator(".fleet-orders").get_by_role("button", name="+2 h"))
    expect(page.locator(".notices")).to_contain_text("extended")
    yield _row("all 14 shifts extended", hand, began, "3 clicks, 15 s")

    yield _street_to_another_truck(page, folder)
    away()

    hand, began = _Hand(page), perf_counter()
    hand.choose("truck", _longest_route(folder).vehicle_id)
    hand.click(page.get_by_role("button", name="Broken down", exact=True))
    publish(hand)
    yield _row("breakdown to published", hand, began, "3 clicks, 15 s")
    away()


def _row(name: str, hand: _Hand, began: float, wanted: str) -> tuple[str, str, str]:
    return name, f"{hand.clicks} clicks, {perf_counter() - began:.1f} s", wanted


def _street_to_another_truck(page: Page, folder: Path) -> tuple[str, str, str]:
    """Choose a street in the middle of the longest route, and give it to another truck."""
    bar = page.locator(".edit-bar")
    hand, began = _Hand(page), perf_counter()
    hand.choose("street", _street_ahead(folder))
    hand.click(page.get_by_role("button", name="Assign to another truck"))
    hand.click(page.get_by_role("button", name="Assign and publish").first)
    expect(bar).to_have_count(0)
    return _row("street to another truck", hand, began, "3 clicks, 10 s")


def _street_ahead(folder: Path) -> SegmentId:
    """Return a street in the middle of the longest route."""
    legs = [leg for leg in _longest_route(folder).legs if leg.kind is LegKind.WORK]
    return legs[len(legs) // 2].path[0].segment_id


def _longest_route(folder: Path) -> Route:
    """Return the route of the published plan with the most stages."""
    with reading(database_of(folder)) as tx:
        storm = find_active_storm(tx)
        assert storm is not None
        plan = find_published_plan(tx, storm.id)
    assert plan is not None
    return max(plan.routes, key=lambda one: len(one.legs))
