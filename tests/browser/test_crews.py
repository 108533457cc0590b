"""Crews from the register to the leader's phone and back, in both languages."""

import pytest
from playwright.sync_api import expect

from data.model import Actor, ActorKind, RequestKind
from data.store.engine import transaction
from fleet.intake import Report, locate, receive
from fleet.storms import start_storm
from maps.i18n import translator
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
        visit.page.get_by_role("button", name=t("Send it home")).click()
        expect(visit.page.locator(".crew:not(.off)")).to_have_count(0)
    assert visit.complaints == []


def ask(city, words: str) -> None:
    now, where = city.clock.now(), v.at_m(100, 155)
    with transaction(city.engine) as tx:
        report = Report("phone", RequestKind.SIDEWALK, words, location=where)
        new = receive(tx, BEFORE, report, now)
        locate(tx, BEFORE, new.id, city.network, city.geocoder, city.policy, now)


def plan(visit: Visit, name: str, t) -> str:
    """Add a crew, draft and publish its list; return the code for its phone."""
    page = visit.page
    form = page.locator("#new-crew")
    if not form.is_visible():
        page.get_by_text(t("Add a crew"), exact=True).click()
    form.locator("[name=name]").fill(name)
    form.locator("[name=size]").fill(t.number(3))
    form.get_by_role("button", name=t("Add the crew")).click()
    row = page.locator(".crew", has_text=name)
    row.get_by_role("button", name=t("On duty from now")).click()
    page.get_by_role("button", name=t("Plan crews"), exact=True).click()
    expect(page.locator(".draft")).to_contain_text(t("Draft, not published yet"))
    page.get_by_role("button", name=t("Publish the lists")).click()
    expect(row.locator(".job")).to_contain_text(t("crew_job:assigned"))
    row.get_by_role("button", name=t("Code for its phone")).click()
    expect(page.locator("#code")).to_be_visible()
    return page.locator("#code .digits").inner_text()


def work(visit: Visit, code: str, language: str, t) -> None:
    page = visit.page
    visit.sign_out()
    visit.go(f"/drive?lang={language}")
    page.fill("#code", code)
    page.click("button.primary")
    page.wait_for_url("**/crew")
    place = page.locator(".next")
    expect(place).to_contain_text(STAIRS[language])
    place.get_by_role("button", name=t("Start")).click()
    place.get_by_label(t("What was done, in words (may stay empty)")).fill(f"salted {language}")
    if language == "fa":
        assert visit.grave_faults() == []
    place.get_by_role("button", name=t("Done")).click()
    expect(page.locator("ul.after")).to_contain_text(t("crew_job:done"))
