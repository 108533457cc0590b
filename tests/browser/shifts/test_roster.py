"""The roster's page and the note to the next dispatcher, in Persian."""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from data.model import Actor, ActorKind, Role
from data.store.accounts.accounts import add_user
from data.store.database.engine import reading, transaction
from data.store.setup.machines import get_fleet, save_fleet
from data.store.shifts.shifts import list_shifts
from fleet.messages.handover_notes import write_note
from fleet.storms.storm_start import start_storm
from maps.pages.i18n import Translator, translator
from tests import village as v
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

BEFORE = Actor(ActorKind.USER, "sara")
NOTE = "کوچه آسیاب را ببینید"


def test_a_dispatcher_takes_over_and_keeps_the_roster(visit: Visit) -> None:
    city = visit.city
    with transaction(city.engine) as tx:
        storm = start_storm(tx, BEFORE, "Snow", city.network, city.policy, city.clock.now())
        add_user(tx, "reza", [Role.DRIVER], "en", "!")
    visit.come_in("dispatcher")
    t = translator("fa")
    with transaction(city.engine) as tx:
        write_note(tx, BEFORE, storm.id, NOTE, city.clock.now())
    take_over(visit, t)
    keep_the_roster(visit, t)
    assert visit.grave_faults() == []
    assert [one for one in visit.complaints if "422" not in one] == []


OUTSIDE = """[...document.querySelectorAll('header :is(a, button)')]
    .filter((one) => { const { left, right, width } = one.getBoundingClientRect();
                       return width > 0 && (left < 0 || right > innerWidth); })
    .map((one) => one.outerHTML)"""
"""What of the head one cannot see whole."""


def take_over(visit: Visit, t: Translator) -> None:
    page = visit.page
    page.set_viewport_size({"width": 1440, "height": 900})
    visit.go("/?lang=en")
    expect(page.locator("dialog.handover")).to_contain_text(NOTE)
    assert page.evaluate(OUTSIDE) == []
    visit.go("/?lang=fa")
    note = page.locator("dialog.handover")
    expect(note).to_contain_text(NOTE)
    assert page.evaluate("document.documentElement.scrollWidth") == page.evaluate("innerWidth")
    note.get_by_role("button", name=t("I have read it and take over")).click()
    expect(page.locator("dialog.handover")).to_have_count(0)


def keep_the_roster(visit: Visit, t: Translator) -> None:
    """Take a machine out and bring it back; give another its next driver, but once."""
    page = visit.page
    visit.go("/roster?lang=fa")
    expect(page.locator("#notes")).to_contain_text(NOTE)
    machine = page.locator("#machine-2")
    machine.locator("summary", has_text=t("Take out of service")).click()
    machine.locator("select[name=reason]").select_option("broken")
    machine.get_by_role("button", name=t("Take out of service")).click()
    expect(machine.locator("select[name=reason]")).to_have_count(0)
    expect(machine).to_contain_text(t("out:broken"))
    machine.get_by_role("button", name=t("Back in service")).click()
    expect(machine.get_by_text(t("Next shift"), exact=True)).to_be_visible()

    first = page.locator("#machine-1")
    before = first.locator(".shifts > li").count()
    first.get_by_text(t("Next shift"), exact=True).click()
    form = first.locator("form[data-vehicle]")
    starts = form.locator("[name=starts_at]").input_value()
    assert not starts.isascii()
    form.locator("[name=ends_at]").fill(starts)
    form.get_by_role("button", name=t("Add the shift")).click()
    expect(form.locator(".problem")).to_be_visible()
    page.reload()
    first.get_by_text(t("Next shift"), exact=True).click()
    form.get_by_role("button", name=t("Add the shift")).click()
    expect(first.locator(".shifts > li")).to_have_count(before + 1)


def test_fourteen_machines_are_extended_in_two_clicks_without_leaving_the_page(
    visit: Visit,
) -> None:
    city, t = visit.city, translator("fa")
    with transaction(city.engine) as tx:
        machines = tuple(v.a_vehicle(number) for number in range(1, 15))
        save_fleet(tx, replace(get_fleet(tx), vehicles=machines))
        storm = start_storm(tx, BEFORE, "Snow", city.network, city.policy, city.clock.now())
    visit.come_in("dispatcher")
    page = visit.page
    visit.go("/roster?lang=fa")
    page.evaluate(
        "window.clicks = 0; addEventListener('click', (event) => (clicks += event.isTrusted), true)"
    )
    with reading(city.engine) as tx:
        before = {one.id: one.ends_at for one in list_shifts(tx, storm.id)}
    note = page.locator("#notes textarea")
    note.fill(NOTE)
    page.locator("#bulk").get_by_text(t("Choose all")).click()
    page.locator("#bulk").get_by_role("button", name=t("+{hours} h", hours=2)).click()
    expect(page.locator("#answer")).to_have_text(t.plural("extended:{count}", 14))
    assert page.evaluate("clicks") <= 3  # one on a label is one on its box too
    assert len(before) == 14
    with reading(city.engine) as tx:
        after = {one.id: one.ends_at for one in list_shifts(tx, storm.id)}
    assert after == {shift: end + timedelta(hours=2) for shift, end in before.items()}

    expect(note).to_have_value(NOTE)  # what is being written is not drawn anew
    first = page.locator("#machine-1")
    first.get_by_text(t("Change"), exact=True).click()
    once = first.get_by_role("button", name=t.plural("cancel:{count}", 1))
    expect(once).to_be_hidden()  # what is final asks first
    form = first.locator("form[data-path$=roster]")
    was = form.locator("[name=ends_at]").input_value()
    form.get_by_role("button", name=t("+{hours} h", hours=1)).click()
    assert form.locator("[name=ends_at]").input_value() != was
    form.get_by_role("button", name=t("Save")).click()
    expect(form).to_be_hidden()
    assert page.evaluate("clicks") > 3  # nothing was loaded anew
    shifts = first.locator(".shifts")
    first.get_by_text(t("Change"), exact=True).click()
    first.locator("summary", has_text=t("Cancel shift")).click()
    once.click()
    expect(shifts).to_contain_text(t("shift:cancelled"))
    assert visit.grave_faults() == []
    assert visit.complaints == []
