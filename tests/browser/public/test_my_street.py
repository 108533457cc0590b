"""My street and its messages in a browser: every language, phone and desk, without scripts too."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.config.settings import Settings
from api.processes.messages.push_gateway import PushGateway
from data.model import Actor, ActorKind, RequestKind, SegmentId, Side, Snap
from data.policy.city_policy import DEFAULT_POLICY
from data.store.database.engine import reading, transaction
from data.store.public.street_watches import list_watches_of
from fleet.context import CityContext
from fleet.public.watch_requests import ReaderContact, WatchWish, subscribe
from fleet.requests.intake import Report, receive
from fleet.requests.placing import locate
from fleet.setup.city_setup import set_policy
from fleet.storms.storm_start import start_storm
from tests.api.conftest import StillClock
from tests.api.public.push_service import ENDPOINT, TestBrowser, push_service
from tests.api.public.test_street_page import plan_work
from tests.api.reports.test_council import plow
from tests.browser.conftest import Visit, app_at, serving
from tests.village import MILL, NOW, ROSE
from tests.village_database import copy_city

pytestmark = pytest.mark.browser

SYSTEM = Actor(ActorKind.SYSTEM, "test")
HOUR = timedelta(hours=1)
LANGUAGES = ("fa", "en", "az")
PHONE = {"viewport": {"width": 360, "height": 800}, "has_touch": True}
DESK = {"width": 1440, "height": 900}


@pytest.fixture
def server(tmp_path: Path, made_city: Path) -> Iterator[str]:
    """A storm of five hours that everybody sees: a street cleared, one planned, a report."""
    settings, clock = Settings(var=tmp_path), StillClock()
    copy_city(made_city, settings.city_folder("village"))
    with serving(settings, "village", clock) as address:
        city = app_at(address)
        with transaction(city.engine) as tx:
            shown = DEFAULT_POLICY.replace("map = false", "map = true")
            set_policy(tx, SYSTEM, shown, city.network, NOW)
        city.city_state.refresh()
        with transaction(city.engine) as tx:
            start_storm(tx, SYSTEM, "Snow", city.network, city.policy, NOW)
            near = city.network.point_at(
                SegmentId(MILL), city.network.segment(SegmentId(MILL)).length_m / 2
            )
            report = Report("phone", RequestKind.PLOW, text="snow", location=near)
            asked = receive(tx, SYSTEM, report, NOW + 4 * HOUR)
            place = CityContext(tx, city.network, city.policy, NOW + 4 * HOUR)
            locate(place, SYSTEM, asked.id, city.geocoder, city.plans)
        plan_work(city, MILL, NOW + 7 * HOUR)
        plow(city, NOW + 4 * HOUR, street=ROSE, times=3)
        clock.moment = NOW + 5 * HOUR
        yield address


def subscribed(visit: Visit) -> str:
    """Return the code of a subscription that nobody has confirmed."""
    place = Snap(SegmentId(ROSE), Side.RIGHT, 1.0, 0.0)
    wish = WatchWish(place, "fa", every_storm=True)
    reader = ReaderContact("0914 123 4567", "", consent=True)
    with transaction(visit.city.engine) as tx:
        return subscribe(tx, wish, reader, visit.city.clock.now())[0].code


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_every_page_fits_and_reads_in_each_language_by_day_and_by_night(visit: Visit):
    page, code = visit.page, subscribed(visit)
    addresses = (
        f"/street?id={MILL}",
        "/street?q=zzzz",
        "/street/watch?",
        f"/street/watch?code={code}",
    )
    for language in LANGUAGES:
        page.emulate_media(color_scheme="dark" if language == "en" else "light")
        for address in addresses:
            visit.go(f"{address}&lang={language}")
            assert page.get_attribute("html", "lang") == language
            assert visit.grave_faults() == []
            for size in (DESK, PHONE["viewport"]):
                page.set_viewport_size(size)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert visit.foreign() == []
    assert visit.complaints == []


@pytest.mark.parametrize("visit", [PHONE | {"java_script_enabled": False}], indirect=True)
def test_without_scripts_a_street_is_asked_for_and_messages_confirmed_and_stopped(visit: Visit):
    page, code = visit.page, subscribed(visit)
    visit.go("/street?lang=en")
    page.fill("#q", "Rose Street")
    page.press("#q", "Enter")
    expect(page.locator(".headline")).to_contain_text("was last cleared today at 11:30")
    expect(page.locator("#push")).to_be_hidden()
    page.fill("#email", "nowhere@example.org")
    page.get_by_role("button", name="Send me messages").click()
    expect(page.locator(".field:has([name=consent]) .problem")).to_have_count(1)
    visit.go(f"/street/watch?code={code}&lang=en")
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".headline")).to_have_text("You get messages about Rose Street.")
    page.get_by_role("button", name="No more messages").click()
    expect(page.get_by_role("status")).to_contain_text("You get no more messages.")


BROWSER = {"service_workers": "allow", "permissions": ["notifications"]}


def stand_in(keys: dict[str, str]) -> str:
    """Return a script by which the browser has an address, which it cannot get without internet."""
    told = {"endpoint": ENDPOINT, "keys": {"p256dh": keys["key"], "auth": keys["secret"]}}
    return (
        f"PushManager.prototype.subscribe = async () => ({{ toJSON: () => ({json.dumps(told)}) }})"
    )


@pytest.mark.parametrize("visit", [PHONE | BROWSER], indirect=True)
def test_a_button_asks_for_messages_which_the_browser_shows_and_stops(visit: Visit):
    page, browser = visit.page, TestBrowser()
    page.add_init_script(stand_in(browser.form()))
    with push_service() as service:
        way = PushGateway(b"key", "snow@example.org", service.transport())
        visit.city.notice_sender.watches.push = way
        visit.go(f"/street?id={ROSE}&lang=fa")
        page.get_by_role("button", name="پیام‌ها را همین‌جا نشان بدهید").click()
        expect(page.locator("#push [role=status]")).to_contain_text("برای شما فرستاده می‌شود")
        (welcome,) = [browser.read(content) for _, content in service.came]
    assert visit.grave_faults() == []
    shown = pushed(page, welcome)
    assert shown["title"] == welcome["title"]
    assert (shown["body"], shown["dir"], shown["lang"]) == (welcome["body"], "rtl", "fa")
    page.locator("#push [role=status] a").click()
    page.get_by_role("button", name="دیگر پیام نفرستید").click()
    expect(page.get_by_role("status")).to_be_visible()
    with reading(visit.city.engine) as tx:
        assert list_watches_of(tx, "", "", ENDPOINT) == []
    assert visit.complaints == []


SHOWS_NOTHING = """() => {
    self.shown = new Promise((done) => {
        registration.showNotification = async (title, told) => done({ title, ...told });
    });
}"""
"""Takes what a worker would show, since the shell of Chromium shows no notifications."""


def pushed(page: Page, message: dict[str, str]) -> dict[str, str]:
    """Give the service worker a message as a push service does; return what it shows."""
    devtools = page.context.new_cdp_session(page)
    found: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(one["registrationId"] for one in told["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    (worker,) = page.context.service_workers
    worker.evaluate(SHOWS_NOTHING)
    given = {"origin": page.url.split("/street")[0], "registrationId": found[0]}
    devtools.send("ServiceWorker.deliverPushMessage", given | {"data": json.dumps(message)})
    return dict(worker.evaluate("() => self.shown"))
