"""A storm's page in Chromium: from the forecast to the end, with snow and a closed street."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.village import TULIP, village
from tests.weather_files import met_no_file

pytestmark = pytest.mark.browser

PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def test_a_dispatcher_takes_a_storm_from_the_forecast_to_its_end(visit: Visit) -> None:
    visit.come_in("dispatcher")
    visit.go("/storms?lang=en")
    page = visit.page
    page.fill("#name", "Snow of Yalda")
    page.click("storm-list form button.primary")
    page.wait_for_selector("storm-detail .phases")
    expect(page.locator(".weather")).to_contain_text("No forecast is known.")
    hours = [("cloudy", 0.0)] * 4 + [("snow", 1.3)] * 4
    forecast = met_no_file(visit.city.clock.now().replace(minute=0, second=0), hours)
    page.locator(".weather .by-hand summary").click()
    expect(page.locator(".weather input[name=at]").first).to_have_value(re.compile(":00$"))
    sent = {"name": "forecast.json", "mimeType": "application/json"}
    file = {**sent, "buffer": json.dumps(forecast).encode()}
    page.set_input_files(".weather input[type=file]", file)
    expect(page.locator(".weather")).to_contain_text("5.2 cm in the next 8 h.")
    expect(page.locator(".weather .hours li.first")).to_have_count(1)
    expect(page.locator(".phases li.here")).to_contain_text("Alert")
    page.set_input_files(".weather input[type=file]", file)
    expect(page.get_by_text("The forecast that is shown is as new or newer.")).to_be_visible()
    page.route("**/api/weather", lambda route: route.abort())
    page.get_by_role("button", name="Make it active").click()
    expect(page.locator(".sums")).to_contain_text("9")
    expect(page.locator(".weather .problem")).to_have_count(1)
    expect(page.locator(".weather .hours li.first")).to_have_count(1)
    page.unroute("**/api/weather")
    visit.complaints.clear()  # of the browser, that no answer came

    page.fill("#snow-cm", "۲٫۵")
    page.get_by_role("button", name="Enter", exact=True).click()
    expect(page.locator(".snow-entries tr")).to_contain_text("2.5 cm")
    page.get_by_role("button", name="Undo: snow entered").click()
    expect(page.locator(".snow-entries")).to_have_count(0)
    page.get_by_role("button", name="Undo: undo").click()
    expect(page.locator(".snow-entries tr")).to_have_count(1)
    wrong = {"name": "snow.csv", "mimeType": "text/csv", "buffer": b"time,cm\nsoon,1\n"}
    page.set_input_files(".snow input[type=file]", wrong)
    expect(page.locator(".snow .wrong")).to_contain_text("Line 2, time")

    machine = page.locator(".switches .machine").nth(1)
    machine.locator("summary").click()
    machine.locator("select").select_option("broken")
    machine.get_by_role("button", name="Take out of service").click()
    expect(page.locator("section[aria-label='Machines in service'] header")).to_contain_text(
        "1 of 2"
    )
    page.get_by_role("button", name="Change for this storm").click()
    page.fill("input[data-class=P1][data-number=deadline_h]", "2")
    page.get_by_role("button", name="Save for this storm").click()
    expect(page.locator("section[aria-labelledby=policy-title]")).to_contain_text("differs")
    assert visit.grave_faults() == []

    visit.board()
    expect(page.locator("board-strip .storm")).to_contain_text("2.5 cm of snow")
    close_on_the_board(visit)
    visit.go("/storms/1?lang=en")
    expect(page.locator(".closures")).to_contain_text("water main")
    page.get_by_role("button", name="Begin the clean-up").click()
    expect(page.locator(".phases li.here")).to_contain_text("Clean-up")
    page.get_by_role("button", name="Close the storm").click()
    expect(page.locator(".remaining")).to_contain_text("Work left on 9 streets will be cancelled.")
    expect(page.locator(".ask :focus")).to_have_text("Keep the storm open")
    page.locator(".ask .danger-button").click()
    expect(page.locator(".phases li.here")).to_contain_text("Closed")
    expect(page.locator("#snow-cm")).to_have_count(0)
    machines = page.locator("section[aria-label='Machines in this storm']")
    expect(machines.locator("header")).to_contain_text("0 of 2 worked")
    expect(machines.locator("li").nth(0)).to_contain_text("no work seen")
    expect(machines.locator("li").nth(1)).to_contain_text("broken down")
    with page.expect_download() as made:
        page.get_by_role("link", name="Make a scenario of it").click()
    assert made.value.suggested_filename == "scenario-of-storm-1.toml"
    page.get_by_role("link", name="Its lines in the audit log").click()
    expect(page.locator(".lines > li").first).to_contain_text("Snow of Yalda")
    visit.go("/storms?lang=fa")
    snow = page.locator("storm-list tbody tr", has_text="Snow of Yalda")  # the next may be forecast
    expect(snow).to_contain_text("بسته")
    assert visit.complaints == []
    refuse_to_rehearse_it(visit, made.value.path())


def refuse_to_rehearse_it(visit: Visit, scenario: Path) -> None:
    """The chosen file is what would be rehearsed, and a port is taken in any digits."""
    page, port = visit.page, visit.server.rpartition(":")[2]
    visit.come_in("supervisor")
    visit.go("/training?lang=en")
    page.set_input_files("[type=file]", scenario)
    expect(page.locator("[name=scenario]:checked")).to_have_value("own")
    page.fill("[name=port]", port.translate(PERSIAN))
    with page.expect_request("**/api/training/sandbox") as wanted:
        page.click("#start button.primary")
    assert "lasts_h" in wanted.value.post_data_json["toml"]
    expect(page.locator("#start .problem")).to_contain_text(port)


def close_on_the_board(visit: Visit) -> None:
    page = visit.page
    middle = village().point_at(TULIP, village().segment(TULIP).length_m / 2)
    page.mouse.click(*visit.point_of(middle.lon, middle.lat))
    page.get_by_role("button", name="Close the street").click()
    page.fill("#closure-reason", "water main")
    page.fill("#closure-until", "noon")
    page.get_by_role("button", name="Close the street", exact=True).click()
    expect(page.locator("#closure-until")).to_be_focused()
    expect(page.locator("#closure-fault")).to_be_in_viewport(ratio=1)
    visit.complaints.clear()  # of the browser, that the server refused the time
    page.fill("#closure-until", "")
    page.locator("board-side form button.primary").click()
    expect(page.locator("board-side .panel")).to_contain_text("until it is opened")
    expect(page.locator("board-side .way .icon-construction")).to_be_visible()
    expect(page.get_by_role("button", name="Close the street")).to_have_count(0)
    visit.until("boardMap.querySourceFeatures('closures').length > 0")
