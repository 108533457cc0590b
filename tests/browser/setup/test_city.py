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


@pytest.mark.parametrize(("visit", "language"), [(PHONE, "fa")], indirect=["visit"])
def test_every_page_of_the_set_up_fits_and_is_open_to_everybody(visit, language):
    page = set_up(visit, language=language)
    for part, thing in (("", ".checklist"), ("/people", ".person"), ("/streets", ".street")):
        visit.go(f"/setup{part}")
        page.wait_for_selector(thing)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide == page.evaluate("innerWidth"), part
        assert visit.grave_faults() == [], part
    assert visit.complaints == []
    assert [
        url for url in visit.asked if not url.startswith((visit.server, "blob:", "data:"))
    ] == []


def test_the_overview_leads_to_what_comes_next(visit):
    page = set_up(visit)
    page.locator(".checklist a.primary").click()

    page.wait_for_url("**/setup/depots")


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_the_present_part_is_in_sight_on_a_phone(visit):
    page = set_up(visit, "/people")
    page.wait_for_selector(".person")

    here = page.locator(".parts [aria-current]").bounding_box()
    assert here["x"] >= 0
    assert here["x"] + here["width"] <= 360


def test_somebody_is_invited_and_comes_in(visit):
    page = set_up(visit, "/people")
    page.get_by_role("button", name="Invite somebody").click()
    expect(page.locator("#login")).to_be_focused()
    page.keyboard.type("sara")
    page.get_by_role("checkbox", name="Operator").check()
    page.get_by_role("button", name="Create a link").click()
    expect(page.locator("setup-link h2")).to_contain_text("sara")
    link = page.input_value("setup-link input")
    expect(page.locator(".person", has_text="sara")).to_contain_text("invited until")

    visit.sign_out()
    page.goto(link)
    assert visit.grave_faults() == []
    page.fill("#password", "snow at dawn")
    page.keyboard.press("Enter")
    page.wait_for_selector("#text")
    assert page.url == f"{visit.server}/operator"
    assert visit.complaints == []


def test_a_mistake_in_an_invitation_is_said_where_one_types(visit):
    page = set_up(visit, "/people")
    page.get_by_role("button", name="Invite somebody").click()
    page.fill("#login", "sara")
    page.get_by_role("button", name="Create a link").click()

    expect(page.get_by_role("alert")).to_contain_text("at least one role")
    assert page.evaluate("document.activeElement.name") == "role"
    assert page.input_value("#login") == "sara"


def test_roles_are_changed_in_place(visit):
    page = set_up(visit, "/people")
    operator = page.locator(".person", has_text="operator")
    operator.get_by_role("button", name="Change").click()
    operator.get_by_role("checkbox", name="Driver").check()
    operator.get_by_role("button", name="Save").click()

    expect(operator.locator(".may")).to_have_text("Operator, Driver")


def test_who_is_shut_out_can_be_let_in_again(visit):
    page = set_up(visit, "/people")
    operator = page.locator(".person", has_text="operator")
    operator.get_by_role("button", name="New password").click()
    expect(operator.locator(".choice button").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("setup-link")).to_have_count(0)
    operator.get_by_role("button", name="Disable").click()
    expect(operator.locator(".standing")).to_have_text("disabled")
    operator.get_by_role("button", name="Enable").click()

    expect(operator.locator(".standing")).to_have_text("can sign in")


def test_an_order_that_is_refused_says_why(visit):
    visit.page.route("**/api/people/*/disable", refuse("Somebody was faster."))
    page = set_up(visit, "/people")
    page.locator(".person", has_text="operator").get_by_role("button", name="Disable").click()

    expect(page.get_by_text("Somebody was faster.")).to_be_visible()


def test_a_street_beyond_reach_is_shown_on_the_map(visit):
    page = set_up(visit, "/streets")
    until_drawn(visit)
    page.get_by_role("button", name=re.compile("Island Road")).click()

    visit.until("boardMap.getZoom() >= 16 && boardMap.getBounds().contains([45.074, 37.553])")
    assert visit.until("boardMap.queryRenderedFeatures({layers: ['set-up-unreached']}).length > 0")


def test_a_newer_file_is_compared_first_and_then_taken_over(visit, newer):
    page = set_up(visit, "/streets")
    until_drawn(visit)
    page.set_input_files('setup-file[name="file"] input[type="file"]', newer)
    expect(page.locator("#file")).to_have_value("newer.osm")
    page.get_by_role("button", name="Compare with today").click()

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


def test_a_comparison_can_be_put_aside(visit, newer):
    page = set_up(visit, "/streets")
    page.set_input_files('setup-file[name="file"] input[type="file"]', newer)
    expect(page.locator("#file")).to_have_value("newer.osm")
    page.get_by_role("button", name="Compare with today").click()
    page.get_by_role("button", name="Change nothing").click()

    expect(page.get_by_role("button", name="Compare with today")).to_be_visible()


def test_a_page_that_waits_for_what_depots_reach_says_so_when_it_cannot_be_told(visit):
    visit.page.route("**/api/setup/unreached", refuse("The server is busy."))
    page = set_up(visit, "/streets")

    expect(page.get_by_role("alert")).to_contain_text("The server is busy.")


def test_an_operator_finds_no_set_up(visit):
    visit.come_in("operator")
    visit.go("/setup")

    expect(visit.page.get_by_text("Your role does not allow this.")).to_be_visible()
