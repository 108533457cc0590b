"""A plan edited by hand on the board: by click, key and drag, in both languages."""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from api.processes.workers.dispatch_worker import DispatchCache, listening
from data.store.database.engine import transaction
from data.store.shifts.shifts import list_shifts, save_shift
from maps.pages.i18n import Translator, translator
from tests.browser.board.test_board import middle_of
from tests.browser.conftest import Visit
from tests.browser.test_replans import a_plan_is_driven
from tests.village import MAIN_WEST, MILL, TULIP

pytestmark = pytest.mark.browser

MAIN_NAME, TULIP_NAME = "خیابان امام", "کوچه لاله"
LINES_OFFERED = """import('/static/js/edits/routes.js').then(
    ({ offered }) => offered().some(({ lines }) => lines.length > 0))"""
CHOOSE_TRUCK = "import('/static/js/board/state.js').then((it) => it.choose('truck', 1))"


def choose(visit: Visit, street: int) -> None:
    visit.page.evaluate(
        f"import('/static/js/board/state.js').then((it) => it.choose('street', {street}))"
    )


def given(t: Translator, street: str, truck: str) -> str:
    return t("Assign {street} to {truck}", street=street, truck=truck)


def the_second_shift_ends_soon(visit: Visit) -> None:
    """Leave the second truck no time for a street that is not on its route."""
    with transaction(visit.city.engine) as tx:
        shift = next(one for one in list_shifts(tx, 1) if one.vehicle_id == 2)
        save_shift(tx, replace(shift, ends_at=visit.city.clock.now() + timedelta(seconds=30)))


def test_streets_change_trucks_by_click_and_drag_and_come_back_by_key(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit.come_in("dispatcher")
    a_plan_is_driven(visit)
    city, page = visit.city, visit.page
    with listening(city.folder, DispatchCache(city.engine, city.clock, 1)):
        visit.board()
        choose(visit, MILL)
        page.get_by_role("button", name="Assign to another truck").click()
        bar = page.locator(".edit-bar")
        expect(bar).to_be_visible()
        page.click(".taker[data-vehicle='2']:enabled")
        expect(bar.locator(".edit-list li")).to_have_count(1)
        assert visit.grave_faults() == []
        page.keyboard.press("Control+z")
        expect(bar.locator(".edit-list li.muted")).to_have_count(1)
        page.keyboard.press("Control+Shift+z")
        expect(bar.locator(".edit-list li.muted")).to_have_count(0)

        visit.speak("fa")
        visit.wait_for_map()
        t = translator("fa")
        page.locator("board-side").get_by_role("button", name=t("Edit by hand")).click()
        expect(bar.locator(".edit-list li")).to_have_count(1)
        choose(visit, TULIP)
        expect(page.locator(".taker").first).to_be_visible()
        page.keyboard.press("t")
        row = page.locator("#list-trucks [role='option']").nth(1).bounding_box()
        assert row is not None
        page.mouse.move(*visit.point_of(*middle_of(TULIP)))
        page.mouse.down()
        page.mouse.move(row["x"] + 40, row["y"] + 10, steps=4)
        expect(bar).to_contain_text(given(t, TULIP_NAME, "Truck 2"))
        page.mouse.up()
        expect(bar.locator(".edit-list li")).to_have_count(2)
        visit.until(LINES_OFFERED)
        page.mouse.move(*visit.point_of(*middle_of(TULIP)))
        page.mouse.down()
        page.mouse.move(*visit.point_of(*middle_of(MAIN_WEST)), steps=4)
        expect(bar).to_contain_text(given(t, TULIP_NAME, "Truck 1"))
        page.mouse.up()
        expect(bar.locator(".edit-list li")).to_have_count(3)
        page.evaluate(CHOOSE_TRUCK)
        streets = page.locator(".draft-order .link")
        expect(streets).to_have_text([TULIP_NAME, MAIN_NAME])
        page.locator(".draft-order .quiet").nth(1).press("Enter")
        expect(streets).to_have_text([MAIN_NAME, TULIP_NAME])
        expect(bar.locator(".edit-list li")).to_have_count(4)
        assert visit.grave_faults() == []
        page.keyboard.press("Control+z")
        page.keyboard.press("Control+z")
        expect(bar.locator(".edit-list li.muted")).to_have_count(2)
        page.click(f"text={t('Discard changes to the draft')}")
        expect(bar).to_have_count(0)
        page.keyboard.press("e")
        expect(bar).to_be_visible()

        choose(visit, TULIP)
        page.click(".taker-publish")
        expect(bar).to_have_count(0)
        expect(page.locator("board-drafts .published")).to_be_visible()
        monkeypatch.setattr("fleet.edits.draft_changes.OFFERED", 0)
        the_second_shift_ends_soon(visit)
        page.keyboard.press("e")
        choose(visit, MILL)
        expect(page.locator(".no-taker[data-vehicle='2']")).to_contain_text("شیفت")
        expect(page.locator(".taker[data-vehicle='2']")).to_have_count(0)
        assert page.locator(".notice.danger").count() == 0
    # A preview that the next order overtook is refused; the browser notes that, nobody else.
    assert [one for one in visit.complaints if "409" not in one] == []
