"""A whole shift on a phone in Persian: a truck drives its route, half of it out of reach."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from api.config.settings import Settings
from api.simulation.drivers.simulated_tracker import entry_of
from data.model import (
    Actor,
    ActorKind,
    Leg,
    LonLat,
    Plan,
    PlanId,
    PlanState,
    Role,
    Route,
    ShiftId,
    ShiftState,
)
from data.samples import TOWN_FILE, TOWN_NAME
from data.store.accounts.accounts import add_device, add_user
from data.store.database.city_database import database_of
from data.store.database.engine import Tx, reading, transaction
from data.store.planning.plans import add_plan, set_plan_state, set_published
from data.store.setup.city import get_policy
from data.store.shifts.shifts import get_shift, list_progress
from data.store.streets.network import load_network
from data.store.tracking.positions import list_between
from data.store.work import list_jobs
from fleet.accounts.accounts import token_digest
from fleet.setup.city_setup import NewCity, add_city, set_fleet
from fleet.shifts.driver_codes import give_code
from fleet.simulation.simulated_trucks import Fix, TruckBehavior, driven, traversals
from fleet.storms.storm_start import start_storm
from fleet.tracking.fix_filters import HEARD
from maps.shifts.daylight import daylight_around
from tests.browser.conftest import app_at, serving
from tests.browser.new_version import VERSION, serve_a_new_version
from tests.browser.shifts.test_offline import INSTALLED
from tests.browser.shifts.town_shift import (
    DRIVEN,
    FIRST,
    FLEET,
    DrivenClock,
    Mast,
    Phone,
    TownShift,
    legs_of,
)
from tests.postgres import url_for_new_cities
from tests.village_plan import a_plan

pytestmark = pytest.mark.browser

ACTOR = Actor(ActorKind.SYSTEM, "test")
SUNRISE = next(daylight_around(datetime(2026, 12, 22, tzinfo=UTC), LonLat(46.52, 37.17)))[0]
DAWN = SUNRISE - timedelta(minutes=6)
HABITS = TruckBehavior(every_s=2.0, stop_chance=0.0, gap_chance=0.0, late_start_s=0.0)
SHIFT = ShiftId(1)
BEHIND = 10
"""Legs that the truck has behind it when its route changes."""

SECRET = "secret-of-the-box"
LATE = timedelta(seconds=12)
"""Little beside the minutes after which most is sent: the clocks of server and phone go on by
steps, one after the other."""

LEFT_M = """import('/static/js/shifts/driver/guide/state.js').then(({ guide, route }) =>
  route().length - guide.value.metre)"""
"""How many metres the phone counts down yet."""


def publish(tx: Tx, legs: tuple[Leg, ...], version: str, at: datetime) -> Plan:
    routes = (Route(SHIFT, get_shift(tx, SHIFT).vehicle_id, legs),)
    plan = add_plan(tx, a_plan(network_version=version, made_at=at, routes=routes))
    set_published(tx, plan.id, at)
    return plan


@pytest.fixture
def shift(tmp_path: Path, password_hash: str) -> Iterator[TownShift]:
    settings, store = Settings(var=tmp_path), url_for_new_cities()
    folder = settings.city_folder("barfabad")
    town = NewCity(TOWN_NAME, TOWN_FILE, timezone="Asia/Tehran", language="fa", database_url=store)
    add_city(folder, town, DAWN, ACTOR)
    with transaction(database_of(folder)) as tx:
        network = load_network(tx)
        set_fleet(tx, ACTOR, FLEET, network, DAWN)
        storm = start_storm(tx, ACTOR, "برف", network, get_policy(tx), DAWN)
        jobs = {job.segment_id: job.id for job in list_jobs(tx, storm.id)}
        publish(tx, legs_of(FIRST, network, jobs, DAWN), network.version, DAWN)
        add_user(tx, "dispatcher", [Role.DISPATCHER], "fa", password_hash)
        truck = get_shift(tx, SHIFT).vehicle_id
        add_device(tx, "box", truck, token_digest(SECRET))
        token = give_code(tx, ACTOR, SHIFT, settings.secret_key(), "fa", DAWN).token
    route = Route(SHIFT, truck, legs_of(DRIVEN, network, jobs, DAWN))
    drive = route, network, DAWN + timedelta(seconds=30), 5
    fixes = list(driven(*drive, habits=HABITS))
    way = list(traversals(*drive, habits=HABITS))
    clock = DrivenClock(DAWN)
    with serving(settings, "barfabad", clock) as address:
        yield TownShift(app_at(address), address, clock, token, fixes, way)


@pytest.fixture
def mast(shift: TownShift) -> Iterator[Mast]:
    mast = Mast(shift.address)
    yield mast
    mast.close()


def change_the_route(shift: TownShift) -> None:
    """Publish a plan without the second round, while the phone is out of reach."""
    with transaction(shift.app.engine) as tx:
        jobs = {job.segment_id: job.id for job in list_jobs(tx, get_shift(tx, SHIFT).storm_id)}
        legs = legs_of(DRIVEN, shift.app.network, jobs, DAWN)[BEHIND:]
        set_plan_state(tx, PlanId(1), PlanState.SUPERSEDED)
        publish(tx, legs, shift.app.network.version, shift.clock.now())
    shift.app.hub.publish("storm", [(1,)])


def drive_with_box(phone: Phone, shift: TownShift, until: datetime) -> None:
    """Drive on while the truck's own tracker, which has a signal, tells place and blade."""
    while shift.clock.now() < until:
        since = shift.clock.now()
        phone.drive(min(until, since + timedelta(seconds=4)))
        tell_of_box(shift, [f for f in shift.fixes if since < f.fixed_at <= shift.clock.now()])


