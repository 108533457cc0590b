"""Set-up of a served city in a real browser: overview, people, streets and a newer file."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.config.settings import Settings
from data.model import Role
from data.store.accounts.accounts import add_user
from data.store.database.city_database import database_of
from data.store.database.engine import transaction
from fleet.setup.city_setup import NewCity, add_city
from tests.browser.conftest import refuse, serving
from tests.data.osm.osm_files import CROSS, a_way, nodes, write_osm
from tests.postgres import url_for_new_cities
from tests.village import NOW
from tests.village_database import DISPATCHER, copy_city

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}
WAYS = [
    a_way(10, [1, 2, 3], name="خیابان امام", **{"name:en": "Imam Street"}),
    a_way(11, [4, 2, 5], name="کوچهٔ باغ", **{"name:en": "Garden Alley"}),
]
OFF_MAP = a_way(12, [6, 7], name="Island Road")
ISLAND = {6: (3, 3), 7: (4, 3)}


@pytest.fixture(scope="module")
def made_town(tmp_path_factory: pytest.TempPathFactory, password_hash: str) -> Path:
    """A city that was made of a file, an island of which no depot reaches; tests get copies."""
    folder = tmp_path_factory.mktemp("made") / "town"
    file = tmp_path_factory.mktemp("drawn") / "town.osm"
    write_osm(file, [*nodes(CROSS | ISLAND), *WAYS, OFF_MAP])
    url = url_for_new_cities(shared=True)
    add_city(folder, NewCity("town", file, "Asia/Tehran", database_url=url), NOW, DISPATCHER)
    engine = database_of(folder)
    with transaction(engine) as tx:
        for role in (Role.ADMINISTRATOR, Role.OPERATOR):
            add_user(tx, role.value, [role], "en", password_hash)
    engine.dispose()
    return folder


@pytest.fixture
def server(tmp_path: Path, made_town: Path) -> Iterator[str]:
    settings = Settings(var=tmp_path)
    copy_city(made_town, settings.city_folder("town"))
    with serving(settings, "town") as address:
        yield address


@pytest.fixture
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town without the island and with its alley drawn to the north only."""
    ways = [WAYS[0], a_way(11, [4, 2], name="کوچهٔ باغ", **{"name:en": "Garden Alley"})]
    return write_osm(tmp_path_factory.mktemp("newer") / "newer.osm", [*nodes(), *ways])


def set_up(visit, part: str = "", language: str = "en") -> Page:
    visit.come_in("administrator")
    visit.go(f"/setup{part}")
    visit.speak(language)
    return visit.page


def until_drawn(visit) -> None:
    visit.until("!!globalThis.boardMap && boardMap.loaded() && !!boardMap.getSource('set-up')")


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_every_page_of_the_set_up_fits_a_phone_and_the_overview_leads_to_what_comes_next(visit):
    page = set_up(visit, language="fa")
    page.wait_for_selector(".checklist")
    fits(visit)
    page.locator(".checklist a.primary").click()
    page.wait_for_url("**/setup/depots")
    for part, thing in (("/people", ".person"), ("/streets", ".street")):
        visit.go(f"/setup{part}")
        page.wait_for_selector(thing)
        fits(visit)
        here = page.locator(".parts [aria-current]").bounding_box()
        assert here["x"] >= 0
        assert here["x"] + here["width"] <= 360
    assert visit.complaints == []
    assert visit.foreign() == []


def fits(visit) -> None:
    wide = visit.page.evaluate("document.documentElement.scrollWidth")
    assert wide == visit.page.evaluate("innerWidth"), visit.page.url
    assert visit.grave_faults() == [], visit.page.url


def test_people_are_invited_changed_and_shut_out_and_who_is_invited_comes_in(visit):
    page = set_up(visit, "/people")
    link = invite_sara(page)
    change_and_shut_out(visit)
    visit.complaints.clear()  # of the browser, that the server refused something

    visit.sign_out()
    page.goto(link)
    assert visit.grave_faults() == []
    page.fill("#password", "snow at dawn")
    page.keyboard.press("Enter")
    page.wait_for_selector("#text")
    assert page.url == f"{visit.server}/operator"
    assert visit.complaints == []
    visit.go("/setup")
    expect(page.get_by_text("Your role does not allow this.")).to_be_visible()


def invite_sara(page: Page) -> str:
    """Invite an operator; a mistake is said where one types. Return the link."""
    page.get_by_role("button", name="Invite somebody").click()
    expect(page.locator("#login")).to_be_focused()
    page.keyboard.type("sara")
    page.get_by_role("button", name="Create a link").click()
    expect(page.get_by_role("alert")).to_contain_text("at least one role")
    assert page.evaluate("document.activeElement.name") == "role"
    assert page.input_value("#login") == "sara"
    page.get_by_role("checkbox", name="Operator").check()
    page.get_by_role("button", name="Create a link").click()
    expect(page.locator("setup-link h2")).to_contain_text("sara")
    link = page.input_value("setup-link input")
    expect(page.locator(".person", has_text="sara")).to_contain_text("invited until")
    return link


def change_and_shut_out(visit) -> None:
    """Change roles in place, shut somebody out and let them in; what is refused says why."""
    page = visit.page
    operator = page.locator(".person", has=page.get_by_text("operator", exact=True))
    operator.get_by_role("button", name="Change").click()
    operator.get_by_role("checkbox", name="Driver").check()
    operator.get_by_role("button", name="Save").click()
    expect(operator.locator(".may")).to_have_text("Operator, Driver")
    links = page.locator("setup-link").count()
    operator.get_by_role("button", name="New password").click()
    expect(operator.locator(".choice button").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("setup-link")).to_have_count(links)

    page.route("**/api/people/*/disable", refuse("Somebody was faster."), times=1)
    operator.get_by_role("button", name="Disable").click()
    expect(page.get_by_text("Somebody was faster.")).to_be_visible()
    operator.get_by_role("button", name="Disable").click()
    expect(operator.locator(".standing")).to_have_text("disabled")
    operator.get_by_role("button", name="Enable").click()
    expect(operator.locator(".standing")).to_have_text("can sign in")


def test_a_newer_file_is_compared_put_aside_compared_again_and_taken_over(visit, newer):
    page = set_up(visit, "/streets")
    until_drawn(visit)
    page.get_by_role("button", name=re.compile("Island Road")).click()
    visit.until("boardMap.getZoom() >= 16 && boardMap.getBounds().contains([45.074, 37.553])")
    assert visit.until("boardMap.queryRenderedFeatures({layers: ['set-up-unreached']}).length > 0")

    compare(page, newer)
    page.get_by_role("button", name="Change nothing").click()
    expect(page.get_by_role("button", name="Compare with today")).to_be_visible()
    compare(page, newer)
    expect(page.locator(".numbers")).to_contain_text("Removed")
    vanished = page.get_by_role("list", name="Streets removed from the map")
    expect(vanished).to_contain_text("Island Road")
    expect(vanished).to_contain_text("Garden Alley")
    assert visit.grave_faults() == []
    page.get_by_role("button", name="Apply the new streets").click()
    expect(page.get_by_text("The city has the new streets.")).to_be_visible()
    page.get_by_role("link", name="Show the new streets").click()
    expect(page.get_by_text("Every street can be reached")).to_be_visible()
    assert visit.complaints == []

    page.route("**/api/setup/unreached", refuse("The server is busy."))
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("The server is busy.")


def compare(page: Page, file: Path) -> None:
    page.set_input_files('setup-file[name="file"] input[type="file"]', file)
    expect(page.locator("#file")).to_have_value("newer.osm")
    page.get_by_role("button", name="Compare with today").click()
