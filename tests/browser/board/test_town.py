"""The drawn Persian town on the board and at the operator's desk."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from api.config.settings import Settings
from data.model import Actor, ActorKind, Role
from data.samples import TOWN_FILE, TOWN_NAME
from data.store.accounts.accounts import add_user
from data.store.database.city_database import database_of
from data.store.database.engine import transaction
from fleet.setup.city_setup import NewCity, add_city
from tests.browser.conftest import serving
from tests.postgres import url_for_new_cities
from tests.village import NOW
from tools.town import lonlat

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}
IN_VIEW = "(layer) => boardMap.queryRenderedFeatures({ layers: [layer] })"
SQUARE = lonlat((0, 60))
OLD_QUARTER = lonlat((-200, 150))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, password_hash: str) -> Iterator[str]:
    settings = Settings(var=tmp_path_factory.mktemp("var"))
    folder = settings.city_folder("barfabad")
    town = NewCity(
        TOWN_NAME,
        TOWN_FILE,
        timezone="Asia/Tehran",
        language="fa",
        database_url=url_for_new_cities(shared=True),
    )
    add_city(folder, town, NOW, Actor(ActorKind.SYSTEM, "test"))
    with transaction(database_of(folder)) as tx:
        for role in Role:
            add_user(tx, role.value, [role], "fa", password_hash)
    with serving(settings, "barfabad") as address:
        yield address


def seen(visit, layer: str, key: str = "name") -> set[str]:
    visit.until("boardMap.loaded() && boardMap.areTilesLoaded()")
    return set(visit.page.evaluate(f"({IN_VIEW})('{layer}').map((each) => each.properties.{key})"))


@pytest.mark.parametrize("visit", [{"locale": "sv-SE"}], indirect=True)
def test_the_town_opens_in_persian_whatever_the_browser_speaks(visit):
    visit.go("/sign-in")

    expect(visit.page.locator("html")).to_have_attribute("lang", "fa")
    expect(visit.page.locator("html")).to_have_attribute("dir", "rtl")
    expect(visit.page.locator("body")).to_contain_text(TOWN_NAME)


def test_the_river_is_drawn_and_named_under_the_streets(visit):
    page = visit.board()

    assert seen(visit, "water-areas") == {"برفاب‌رود"}
    order = page.evaluate("boardMap.getStyle().layers.map((layer) => layer.id)")
    assert order.index("water-areas") < order.index("casing") < order.index("names")
    assert visit.complaints == []
    assert all(url.startswith((visit.server, "blob:", "data:")) for url in visit.asked)


def test_the_river_follows_the_theme(visit):
    page = visit.board()
    water = "boardMap.getPaintProperty('water-areas', 'fill-color')"
    light = page.evaluate(water)
    page.emulate_media(color_scheme="dark")

    visit.until(f"{water} !== '{light}'")


def test_close_up_alleys_carry_their_persian_names(visit):
    page = visit.board()
    page.evaluate(
        f"boardMap.jumpTo({{ center: [{OLD_QUARTER.lon}, {OLD_QUARTER.lat}], zoom: 16 }})"
    )
    visit.until(f"({IN_VIEW})('names').length > 5")

    assert any(name.startswith("کوچهٔ شهید") for name in seen(visit, "names"))


def test_close_up_public_buildings_say_where_one_is(visit):
    page = visit.board()
    page.evaluate(f"boardMap.jumpTo({{ center: [{SQUARE.lon}, {SQUARE.lat}], zoom: 16.2 }})")
    visit.until(f"({IN_VIEW})('places').length > 2")

    assert {"مسجد جامع", "شهرداری برف‌آباد"} <= seen(visit, "places")


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_an_alley_told_by_its_street_needs_no_pin(visit):
    page = visit.desk()
    page.fill("#text", "سلام، خیابان خیام، کوچهٔ شهید باکری، برف زیاد است")

    expect(page.locator(".guesses")).to_contain_text("کوچهٔ شهید باکری")
    assert visit.grave_faults() == []
