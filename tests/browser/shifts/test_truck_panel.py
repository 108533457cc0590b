"""A truck's panel and orders for many trucks, in both languages, at a desk and on a phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from data.model import Actor, ActorKind, Shift
from data.store.database.engine import reading, transaction
from data.store.messages.messages import list_messages
from data.store.shifts.shifts import list_shifts, save_shift
from fleet.shifts.shift_progress import start_shift
from fleet.storms.storm_start import start_storm
from maps.pages.i18n import Translator, translator
from tests.browser.conftest import Visit
from tests.village import MAIN_EAST, MAIN_WEST, ROSE
from tests.village_plan import add_published_plan, legs_along

pytestmark = pytest.mark.browser

DISPATCHER = Actor(ActorKind.USER, "dispatcher")
HOUR = timedelta(hours=1)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def storm(visit: Visit) -> None:
    """The first truck has three streets ahead, two of them on one name."""
    city, now = visit.city, visit.city.clock.now()
    with transaction(city.engine) as tx:
        start_storm(tx, DISPATCHER, "Snow", city.network, city.policy, now)
        add_published_plan(tx, *legs_along(tx, (MAIN_WEST, MAIN_EAST, ROSE), now), made_at=now)
    city.alert_task.run()


def shifts_of(visit: Visit) -> list[Shift]:
    with reading(visit.city.engine) as tx:
        return list_shifts(tx, list_shifts(tx, 1)[0].storm_id)


def open_trucks(visit: Visit, language: str) -> Page:
    visit.come_in("dispatcher")
    visit.go(f"/?lang={language}")
    page = visit.page
    page.wait_for_selector("board-side .panel h2", state="attached")
    page.evaluate("document.querySelector('board-lists').open('trucks')")
    return page


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_a_truck_chosen_on_a_phone_shows_its_actions_first_and_then_what_it_does_in_runs(
    visit: Visit, storm: None
) -> None:
    t = translator("fa")
    page = open_trucks(visit, "fa")
    page.locator("board-sheets button", has_text=t("Lists")).click()
    page.locator("#list-trucks li", has_text="Truck 1").click()
    expect(page.locator("board-side h2")).to_be_visible()
    expect(page.locator("board-side h2")).to_have_text("Truck 1")
    expect(page.locator("board-lists")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    actions = page.locator(".truck-actions")
    runs = page.locator("board-side .legs li")
    expect(runs).to_have_count(2)  # two blocks of one street are one run
    expect(runs.first.locator(".stretch")).to_contain_text(
        t("{start} to {end}", start="", end="").strip()
    )
    top, below = actions.bounding_box(), runs.first.bounding_box()
    assert top
    assert below
    assert top["y"] + top["height"] <= below["y"]
    for word in ("Message", "Broken down", "Give streets", "Driver code", "Hours"):
        expect(actions.get_by_role("button", name=t(word), exact=True)).to_be_visible()
    actions.get_by_role("button", name=t("Driver code"), exact=True).click()
    expect(page.locator(".truck-part select[name=login], .truck-part .wide")).not_to_have_count(0)
    assert visit.grave_faults() == []
    assert visit.complaints == []


def test_the_panel_follows_the_shift_that_is_now(visit: Visit, storm: None) -> None:
    """The first shift was never begun nor ended by a tap, its hours are past, and one follows."""
    city = visit.city
    first = shifts_of(visit)[0]
    client_now = city.clock.now()
    past = Shift(
        first.id,
        first.storm_id,
        first.vehicle_id,
        None,
        client_now - 9 * HOUR,
        client_now - HOUR,
    )
    with transaction(city.engine) as tx:
        save_shift(tx, past)
    city.alert_task.run()
    page = open_trucks(visit, "en")
    page.locator("#list-trucks li", has_text="Truck 1").click()
    driver = page.locator("h3:text-is('Its driver') + .facts")
    expect(driver).to_contain_text("Over")
    code = page.locator(".truck-actions").get_by_role("button", name="Driver code", exact=True)
    expect(code).to_have_count(0)
    page.locator(".truck-actions").get_by_role("button", name="Hours", exact=True).click()
    page.locator(".truck-part").get_by_role("button", name="+2 h").click()
    expect(page.locator(".notices")).to_contain_text("1 shift extended.")
    city.alert_task.run()
    expect(code).to_be_visible()
    with transaction(city.engine) as tx:
        start_shift(tx, DISPATCHER, first.id, city.clock.now())
    city.alert_task.run()
    expect(page.locator("#list-trucks li .when .rest-due")).to_have_text("rest overdue")
    expect(page.locator("board-lists .chip", has_text="rest due")).to_contain_text("1")


def test_all_trucks_are_extended_from_the_list_in_two_clicks(visit: Visit, storm: None) -> None:
    t = translator("en")
    before = {one.id: one.ends_at for one in shifts_of(visit)}
    page = open_trucks(visit, "en")
    page.get_by_role("button", name=t.plural("orders for:{count}", 2)).click()
    expect(page.locator("board-side h2")).to_have_text(t.plural("trucks:{count}", 2))
    page.locator(".fleet-orders").get_by_role("button", name=t("+{hours} h", hours=2)).click()
    expect(page.locator(".notices")).to_contain_text(t.plural("extended:{count}", 2))
    assert {one.id: one.ends_at for one in shifts_of(visit)} == {
        shift_id: end + 2 * HOUR for shift_id, end in before.items()
    }
    page.locator(".fleet-orders").get_by_role(
        "button", name=t("until {time}", time="")
    ).first.click()
    expect(page.locator(".notices")).to_contain_text(
        t("No shift was changed: each goes on as long already.")
    )
    send_to_wait(page, t)
    expect(page.locator(".notices")).to_contain_text(t.plural("staged:{count}", 2))
    expect(page.locator(".notice")).to_have_count(1)
    assert visit.grave_faults() == []
    wait_at_a_point(page, t)
    expect(page.locator(".staging")).to_have_count(0)
    with reading(visit.city.engine) as tx:
        said = [one.words["en"] for one in list_messages(tx, shifts_of(visit)[0].storm_id, 10)]
    assert len(said) == 4
    assert said[-1] != said[0]

    cancel(page, t)
    expect(page.locator(".notices")).to_contain_text(t.plural("cancelled:{count}", 1))
    assert [one.state.value for one in shifts_of(visit)].count("cancelled") == 1


def send_to_wait(page: Page, t: Translator) -> None:
    """Tell the chosen trucks to wait at a street that is searched for."""
    orders = page.locator(".fleet-orders")
    orders.get_by_role("button", name=t("Send to wait at a place")).click()
    expect(orders.locator(".places button")).to_have_count(2)  # the yard, and the salt store
    orders.get_by_label(t("Yard, reload site or street")).fill("Tulip Alley")
    orders.locator(".places button", has_text="Tulip Alley, between").click()
    orders.locator(".staging .primary").click()


def wait_at_a_point(page: Page, t: Translator) -> None:
    """Tell the chosen trucks to wait at a point of the map, with keys alone."""
    orders = page.locator(".fleet-orders")
    orders.get_by_role("button", name=t("Send to wait at a place")).click()
    orders.get_by_role("button", name=t("Choose a point on the map")).click()
    expect(page.locator(".maplibregl-canvas")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(orders.locator(".staging .primary")).to_be_focused()
    page.keyboard.press("Enter")


def cancel(page: Page, t: Translator) -> None:
    """Leave out the second truck, and cancel the shift of the other; that asks once."""
    page.locator(".fleet input").nth(1).uncheck()
    orders = page.locator(".fleet-orders")
    orders.get_by_role("button", name=t("Recall to the yard")).click()
    sure = orders.locator(".sure .danger-button")
    assert sure.evaluate("e => e.getBoundingClientRect().right <= innerWidth")
    sure.click(trial=True)  # nothing lies over it
    orders.get_by_role("button", name=t("Cancel shift")).click()
    orders.get_by_role("button", name=t.plural("cancel:{count}", 1)).click()
