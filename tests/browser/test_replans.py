"""Urgent work and a broken truck on the board, in both languages."""

import threading

import pytest
from playwright.sync_api import expect

from api.processes.workers.dispatch_worker import DispatchCache, listening
from data.model import Actor, ActorKind, RequestKind
from data.store.database.engine import reading, transaction
from data.store.planning.plans import find_published_plan
from fleet.context import CityContext
from fleet.requests.intake import Report, receive
from fleet.requests.placing import locate
from fleet.storms.storm_start import start_storm
from maps.pages.i18n import Translator, translator
from tests.browser.conftest import Visit
from tests.village import BLIND, MAIN_WEST, MILL, TULIP
from tests.village_plan import add_published_plan, legs_along

pytestmark = pytest.mark.browser

ACTOR = Actor(ActorKind.USER, "dispatcher")


def a_plan_is_driven(visit: Visit) -> None:
    """Let the first truck have three streets ahead, and the second one none."""
    city, now = visit.city, visit.city.clock.now()
    with transaction(city.engine) as tx:
        start_storm(tx, ACTOR, "First snow", city.network, city.policy, now)
        legs = legs_along(tx, (MAIN_WEST, TULIP, MILL), now)
        add_published_plan(tx, *legs, made_at=now)


def test_urgent_work_is_taken_by_a_key_and_a_breakdown_is_looked_at_first(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleet.replanning.replan_requests.SECONDS", 0.1)
    visit.come_in("dispatcher")
    a_plan_is_driven(visit)
    city, page = visit.city, visit.page
    desk = DispatchCache(city.engine, city.clock, 1)
    with listening(city.folder, desk):
        visit.board()
        page.evaluate(
            f"import('/static/js/board/state.js').then((it) => it.choose('street', {BLIND}))"
        )
        page.click("text=Dispatch now")
        dialog = page.locator("dialog.replan")
        expect(dialog.locator(".lead")).to_contain_text("Jasmine Dead End")
        assert visit.grave_faults() == []
        page.keyboard.press("Enter")
        expect(dialog).to_have_count(0)
        with reading(city.engine) as tx:
            plan = find_published_plan(tx, 1)
        assert plan is not None
        assert plan.revision == 2

        visit.speak("fa")
        t = translator("fa")
        page.evaluate("import('/static/js/board/state.js').then((it) => it.choose('truck', 1))")
        with page.expect_response("**/api/replans"):
            page.get_by_role("button", name=t("Broken down"), exact=True).click()
        assert desk.work(threading.Event())
        page.evaluate("import('/static/js/board/state.js').then((it) => it.choose(null))")
        page.click(f"text={t('See what changes')}")
        expect(dialog.locator("table.difference tbody tr")).to_have_count(2)
        assert visit.grave_faults() == []
        page.click(f"text={t('Discard')}")
        expect(dialog).to_have_count(0)
        send_a_truck_from_the_page_of_a_request(visit, t)
    assert visit.complaints == []


def send_a_truck_from_the_page_of_a_request(visit: Visit, t: Translator) -> None:
    city, page = visit.city, visit.page
    with transaction(city.engine) as tx:
        now = city.clock.now()
        asked = receive(tx, ACTOR, Report("phone", RequestKind.PLOW, "School Street"), now)
        locate(
            CityContext(tx, city.network, city.policy, now),
            ACTOR,
            asked.id,
            city.geocoder,
            city.plans,
        )
    visit.go(f"/requests/{asked.id}")
    page.click(f"text={t('Dispatch now')}")
    expect(page.locator("dialog.replan .lead")).to_contain_text("خیابان مدرسه")
    visit.wait_for_map()
    assert visit.grave_faults() == []
    with page.expect_response(f"**/api/requests/{asked.id}/file?*"):
        page.keyboard.press("Enter")
    expect(page.locator("dialog.replan")).to_have_count(0)
    with reading(city.engine) as tx:
        plan = find_published_plan(tx, 1)
    assert plan is not None
    assert plan.revision == 4  # the third was discarded
