"""A training in the browser: the phone rings at a trainee's desk while an instructor leads."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from api.config.settings import Settings
from api.processes.event_feeds import beat_of
from data.model import Actor, ActorKind, LonLat, RequestKind, Role
from data.store.database.engine import transaction
from data.store.streets.network import load_network
from data.training.lessons import lesson_of
from fleet.simulation.simulated_calls import SimulatedCall
from fleet.training.calls import newest_calls, ring, take_call
from fleet.training.lessons import done_steps
from fleet.training.sandbox.folder import Sandbox
from fleet.training.seats import seats_of
from tests import village as v
from tests.browser.conftest import Visit, serving
from tests.rehearsed import a_sandbox, clock_of
from tests.village_database import copy_city
from tests.village_plan import a_leg, add_published_plan

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 1}

LINES = """(one) => {
  const words = document.createRange();
  words.selectNodeContents(one);
  return words.getClientRects().length;
}"""
"""On how many lines the words of an element stand."""

OVERFLOW_PX = "(one) => one.scrollWidth - one.clientWidth"


@pytest.fixture
def server(tmp_path: Path, made_city: Path) -> Iterator[str]:
    """A sandbox of the village, whose clock stands."""
    home = copy_city(made_city, Settings(var=tmp_path).city_folder("village"))
    sandbox = a_sandbox(home)
    with serving(Settings(var=sandbox.folder), "village", clock_of(sandbox)) as address:
        yield address


def somebody_calls(visit: Visit, words: str = "Snow up to the knee on Mill Street") -> None:
    place = LonLat(45.07, 37.55)
    caller = SimulatedCall(v.NOW, RequestKind.PLOW, words, "Mill Street", place, v.MILL)
    with transaction(visit.city.engine) as tx:
        ring(tx, [(caller, None)], visit.city.clock.now())


def done_by(role: Role, visit: Visit) -> Collection[str]:
    """Return the steps of a lesson that the supervisor has done, whose looks tick all lessons."""
    with transaction(visit.city.engine) as tx:
        return done_steps(tx, Actor(ActorKind.USER, "supervisor"), lesson_of(role), v.NOW)


def set_back(visit: Visit) -> None:
    """Set the clock back, and wait until the page has loaded again by itself."""
    clock = clock_of(Sandbox(visit.city.settings.var, "village"))
    with visit.page.expect_navigation():
        clock.set_back(clock.now())
        visit.city.hub.publish("beat", [beat_of(clock)])
    visit.page.wait_for_load_state()


def test_an_operator_answers_and_an_instructor_sees_it_and_adds_a_caller(visit: Visit) -> None:
    page = visit.page
    visit.sign_in("operator")
    page.wait_for_selector("#text")
    visit.go("/training/seats")
    page.click("form[data-role=operator] button")
    page.wait_for_selector("a[href='/operator'].primary")
    set_back(visit)
    somebody_calls(visit)
    with page.expect_response("**/stream"):
        visit.go("/operator")
    page.fill("#text", "Typed in a time that is no more")
    visit.city.hub.publish("beat", [replace(beat_of(visit.city.clock), setting_back=True)])
    page.wait_for_selector(".training-frame:has-text('is being set back')")
    set_back(visit)
    page.wait_for_selector("operator-call")
    assert page.query_selector(".drafts") is None
    page.wait_for_selector(".training-phone.rings")
    page.keyboard.press("F4")
    page.wait_for_selector(".caller-words:has-text('on Mill Street')")
    page.fill("#text", "Mill Street, knee-deep")
    somebody_calls(visit, "Ice on Main Street")
    page.wait_for_selector(".training-phone.talks [role=alert]")
    page.keyboard.press("F4")
    page.wait_for_selector(".caller-words:has-text('Ice on Main Street')")
    page.set_viewport_size({"width": 1280, "height": 480})
    page.locator("#keys").scroll_into_view_if_needed()
    expect(page.locator(".caller-words")).to_be_in_viewport(ratio=1)
    page.click(".drafts button:has-text('Continue')")
    with page.expect_response("**/requests"):
        page.press("#text", "Control+Enter")
    with transaction(visit.city.engine) as tx:
        first, second = newest_calls(tx, 100)
    assert first.request_id is not None
    assert second.on_the_line
    page.click(".training-phone button:has-text('Hang up')")
    page.wait_for_selector(".training-phone:has-text('quiet')")
    assert visit.grave_faults() == []

    clock = clock_of(Sandbox(visit.city.settings.var, "village"))
    late = replace(beat_of(clock), now=v.NOW + timedelta(hours=24))
    visit.city.hub.publish("beat", [late])
    page.wait_for_selector(".training-frame:has-text('The scenario is over')")
    visit.sign_out()
    visit.sign_in("supervisor")
    page.wait_for_selector("board-side")
    page.keyboard.press("Shift+Slash")
    page.wait_for_selector(".training-frame:popover-open")  # above the dialog
    expect(page.locator(".training-frame span")).to_be_in_viewport(ratio=1)
    visit.go("/training/instructor")
    page.wait_for_selector(".call-list .ended a")
    page.wait_for_selector(".moment.act")
    somebody_calls(visit, "Snow on School Street")
    with transaction(visit.city.engine) as tx:
        take_call(tx, Actor(ActorKind.USER, "operator"), newest_calls(tx, 1)[0].id, v.NOW)
    with page.expect_popup() as opened:
        page.click(".seat-list a")
    opened.value.wait_for_selector("training-desk .caller-words:has-text('Snow on School Street')")
    visit.city.desk_screens.open_page("operator", "/requests")
    opened.value.wait_for_url("**/requests")  # goes along with the trainee
    opened.value.close()
    page.select_option("#event", "power_cut")
    page.click(".add-form button.primary")
    page.wait_for_selector(".moment.added:has-text('Power cut')")
    page.fill("#words", "Asked well")
    page.click(".note-form button")
    page.wait_for_selector(".moment.note:has-text('Asked well')")
    page.click("#pause")
    page.wait_for_selector("#pause:has-text('Pause')")
    page.fill("[name=label]", "now")
    page.press("[name=label]", "Enter")
    page.wait_for_selector("#back option:has-text('now')", state="attached")
    page.select_option("#back", index=1)
    page.click(".question button:has-text('Set back')")
    page.wait_for_selector("training-clock [role=status]:has-text('is being set back')")
    visit.go("/training/debrief")
    page.click("#compare button")
    page.click("#stop button:has-text('Stop comparing')")
    page.wait_for_selector("#search[data-state=stopped]")
    page.locator(".moments a").first.click()
    page.wait_for_selector("#at")
    with page.expect_response("**/api/training/looks"):
        page.keyboard.press("Home")
    assert {"debrief", "replay"} <= set(done_by(Role.SUPERVISOR, visit))
    assert "debrief" in done_by(Role.DISPATCHER, visit)
    assert visit.grave_faults() == []
    assert visit.complaints == []


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_a_seat_that_may_be_taken_says_so_on_one_line_of_a_narrow_phone(visit: Visit) -> None:
    page = visit.page
    visit.sign_in("driver")
    visit.go("/training/seats?lang=az")
    button = page.locator("form[data-vehicle='1'] button")
    assert button.inner_text() == "Bu yeri tut"
    assert button.evaluate(LINES) == 1
    assert page.locator(".scroll:has(form[data-vehicle])").evaluate(OVERFLOW_PX) == 0
    assert visit.grave_faults() == []


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_a_driver_drives_his_simulated_truck_without_a_receiver(visit: Visit) -> None:
    page, engine = visit.page, visit.city.engine
    with transaction(engine) as tx:
        legs = (a_leg(segment_id=v.MAIN_WEST), a_leg(segment_id=v.MAIN_EAST))
        add_published_plan(tx, *legs, network_version=load_network(tx).version)
    visit.sign_in("driver")
    visit.go("/training/seats")
    page.click("form[data-vehicle='1'] button")
    page.click("a[href='/drive'].primary")
    page.click("drive-actions button.primary")
    with page.expect_response(lambda told: '"blade":true' in (told.request.post_data or "")):
        page.click("training-drive button:has-text('Drive on')")
        page.click("training-drive button.primary:has-text('Lower the blade')")
    page.wait_for_selector("training-drive button:not(.primary):has-text('Lift the blade')")
    page.wait_for_selector("training-drive button:has-text('Stop')")
    with transaction(engine) as tx:
        (seat,) = seats_of(tx)
    assert (seat.vehicle_id, seat.going, seat.blade) == (1, True, True)
    assert visit.grave_faults() == []
    assert visit.complaints == []
