"""The drawn Persian town on the board and at the operator's desk."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from api.config.settings import Settings
from data.model import Actor, ActorKind, LonLat, Role
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
def test_the_town_opens_in_persian_with_its_river_alleys_and_public_buildings(visit):
    visit.go("/sign-in")
    expect(visit.page.locator("html")).to_have_attribute("lang", "fa")
    expect(visit.page.locator("html")).to_have_attribute("dir", "rtl")
    expect(visit.page.locator("body")).to_contain_text(TOWN_NAME)

    page = visit.board()
    assert seen(visit, "water-areas") == {"برفاب‌رود"}
    order = page.evaluate("boardMap.getStyle().layers.map((layer) => layer.id)")
    assert order.index("water-areas") < order.index("casing") < order.index("names")
    close_up(visit, OLD_QUARTER, 16)
    visit.until(f"({IN_VIEW})('names').length > 5")
    assert any(name.startswith("کوچهٔ شهید") for name in seen(visit, "names"))
    close_up(visit, SQUARE, 16.2)
    visit.until(f"({IN_VIEW})('places').length > 2")
    assert {"مسجد جامع", "شهرداری برف‌آباد"} <= seen(visit, "places")

    water = "boardMap.getPaintProperty('water-areas', 'fill-color')"
    light = page.evaluate(water)
    page.emulate_media(color_scheme="dark")
    visit.until(f"{water} !== '{light}'")
    assert visit.complaints == []
    assert visit.foreign() == []


def close_up(visit, at: LonLat, zoom: float) -> None:
    visit.page.evaluate(f"boardMap.jumpTo({{ center: [{at.lon}, {at.lat}], zoom: {zoom} }})")


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_an_alley_told_by_its_street_needs_no_pin(visit):
    page = visit.desk()
    page.fill("#text", "سلام، خیابان خیام، کوچهٔ شهید باکری، برف زیاد است")

    expect(page.locator(".guesses")).to_contain_text("کوچهٔ شهید باکری")
    assert visit.grave_faults() == []
