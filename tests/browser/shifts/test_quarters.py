"""The short streets of a quarter as one run of the driver's phone."""

import pytest
from playwright.sync_api import expect

from data.store.database.engine import transaction
from data.store.shifts.shifts import list_progress
from tests.browser.shifts.test_driver import PHONE, drive_off, tap

pytestmark = pytest.mark.browser

TITLE = "\u2068خیابان امام\u2069 and \u2068خیابان کاج\u2069: the streets between"
QUARTER = {"first": 1, "last": 3, "runs": 2, "title": TITLE}
DIRECTIONS = "(all) => all.map((one) => getComputedStyle(one).direction)"
"""The route's two streets, told as a server tells more of them."""


def with_quarter(route) -> None:
    told = route.fetch().json()
    others = [{**one, "title": ""} for one in told["stages"] if one["first"] in (0, 4)]
    group = QUARTER | {"sentence": "", "length_m": 550.0}
    route.fulfill(json=told | {"groups": [others[0], group, *others[1:]]})


@pytest.mark.parametrize("visit", [PHONE | {"permissions": []}], indirect=True)
def test_a_quarter_is_one_run_that_unfolds_and_is_done_with_one_tap(visit, code, database, plan):
    visit.page.route("**/api/drive", with_quarter)
    page = drive_off(visit, code)
    then = page.locator(".next li", has_text=QUARTER["title"])
    expect(then).to_contain_text("2 pieces · 550 m")
    tap(page)
    expect(page.locator(".stage h2")).to_have_text(QUARTER["title"])
    words = page.locator(".stage h2, .stage h2 *").evaluate_all(DIRECTIONS)
    assert set(words) == {"ltr"}  # the sentence is the page's, whatever name it begins with
    page.locator(".tab").nth(1).click()
    expect(page.locator("drive-list details[open] li")).to_have_count(2)
    expect(page.locator("drive-list summary")).to_contain_text("0 of 2 done")
    with page.expect_response("**/legs/3/complete"):
        tap(page)
    expect(page.locator("drive-list summary.done")).to_contain_text("2 of 2 done")
    with transaction(database) as tx:
        assert {each.leg for each in list_progress(tx, plan.id, 1)} == {0, 1, 2, 3}