def tell_of_box(shift: TownShift, fixes: Sequence[Fix]) -> None:
    bearer = {"Authorization": f"Bearer {SECRET}"}
    told = {"positions": [entry_of(fix) for fix in fixes]}
    answer = httpx.post(f"{shift.address}/positions", json=told, headers=bearer)
    assert answer.json()["stored"] == len(fixes)


def report_at_the_end_of(segment_id: int, reason: int, phone: Phone, shift: TownShift) -> datetime:
    """Say with two taps why a run was no work, shortly before its last street ends."""
    streets = (one for one in shift.way if one.directed.segment_id == segment_id)
    street = next(one for one in streets if one.started_at > shift.clock.now())
    phone.drive(street.ended_at - timedelta(seconds=3))
    phone.page.click(".trouble")
    phone.page.click(f"dialog[open] .reasons button:nth-child({reason})")
    return shift.clock.now()


def install_a_new_version(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    serve_a_new_version(monkeypatch)
    page.evaluate(
        """async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      const installed = new Promise((done) => registration.addEventListener("updatefound", () => {
        registration.installing.addEventListener("statechange", done);
      }));
      await registration.update();
      await installed;
    }"""
    )


def test_a_whole_shift_loses_and_doubles_nothing(
    shift: TownShift,
    mast: Mast,
    chromium: Browser,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    phone = Phone(chromium, tmp_path / "phone", shift, mast)
    tell_of_box(shift, [replace(shift.fixes[0], fixed_at=DAWN)])
    set_out(phone, shift, mast)
    drive_with_box(phone, shift, shift.at(0.08))

    phone.lose_signal()
    drive_with_box(phone, shift, shift.at(0.14))
    phone.page.reload()
    phone.wait()
    expect(phone.page.locator(".stage h2")).to_have_text("بلوار ولیعصر")
    drive_with_box(phone, shift, shift.at(0.2))
    change_the_route(shift)
    phone.drive(shift.at(0.26))
    phone.find_signal()
    clear_at = report_at_the_end_of(263, 4, phone, shift)
    take_a_new_version(phone, shift, monkeypatch)

    phone.lose_signal()
    ice_at = report_at_the_end_of(610, 6, phone, shift)
    phone.drive(shift.at(0.7))
    phone.die()
    phone.switch_on().goto(f"{mast.address}/drive")
    phone.wait()
    expect(phone.page.locator(".stage h2")).to_have_text("انبار ماشین‌آلات شهرداری")
    phone.drive(shift.at(0.77))
    phone.find_signal()
    phone.drive(shift.at(0.84))
    phone.lose_signal()
    phone.drive(shift.at(1.0))
    assert phone.page.get_attribute("html", "data-theme") != "dark"
    end_the_shift(phone)

    phone.find_signal()
    for _ in range(20):
        phone.rest(timedelta(seconds=10))
    assert phone.taps < 10
    assert phone.complaints == []
    while shift.app.consumer.run():
        pass
    check_positions(shift)
    check_progress(shift, {"already_clear": clear_at, "ice": ice_at})
    phone.context.close()


def set_out(phone: Phone, shift: TownShift, mast: Mast) -> None:
    """Scan the code, come again from the home screen, and begin with two taps."""
    page = phone.switch_on()
    page.goto(f"{mast.address}/drive#link={shift.token}")
    expect(page.locator(".facts")).to_contain_text("مگابایت")
    page.evaluate(INSTALLED)
    read_in_all_languages(phone, mast)
    phone.context.close()
    page = phone.switch_on()
    page.goto(f"{mast.address}/drive")
    page.click(".actions .primary")
    page.click(".answer .primary")
    phone.wait()
    expect(page.locator(".stage h2")).to_have_text("بلوار ولیعصر")
    assert phone.taps == 2
    assert page.get_attribute("html", "data-theme") == "dark"


def read_in_all_languages(phone: Phone, mast: Mast) -> None:
    """Every sentence of the drive is told in each language, in words of its own."""
    told = []
    for language in ("fa", "en", "az"):
        answer = phone.context.request.get(f"{mast.address}/api/drive?lang={language}").json()
        stages = answer["stages"]
        texts = [one["text"] for stage in stages for one in stage["maneuvers"]]
        told.append([*texts, *(stage["sentence"] for stage in stages)])
    assert [len(texts) for texts in told] == [len(told[0])] * 3
    assert len(told[0]) > 15
    assert all(len({*texts}) == 3 and all(texts) for texts in zip(*told, strict=True))
    assert [text for texts in told for text in texts if re.search(r"\w:\w|{", text)] == []


def take_a_new_version(phone: Phone, shift: TownShift, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install one on the ring of a square: it is taken on the straight road behind."""
    phone.drive(shift.at(0.4))
    first = phone.page.evaluate(VERSION)
    install_a_new_version(phone.page, monkeypatch)
    phone.drive(shift.at(0.42))
    assert phone.page.evaluate(VERSION) == first
    left_m = phone.page.evaluate(LEFT_M)
    phone.drive(shift.at(0.6))
    assert phone.page.evaluate(VERSION) != first
    assert 0 < phone.page.evaluate(LEFT_M) < left_m - 500


def end_the_shift(phone: Phone) -> None:
    """Confirm with one tap what was driven, and end the shift with two."""
    page = phone.page
    expect(page.locator("drive-now h2")).to_have_text("مسیر تمام شد")
    phone.rest(timedelta(minutes=1))
    page.locator(".undo button").first.click()
    phone.rest(timedelta(seconds=2))
    page.click(".actions .primary")
    page.click("dialog[open] .primary")
    phone.rest(timedelta(seconds=2))


def check_positions(shift: TownShift) -> None:
    """The places of the whole drive are there once each, with the times of driving."""
    with reading(shift.app.engine) as tx:
        assert get_shift(tx, SHIFT).state is ShiftState.ENDED
        truck = get_shift(tx, SHIFT).vehicle_id
        stored = list_between(tx, truck, DAWN, shift.clock.now())
    box = [one for one in stored if one.source != "phone"]
    told = [one for one in stored if one.source == "phone"]
    assert told[0].fixed_at > box[-1].fixed_at + HEARD
    assert len({one.location for one in told if one.fixed_at < shift.at(0.99)}) > 150
    truth = {fix.location: fix.fixed_at for fix in shift.fixes}
    late = [abs(one.fixed_at - truth[one.location]) for one in told if one.fixed_at < shift.at(1)]
    assert max(late) <= LATE
    times = [one.fixed_at for one in told]
    assert max(after - before for before, after in pairwise(times)) <= timedelta(seconds=20)
    assert times[-1] > shift.at(0.99)


def check_progress(shift: TownShift, reported: Mapping[str, datetime]) -> None:
    """Every leg is over once, in one plan or the other, when it was driven or reported."""
    with reading(shift.app.engine) as tx:
        first, second = (list_progress(tx, PlanId(plan), SHIFT) for plan in (1, 2))
    legs = [one.leg for one in first] + [BEHIND + one.leg for one in second]
    assert legs == list(range(len(shift.way) - len(FIRST[-1][1])))
    ends = {one.ended_at: shift.way[BEHIND + one.leg].ended_at for one in second}
    assert {one.ended_at for one in first} <= {*ends}
    for one in second:
        at = reported.get(one.reason) or ends[one.ended_at]
        assert one.ended_at is not None
        assert abs(one.ended_at - at) <= LATE, one
    assert {one.reason for one in second} == {"", *reported}
