"""A storm played again, in both languages, by mouse and keyboard."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from api.config.clock import Clock
from api.config.settings import Settings
from api.simulation.log_import import close_storm_of_log, make_ready, take_in
from data.store.database.city_database import database_of
from tests.browser.conftest import serving
from tests.fleet.drives import a_drive
from tests.village import MAIN_EAST, NOW, village
from tests.village_database import copy_city

pytestmark = pytest.mark.browser

MOMENT = "document.querySelector('#at').valueAsNumber"
HELD = "!document.querySelector('canvas.held').hidden"

COPIED = """() => new Promise((done) => {
    const pixels = (sheet) =>
        sheet.getContext("2d").getImageData(0, 0, sheet.width, sheet.height).data;
    boardMap.once("render", () => {
        const [map, sheet] = [boardMap.getCanvas(), document.querySelector("canvas.fresh")];
        const copy = document.createElement("canvas");
        Object.assign(copy, { width: map.width, height: map.height });
        copy.getContext("2d").drawImage(map, 0, 0);
        const [one, other] = [pixels(copy), pixels(sheet)];
        done(one.length === other.length && one.every((tone, at) => tone === other[at]));
    });
    boardMap.triggerRepaint();
})"""
"""Whether the sheet that lies over the map, through which nothing shines, shows the same."""


@pytest.fixture
def server(tmp_path, made_city):
    """The village after a storm of yesterday, in which truck 1 plowed the main street."""
    settings = Settings(var=tmp_path)
    folder = settings.city_folder("village")
    copy_city(made_city, folder)
    engine, now = database_of(folder), Clock().now()
    there, back = (0, 0), (600, 0)
    drives = [
        fix
        for lap, (start, end) in enumerate([(there, back), (back, there)] * 2)
        for fix in a_drive(start, end, start_s=600.0 + 300 * lap, blade=True)
    ]
    earlier = now - timedelta(days=1) - NOW
    fixes = [replace(fix, fixed_at=fix.fixed_at + earlier, received_at=now) for fix in drives]
    began = fixes[0].fixed_at - timedelta(minutes=10)
    ready = make_ready(engine, {"Truck 1"}, began, now, storm="Snow of yesterday")
    owner = ready.vehicles["Truck 1"].id
    mine = [replace(fix, vehicle_id=owner, device_id=ready.devices[owner]) for fix in fixes]
    take_in(engine, ready, mine, print)
    close_storm_of_log(engine, ready.storm, fixes[-1].fixed_at + timedelta(hours=1))
    engine.dispose()
    with serving(settings, "village") as address:
        yield address


def test_a_storm_is_played_again_and_tells_its_evidence_at_any_moment(visit):
    visit.come_in("dispatcher")
    page = visit.page
    page.route("**/colors/0", lambda route: route.abort(), times=1)
    visit.go("/replay")
    expect(page.locator(".now")).to_contain_text("could not be loaded and is asked for again")
    visit.wait_for_map()
    page.wait_for_selector("#at")

    page.keyboard.press("n")
    first_work_s = page.evaluate(MOMENT)
    assert first_work_s == pytest.approx(601, abs=1)
    page.keyboard.press("ArrowRight")
    assert page.evaluate(MOMENT) == first_work_s + 60
    page.keyboard.press("End")
    last_s = page.evaluate(MOMENT)
    page.keyboard.press("Home")
    assert (page.evaluate(MOMENT), last_s > 4_500) == (0, True)

    middle = village().point_at(MAIN_EAST, village().segment(MAIN_EAST).length_m / 2)
    page.mouse.click(*visit.point_of(*middle))
    way = page.locator("replay-street .way").first
    expect(way).to_contain_text("No machine had been seen here")
    visit.until(HELD)
    page.click("replay-street > aside > button:not(.close)")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(way).to_contain_text("Cleared on")
    expect(way).to_contain_text("1 of 2 passes")
    expect(page.locator("replay-street .seen li")).to_have_count(1)

    expect(page.locator(".now .muted")).to_have_count(0)  # asked for again while it is held

    page.keyboard.press("ArrowUp")
    expect(page.locator("#speed")).to_have_value("120")
    before_s = page.evaluate(MOMENT)
    page.keyboard.press(" ")
    visit.until(f"{MOMENT} > {before_s + 20}")
    page.keyboard.press(" ")
    page.click("replay-controls .events")
    page.locator("#moments button", has_text="Storm ended").click()
    assert page.evaluate(MOMENT) == last_s

    assert page.evaluate(COPIED)

    visit.speak("fa")
    page.wait_for_selector("#at")
    assert page.evaluate(MOMENT) == last_s
    expect(page.locator(".now strong")).to_have_text(re.compile("^[۰-۹]{2}:[۰-۹]{2}$"))
    expect(page.locator(".now span").first).to_contain_text(re.compile("۱۴[۰-۹]{2}$"))
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert visit.grave_faults() == []
    assert [one for one in visit.complaints if "ERR_FAILED" not in one] == []
