import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from data.store.database.engine import reading
from data.store.requests.request_photos import list_request_photos
from data.store.requests.requests import list_requests
from tests.browser.conftest import Visit, _served

PHONE = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "permissions": ["geolocation"],
    "geolocation": {"longitude": 45.0705, "latitude": 37.5505, "accuracy": 12},
    "locale": "fa-IR",
}


def a_photo() -> bytes:
    file = BytesIO()
    Image.new("RGB", (2000, 1000), "red").save(file, "JPEG")
    return file.getvalue()


@pytest.mark.browser
@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_a_phone_reports_snow_by_its_place_with_a_photo_and_follows_the_request(visit: Visit):
    page = visit.page
    visit.go("/report")
    assert visit.grave_faults() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not [url for url in visit.asked if "maplibre-gl.mjs" in url]
    read_aloud = page.locator("#understood").element_handle()
    page.click("#here")
    page.wait_for_selector("#placed:not([hidden])")
    visit.wait_for_map()
    assert page.input_value("#lon") == "45.070500"
    buttons = page.locator(".maplibregl-ctrl-group button, .report button, .strip button:visible")
    assert all(
        min(box["width"], box["height"]) >= 44
        for box in map(Locator.bounding_box, buttons.all())
        if box
    )
    pin = page.locator(".call-pin").bounding_box()
    assert pin is not None
    page.mouse.move(pin["x"] + 22, pin["y"] + 22)
    page.mouse.down()
    page.mouse.move(pin["x"] + 62, pin["y"] + 22, steps=4)
    page.mouse.up()
    expect(page.locator("#lon")).not_to_have_value("45.070500")
    expect(page.locator("#understood")).to_contain_text("محلی که از گفتهٔ شما فهمیدیم: کوچه")
    assert read_aloud.evaluate("node => node.isConnected")
    chosen = page.input_value("#lon")
    page.evaluate("boardMap.jumpTo({ zoom: 12 })")
    page.click("#map", position={"x": 250, "y": 100})
    expect(page.locator("#placed")).to_have_text("اکنون روی محل دقیق بزنید.")
    assert page.input_value("#lon") == chosen
    page.fill("#text", "برف تا زانو است")
    page.set_input_files(
        "#photo", {"name": "snow.jpg", "mimeType": "image/jpeg", "buffer": a_photo()}
    )
    assert page.inner_text("photo-field").split() == ["انتخاب", "عکس", "snow.jpg"]
    page.fill("#phone", "۰۹۱۴۱۲۳۴۵۶۷")
    page.check("input[name=consent]")
    page.click("#send")
    page.wait_for_selector(".keep")
    reference = page.inner_text(".keep dd >> nth=0")
    assert re.fullmatch(r"B-\d{4}", reference)
    assert page.get_attribute("html", "dir") == "rtl"
    assert "زانو" not in page.content()
    assert visit.grave_faults() == []
    city = _served[visit.server]
    with reading(city.engine) as tx:
        (asked,) = list_requests(tx)
        assert len(list_request_photos(tx, [asked.id])[asked.id]) == 1
    assert (asked.reference, asked.text) == (reference, "برف تا زانو است")
    assert all(url.startswith((visit.server, "blob:")) for url in visit.asked)
    assert visit.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_one_can_report_and_follow(visit: Visit):
    page = visit.page
    visit.go("/report?lang=en")
    assert page.is_hidden("#here")
    assert page.is_visible("#photo")
    page.fill("#address", "School Street 7")
    page.press("#address", "Enter")
    expect(page.locator("#understood")).to_contain_text("We take this as the place: School Street")
    page.click("#send")
    page.wait_for_selector(".keep")
    reference, code = (page.inner_text(f".keep dd >> nth={number}") for number in (0, 1))
    visit.go("/track?lang=en")
    page.fill("#reference", reference.lower())
    page.fill("#code", code)
    page.click("button.primary")
    assert "What has happened" in page.inner_text("main")


@pytest.mark.browser
@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_two_taps_report_snow_and_a_second_caller_follows_it(visit: Visit):
    page = visit.page
    for last_tap, phone in (("#send", ""), ("#understood button", "0914 888")):
        visit.go("/report?lang=en")
        page.fill("#phone", phone)
        page.click("#here")
        page.click(last_tap)
        page.wait_for_selector(".keep")
    expect(page.locator("main")).to_contain_text("2 people have reported this.")
    visit.go("/report?lang=en")
    page.fill("#address", "School Street 7")
    page.press("#address", "Tab")
    expect(page.locator("#understood")).to_contain_text("We take this as the place: School Street")
    page.click("#choose")
    visit.wait_for_map()
    expect(page.locator(".call-pin")).to_be_visible()
    assert page.input_value("#lon") == ""

    page.context.set_geolocation({"longitude": 51.4, "latitude": 35.7, "accuracy": 12})
    page.click("#here")
    expect(page.locator("#understood .problem")).to_contain_text("outside")
    page.route("**/report/place?*", lambda route: route.fulfill(status=502, body="down"))
    with page.expect_response("**/report/place?*"):
        page.click("#here")
    expect(page.locator("#understood")).to_be_empty()
    assert all("Failed to load resource" in each for each in visit.complaints)
