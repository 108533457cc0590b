"""How trucks drove their routes and what they did all day, on a phone too."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from data.model import Actor, ActorKind, VehicleId
from data.store.accounts.accounts import add_device
from data.store.database.engine import transaction
from data.store.tracking.positions import add_positions
from fleet.storms.storm_start import start_storm
from maps.pages.i18n import translator
from tests.browser.conftest import PATIENCE_MS, POLL_MS, Visit
from tests.fleet.drives import a_drive
from tests.village import MAIN_EAST, MAIN_WEST, NOW, ORCHARD, ROSE, TULIP
from tests.village_plan import add_published_plan, legs_along

pytestmark = pytest.mark.browser

MINUTE = timedelta(minutes=1)
ACTOR = Actor(ActorKind.USER, "dispatcher")
WAY = ((0, 0), (400, 0), (400, 150), (150, 150))
ROUTE = ((MAIN_WEST, True), (TULIP, True), (MAIN_EAST, True), (ROSE, True), (ORCHARD, False))
"""The truck leaves out the second street of its plan."""

PHONE = {"width": 360, "height": 740}


def a_truck_drove(visit: Visit) -> datetime:
    """Let a truck drive most of its route half an hour ago, and return when it began."""
    city = visit.city
    began = city.clock.now() - 30 * MINUTE
    with transaction(city.engine) as tx:
        start_storm(tx, ACTOR, "First snow", city.network, city.policy, began)
        legs = legs_along(tx, ROUTE, began)
        add_published_plan(tx, *legs, made_at=began)
        device = add_device(tx, "tracker", VehicleId(1), "hash")
        add_positions(
            tx,
            [
                replace(fix, device_id=device.id, fixed_at=fix.fixed_at - NOW + began)
                for fix in a_drive(*WAY, blade=True)
            ],
        )
    for _ in range(PATIENCE_MS // POLL_MS):
        check = city.alert_task.check
        if check is not None and check.routes[0].over:
            return began
        visit.page.wait_for_timeout(POLL_MS)
    raise AssertionError("the server has not seen the truck end its route")


def assert_fits(visit: Visit) -> None:
    visit.page.set_viewport_size(PHONE)
    visit.until(f"document.documentElement.scrollWidth === {PHONE['width']}")
    visit.page.set_viewport_size({"width": 1440, "height": 900})


def test_a_dispatcher_finds_what_a_truck_left_out_in_the_table_and_on_the_map(visit: Visit) -> None:
    visit.come_in("dispatcher")
    a_truck_drove(visit)
    page = visit.page
    t = translator("en")
    visit.go("/routes")
    assert_fits(visit)
    expect(page.get_by_text(t("No matching truck or street."))).to_be_hidden()
    page.locator(".unfold").press("Enter")
    expect(page.locator("ol.runs > li")).to_have_count(5)
    expect(page.locator("ol.runs .line-missed")).to_have_count(1)
    choose_a_run_in_the_table_and_on_the_map(visit)
    assert_fits(visit)
    page.locator("tbody a").first.focus()
    page.keyboard.press("Enter")
    page.locator(".choose a", has_text=t("leg:skipped")).press("Enter")
    expect(page.locator("tbody .leg-skipped")).to_have_count(1)
    expect(page.locator("tbody tr")).to_have_count(1)
    assert_fits(visit)
    assert visit.grave_faults() == []
    visit.speak("fa")
    assert_fits(visit)
    assert visit.complaints == []


def choose_a_run_in_the_table_and_on_the_map(visit: Visit) -> None:
    page = visit.page
    page.fill("input[type=search]", "tulip")
    page.keyboard.press("Enter")
    run = page.locator("ol.runs > li:not([hidden])")
    expect(run).to_have_count(1)
    expect(run).to_contain_text("Tulip Alley")
    run.locator("summary").click()
    visit.until("JSON.stringify(boardMap.getFilter('chosen-run')).includes('1')")
    page.fill("input[type=search]", "")
    rose = page.locator("ol.runs > li", has=page.locator("summary bdi", has_text="Rose Street"))
    number = rose.get_attribute("data-run")
    visit.until("boardMap.loaded() && boardMap.querySourceFeatures('outcomes').length >= 5")
    at = page.evaluate(
        """(number) => {
          const run = boardMap.querySourceFeatures("outcomes")
            .find(({ properties }) => properties.run === Number(number));
          const line = run.geometry.coordinates;
          const [a, b] = (run.geometry.type === "LineString" ? line : line[0]).slice(0, 2);
          boardMap.jumpTo({ center: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], zoom: 16 });
          const { width, height } = boardMap.getCanvas().getBoundingClientRect();
          return { x: width / 2, y: height / 2 };
        }""",
        number,
    )
    visit.until("boardMap.loaded()")
    page.locator("canvas.maplibregl-canvas").click(position=at)
    expect(rose).to_have_attribute("aria-current", "true")


def hours_are_whole(visit: Visit) -> bool:
    """Whether the table of hours fits beside the map however long its spans are."""
    return visit.page.locator("[aria-labelledby=shifts]").evaluate(
        """(table) => {
          for (const cell of table.querySelectorAll("tbody td")) {
            cell.textContent = "۱۲ ساعت و ۳۴ دقیقه";
          }
          return table.scrollWidth <= table.clientWidth;
        }"""
    )


def test_a_supervisor_reads_the_day_of_a_vehicle_in_persian(visit: Visit) -> None:
    visit.come_in("supervisor")
    began = a_truck_drove(visit)
    page = visit.page
    kilometres = "۰٫۸"
    t = translator("fa")
    at = began.isoformat().replace("+", "%2B")
    visit.go("/vehicles")
    visit.speak("fa")  # which shows today, and the drive may be of yesterday
    visit.go(f"/vehicles?span=storm&at={at}")
    expect(page.locator(".key").first).to_contain_text(kilometres)
    expect(page.locator("svg.bar path.doing-work")).to_have_count(1)
    assert_fits(visit)
    page.locator("tbody a").first.press("Enter")
    expect(page.locator("svg.bar rect.doing-work")).to_have_count(1)
    visit.until("Boolean(globalThis.boardMap?.querySourceFeatures('way-blade').length)")
    assert hours_are_whole(visit)
    page.locator("svg.bar rect.doing-work").hover()
    expect(page.locator("#moment")).to_contain_text(t("Blade down"))
    expect(page.locator("tr[aria-current]")).to_contain_text(t("doing:work"))
    visit.until("boardMap.querySourceFeatures('moment').length > 0")
    page.locator(".choose a", has_text=t("list:trips")).press("Enter")
    expect(page.locator("tbody tr").last).to_contain_text(kilometres)
    assert_fits(visit)
    assert visit.grave_faults() == []
    assert visit.complaints == []
