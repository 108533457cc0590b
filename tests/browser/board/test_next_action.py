"""The head of the board and its alerts: what to do next, and one row a cause, in both languages."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from data.model import (
    Actor,
    ActorKind,
    Alert,
    AlertId,
    AlertKind,
    Danger,
    RequestKind,
    VehicleId,
)
from data.model.alerts import AlertFacts
from data.store.alerts import add_alert, list_open_alerts, list_snoozes
from data.store.database.engine import reading, transaction
from data.store.setup.city import get_city
from data.store.shifts.shifts import list_shifts, save_shift
from fleet.alerts.alert_register import give_alert
from fleet.requests.intake import Report, receive
from fleet.storms.storm_start import start_storm
from maps.alerts import alert_view
from maps.pages.i18n import translator
from maps.requests.requests import request_view
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

COUNT_TONES = """() => {
  const make = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () {
    document.body.dataset.tones = Number(document.body.dataset.tones ?? 0) + 1;
    return make.call(this);
  };
}"""

DISPATCHER = Actor(ActorKind.USER, "dispatcher")
OTHER = Actor(ActorKind.USER, "administrator")
HOUR = timedelta(hours=1)
LATER = datetime(2050, 1, 10, 6, 0, tzinfo=UTC)
TRUCKS = (VehicleId(1), VehicleId(2))


@pytest.fixture
def storm(visit: Visit) -> None:
    """A storm without a plan, and two requests that nobody knows the place of."""
    city, now = visit.city, visit.city.clock.now()
    with transaction(city.engine) as tx:
        start_storm(tx, DISPATCHER, "Snow", city.network, city.policy, now)
        for words in ("by the old oak", "behind the school"):
            receive(tx, DISPATCHER, Report("phone", RequestKind.PLOW, text=words), now)


def opened(visit: Visit, language: str) -> Page:
    visit.come_in("dispatcher")
    visit.go(f"/?lang={language}")
    page = visit.page
    page.wait_for_selector("board-strip .class-head")
    return page


def raised(visit: Visit, kind: AlertKind, *trucks: VehicleId | None) -> None:
    """Open an alert of each truck, as the watch does, and tell the boards."""
    city, now = visit.city, visit.city.clock.now()
    with transaction(city.engine) as tx:
        storm_id = list_shifts(tx, 1)[0].storm_id
        crew: AlertFacts = {"by": "crew", "crew": 1, "crew_name": "Crew 1"}
        new = [
            Alert(AlertId(0), storm_id, kind, truck, now - HOUR, facts={} if truck else crew)
            for truck in trucks
        ]
        added = [add_alert(tx, one) for one in new]
    city.hub.publish("alerts", [alert_view(one, city.network) for one in added])


def reported_in_danger(visit: Visit, danger: Danger) -> None:
    """Let an operator record a call, and the watch see it."""
    city, now = visit.city, visit.city.clock.now()
    with transaction(city.engine) as tx:
        told = Report("phone", RequestKind.PLOW, text="at the mill", dangers=(danger,))
        asked = receive(tx, DISPATCHER, told, now)
    city.hub.publish("requests", [request_view(asked, {}, city.network)])
    city.alert_task.run()


def late_though_all_have_a_truck(unproved_m: float) -> Callable[[Route], None]:
    """Tell of a late first class: trucks are on their way to all of it that was not driven."""

    def answer(route: Route) -> None:
        board = route.fetch().json()
        board["figures"]["next_action"]["kind"] = "none"
        board["classes"][0]["late_m"] = 1500
        ends = {"unplanned_m": 0, "unproved_m": unproved_m, "ends_at": LATER.isoformat()}
        board["classes"][0]["finish"] |= ends
        route.fulfill(json=board)

    return answer


def a_cycle_to_publish_that_grew_old(route: Route) -> None:
    """Tell of a next cycle as some seconds ago, whose draft is from before another publication."""
    board = route.fetch().json()
    action = {"kind": "publish", "plan_id": 7, "next_cycle": True}
    board["figures"]["next_action"] |= action
    draft = {
        "plan_id": 7,
        "revision": 2,
        "good_until": LATER.isoformat(),
        "outdated": True,
        "finishes": [],
    }
    if "runs" in board:
        run = {"state": "done", "kind": "replan", "options": {"cause": "cycle"}}
        board["runs"][0] |= run | {"draft": draft | {"from_taken_back": False}}
    route.fulfill(json=board)


def handed_over(visit: Visit, alert: Alert) -> None:
    """Let another dispatcher see to an alert and give it to this one."""
    city, now = visit.city, visit.city.clock.now()
    with transaction(city.engine) as tx:
        given = give_alert(tx, OTHER, alert.id, "dispatcher", now)
    city.hub.publish("alerts", [alert_view(given, city.network)])


def all_shifts_end(visit: Visit) -> None:
    city, now = visit.city, visit.city.clock.now()
    with transaction(city.engine) as tx:
        for shift in list_shifts(tx, 1):
            save_shift(tx, replace(shift, starts_at=now - 9 * HOUR, ends_at=now - HOUR))


def test_one_click_does_what_is_to_be_done_next_and_nothing_jumps(
    visit: Visit, storm: None
) -> None:
    t = translator("fa")
    page = opened(visit, "fa")
    head, line = page.locator("board-strip .class-head").first, page.locator(".next-action")
    share = t("{value} %", value=0)
    name = "درجهٔ ۱"  # the first class in few letters
    expect(head.locator("strong")).to_have_text(f"{name} {share} {t('clear')}")
    expect(head).to_contain_text(t("{length}: no truck", length="").strip())
    for part in t.plural("next:plan:{count}", 2, name=name, length="@").split("@"):
        expect(line).to_contain_text(part.strip())
    box, counts = head.bounding_box(), page.locator(".counts-of").bounding_box()
    line.get_by_role("button", name=t("Make a plan")).click()
    expect(line).to_contain_text(t("A plan waits for a free planner"))
    expect(page.locator("board-side progress")).to_be_visible()
    assert (head.bounding_box(), page.locator(".counts-of").bounding_box()) == (box, counts)
    marks = {"name": name, "length": "@", "unproved": "@", "time": "@"}
    for unproved_m, why in ((0, "late:coming"), (500, "late:partly_unproved")):
        page.route("**/api/board{,/figures}", late_though_all_have_a_truck(unproved_m))
        page.reload()
        for part in t.plain(why, **marks).split("@"):
            expect(line).to_contain_text(part.strip())
    assert visit.grave_faults() == []
    assert visit.complaints == []
    page.route("**/api/board{,/figures}", a_cycle_to_publish_that_grew_old)
    page.reload()
    expect(line).to_contain_text(t("next:renew"))
    expect(line.get_by_role("button")).to_contain_text([t("Plan again from now")])


def test_alerts_are_one_row_a_cause_with_what_ends_them(visit: Visit, storm: None) -> None:
    t = translator("en")
    all_shifts_end(visit)
    visit.city.alert_task.run()
    page = opened(visit, "en")
    raised(visit, AlertKind.LONG_STOP, *TRUCKS)
    page.keyboard.press("a")
    rows, count = page.locator("#list-alerts .row"), page.locator("#tab-alerts .count")
    expect(rows).to_have_count(2)  # requests without a place wait in their own list
    expect(rows.nth(0)).to_contain_text(t("All shifts are over"))
    expect(rows.nth(1)).to_contain_text(t.plural("cause:long_stop:{count}", 2))
    page.set_viewport_size({"width": 1000, "height": 800})
    assert rows.locator(".what").evaluate_all(
        "(all) => all.every((one) => one.scrollWidth <= one.clientWidth)"
    )

    rows.nth(1).click()
    panel = page.locator("board-side .panel")
    expect(panel.locator(".alerts li")).to_have_count(2)
    panel.get_by_role("button", name=t.plural("acknowledge:{count}", 2)).click()
    expect(panel.get_by_role("button", name=t.plural("acknowledge:{count}", 2))).to_have_count(0)
    panel.locator(".alerts .link").first.click()
    panel.get_by_role("button", name=t("Message the driver")).click()
    expect(panel.locator("truck-messages")).to_be_visible()

    page.evaluate("document.querySelector('board-lists').open('alerts')")
    rows.nth(0).click()
    panel.get_by_role("button", name=t.plural("extend shifts:{count}", 2)).click()
    expect(page.locator(".fleet-orders")).to_be_visible()
    assert visit.grave_faults() == []
    page.locator(".fleet-orders").get_by_role("button", name=t("+{hours} h", hours=2)).click()
    expect(page.locator(".next-action")).to_contain_text(t("Make a plan"))
    expect(count).to_have_text(t("{value}", value=2))

    page.evaluate(COUNT_TONES)
    reported_in_danger(visit, Danger.AMBULANCE)
    danger = t("danger:ambulance")
    expect(page.locator(".next-action .danger")).to_have_text(f"{danger} · at the mill")
    expect(rows.nth(0)).to_contain_text(f"{danger} · at the mill")
    page.locator(".next-action").get_by_role("button", name=t("Show")).click()
    expect(panel.locator("p strong.danger")).to_have_text(danger)
    page.keyboard.press("r")
    request = page.locator("#list-requests .row").first
    expect(request.locator("strong.danger").first).to_have_text(danger)
    assert visit.grave_faults() == []
    expect(page.locator("body")).to_have_attribute("data-tones", "2")
    panel.get_by_role("button", name=t("Acknowledge")).click()
    expect(page.locator(".next-action .danger")).to_have_count(0)
    over = panel.get_by_role("button", name=t("The danger is over"))
    over.click()
    expect(panel.get_by_role("alertdialog")).to_contain_text(danger)
    assert visit.grave_faults() == []
    panel.get_by_role("button", name=t("Cancel"), exact=True).click()
    expect(request.locator("strong.danger").first).to_have_text(danger)
    over.click()
    panel.get_by_role("alertdialog").get_by_role("button", name=t("The danger is over")).click()
    expect(request.locator("strong.danger")).to_have_text([t("place unknown")])

    page.keyboard.press("a")
    raised(visit, AlertKind.SOS, None, None)  # two crews
    page.locator(".next-action").get_by_role("button", name=t("Show")).click()
    expect(rows.nth(0)).to_contain_text(t.plural("cause:sos:{count}", 2))
    assert visit.complaints == []


def test_a_snooze_is_said_on_every_board_and_ends_when_it_gets_worse(
    visit: Visit, storm: None
) -> None:
    t, city = translator("fa"), visit.city
    page = opened(visit, "fa")
    city.alert_task.stop()  # it would close what nothing on the road shows
    raised(visit, AlertKind.OFF_ROUTE, TRUCKS[0])
    page.keyboard.press("a")
    count = page.locator("#tab-alerts .count")
    page.locator("#list-alerts .row").click()
    with reading(city.engine) as tx:
        (alert,) = list_open_alerts(tx)
    handed_over(visit, alert)
    for part in t(
        "{giver} hands an alert over to you: {title}: {text}", giver="@", title="Truck 1", text="@"
    ).split("@"):
        expect(page.locator(".notices")).to_contain_text(part.strip())
    row, named = page.locator("#list-alerts .row"), {"who": "dispatcher", "giver": "administrator"}
    waits = t("handed over to {who} by {giver}, not acknowledged yet", **named)
    expect(row).to_contain_text(waits)  # the list of alerts stays, though its truck is shown
    page.locator("board-side").get_by_role("button", name=t("Acknowledge")).click()
    expect(row).to_contain_text(t("acknowledged by {who}, handed over by {giver}", **named))
    expect(page.locator(".notices .notice")).to_have_count(0)
    page.locator("board-side").get_by_role("button", name=t("Snooze for 30 min")).click()
    expect(count).to_have_text(t("{value}", value=0))
    page.reload()
    page.wait_for_selector("board-strip .class-head")
    page.keyboard.press("a")
    page.locator(".states").get_by_role("button", name=t("snoozed")).click()
    row = page.locator("#list-alerts .row")
    with reading(city.engine) as tx:
        (known,) = list_snoozes(tx, list_shifts(tx, 1)[0].storm_id, city.clock.now())
        zone = get_city(tx).timezone
    until = translator("fa", zone).time(known.until)
    expect(row).to_contain_text("dispatcher")
    expect(row).to_contain_text(until)
    page.locator(".states").get_by_role("button", name=t("All")).click()
    raised(visit, AlertKind.OFF_ROUTE, TRUCKS[1])
    expect(count).to_have_text(t("{value}", value=1))
    expect(row).to_contain_text(t.plural("cause:off_route:{count}", 2))
