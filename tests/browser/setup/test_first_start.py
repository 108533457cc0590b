"""The first start in a real browser: from the printed address to the signed-in administrator."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Page, expect

from api.config.clock import Clock
from api.config.settings import Settings
from api.server.first_run_app import FirstRunApp
from api.server.web_server import WebServer
from maps.pages.i18n import translator
from tests.data.osm.osm_files import a_way, nodes, write_osm

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("new_cities")]

PHONE = {"viewport": {"width": 360, "height": 740}, "locale": "fa-IR"}
DESK = {"locale": "en-GB", "timezone_id": "Asia/Tehran"}
PASSWORD = "snow at dawn"


@pytest.fixture
def door(tmp_path: Path) -> FirstRunApp:
    return FirstRunApp(Settings(var=tmp_path), Clock(), lambda _folder, _clock: nullcontext())


@pytest.fixture
def server(door: FirstRunApp) -> Iterator[str]:
    """A server without a city."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(door, log_level="error", timeout_graceful_shutdown=1)
    web = WebServer(config, door.end_streams)
    thread = threading.Thread(target=web.run, args=([listener],), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    web.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def street_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ways = [a_way(10, [1, 2, 3], name="خیابان امام"), a_way(11, [4, 2, 5])]
    return write_osm(tmp_path_factory.mktemp("drawn") / "town.osm", [*nodes(), *ways])


def enter(visit, door: FirstRunApp) -> Page:
    visit.go(f"/first?code={door.start.code}")
    visit.page.wait_for_selector("first-city form")
    return visit.page


def send(page: Page, name: str, file: Path) -> None:
    page.set_input_files(f'setup-file[name="{name}"] input[type="file"]', file)


@pytest.mark.parametrize("visit", [DESK], indirect=True)
def test_a_city_is_set_up_from_the_printed_address_to_the_signed_in_administrator(
    visit, door, street_file
):
    visit.go("/")
    visit.page.fill("#code", "AAAA-AAAA")
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_role("alert")).to_have_text("This code is wrong.")
    assert visit.grave_faults() == []
    visit.complaints.clear()  # of the browser, that the server refused the code
    page = enter(visit, door)
    assert "code" not in page.url
    assert page.input_value("#timezone") == "Asia/Tehran"
    send(page, "file", street_file)
    expect(page.locator("#file")).to_have_value("town.osm")
    expect(page.locator("#timezone-hint")).to_contain_text("Proposed")
    page.fill("#timezone", "stock")
    expect(page.locator("#zones li").first).to_contain_text("Stockholm")
    page.keyboard.press("Escape")
    page.fill("#timezone", "iran")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert visit.grave_faults() == []
    page.keyboard.press("Enter")
    expect(page.locator("#timezone")).to_have_value(re.compile("Iran|Asia/Tehran"))
    page.fill("#name", "برف‌آباد")
    page.fill("#login", "reza")
    page.fill("#password", "reza1234")
    page.fill("#timezone", "Atlantis")
    page.keyboard.press("Enter")
    expect(page.locator(".zone [role=status]")).to_have_text("No time zone has this name.")
    expect(page.locator("#timezone")).to_be_focused()
    page.fill("#timezone", "Asia/Tehran")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Create the city").click()
    expect(page.locator("#password-fault")).to_contain_text("a name or a common word")
    expect(page.locator("#password")).to_be_focused()
    expect(page.locator("#file")).to_have_value("town.osm")
    assert visit.grave_faults() == []
    page.fill("#password", PASSWORD)
    page.evaluate("document.querySelector('time-zone').choose('Sea/Atlantis')")
    page.get_by_role("button", name="Create the city").click()
    expect(page.locator("#timezone-fault")).to_have_role("alert")
    expect(page.locator("#timezone")).to_be_focused()
    assert "timezone-fault" in (page.get_attribute("#timezone", "aria-describedby") or "")
    page.fill("#timezone", "Asia/Tehran")
    page.keyboard.press("Tab")
    visit.complaints.clear()  # of the browser, that the server refused something
    page.get_by_role("button", name="Create the city").click()

    expect(page.get_by_role("heading", name="The city is ready")).to_be_visible()
    expect(page.locator(".facts")).to_contain_text("4 segments")
    assert visit.grave_faults() == []
    page.get_by_role("link", name="Go to sign-in").click()
    page.fill("#login", "reza")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name=re.compile("Set-up of"))).to_be_visible()
    assert visit.complaints == []
    assert [
        url for url in visit.asked if not url.startswith((visit.server, "blob:", "data:"))
    ] == []


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_on_a_phone_in_persian_the_keyboard_alone_makes_a_city(visit, door, street_file, tmp_path):
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads" / "town.osm").write_bytes(street_file.read_bytes())
    page = enter(visit, door)
    expect(page.locator("#file option")).to_have_count(2)
    page.focus("#file")
    page.keyboard.press("ArrowDown")
    for label, typed in (("name", "Town"), ("login", "reza"), ("password", PASSWORD)):
        while page.evaluate("document.activeElement.name") != label:
            page.keyboard.press("Tab")
        page.keyboard.type(typed)
    page.click("details summary")
    assert page.get_attribute("html", "dir") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert visit.grave_faults() == []
    page.focus("#password")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name=translator("fa")("The city is ready"))).to_be_visible()


@pytest.mark.parametrize("visit", [DESK], indirect=True)
def test_mistakes_are_told_where_they_are_made_and_another_file_may_be_tried(
    visit, door, street_file, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("drawn")
    photo, empty = folder / "photo.osm", folder / "empty.osm"
    photo.write_bytes(b"\x89PNG")
    empty.write_text("<osm version='0.6'></osm>", encoding="utf-8")
    page = enter(visit, door)
    send(page, "file", photo)
    fault = page.locator("setup-file[name=file]").get_by_role("alert")
    expect(fault).to_have_text("This file is not a street network.")
    assert page.get_attribute("#file", "aria-describedby") == "file-hint file-fault"

    send(page, "file", street_file)
    expect(page.locator("#timezone-hint")).to_contain_text("Proposed")
    send(page, "file", empty)
    expect(page.locator("#file")).to_have_value("empty.osm")
    expect(page.locator("#timezone-hint")).to_have_text("The time zone of this computer.")
    page.fill("#name", "../town")
    page.fill("#login", "reza")
    page.fill("#password", PASSWORD)
    create = page.get_by_role("button", name="Create the city")
    create.click()
    expect(page.get_by_role("alert")).to_contain_text("../town")
    assert page.evaluate("document.activeElement.id") == "name"
    assert page.get_attribute("#name", "aria-describedby") == "name-fault"
    assert page.input_value("#password") == PASSWORD

    page.fill("#name", "Town")
    create.click()
    page.get_by_role("button", name="Back to the form").click()
    send(page, "file", street_file)
    expect(page.locator("#file")).to_have_value("town.osm")
    create.click()
    expect(page.get_by_role("heading", name="The city is ready")).to_be_visible()
