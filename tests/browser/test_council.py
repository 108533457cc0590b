"""The council's page, as a member reads it: figures, colors, evidence, paper."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import case, update

from api.config.clock import Clock
from api.config.settings import Settings
from data.model import (
    Actor,
    ActorKind,
    District,
    Evidence,
    EvidenceKind,
    Pass,
    RequestKind,
    Treatment,
    VehicleId,
)
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from data.store.database.city_database import database_of
from data.store.database.engine import transaction
from data.store.schema import segment
from data.store.streets.districts import save_districts
from fleet.context import CityContext
from fleet.evidence.proof_store import store_evidence
from fleet.requests.intake import Report, receive
from fleet.requests.placing import place_by_hand
from fleet.routes.published_plan import PublishedPlanCache
from fleet.storms.storm_start import end_storm, start_storm
from tests.browser.conftest import serving
from tests.village import MAIN_EAST, MAIN_WEST, ROSE, TULIP, village
from tests.village_database import copy_city

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}
DARK = {"color_scheme": "dark"}
LEILA = Actor(ActorKind.USER, "leila")
POLICY = policy_from_toml(DEFAULT_POLICY)
HOUR = timedelta(hours=1)
STATE_ON_MAP = "boardMap.getFeatureState({{source: 'streets', sourceLayer: 'streets', id: {}}}).f"

PIXELS_OF_ANY = """(() => {{
  const paper = document.querySelector("canvas.printed");
  if (!paper.width || !paper.height) return 0;
  const {{ data }} = paper.getContext("2d").getImageData(0, 0, paper.width, paper.height);
  const seen = new Uint32Array(data.buffer);
  const wanted = {0}.map((tone) => {{
    const [, red, green, blue] = tone.match(/#(..)(..)(..)/);
    return parseInt(`ff${{blue}}${{green}}${{red}}`, 16);
  }});
  return seen.filter((pixel) => wanted.includes(pixel)).length;
}})()"""


def _storm(tx, name, began, hours, streets):
    """A storm in which trucks went over some streets after an hour, and somebody called."""
    storm = start_storm(tx, LEILA, name, village(), POLICY, began)
    asked = receive(tx, LEILA, Report("phone", RequestKind.PLOW, "my gate"), began + HOUR / 2)
    rose = village().point_at(ROSE, 70)
    place_by_hand(
        CityContext(tx, village(), POLICY, began + HOUR / 2),
        LEILA,
        asked.id,
        rose,
        PublishedPlanCache(),
    )
    passes = [
        _pass(street, began + HOUR + lap * HOUR / 10) for street in streets for lap in range(4)
    ]
    store_evidence(CityContext(tx, village(), POLICY, began + hours * HOUR), storm, passes)
    return storm


def _pass(street, at):
    return Pass(
        street,
        forward=True,
        from_m=0.0,
        to_m=village().segment(street).length_m,
        vehicle_id=VehicleId(1),
        started_at=at,
        ended_at=at + timedelta(minutes=2),
        treatment=Treatment.PLOW,
        evidence=Evidence(EvidenceKind.BLADE, 0.9),
    )


@pytest.fixture
def server(tmp_path: Path, made_city: Path, request):
    """The village with two districts and two storms, the second going on; or with no storm."""
    settings, now = Settings(var=tmp_path), Clock().now()
    folder = settings.city_folder("village")
    copy_city(made_city, folder)
    engine = database_of(folder)
    with transaction(engine) as tx:
        north = case((segment.c.id.in_([TULIP, ROSE]), "شمال"), else_="جنوب")
        tx.execute(update(segment).values(district=north))
        names = {"شمال": "North", "جنوب": "South"}
        save_districts(tx, [District(fa, {"fa": (fa,), "en": (en,)}) for fa, en in names.items()])
        if not getattr(request, "param", None):
            first = _storm(tx, "First snow", now - 50 * HOUR, 8, [MAIN_WEST])
            ended = end_storm(tx, LEILA, first.id, now - 42 * HOUR)
            late = _pass(ROSE, now - 43 * HOUR)
            store_evidence(CityContext(tx, village(), POLICY, now - 41 * HOUR), ended, [late])
            _storm(tx, "Second snow", now - 2 * HOUR, 2, [MAIN_WEST, MAIN_EAST, ROSE])
    engine.dispose()
    with serving(settings, "village") as address:
        yield address


def read(visit, language="en"):
    visit.come_in("council")
    visit.go("/council")
    visit.speak(language)
    visit.page.wait_for_selector("council-table table")
    visit.wait_for_map()
    return visit.page


def color(visit, street):
    return visit.page.evaluate(STATE_ON_MAP.format(street))


def test_a_member_comes_to_figures_with_their_rules_that_ask_no_foreign_host(visit):
    page = read(visit)

    expect(page.locator(".key strong")).to_have_count(4)
    expect(page.locator(".key").first).to_contain_text("of lane-km are within target")
    expect(page.locator("council-table tbody tr")).to_have_count(8)  # city, classes, districts
    within = visit.page.locator("#key-within")
    expect(within.locator(".rules")).to_contain_text("at least every 3 h")
    expect(page.locator("council-classes .districts .line")).not_to_have_count(0)
    expect(page.locator("council-classes .beside").first).to_contain_text("lane-km")
    ages = visit.page.locator("council-ages tbody tr").first
    expect(ages).to_contain_text("at least every 3 h")
    expect(ages.locator("td").nth(1)).to_have_text(re.compile(r"^(2 h|2:0\d h)$"))
    gain = page.locator("council-machine-gain")
    expect(gain).to_contain_text("This can be asked once the storm has ended.")
    page.select_option("#storm", label=page.locator("#storm option").nth(1).inner_text())
    gain.get_by_role("button", name="What would one more have brought?").click()
    expect(gain.get_by_role("status")).to_contain_text("Waits for its turn")
    gain.get_by_role("button", name="Cancel").click()
    expect(gain.get_by_role("status")).to_contain_text("The question was taken back")
    assert [
        url for url in visit.asked if not url.startswith((visit.server, "blob:", "data:"))
    ] == []
    assert visit.complaints == []


def test_a_key_figure_opens_what_it_counts_by_keyboard_and_may_stand_alone(visit):
    page = read(visit)
    for key, words in (
        ("within", "A lane-kilometre is"),
        ("answered", "evidence proves"),
        ("median", "Half of the answered"),
        ("nine", "Nine in ten"),
    ):
        page.focus(f"#key-{key}")
        page.keyboard.press("Enter")

        expect(page.locator("#definition")).to_contain_text(words)
        expect(page.locator("#definition")).to_contain_text("Compared with")
        expect(page.locator(f"#key-{key}")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#definition")).to_have_count(0)

    expect(page.locator(".key .change").first).to_contain_text("First snow")
    page.select_option("#against", "0")

    expect(page.locator(".key .change")).to_have_count(0)


def test_a_street_tells_when_and_by_what_proof_but_not_by_whom_and_is_found_by_name(visit):
    page = read(visit)
    page.locator("#map").scroll_into_view_if_needed()
    middle = village().point_at(MAIN_WEST, village().segment(MAIN_WEST).length_m / 2)
    page.mouse.click(*visit.point_of(*middle))

    street = page.locator("article.street")
    expect(street).to_contain_text("Evidence: the blade was down")
    expect(street).to_contain_text("by the kind of street")
    expect(street).to_contain_text("cleared at least every 3 h")
    assert "Truck" not in page.inner_text("main")
    assert "my gate" not in page.content()  # nor hidden in it

    page.fill("#find", "Rose")
    page.wait_for_selector(".found button")
    page.focus("#find")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("article.street h3").first).to_have_text("Rose Street")
    expect(page.locator("article.street h3").first).to_be_focused()
    visit.until("boardMap.getZoom() >= 15")


def test_a_class_or_all_other_districts_leave_the_map(visit):
    page = read(visit)
    visit.until(f"{STATE_ON_MAP.format(MAIN_WEST)} >= 0")
    page.click(".chip:has-text('P1')")

    visit.until(f"{STATE_ON_MAP.format(MAIN_WEST)} === -1")
    assert color(visit, TULIP) >= 0
    page.click(".chip:has-text('P1')")
    visit.until(f"{STATE_ON_MAP.format(MAIN_WEST)} >= 0")
    page.click(".district:has-text('North')")

    visit.until(f"{STATE_ON_MAP.format(MAIN_WEST)} === -1")
    assert color(visit, ROSE) >= 0
    assert page.locator("#district").input_value() == "شمال"


def test_persian_has_its_digits_its_days_and_its_direction_of_time(visit):
    page = read(visit, "fa")

    assert page.get_attribute("html", "dir") == "rtl"
    assert re.search("[۰-۹]", page.inner_text(".key strong >> nth=0"))
    assert re.search("۱۴۰[۰-۹]", page.inner_text(".when"))
    expect(page.locator(".district").first).to_contain_text("جنوب")
    assert visit.complaints == []

    start = visit.page.locator("council-figures .curve .from").bounding_box()
    end = visit.page.locator("council-figures .curve .to").bounding_box()
    assert start["x"] > end["x"]
    picture = visit.page.locator("council-figures .curve svg")
    assert picture.evaluate("one => getComputedStyle(one).transform") == "matrix(-1, 0, 0, 1, 0, 0)"


def test_what_is_shown_can_be_taken_home(visit):
    page = read(visit)
    for ending in ("html", "csv", "gpkg"):
        with page.expect_download() as download:
            page.click(f".take a[href*='.{ending}']")

        assert re.fullmatch(rf"coverage-[\d-]+\.{ending}", download.value.suggested_filename)
        assert Path(download.value.path()).stat().st_size > 1000
    assert "coverage.png?" in page.get_by_role("link", name="Picture (PNG)").get_attribute("href")


def test_the_map_follows_the_news_without_a_click(visit):
    news = f"event: coverage\ndata: [[{TULIP}, 3, 3]]\n\n"
    visit.page.route(
        "**/stream", lambda route: route.fulfill(content_type="text/event-stream", body=news)
    )
    read(visit)

    visit.until(f"{STATE_ON_MAP.format(TULIP)} === 3")


def test_an_earlier_storm_is_shown_as_it_ended_and_the_address_keeps_it(visit):
    page = read(visit)
    page.select_option("#storm", label=page.locator("#storm option").nth(1).inner_text())
    expect(page.locator(".when")).to_contain_text("Ended on")
    expect(page.locator("#worst-title")).to_contain_text("were late at the end of the storm")
    expect(page.locator("council-ages")).to_contain_text("As it was at the end of the storm")
    expect(page.locator("#against")).to_be_disabled()
    expect(page.locator("council-revisions tbody tr")).to_contain_text("Positions that came late")
    page.click("#large")
    page.reload()

    expect(page.locator("#large")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".when")).to_contain_text("First snow")
    assert "storm=1" in page.url
    visit.speak("fa")
    expect(page.locator(".when")).to_contain_text("First snow")
    expect(page.locator("council-revisions tbody th")).to_have_text("۱")


@pytest.mark.parametrize("visit", [DARK], indirect=True)
def test_the_map_is_on_paper_in_the_colors_of_paper(visit):
    page = read(visit)
    visit.until(f"{STATE_ON_MAP.format(TULIP)} >= 0")
    tones = "['fresh', 'ageing', 'overdue', 'not_due'].map((state) => getComputedStyle("
    tones += "document.documentElement).getPropertyValue(`--state-${state}`).trim())"
    dark = page.evaluate(tones)
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")  # by the browser's own menu
    expect(page.locator(".unprinted")).to_be_visible()
    expect(page.locator("canvas.printed")).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen", color_scheme="dark")
    page.evaluate("void (print = () => dispatchEvent(new Event('beforeprint')))")
    page.keyboard.press("Control+p")
    visit.until(PIXELS_OF_ANY.format(tones))
    page.emulate_media(media="print", color_scheme="dark")

    paper = "getComputedStyle(document.documentElement).getPropertyValue('--panel').trim()"
    assert page.evaluate(paper) == "#fff"
    assert page.evaluate(PIXELS_OF_ANY.format(dark)) == 0
    expect(page.locator("canvas.printed")).to_be_visible()
    expect(page.locator("#map")).to_be_hidden()
    expect(page.locator(".choose")).to_be_hidden()


@pytest.mark.parametrize(("visit", "language"), [(DARK, "en"), (PHONE, "fa")], indirect=["visit"])
def test_the_report_fits_and_has_no_serious_accessibility_fault(visit, language):
    page = read(visit, language)
    assert page.evaluate("document.documentElement.scrollWidth") == page.evaluate("innerWidth")
    page.click("#key-within")
    page.fill("#find", "Rose")
    page.click(".found button")
    page.wait_for_selector("article.street h3")

    assert visit.grave_faults() == []


@pytest.mark.parametrize("server", ["no storm"], indirect=True)
def test_before_the_first_storm_the_page_says_what_to_expect(visit):
    visit.come_in("council")
    visit.go("/council")

    expect(visit.page.locator(".when")).to_have_text("There has been no storm yet.")
    visit.wait_for_map()
    assert visit.complaints == []
    assert visit.grave_faults() == []


def test_a_server_that_cannot_answer_is_told_of(visit):
    visit.page.route("**/api/council", lambda route: route.abort())
    visit.come_in("council")
    visit.go("/council")

    expect(visit.page.get_by_role("alert")).to_contain_text("The server cannot be reached")
