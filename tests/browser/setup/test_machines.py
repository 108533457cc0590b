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


def sound(visit):
    """Fit for everybody, and nothing is fetched from elsewhere."""
    assert visit.grave_faults() == []
    assert not visit.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert visit.foreign() == []
    assert visit.complaints == []


def opened(visit, path, language="en"):
    visit.come_in("administrator")
    visit.go(f"{path}?lang={language}")
    visit.page.wait_for_selector(PAGES[path])
    return visit.page


def depots(visit):
    page = opened(visit, "/setup/depots")
    visit.wait_for_map()
    return page


def a_file(text, name="machines.csv"):
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}


def policy_of(page):
    return page.evaluate("fetch('/api/setup/policy').then((a) => a.json())")["tables"]


def fleet_of(page):
    return page.evaluate("fetch('/api/setup/fleet').then((a) => a.json())")


def names(page):
    return page.locator("fleet-machines span.name bdi").all_inner_texts()


@pytest.mark.parametrize("visit", [DARK], indirect=True)
def test_the_only_depot_stays_is_dragged_and_goes_when_its_machines_have_another(visit):
    page = depots(visit)
    sound(visit)
    page.click(".place .choose >> nth=0")
    page.click(".leave button")
    expect(page.get_by_role("alert")).to_contain_text("is the only depot")
    visit.complaints.clear()  # of the browser, that the server refused it
    page.keyboard.press("Escape")
    expect(page.locator("fleet-depots form")).to_have_count(0)
    expect(page.locator(".place .choose").first).to_be_focused()
    drag_the_depot(page)
    place_a_depot_without_a_mouse(page)

    page.click(".place .choose >> nth=0")
    page.click(".leave button")
    expect(page.locator(".undo")).to_contain_text("was removed")
    expect(page.locator(".place").first).to_contain_text("2 machines based here")
    expect(page.locator(".place").first).to_contain_text("انبار تازه")
    assert visit.complaints == []


def drag_the_depot(page):
    before = fleet_of(page)["depots"][0]
    box = page.locator(".pin.depot").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] - 80, box["y"] + 60, steps=4)
    page.mouse.up()
    expect(page.locator(".undo")).to_contain_text("was changed")
    after = fleet_of(page)["depots"][0]
    assert after["lon"] < before["lon"]
    assert after["lat"] < before["lat"]


def place_a_depot_without_a_mouse(page):
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
    depot = fleet_of(page)["depots"][-1]
    assert len(depot["polygon"]) == 3
    expect(page.locator(".undo")).to_contain_text("was added")
    page.click(".undo button")
    expect(page.locator(".place").filter(has_text="North yard")).to_have_count(0)
    assert visit.complaints == []


@pytest.mark.parametrize("visit", [DARK], indirect=True)
def test_mistakes_of_a_machine_are_told_in_its_form_and_it_is_copied_and_removed(visit):
    page = opened(visit, "/setup/machines")
    sound(visit)
    page.click(".tools .primary")
    page.fill("#name", "Truck 2")
    page.fill("#blade_m", "37")
    page.click("dialog .primary")
    assert page.evaluate("document.querySelector('#blade_m').validationMessage") == (
        "Enter a number from 0.1 to 12."
    )
    assert page.locator("dialog").is_visible()
    page.fill("#blade_m", "3.7")
    page.click("dialog .primary")
    expect(page.get_by_role("alert")).to_have_text(re.compile("Truck 2 is taken"))
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)

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


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_machines_are_added_found_and_taken_from_a_spreadsheet_in_persian(visit):
    page = opened(visit, "/setup/machines", "fa")
    page.click(".tools .primary")
    expect(page.locator("#name")).to_be_focused()
    page.fill("#name", "گریدر ۲")
    page.select_option("#type", "grader")
    page.fill("#blade_m", "۳٫۷")
    page.fill("#plow_kmh", "۱۲/۵")
    page.click("dialog .primary")
    expect(page.locator("dialog")).to_have_count(0)
    assert "گریدر ۲" in names(page)
    added = fleet_of(page)["machines"][2]
    assert (added["blade_m"], added["plow_kmh"]) == (3.7, 12.5)

    page.fill(".filter input", "كمپرسي")
    assert len(names(page)) == 2
    page.fill(".filter input", "zeppelin")
    expect(page.locator("fleet-machines .empty")).to_be_visible()
    page.fill(".filter input", "")
    take_a_spreadsheet(visit)
    assert names(page) == ["گریدر ۱"]
    assert visit.complaints == []


def take_a_spreadsheet(visit):
    """First one with mistakes, then a good one."""
    page = visit.page
    page.set_input_files("input[type=file]", a_file(BAD))
    expect(page.locator(".mistakes tbody tr")).to_have_count(2)
    expect(page.locator(".mistakes")).to_contain_text("موشک")
    assert visit.grave_faults() == []
    page.set_input_files("input[type=file]", a_file(GOOD))
    expect(page.locator(".differences")).to_contain_text("گریدر ۱")
    page.click("fleet-upload .primary")
    expect(page.locator("fleet-upload section")).to_have_count(0)


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_levels_of_service_and_prices_are_set_in_the_readers_digits_and_taken_back(visit):
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

    page.fill("[name='costs.currency']", "ریال")
    page.fill("[name='costs.salt_t']", "۹۰۰")
    page.press("[name='costs.salt_t']", "Tab")
    page.click(".foot .primary")
    expect(page.locator(".foot .primary")).to_have_count(0)
    costs = policy_of(page)["costs"]
    assert (costs["currency"], costs["salt_t"]) == ("ریال", 900)


@pytest.mark.parametrize("visit", [DARK], indirect=True)
def test_a_mistake_in_the_levels_leads_to_its_field_and_a_kind_of_street_has_one_class(visit):
    page = opened(visit, "/setup/policy")
    sound(visit)
    page.fill("[name='class.P2.deadline_h']", "999")
    page.keyboard.press("Tab")
    page.click(".foot .primary")
    expect(page.get_by_role("alert")).to_contain_text("Time to clear: expected 0.25 to 168")
    expect(page.locator("[name='class.P2.deadline_h']")).to_be_focused()
    page.click(".foot button >> nth=1")
    expect(page.locator("[name='class.P2.deadline_h']")).to_have_value("6")
    expect(page.get_by_role("alert")).to_have_count(0)

    page.select_option("#road-residential", "P2")
    page.fill("[name='forecast.depth_cm']", "4")
    page.check("[name='forecast.begins']")
    page.click(".foot .primary")
    expect(page.locator(".foot .primary")).to_have_count(0)
    assert {"depth_cm": 4, "begins": True}.items() <= policy_of(page)["forecast"].items()
    classes = policy_of(page)["class"]
    assert "residential" in classes["P2"]["roads"]
    assert "residential" not in classes["P3"]["roads"]
