"""The desk in the drawn village: calls taken by keyboard alone, and the answer while they wait."""

from datetime import timedelta
from typing import NamedTuple

import pytest
from playwright.sync_api import expect

from data.model import Actor, ActorKind, JobState
from data.store.database.engine import reading, transaction
from data.store.requests.promises import find_promise
from data.store.requests.requests import list_callers, list_requests
from data.store.work import list_jobs
from fleet.storms.storm_start import start_storm
from tests.browser.conftest import _served
from tests.village import BLIND, MAIN_WEST, MILL, ORCHARD, ROSE, SCHOOL, TULIP, node_at, village
from tests.village_plan import a_leg, add_published_plan

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}
KEYS_AT_MOST = 12
FORTY_MINUTES_PASS = """() => {
    const kept = JSON.parse(sessionStorage.getItem("barfrub-calls"));
    kept.calls[0].leftAt -= 40 * 60_000;
    sessionStorage.setItem("barfrub-calls", JSON.stringify(kept));
}"""


class Call(NamedTuple):
    """What a caller says, the keys after his last word, and what must be recorded."""

    words: str
    keys: tuple[str, ...]
    segments: frozenset[int]
    kind: str = "plow"
    dangers: tuple[str, ...] = ()


def on(*segments: int) -> frozenset[int]:
    return frozenset(segments)


CALLS = (
    Call("سلام، خیابان مدرسه رو برف گرفته", ("Enter", "Enter"), on(SCHOOL)),
    Call("خیابان آسیاب یخ زده، خیلی لیزه", ("Enter", "2", "Enter"), on(MILL), "ice"),
    Call(
        "کوچه لاله، مادرم باید بره دیالیز",
        ("Enter", "w", "t", "Enter"),
        on(TULIP),
        dangers=("ambulance", "elderly"),
    ),
    Call("توی بن‌بست یاس درخت افتاده", ("Enter", "4", "Enter"), on(BLIND), "tree"),
    Call("خیابان گل سرخ رو باز کنید لطفا", ("Enter", "s", "Enter"), on(ROSE)),
    Call("خ باغ بسته شده ماشین مونده", ("Enter", "6", "e", "Enter"), on(ORCHARD), "blocked"),
    Call("snow on Mill Street please", ("Enter", "Enter"), on(MILL)),
    Call(
        "پیاده‌رو خیابان مدرسه برفیه",
        ("Enter", "3", "y", "Enter"),
        on(SCHOOL),
        "sidewalk",
        ("school",),
    ),
    Call("خیابان امام", ("ArrowDown", "Enter", "Enter"), on(MAIN_WEST, MAIN_WEST + 1)),
    Call("یه جای دوری که اسمش یادم نیست", ("Enter", "Enter"), frozenset()),
)


def city_of(visit):
    return _served[visit.server]


def a_planned_storm(visit) -> None:
    """A storm whose published plan comes to Mill Street in two hours."""
    city = city_of(visit)
    now = city.clock.now()
    actor = Actor(ActorKind.SYSTEM, "test")
    with transaction(city.engine) as tx:
        storm = start_storm(tx, actor, "First snow", village(), city.policy, now)
        job = next(job for job in list_jobs(tx, storm.id, JobState.OPEN) if job.segment_id == MILL)
        leg = a_leg(segment_id=MILL, starts_at=now + timedelta(hours=2), job_ids=(job.id,))
        add_published_plan(tx, leg, made_at=now)


def take(page, call: Call) -> None:
    """Speak a call into the desk and record it by keys; the page keeps up with a fast typist."""
    page.keyboard.insert_text(call.words)
    if call.segments:
        page.wait_for_selector("#guesses .row")
    for key in call.keys[:-1]:
        page.keyboard.press(key)
    if call.segments:
        page.wait_for_selector(".answer:not(.recorded)")
    page.keyboard.press(call.keys[-1])
    expect(page.locator(".answer.recorded")).to_be_visible()
    expect(page.locator("#caller_phone")).to_be_focused()


