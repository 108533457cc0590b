"""The public map on a phone: nobody is signed in."""

import pytest
from playwright.sync_api import expect

from data.model import Actor, ActorKind
from data.policy.city_policy import DEFAULT_POLICY
from data.store.database.engine import transaction
from fleet.setup.city_setup import set_policy
from tests.browser.conftest import Visit

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "locale": "fa-IR"}


@pytest.mark.browser
@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_anybody_sees_when_a_street_was_cleared(visit: Visit):
    city, page = visit.city, visit.page
    with transaction(city.engine) as tx:
        shown = DEFAULT_POLICY.replace("map = false", "map = true")
        set_policy(tx, Actor(ActorKind.SYSTEM, "test"), shown, city.network, city.clock.now())
    city.city_state.refresh()
    visit.go("/map")
    visit.wait_for_map()
    expect(page.locator("public-moment .moment")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert visit.grave_faults() == []
    page.get_by_role("button", name="زمان گذشته از آخرین برف‌روبی").click()
    expect(page.locator("public-legend li")).to_have_count(6)
    page.locator("#map").click(position={"x": 180, "y": 200})
    assert visit.foreign() == []
    assert visit.complaints == []
