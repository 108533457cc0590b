"""The pages of a province for somebody with roles in two towns: towns, loans, one sign-in."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from api.config.clock import Clock
from api.config.settings import Settings
from api.province.served_cities import served_province
from api.server.web_server import WebServer
from data.model import Role
from data.setup.province_file import read_province
from data.store.database.engine import transaction
from fleet.accounts.province_people import give_roles, new_person
from fleet.setup.province_store import open_province
from fleet.storms.storm_start import start_storm
from tests.browser.conftest import COARSE, open_page
from tests.conftest import PASSWORD
from tests.two_towns import CONSOLE, PROVINCE_TOML, still_city
from tests.village_database import copy_city

pytestmark = pytest.mark.browser

ROLES = {"urmia": Role.DISPATCHER, "tabriz": Role.COUNCIL}


@contextmanager
def served(settings: Settings) -> Iterator[int]:
    """Serve the province of some settings on a free port, with a storm in Urmia."""
    clock, province = Clock(), read_province(settings.province_file)
    people = open_province(settings.province_folder)
    with served_province(settings, province, clock, bool, still_city) as (router, end_streams):
        urmia = router.hosted["urmia.localhost"].web.state.barfrub
        with transaction(urmia.engine) as tx:
            start_storm(tx, CONSOLE, "First snow", urmia.network, urmia.policy, clock.now())
        with socket.create_server(("127.0.0.1", 0)) as door:
            config = uvicorn.Config(router, log_level="error", timeout_graceful_shutdown=1)
            web = WebServer(config, end_streams)
            thread = threading.Thread(target=web.run, args=([door],), daemon=True)
            thread.start()
            yield door.getsockname()[1]
            web.should_exit = True
            thread.join()
    people.dispose()


@pytest.fixture(scope="module")
def port(
    tmp_path_factory: pytest.TempPathFactory, made_city: Path, password_hash: str
) -> Iterator[int]:
    """The port of one server of two towns, for all tests; Leila has a role in each."""
    settings = Settings(var=tmp_path_factory.mktemp("province"))
    settings.province_file.write_text(PROVINCE_TOML.replace(".example.ir", ".localhost"))
    for name in ROLES:
        copy_city(made_city, settings.city_folder(name), shared=True)
    people, now = open_province(settings.province_folder), Clock().now()
    with transaction(people) as tx:
        leila = new_person(tx, CONSOLE, "leila", "en", password_hash, now)
        for city, role in ROLES.items():
            leila = give_roles(tx, CONSOLE, leila, city, [role], now)
    people.dispose()
    with served(settings) as found:
        yield found


def sign_in(page: Page, login: str) -> None:
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("button.primary")


@pytest.fixture
def at_province(chromium: Browser, port: int) -> Iterator[Page]:
    """The province's page, where Leila has signed in by the form."""
    context = chromium.new_context(**COARSE, locale="en")
    page = open_page(context)
    page.goto(f"http://province.localhost:{port}/")
    sign_in(page, "leila")
    expect(page.locator("#figures tbody tr")).to_have_count(len(ROLES))
    yield page
    context.close()


def row(page: Page, town: str):
    """The row of a town in the overview."""
    link = page.locator(f'th a[href^="http://{town}.localhost"]')
    return page.locator("#figures tbody tr").filter(has=link)


def test_both_towns_are_shown_open_without_another_password_and_lend_each_other_machines(
    at_province: Page, port: int
) -> None:
    expect(row(at_province, "urmia")).to_contain_text("First snow")
    expect(row(at_province, "urmia").locator("progress").first).to_be_attached()
    expect(row(at_province, "tabriz")).to_contain_text("no storm")
    at_province.set_viewport_size({"width": 390, "height": 844})
    for language in ("fa", "az", "en"):
        at_province.goto(f"http://province.localhost:{port}/?lang={language}")
        expect(at_province.locator(f"html[lang={language}]")).to_be_attached()
        assert at_province.evaluate("document.documentElement.scrollWidth") == 390
    row(at_province, "tabriz").locator("a").click()
    at_province.wait_for_url(f"http://tabriz.localhost:{port}/council")
    at_province.goto(f"http://urmia.localhost:{port}/sign-in?next=/storms")
    at_province.click('a[href^="/enter"]')
    at_province.wait_for_url(f"http://urmia.localhost:{port}/storms")
    a_machine_is_lent_and_comes_back(at_province, port)


def a_machine_is_lent_and_comes_back(at_province: Page, port: int) -> None:
    until = Clock().now().astimezone(ZoneInfo("Asia/Tehran")) + timedelta(hours=8)
    at_province.goto(f"http://province.localhost:{port}/loans")
    expect(at_province.locator("optgroup")).to_have_count(1)  # no dispatcher in the other town
    at_province.select_option('select[name="machine"]', "urmia/1")
    at_province.select_option('select[name="borrower"]', "tabriz")
    at_province.fill('input[name="until"]', f"{until:%Y-%m-%d %H:%M}")
    at_province.click("form.lend button.primary")
    lent = at_province.locator("table.towns tbody tr")
    expect(lent).to_have_count(1)
    expect(lent).to_contain_text("Truck 1")
    lent.get_by_role("button").click()
    expect(lent).to_have_count(0)
    expect(at_province.locator("form.lend")).to_be_visible()


def test_who_signs_in_at_the_province_comes_into_the_town_that_asked_where_others_see_that(
    chromium: Browser, port: int
) -> None:
    context = chromium.new_context(**COARSE, locale="en")
    page = open_page(context)
    page.goto(f"http://urmia.localhost:{port}/sign-in?next=/storms")
    page.click('a[href^="/enter"]')
    sign_in(page, "leila")
    page.wait_for_url(f"http://urmia.localhost:{port}/storms")

    context.clear_cookies()
    page.goto(f"http://urmia.localhost:{port}/sign-in?next=/setup/people")
    sign_in(page, "administrator")
    leila = page.locator(".person", has_text="leila")
    expect(leila.locator(".may")).to_have_text("Dispatcher")
    expect(leila.locator(".standing")).to_contain_text("account of the province")
    expect(leila.get_by_role("button", name="Disable")).to_be_visible()
    expect(leila.get_by_role("button", name="Change")).to_have_count(0)
    expect(leila.get_by_role("button", name="New password")).to_have_count(0)
    context.close()