def test_ten_spoken_calls_are_taken_by_keyboard_alone(visit):
    a_planned_storm(visit)
    page = visit.desk()
    page.focus("#caller_phone")
    for number, call in enumerate(CALLS):
        page.keyboard.type(f"0914 000 00{number:02}")
        page.keyboard.press("Enter")
        take(page, call)
        assert len(call.keys) <= KEYS_AT_MOST
    with reading(city_of(visit).engine) as tx:
        taken = sorted(list_requests(tx), key=lambda asked: asked.id)
        callers = list_callers(tx, [asked.id for asked in taken])
        promised = [find_promise(tx, asked.id) is not None for asked in taken]

    assert len(taken) == len(callers) == len(CALLS)
    for asked, call in zip(taken, CALLS, strict=True):
        assert asked.text == call.words
        place = asked.snap.segment_id if asked.snap else None
        assert place in (call.segments or {None}), call.words
        assert asked.kind == call.kind
        assert set(asked.dangers) >= set(call.dangers)
    assert promised == [each == 6 for each in range(10)]
    assert visit.complaints == []


def test_the_answer_is_there_while_the_caller_waits_and_can_be_taken_back(visit):
    a_planned_storm(visit)
    page = visit.desk()
    page.fill("#caller_phone", "0914 123 4567")
    page.fill("#text", "Mill Street")
    expect(page.locator("#guesses .row .what").first).to_contain_text("Mill Street, ")
    expect(page.locator("#guesses .row .sub").first).to_contain_text("within ")
    say = page.locator(".answer .say")
    expect(say).to_contain_text("It should be clear ")
    a_dark_phone_shows_it_without_faults(visit)
    besides = page.locator(".answer .besides")
    expect(besides.locator(".facts")).to_be_hidden()
    expect(page.locator(".answer .facts")).to_contain_text("Truck 1")
    expect(page.locator(".answer h2")).to_contain_text("Mill Street, ")
    expect(page.locator("canvas.held:not([hidden])")).to_be_visible()
    page.focus("#decide")
    page.keyboard.press("m")
    expect(besides.locator(".facts")).to_be_visible()
    no_record = "There is no record yet of how well such times are kept."
    expect(besides).to_contain_text(no_record)
    page.keyboard.press("l")
    expect(say).to_contain_text("قرار است ")
    page.fill("#text", "خیابان امام پلاک ۱۲")
    expect(page.locator(".answer h2")).to_contain_text("12")
    page.fill("#text", "corner of Mill Street and School Street")
    expect(page.locator(".answer h2")).to_have_text("Mill Street – School Street")
    page.fill("#text", "Mill Street")
    expect(page.locator(".answer h2")).to_contain_text("Mill Street")
    page.focus("#decide")
    page.keyboard.press("Enter")
    expect(say).to_contain_text("B-0001")
    expect(besides.locator("kbd")).to_have_count(0)  # the keyboard is in the next call's phone
    expect(besides.locator(".facts")).to_be_hidden()
    page.fill("#caller_phone", "+98 914 1234567")
    expect(page.locator(".before")).to_contain_text("B-0001")
    page.get_by_role("button", name="Take it back").click()

    expect(page.locator(".answer .number")).to_contain_text("taken back")
    assert visit.grave_faults() == []
    assert visit.complaints == []


def a_dark_phone_shows_it_without_faults(visit) -> None:
    page = visit.page
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".answer .say")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert visit.grave_faults() == []
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK)


def test_an_answer_that_comes_late_does_not_come_into_the_next_call(visit):
    a_planned_storm(visit)
    page = visit.desk()
    held = []
    page.route("**/api/answer?*", lambda route: held.append(route))
    with page.expect_request("**/api/answer?*"):
        page.keyboard.type("snow on Mill Street please")
    sent = []
    page.route("**/requests", lambda route: sent.append(route))
    with page.expect_request("**/requests"):
        page.click("operator-form button.primary")
    page.keyboard.press("F2")  # the call that is being recorded ends first
    expect(page.locator("#text")).to_have_value("snow on Mill Street please")
    sent[0].continue_()
    expect(page.locator(".answer.recorded")).to_be_visible()
    expect(page.locator(".drafts")).to_have_count(0)
    with page.expect_response("**/api/answer?*"):
        for route in held:
            route.continue_()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    expect(page.locator(".answer:not(.recorded)")).to_have_count(0)
    expect(page.locator(".answer.recorded")).to_be_visible()
    assert visit.complaints == []

    page.unroute_all(behavior="ignoreErrors")
    page.keyboard.press("F2")
    page.locator("#text").press_sequentially("Scool Stret")
    expect(page.locator(".guesses .row").first).to_be_visible()
    page.route("**/api/geocode?*", lambda route: route.fulfill(status=503, body="{}"))
    page.locator("#text").press_sequentially(" is white")
    with page.expect_response("**/requests"):  # a failed search keeps no call from being recorded
        page.click("operator-form button.primary")
    expect(page.locator(".answer.recorded")).to_be_visible()


