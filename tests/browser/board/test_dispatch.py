"""The board by keyboard, in Persian: timeline, keys, conflict, wall screen."""

import pytest
from playwright.sync_api import Response, expect

from data.model import Actor, ActorKind, RequestId, RequestKind, Role, VehicleId
from data.store.accounts.accounts import add_user, set_name
from data.store.database.engine import transaction
from fleet.context import CityContext
from fleet.messages.sos import SosCall, call_for_help
from fleet.requests.intake import Report, receive
from fleet.requests.placing import place_by_hand
from fleet.storms.storm_lookup import active_storm
from fleet.storms.storm_start import start_storm
from maps.pages.i18n import translator
from tests.browser.conftest import Visit
from tests.village import MAIN_EAST, MAIN_WEST, ROSE, village
from tests.village_plan import add_published_plan, legs_along

pytestmark = pytest.mark.browser

NAMES = {"fa": "برف سنگین و کولاک شب یلدا", "en": "Heavy snow and drifts on the longest night"}
"""One storm's name, in both languages."""

FASTER = Actor(ActorKind.USER, "sara")


LINE_OF_WALL_PX = 28
"""Height of a line of the storm's name on a wall of 1440 by 900: a long one has two."""


def a_planned_storm(visit: Visit) -> RequestId:
    """Start a storm with three streets for its first truck, and take a request without a place."""
    city, now = visit.city, visit.city.clock.now()
    with transaction(city.engine) as tx:
        set_name(tx, add_user(tx, FASTER.id, [Role.DISPATCHER], "en", "").id, "Sara Ahmadi")
        start_storm(tx, FASTER, " / ".join(NAMES.values()), city.network, city.policy, now)
        legs = legs_along(tx, (MAIN_WEST, MAIN_EAST, ROSE), now)
        add_published_plan(tx, *legs)
        said = Report(channel="phone", kind=RequestKind.PLOW, text="by the old oak")
        asked = receive(tx, FASTER, said, now)
    city.alert_task.run()
    return asked.id


def test_a_dispatcher_works_the_board_by_keyboard_beside_another(visit: Visit) -> None:
    request = a_planned_storm(visit)
    t = translator("fa")
    page = visit.board()
    visit.speak("fa")
    visit.wait_for_map()
    walk_the_timeline(visit, t)
    read_the_keys(visit, t)
    page.keyboard.press("w")
    expect(page.locator(".wall-alerts h2")).to_contain_text(t("Alerts"))
    expect(page.locator("board-lists")).to_be_hidden()
    name = page.locator(".strip .storm .plain")
    expect(name).to_have_text(NAMES["fa"])
    assert (name.bounding_box() or {})["height"] < 2.5 * LINE_OF_WALL_PX
    page.keyboard.press("w")
    assert visit.grave_faults() == []
    be_slower(visit, request, t)
    assert [one for one in visit.complaints if "409" not in one] == []


def walk_the_timeline(visit: Visit, t) -> None:
    page = visit.page
    if "open" not in (page.get_attribute("#lanes", "class") or ""):
        page.keyboard.press("l")
    page.focus(".lane-chart")
    page.keyboard.press("ArrowDown")
    expect(page.locator("board-side h2")).to_have_text("Truck 1")
    expect(page.locator("board-side .next-legs").first).to_contain_text(t("Now and next"))
    page.keyboard.press(".")
    expect(page.locator("board-lists .row[aria-selected=true]")).to_have_count(0)
    expect(page.locator("board-side .next-legs").first).to_contain_text("Truck 1")
    expect(page.locator("board-timeline [aria-live]")).to_contain_text(t("leg_kind:work"))
    page.get_by_role("button", name=t("As a table")).click()
    expect(page.locator(".lane-table tbody tr")).to_have_count(1)
    expect(page.locator(".lane-table [role=option]")).to_have_count(3)
    page.get_by_role("button", name=t("As a table")).click()


def read_the_keys(visit: Visit, t) -> None:
    page = visit.page
    page.focus("#map canvas")
    keys = page.evaluate(
        """async () => (await import("/static/js/board/keys/shortcuts.js"))
            .GROUPS.flatMap(({ keys }) => keys)
            .map(({ code, shift }) => `${shift ? "Shift+" : ""}${code}`)"""
    )
    assert len(set(keys)) == len(keys) > 12
    page.keyboard.press("Shift+Slash")
    expect(page.locator(".help")).to_contain_text(t("Open and close the timeline"))
    page.keyboard.press("Escape")
    expect(page.locator(".help")).to_be_hidden()


def tells_of(request: RequestId, answer: Response) -> bool:
    """Whether an answer is the one that says in which version the page shows a request."""
    asked = answer.request.post_data or ""
    return "/api/board/presence" in answer.url and f'"request:{request}"' in asked


def be_slower(visit: Visit, request: RequestId, t) -> None:
    """Cancel a request that somebody else placed after one has looked at it."""
    page, city = visit.page, visit.city
    page.keyboard.press("r")
    with page.expect_response(lambda answer: tells_of(request, answer)):
        page.locator("#list-requests .row").first.click()
    with transaction(city.engine) as tx:
        at = village().point_at(ROSE, 10.0)
        place_by_hand(
            CityContext(tx, city.network, city.policy, city.clock.now()),
            FASTER,
            request,
            at,
            city.plans,
        )
    page.get_by_role("button", name=t("Cancel request")).click()
    expect(page.locator(".ask-sheet")).to_contain_text("Sara Ahmadi (sara)")
    page.get_by_role("button", name=t("Take over")).click()
    expect(page.locator("#list-requests .row")).to_have_count(0)


def test_a_wall_screen_shows_the_city_beside_its_alerts_and_asks_for_nothing_else(
    visit: Visit,
) -> None:
    a_planned_storm(visit)
    call = SosCall(VehicleId(2), visit.city.clock.now(), None, "driver")
    with transaction(visit.city.engine) as tx:
        storm = active_storm(tx)
        call_for_help(tx, FASTER, storm.id, call, visit.city.clock.now())
    visit.come_in("wall")
    visit.go("/")
    visit.wait_for_map()
    expect(visit.page.locator(".wall-alerts li").first).to_be_visible()
    alerts = visit.page.locator(".wall-alerts").bounding_box() or {}
    west, south, *_ = visit.city.network.bounds
    beside = alerts["x"] + alerts["width"]
    visit.until(f"boardMap.project([{west}, {south}]).x >= {beside}")

    assert any("/api/blockages" in asked for asked in visit.asked)
    assert visit.complaints == []
