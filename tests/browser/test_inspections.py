"""Inspections on a phone out of reach: list, photo and answer outlive a dead battery."""

import pytest
from playwright.sync_api import expect

from data.store.database.engine import reading, transaction
from data.store.followup.sightings import list_sightings
from data.store.schema import request, request_clock
from fleet.requests.request_lookup import known_request
from tests import village as v
from tests.browser.conftest import Visit, open_page
from tests.browser.new_version import VERSION, WAITS, serve_a_new_version
from tests.browser.test_office import a_photo, people_asked

pytestmark = pytest.mark.browser

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "geolocation": {"longitude": v.at_m(100, 0).lon, "latitude": v.at_m(100, 0).lat},
    "permissions": ["geolocation"],
    "service_workers": "allow",
}
INSTALLED = "navigator.serviceWorker.ready.then(() => true)"
STREETS = """globalThis.boardMap?.loaded() &&
  boardMap.queryRenderedFeatures({ layers: ["streets", "forward"] }).length > 0"""
MAP_KEPT = """new Promise((done) => (indexedDB.open("barfrub").onsuccess =
  ({ target: { result } }) =>
  (result.transaction("kept").objectStore("kept").get("inspections-map").onsuccess =
    (found) => done(!!found.target.result))))"""
SENT = "**/requests/*/inspections"
PHOTO = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": a_photo()}


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_what_was_seen_out_of_reach_arrives_once_with_its_photo_before_a_new_version_is_taken(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    people_asked(visit, hours_ago=5)
    visit.come_in("supervisor")
    visit.go("/inspect?lang=en")
    page, context = visit.page, visit.page.context
    places = page.locator(".places li")
    expect(places).to_have_count(2)
    page.evaluate(INSTALLED)
    assert visit.grave_faults() == []

    pins = page.locator(".place-pin")
    page.get_by_role("button", name="Map", exact=True).click()
    expect(pins).to_have_count(2)
    visit.until(MAP_KEPT)

    context.set_offline(True)
    page.reload()
    page.get_by_role("button", name="Map", exact=True).click()
    visit.until(STREETS)
    expect(pins).to_have_count(2)
    page.get_by_role("button", name="Urgent first").click()
    expect(places).to_have_count(2)
    expect(page.locator(".line.warning")).to_contain_text("No network")
    name = places.first.locator(".what").inner_text()
    places.first.locator("button").click()
    page.set_input_files(".sheet [type=file]", PHOTO)
    expect(page.get_by_alt_text("Your photo")).to_be_visible()
    assert visit.grave_faults() == []
    page.get_by_role("button", name="OK", exact=True).click()
    expect(places).to_have_count(1)
    places.first.locator("button").click()
    page.set_input_files(".sheet [type=file]", PHOTO)
    page.get_by_role("button", name="Not OK").click()
    page.get_by_role("button", name="Icy").click()
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".line.warning")).to_contain_text("2 inspections wait")
    page.close()  # the battery is dead
    page = visit.page = open_page(context)
    page.goto(f"{visit.server}/inspect")
    places = page.locator(".places li")
    expect(page.locator(".line.warning")).to_contain_text("2 inspections wait")
    expect(page.locator(".empty")).to_have_text("There is nothing to inspect.")

    first = page.evaluate(VERSION)
    serve_a_new_version(monkeypatch)
    context.route(SENT, lambda route: route.abort())  # all else gets through
    context.set_offline(False)
    visit.until(WAITS)
    expect(page.locator(".line.warning")).to_contain_text("2 inspections wait")
    assert page.evaluate(VERSION) == first
    context.unroute(SENT)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#boot")).not_to_contain_text(first)
    expect(page.locator(".line.warning")).to_have_count(0)
    expect(page.locator(".empty")).to_be_visible()  # nothing stands otherwise than it was told
    with reading(visit.city.engine) as tx:
        seen = [one for id_ in (1, 2, 3) for one in list_sightings(tx, id_)]
        closed = [known_request(tx, one.request_id).closed_for for one in seen if one.clear]
    assert sorted((one.clear, one.faults) for one in seen) == [(False, ("ice",)), (True, ())]
    assert closed == ["inspected"]
    assert all(one.photo and one.away_m is not None for one in seen)
    assert name not in page.locator("main").inner_text()

    (bad,) = [one.request_id for one in seen if not one.clear]
    with transaction(visit.city.engine) as tx:  # a plow went there since
        tx.execute(
            request.update().where(request.c.id == bad).values(state="done", closed_for="plowed")
        )
        of_it = request_clock.c.request_id == bad
        tx.execute(request_clock.update().where(of_it).values(closed_at=visit.city.clock.now()))
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(places).to_have_count(1)