def speak_fast(visit, *keys: str) -> None:
    """Speak of a doubtful street into the desk, with keys that are there before its guesses."""
    page, held = visit.page, []
    page.keyboard.press("Enter")
    page.route("**/api/geocode?*", lambda route: held.append(route))
    with page.expect_request("**/api/geocode?*"):
        page.keyboard.insert_text("Scool Stret")
        for key in keys:
            page.keyboard.press(key)
    visit.until("document.activeElement.id === 'decide'")
    held.pop().continue_()
    page.unroute("**/api/geocode?*")


def test_a_doubtful_street_comes_with_the_words_to_ask_and_a_pin_is_dragged_to_another(visit):
    page = visit.desk()
    page.focus("#caller_phone")
    speak_fast(visit, "Enter", "Enter")
    expect(page.locator(".ask q")).to_contain_text("Did you say School Street")
    expect(page.locator(".answer.recorded")).to_have_count(0)
    page.locator(".guesses .row").first.click()
    expect(page.locator(".ask")).to_have_count(0)

    page.fill("#text", "Mill Street")
    expect(page.locator(".answer h2")).to_contain_text("Mill Street")
    page.wait_for_selector(".call-pin")
    visit.until("!boardMap.isMoving()")
    pin = page.locator(".call-pin").bounding_box()
    page.mouse.move(pin["x"] + pin["width"] / 2, pin["y"] + pin["height"] - 6)
    page.mouse.down()
    west, north = node_at(4), node_at(5)
    page.mouse.move(*visit.point_of((west.lon + north.lon) / 2, west.lat), steps=4)
    page.mouse.up()

    expect(page.locator(".answer h2")).to_contain_text("School Street")
    page.focus("#decide")
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator(".answer h2")).to_contain_text("School Street")

    page.keyboard.press("F2")
    speak_fast(visit, "ArrowDown", "Enter", "Enter")
    expect(page.locator(".answer.recorded")).to_be_visible()
    with reading(city_of(visit).engine) as tx:
        (asked,) = list_requests(tx)
    assert asked.snap.segment_id == SCHOOL
    assert visit.complaints == []


def test_a_call_that_breaks_off_is_offered_again_to_who_took_it_and_to_nobody_else(visit):
    page = visit.desk()
    page.fill("#caller_phone", "0914 123 4567")
    page.fill("#text", "Mill Street, a tree is down")
    page.wait_for_selector(".answer")
    expect(page.locator(".call-clock .figure")).to_contain_text("0:0")
    page.evaluate(FORTY_MINUTES_PASS)
    page.reload()
    draft = page.locator(".drafts li")
    expect(draft).to_contain_text("a tree is down")
    expect(draft).to_contain_text("40 min ago")
    expect(page.locator("#text")).to_have_value("")
    draft.get_by_role("button", name="Continue").click()
    expect(page.locator("#text")).to_have_value("Mill Street, a tree is down")
    expect(page.locator("#caller_phone")).to_have_value("0914 123 4567")
    expect(page.locator(".answer h2")).to_contain_text("Mill Street")
    expect(page.locator("#text")).to_be_focused()
    expect(page.locator(".call-clock .figure")).to_contain_text("0:")
    assert visit.grave_faults() == []

    page.keyboard.press("F2")
    expect(page.locator("#caller_phone")).to_be_focused()
    expect(page.locator(".answer")).to_have_count(0)
    page.keyboard.type("0914 777")
    page.keyboard.press("F2")
    expect(draft).to_have_count(2)
    discard = page.get_by_role("button", name="Discard: 0914 777")
    discard.click()
    expect(draft.first).to_contain_text("Discard this call?")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    assert visit.grave_faults() == []
    page.keyboard.press("Escape")
    expect(discard).to_be_focused()
    discard.click()
    page.get_by_role("button", name="Discard", exact=True).click()
    expect(draft).to_have_count(1)
    expect(page.get_by_role("button", name="New call")).to_be_focused()
    visit.go("/account")
    page.locator("form.me").get_by_role("button").click()
    page.wait_for_selector("#login")
    assert page.evaluate("sessionStorage.length") == 0
    assert visit.complaints == []
