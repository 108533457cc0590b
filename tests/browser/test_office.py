"""The complaints office in Chromium: a supervisor works through what is late, and prints."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from data.model import Actor, ActorKind, Danger, RequestKind, SegmentId
from data.store.database.engine import transaction
from fleet.context import CityContext
from fleet.requests.intake import Report, receive
from fleet.requests.placing import locate
from fleet.storms.storm_start import start_storm
from tests.browser.conftest import Visit
from tests.village import MAIN_WEST, SCHOOL, village

pytestmark = pytest.mark.browser

ACTOR = Actor(ActorKind.USER, "operator")
PHONE = {"viewport": {"width": 360, "height": 740}, "locale": "fa"}


def a_photo() -> bytes:
    content = BytesIO()
    Image.new("RGB", (60, 40), "white").save(content, "JPEG")
    return content.getvalue()


def people_asked(visit: Visit, *, hours_ago: float) -> None:
    """Let a storm begin some hours ago, and people ask for three things then."""
    city = visit.city
    began = city.clock.now() - timedelta(hours=hours_ago)
    network, policy = city.network, city.policy
    with transaction(city.engine) as tx:
        start_storm(tx, ACTOR, "First snow", network, policy, began)
        for kind, street, dangers in (
            (RequestKind.PLOW, SCHOOL, (Danger.AMBULANCE,)),
            (RequestKind.TREE, MAIN_WEST, (Danger.POWER_LINE, Danger.SCHOOL)),
            (RequestKind.PLOW, None, ()),
        ):
            asked = receive(tx, ACTOR, a_report(kind, street, dangers), began)
            locate(
                CityContext(tx, network, policy, began),
                ACTOR,
                asked.id,
                city.geocoder,
                city.plans,
            )


def a_report(kind: RequestKind, street: SegmentId | None, dangers: tuple[Danger, ...]) -> Report:
    place = None if street is None else village().point_at(street, 20.0)
    words = "خیابان مدرسه، جلوی دبستان؛ برف تا زانو می‌رسد"
    return Report(
        "phone", kind, words if street else "همه جا برف است", "", place, "", "0441", dangers=dangers
    )


def test_a_supervisor_works_through_what_is_late(visit: Visit) -> None:
    people_asked(visit, hours_ago=5)
    visit.city.escalation_task.run()
    visit.come_in("supervisor")
    visit.go("/followup?lang=en")
    page = visit.page
    expect(page.locator("office-list .row")).to_have_count(3)
    assert visit.grave_faults() == []

    page.get_by_role("listbox").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("request-file h2")).to_be_visible()
    page.select_option("#login", "supervisor")
    page.get_by_role("button", name="Assign").click()
    expect(page.locator(".filter", has_text="Mine")).to_contain_text("1")

    page.fill("#note", "half a note")
    page.locator("office-list .row", has_text="Ambulance").click()
    expect(page.locator("request-file .tag")).to_have_text("Ambulance must get through")
    expect(page.locator("#note")).to_have_value("")
    page.check("input[name=clear][value=true]")
    page.set_input_files("#photo", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": a_photo()})
    page.get_by_role("button", name="Submit inspection").click()
    expect(page.locator(".next").last).to_have_text("Seen clear on the spot")
    expect(page.locator(".said img")).to_be_visible()
    assert visit.grave_faults() == []

    page.get_by_role("button", name="Unlocated").click()
    expect(page.locator("office-list .row")).to_have_count(1)
    page.locator("office-list .row").click()
    page.fill("#seek", "School Street")
    page.locator(".guess", has_text="School").first.click()
    page.get_by_role("button", name="Place it here").click()
    expect(page.locator(".place .ends")).to_contain_text("Placed.")
    expect(page.locator(".place .column")).to_contain_text("School Street")
    visit.wait_for_map()
    assert (page.locator(".request-pin.stored .icon").bounding_box() or {})["width"] == 40
    assert visit.grave_faults() == []
    page.locator("request-file .code").first.click()
    expect(page.locator("h1")).to_contain_text("B-0003")
    expect(page.locator(".history")).to_contain_text("turned request B-0003 into a job")
    visit.wait_for_map()
    assert visit.grave_faults() == []
    assert visit.complaints == []

    page.get_by_role("link", name="Complaints office").click()
    page.get_by_role("link", name="Report").click()
    page.get_by_role("link", name="Storm").click()
    expect(page.locator(".key").first).to_contain_text("3")
    expect(page.locator(".numbers", has_text="Reasons for closing")).to_contain_text(
        "Seen clear on the spot"
    )
    assert visit.grave_faults() == []


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_on_a_phone_list_file_and_report_fit_in_persian(visit: Visit) -> None:
    people_asked(visit, hours_ago=5)
    visit.come_in("supervisor")
    visit.go("/followup?lang=fa")
    page = visit.page
    page.locator("office-list .row").first.click()
    expect(page.locator("office-list")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="بازگشت به فهرست").click()
    expect(page.locator("office-list")).to_be_visible()
    visit.go("/followup/report?lang=fa&span=storm")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert visit.grave_faults() == []
