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
from tests.browser.conftest import Visit

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


@pytest.mark.parametrize("visit", [{"viewport": {"width": 390, "height": 844}}], indirect=True)
def test_what_a_crew_says_out_of_reach_is_kept_and_arrives_once_with_its_photo(
    visit: Visit, tmp_path: Path
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
    kept = page.request.get(f"{visit.server}/crew").text()

    page.context.set_offline(True)
    place.get_by_role("button", name=t("Start work")).click()
    place.get_by_label(t("What was done (optional)")).fill("salted")
    page.set_input_files(".next [type=file]", picture)
    expect(place.get_by_alt_text(t("Your photo"))).to_be_visible()
    place.get_by_role("button", name=t("Done")).click()
    expect(place.get_by_text(t("Kept on this phone until dispatch has it."))).to_be_visible()
    expect(place.get_by_role("button", name=t("Done"))).to_be_hidden()
    page.context.set_offline(False)
    expect(page.locator("ul.after")).to_contain_text(t("crew_job:done"))
    page.route("**/crew", lambda r: r.fulfill(body=kept, content_type="text/html"), times=1)
    page.reload()  # into the page that the phone kept, which does not stay
    expect(page.locator("ul.after")).to_contain_text(t("crew_job:done"))

    visit.sign_out()
    visit.come_in("dispatcher")
    visit.go(f"/crews?lang={language}")
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
