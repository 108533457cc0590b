"""Depots, machines and levels of service in a real browser."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}
DARK = {"color_scheme": "dark"}
PAGES = {
    "/setup/depots": "fleet-depots h2",
    "/setup/machines": "fleet-machines .tools",
    "/setup/policy": "policy-form form",
}
TABLE = "نام;نوع;سرعت حرکت;تیغه;برف روبی\r\n{}\r\n"
GOOD = TABLE.format("گریدر ۱;گریدر;۳۰;۳٫۷;۱۲")
BAD = TABLE.format("گریدر ۱;موشک;۳۰۰;۳٫۷;۱۲")


def opened(visit, path, language="en"):
    visit.come_in("administrator")
    visit.go(f"{path}?lang={language}")
    visit.page.wait_for_selector(PAGES[path])
    return visit.page


def depots(visit, language="en"):
    page = opened(visit, "/setup/depots", language)
    visit.wait_for_map()
    return page


def a_file(text, name="machines.csv"):
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}


def names(page):
    return page.locator("fleet-machines span.name bdi").all_inner_texts()


@pytest.mark.parametrize(("visit", "language"), [(DARK, "en")], indirect=["visit"])
def test_the_pages_are_fit_for_everybody_and_fetch_nothing_foreign(visit, language):
    for path in PAGES:
        page = opened(visit, path, language)
        assert visit.grave_faults() == [], path
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, path
    assert [
        url for url in visit.asked if not url.startswith((visit.server, "blob:", "data:"))
    ] == []
    assert visit.complaints == []


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_a_depot_is_placed_by_a_click_and_taken_back(visit):
    page = depots(visit)
    page.click(".add >> nth=0")
    page.fill("#name", "North yard")
    expect(page.locator("form .primary")).to_be_disabled()
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2)
    page.locator("input[name=area][value=drawn]").check(force=True)
    expect(page.locator("form .primary")).to_be_disabled()
    for right, down in ((0.2, 0.6), (0.5, 0.6), (0.5, 0.8)):
        page.mouse.click(box["x"] + box["width"] * right, box["y"] + box["height"] * down)
    page.click("form .primary")
    expect(page.locator(".place").filter(has_text="North yard")).to_be_visible()
    depot = page.evaluate("fetch('/api/setup/fleet').then((a) => a.json())")["depots"][-1]
    assert len(depot["polygon"]) == 3
    expect(page.locator(".undo")).to_contain_text("was added")
    page.click(".undo button")
    expect(page.locator(".place").filter(has_text="North yard")).to_have_count(0)
    assert visit.complaints == []


def test_a_depot_is_placed_without_a_mouse(visit):
    page = depots(visit, "fa")
    page.locator(".add").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type("انبار تازه")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#name").press("Enter")
    expect(page.locator(".place").filter(has_text="انبار تازه")).to_be_visible()
    page.locator(".place .choose").first.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("fleet-depots form")).to_have_count(0)
    expect(page.locator(".place .choose").first).to_be_focused()


def test_a_dragged_pin_moves_its_depot(visit):
    page = depots(visit)
    before = page.evaluate("fetch('/api/setup/fleet').then((a) => a.json())")["depots"][0]
    box = page.locator(".pin.depot").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] - 80, box["y"] + 60, steps=4)
    page.mouse.up()
    expect(page.locator(".undo")).to_contain_text("was changed")
    after = page.evaluate("fetch('/api/setup/fleet').then((a) => a.json())")["depots"][0]
    assert after["lon"] < before["lon"]
    assert after["lat"] < before["lat"]


def test_a_depot_with_machines_goes_when_they_have_another(visit):
    page = depots(visit)
    page.click(".add >> nth=0")
    page.fill("#name", "North yard")
    page.click(".spot button")
    page.click("form .primary")
    page.click(".place .choose >> nth=0")
    page.click(".leave button")
    expect(page.locator(".undo")).to_contain_text("was removed")
    expect(page.locator(".place").first).to_contain_text("2 machines based here")
    expect(page.locator(".place").first).to_contain_text("North yard")


def test_the_only_depot_stays_and_says_why(visit):
    page = depots(visit)
    page.click(".place .choose >> nth=0")
    page.click(".leave button")
    expect(page.get_by_role("alert")).to_contain_text("is the only depot")


def test_a_machine_is_added_with_persian_digits(visit):
    page = opened(visit, "/setup/machines", "fa")
    page.click(".tools .primary")
    expect(page.locator("#name")).to_be_focused()
    page.fill("#name", "گریدر ۱")
    page.select_option("#type", "grader")
    page.fill("#blade_m", "۳٫۷")
    page.fill("#plow_kmh", "۱۲/۵")
    page.click("dialog .primary")
    expect(page.locator("dialog")).to_have_count(0)
    assert "گریدر ۱" in names(page)
    fleet = page.evaluate("fetch('/api/setup/fleet').then((answer) => answer.json())")
    assert (fleet["machines"][2]["blade_m"], fleet["machines"][2]["plow_kmh"]) == (3.7, 12.5)


def test_a_number_that_cannot_be_is_refused_before_it_is_sent(visit):
    page = opened(visit, "/setup/machines")
    page.click(".tools .primary")
    page.fill("#name", "Grader")
    page.fill("#blade_m", "37")
    page.click("dialog .primary")
    assert page.evaluate("document.querySelector('#blade_m').validationMessage") == (
        "Enter a number from 0.1 to 12."
    )
    assert page.locator("dialog").is_visible()


def test_a_name_that_is_taken_is_told_in_the_form(visit):
    page = opened(visit, "/setup/machines")
    page.click(".tools .primary")
    page.fill("#name", "Truck 2")
    page.click("dialog .primary")
    expect(page.get_by_role("alert")).to_have_text(re.compile("Truck 2 is taken"))
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)


def test_a_machine_is_copied_under_the_next_name_and_removed(visit):
    page = opened(visit, "/setup/machines")
    page.get_by_role("button", name="Copy: Truck 1").click()
    assert page.input_value("#name") == "Truck 3"
    page.click("dialog .primary")
    expect(page.locator("fleet-machines tbody tr")).to_have_count(3)
    expect(page.get_by_role("button", name="Copy: Truck 1")).to_be_focused()
    page.get_by_role("button", name="Remove: Truck 3").click()
    expect(page.locator("fleet-machines tbody tr")).to_have_count(2)
    expect(page.locator(".undo")).to_contain_text("Truck 3")
    expect(page.locator(".undo button")).to_be_focused()
    expect(page.locator(".undo button")).to_be_in_viewport()


def test_the_list_is_filtered_by_any_spelling(visit):
    page = opened(visit, "/setup/machines", "fa")
    page.fill(".filter input", "كمپرسي")
    assert len(names(page)) == 2
    page.fill(".filter input", "zeppelin")
    expect(page.locator("fleet-machines .empty")).to_be_visible()


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_the_mistakes_of_a_spreadsheet_are_shown_and_a_good_one_is_taken(visit):
    page = opened(visit, "/setup/machines", "fa")
    page.set_input_files("input[type=file]", a_file(BAD))
    expect(page.locator(".mistakes tbody tr")).to_have_count(2)
    expect(page.locator(".mistakes")).to_contain_text("موشک")
    assert visit.grave_faults() == []
    page.set_input_files("input[type=file]", a_file(GOOD))
    expect(page.locator(".differences")).to_contain_text("گریدر ۱")
    page.click("fleet-upload .primary")
    expect(page.locator("fleet-upload section")).to_have_count(0)
    assert names(page) == ["گریدر ۱"]
    assert visit.complaints == []


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_the_levels_of_service_are_set_and_taken_back(visit):
    page = opened(visit, "/setup/policy", "fa")
    page.fill("[name='class.P1.cycle_h']", "۲٫۵")
    page.keyboard.press("Tab")
    page.locator(".add").last.click()
    page.fill("[name='zone[1].name']", "بازار")
    page.keyboard.press("Tab")
    page.fill("#find-0", "مدرسه")
    page.keyboard.press("Enter")
    expect(page.locator("[name='zone[1].radius_m']")).to_have_value("۵۰۰")
    page.click(".foot .primary")
    expect(page.locator(".foot .primary")).to_have_count(0)
    assert visit.page.input_value("[name='class.P1.cycle_h']") == "۲٫۵"
    assert visit.grave_faults() == []
    page.click(".foot button")
    expect(page.locator("[name='class.P1.cycle_h']")).to_have_value("۳")
    expect(page.locator("[name='zone[1].name']")).to_have_count(0)
    assert visit.complaints == []


def test_a_mistake_in_the_levels_of_service_leads_to_its_field(visit):
    page = opened(visit, "/setup/policy")
    page.fill("[name='class.P2.deadline_h']", "999")
    page.keyboard.press("Tab")
    page.click(".foot .primary")
    expect(page.get_by_role("alert")).to_contain_text("Time to clear: expected 0.25 to 168")
    expect(page.locator("[name='class.P2.deadline_h']")).to_be_focused()
    page.click(".foot button >> nth=1")
    expect(page.locator("[name='class.P2.deadline_h']")).to_have_value("6")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_prices_of_materials_are_set_in_the_readers_digits(visit):
    page = opened(visit, "/setup/policy", "fa")
    page.fill("[name='costs.currency']", "ریال")
    page.fill("[name='costs.salt_t']", "۹۰۰")
    page.press("[name='costs.salt_t']", "Tab")
    page.click(".foot .primary")
    expect(page.locator(".foot .primary")).to_have_count(0)
    costs = page.evaluate("fetch('/api/setup/policy').then((a) => a.json())")["tables"]["costs"]
    assert (costs["currency"], costs["salt_t"]) == ("ریال", 900)


def test_a_kind_of_street_belongs_to_one_class_at_a_time(visit):
    page = opened(visit, "/setup/policy")
    page.select_option("#road-residential", "P2")
    page.click(".foot .primary")
    expect(page.locator(".foot .primary")).to_have_count(0)
    tables = page.evaluate("fetch('/api/setup/policy').then((a) => a.json())")["tables"]
    assert "residential" in tables["class"]["P2"]["roads"]
    assert "residential" not in tables["class"]["P3"]["roads"]
