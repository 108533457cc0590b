"""Crews from the register to the leader's phone and back, in both languages."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from data.model import Actor, ActorKind, RequestKind
from data.store.database.engine import transaction
from fleet.context import CityContext
from fleet.requests.intake import Report, receive
from fleet.requests.placing import locate
from fleet.storms.storm_start import start_storm
from maps.pages.i18n import translator
from tests import village as v
from tests.browser.conftest import Visit, open_page
from tests.browser.new_version import VERSION, WAITS, serve_a_new_version

pytestmark = pytest.mark.browser

BEFORE = Actor(ActorKind.USER, "sara")
STAIRS = {"en": "The stairs behind the school", "fa": "پله‌های پشت مدرسه"}


def test_a_crew_is_planned_and_tells_from_its_phone_what_it_did(visit: Visit) -> None:
    city = visit.city
    with transaction(city.engine) as tx:
        start_storm(tx, BEFORE, "Snow", city.network, city.policy, city.clock.now())
    for language in ("en", "fa"):
        t = translator(language)
        ask(city, STAIRS[language])
        visit.come_in("dispatcher")
        visit.go(f"/crews?lang={language}")
        code = plan(visit, f"Crew {language}", t)
        work(visit, code, language, t)
        visit.come_in("dispatcher")
        visit.go(f"/crews?lang={language}")
        told = visit.page.locator(".job.done", has_text=STAIRS[language])
        expect(told).to_contain_text(f"salted {language}")
        if language == "en":
            assert visit.grave_faults() == []
        visit.page.get_by_role("button", name=t("Release")).click()
        expect(visit.page.locator(".crew:not(.off)")).to_have_count(0)
    assert visit.complaints == []


APP = {
    "viewport": {"width": 390, "height": 844},
    "geolocation": {"longitude": v.at_m(100, 100).lon, "latitude": v.at_m(100, 100).lat},
    "permissions": ["geolocation"],
    "service_workers": "allow",
}
INSTALLED = "navigator.serviceWorker.ready.then(() => true)"
STREETS = """globalThis.boardMap?.loaded() &&
  boardMap.queryRenderedFeatures({ layers: ["streets", "forward"] }).length > 0"""
MAP_KEPT = """new Promise((done) => (indexedDB.open("barfrub").onsuccess =
  ({ target: { result } }) =>
  (result.transaction("kept").objectStore("kept").get("crew-map").onsuccess =
    (found) => done(!!found.target.result))))"""


@pytest.mark.parametrize("visit", [APP], indirect=True)
def test_what_a_crew_says_out_of_reach_is_kept_and_arrives_once_with_its_photo(
    visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    language = "fa"
    city, page, t = visit.city, visit.page, translator(language)
    with transaction(city.engine) as tx:
        start_storm(tx, BEFORE, "Snow", city.network, city.policy, city.clock.now())
    ask(city, STAIRS[language])
    visit.come_in("dispatcher")
    visit.go(f"/crews?lang={language}")
    enter(visit, plan(visit, "Crew", t), language)
    picture = tmp_path / "stairs.jpg"
    page.screenshot(path=picture, type="jpeg")
    place = page.locator(".next")
    expect(page.locator(".pace")).to_contain_text(t("Job {n} of {all}", n=1, all=1))
    page.evaluate(INSTALLED)
    visit.until(MAP_KEPT)

    page.context.set_offline(True)
    page.close()  # the battery is dead
    page = visit.page = open_page(page.context)
    page.goto(f"{visit.server}/crew")
    place = page.locator(".next")
    expect(page.locator(".line.warning")).to_be_visible()
    page.click(".sos")
    assert page.get_attribute("drive-sos dialog a", "href") == "tel:112"
    page.keyboard.press("Escape")
    page.locator(".tab").nth(1).click()
    visit.until(STREETS)
    expect(page.locator(".job-pin")).to_have_text(t.number(1))
    expect(page.locator(".here")).to_be_visible()
    page.locator(".tab").nth(2).click()
    page.fill(".own input", "offline")
    page.click(".own button")
    expect(page.locator(".thread .mine")).to_contain_text(t("waits for the network"))
    page.locator(".tab").nth(0).click()
    place.get_by_role("button", name=t("Start work")).click()
    place.get_by_label(t("What was done (optional)")).fill("salted")
    page.set_input_files(".next [type=file]", picture)
    expect(place.get_by_alt_text(t("Your photo"))).to_be_visible()
    place.get_by_role("button", name=t("Done")).click()
    expect(place.get_by_text(t("Kept on this phone until dispatch has it."))).to_be_visible()
    expect(place.get_by_role("button", name=t("Done"))).to_be_hidden()
    first = page.evaluate(VERSION)
    serve_a_new_version(monkeypatch)
    page.context.route("**/photo", lambda route: route.abort())
    with page.expect_response("**/done"):
        page.context.set_offline(False)
    visit.until(WAITS)
    assert page.evaluate(VERSION) == first
    page.close()  # the battery is dead again, before the photo went
    page = visit.page = open_page(page.context)
    page.context.unroute("**/photo")
    with page.expect_response("**/photo"):
        page.goto(f"{visit.server}/crew")
    expect(page.locator("ul.after")).to_contain_text(t("crew_job:done"))
    assert page.evaluate(VERSION) != first

    visit.sign_out()
    visit.come_in("dispatcher")
    visit.go(f"/crews?lang={language}")
    page.locator(".letters summary").click()
    expect(page.locator("crew-thread li")).to_contain_text("offline")
    told = page.locator(".job.done", has_text=STAIRS[language])
    expect(told).to_contain_text("salted")
    expect(told.get_by_alt_text(t("Photo of the work"))).to_be_visible()
    visit.until("document.querySelector('.job.done img').naturalWidth > 0")


def ask(city, words: str) -> None:
    now, where = city.clock.now(), v.at_m(100, 155)
    with transaction(city.engine) as tx:
        report = Report("phone", RequestKind.SIDEWALK, words, location=where)
        new = receive(tx, BEFORE, report, now)
        locate(
            CityContext(tx, city.network, city.policy, now),
            BEFORE,
            new.id,
            city.geocoder,
            city.plans,
        )


def plan(visit: Visit, name: str, t) -> str:
    """Add a crew, draft and publish its list; return the code for its phone."""
    page = visit.page
    form = page.locator("#new-crew")
    if not form.is_visible():
        page.locator("summary", has_text=t("Add a crew")).click()
    form.locator("[name=name]").fill(name)
    form.locator("[name=size]").fill(t.number(3))
    form.get_by_role("button", name=t("Add the crew")).click()
    row = page.locator(".crew", has_text=name)
    row.get_by_role("button", name=t("On duty from now")).click()
    expect(row.get_by_role("button", name=t("Release"))).to_be_visible()
    page.get_by_role("button", name=t("Plan crews"), exact=True).click()
    expect(page.locator(".draft")).to_contain_text(t("Draft, not published yet"))
    page.get_by_role("button", name=t("Publish the lists")).click()
    expect(row.locator(".job")).to_contain_text(t("crew_job:assigned"))
    row.get_by_role("button", name=t("Code for the crew's phone")).click()
    expect(page.locator("#code")).to_be_visible()
    return page.locator("#code .digits").inner_text()


def enter(visit: Visit, code: str, language: str) -> None:
    """Sign a crew's phone in by its code."""
    visit.sign_out()
    visit.go(f"/drive?lang={language}")
    visit.page.fill("#code", code)
    visit.page.click("button.primary")
    visit.page.wait_for_url("**/crew")


def work(visit: Visit, code: str, language: str, t) -> None:
    page = visit.page
    enter(visit, code, language)
    place = page.locator(".next")
    expect(place).to_contain_text(STAIRS[language])
    expect(page.locator("#languages")).to_be_hidden()
    place.get_by_role("button", name=t("Start work")).click()
    place.get_by_label(t("What was done (optional)")).fill(f"salted {language}")
    if language == "fa":
        assert visit.grave_faults() == []
    place.get_by_role("button", name=t("Done")).click()
    expect(page.locator("ul.after")).to_contain_text(t("crew_job:done"))
