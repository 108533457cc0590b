"""A message to a driver and his call for help, both pages open, in both languages."""

import pytest
from playwright.sync_api import expect

from data.store.database.engine import transaction
from fleet.shifts.driver_codes import give_code
from fleet.shifts.shift_progress import start_shift
from fleet.storms.storm_start import start_storm
from maps.pages.i18n import translator
from tests import village as v
from tests.browser.conftest import COARSE, Visit, open_page
from tests.browser.shifts.test_driver import PERSIAN
from tests.village_database import DISPATCHER
from tests.village_plan import a_leg, add_published_plan

pytestmark = pytest.mark.browser


def a_driven_storm(visit: Visit) -> str:
    """Start a storm whose first truck is driven, and return the code of its driver."""
    city, now = visit.city, visit.city.clock.now()
    with transaction(city.engine) as tx:
        start_storm(tx, DISPATCHER, "Snow", city.network, city.policy, now)
        plan = add_published_plan(tx, a_leg(segment_id=v.MAIN_EAST))
        given = give_code(
            tx, DISPATCHER, plan.routes[0].shift_id, city.settings.secret_key(), "fa", now
        )
        start_shift(tx, DISPATCHER, plan.routes[0].shift_id, now)
    return given.digits


def test_a_dispatcher_writes_and_a_driver_answers_and_calls_for_help(visit: Visit) -> None:
    code = a_driven_storm(visit)
    context = visit.page.context.browser.new_context(**PERSIAN, **COARSE)
    phone = open_page(context)
    phone.goto(f"{visit.server}/drive")
    phone.fill("#code", code)
    phone.click("button.primary")
    persian, english = translator("fa"), translator("en")
    expect(phone.locator("drive-sos button.sos")).to_be_visible()

    board = visit.board()
    board.keyboard.press("Escape")
    visit.go("/?lang=en")
    visit.wait_for_map()
    board.evaluate("document.querySelector('board-lists').open('trucks')")
    board.locator("board-lists .row", has_text="Truck 1").click()
    board.get_by_role("button", name="Message", exact=True).click()
    board.select_option("truck-messages [name=canned]", "You have a new route.")
    board.click("truck-messages form button")
    expect(phone.locator(".letter .words")).to_have_text("مسیر تازه‌ای برایتان فرستاده شد.")
    expect(board.locator("truck-messages .mine")).to_contain_text("on the phone")
    phone.get_by_role("button", name=persian("Answer")).click()
    phone.locator(".canned button", has_text="کمک لازم دارم.").click()
    expect(board.locator("truck-messages li").last).to_contain_text("I need help.")
    expect(board.locator("truck-messages .mine")).to_contain_text("read")
    expect(phone.locator(".thread .mine")).to_contain_text("خوانده‌شده")

    sos = phone.locator("drive-sos button.sos")
    sos.hover()
    phone.mouse.down()
    expect(phone.locator("drive-sos dialog .lead")).to_contain_text("به مسئول اعزام رسید")
    phone.mouse.up()
    call = board.locator("board-sos .sos")
    expect(call).to_contain_text("Truck 1")
    call.get_by_role("button", name=english("Acknowledge")).click()
    expect(call).to_have_count(0)
    board.get_by_role("button", name=english("End this alert")).click()
    expect(board.locator("board-side .alert")).to_have_count(0)
    assert visit.grave_faults() == []
    assert visit.complaints == []
    context.close()
