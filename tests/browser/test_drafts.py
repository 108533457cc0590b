"""Drafts on the board: published, taken back, too old; and a machine that broke down."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from data.model import PlanRun, PlanState, RunWish, Unserved
from data.store.database.engine import transaction
from data.store.planning.plan_runs import add_run, finish_run, lease_run
from data.store.planning.plans import add_plan
from data.store.work import list_jobs
from fleet.planning.draft_finishes import draft_finishes, finishes_answer
from fleet.planning.plan_preparation import prepare
from fleet.replanning import publication_undo
from fleet.storms.storm_start import start_storm
from maps.pages.i18n import Translator, translator
from tests.browser.conftest import Visit
from tests.village import MAIN_WEST, MILL, TULIP
from tests.village_database import DISPATCHER
from tests.village_plan import add_published_plan, legs_along

pytestmark = pytest.mark.browser


def a_draft_is_found(visit: Visit, ago: timedelta = timedelta(0)) -> None:
    """Let a plan be driven, and a run find a draft from it some time ago."""
    city, now = visit.city, visit.city.clock.now()
    made_at = now - ago
    with transaction(city.engine) as tx:
        storm = start_storm(tx, DISPATCHER, "First snow", city.network, city.policy, made_at)
        legs = legs_along(tx, (MAIN_WEST, TULIP, MILL), now)
        driven = add_published_plan(tx, *legs, made_at=made_at)
        left = next(job.id for job in list_jobs(tx, storm.id) if job.segment_id == MILL)
        draft = replace(
            driven,
            parent_id=driven.id,
            state=PlanState.DRAFT,
            unserved=(Unserved(left, "time"),),
        )
        add_run(tx, storm.id, "dispatcher", made_at, RunWish(30.0))
        run = leased(tx, made_at)
        finishes = draft_finishes(draft, prepare(tx, storm.id, city.network, now))
        finish_run(tx, run, add_plan(tx, draft).id, answer=finishes_answer(finishes))


def leased(tx, at: datetime) -> PlanRun:
    run = lease_run(tx, at, 30.0)
    assert run is not None
    return run


def choose_truck(page: Page) -> None:
    page.evaluate("import('/static/js/board/state.js').then((it) => it.choose('truck', 1))")


def publish(page: Page, t: Translator) -> None:
    """Publish what waits: one order, one question."""
    waits = page.locator("board-drafts")
    waits.get_by_role("button", name=t("Publish to the trucks")).click()
    waits.get_by_role("alertdialog").get_by_role("button", name=t("Yes, publish")).click()
    expect(waits.locator(".published")).to_contain_text(t.plural("published:{count}", 1))


def test_a_draft_is_published_with_one_question_taken_back_and_published_where_it_is_compared(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication_undo, "UNDO_FOR", timedelta(hours=1))  # a busy machine is slow
    visit.come_in("dispatcher")
    a_draft_is_found(visit)
    page, t = visit.board(), translator("fa")
    visit.speak("fa")
    draft = page.locator("section.run").first
    expect(draft.locator("table.classes tbody tr").first).to_contain_text(t("not completely"))
    expect(draft).to_contain_text(t("Deadhead share"))
    expect(draft.get_by_text(t("Cost"), exact=True)).to_be_hidden()
    assert visit.grave_faults() == []
    expect(page.locator("board-next")).to_contain_text(t("next:worse_never", name="درجهٔ ۱"))
    expect(page.locator("board-drafts .danger")).to_contain_text("درجهٔ ۱ کامل نمی‌شود")
    choose_truck(page)
    page.locator("board-strip .class-head").first.click()
    expect(page.locator("#classes")).to_be_in_viewport(ratio=0.9)
    choose_truck(page)
    publish(page, t)
    page.locator("board-drafts .published button").first.dblclick()  # to take it back
    expect(page.locator("board-drafts .published")).to_have_count(0)
    expect(page.locator(".notice")).to_contain_text(
        t("Taken back: the plan before it is in force again.")
    )
    expect(page.locator("board-drafts .primary")).to_have_text(t("Publish to the trucks"))
    assert len([url for url in visit.asked if url.endswith("/take-back")]) == 1
    compare_and_publish(visit, t)
    assert visit.complaints == []


def test_an_old_draft_says_so_and_is_planned_again_from_now(visit: Visit) -> None:
    visit.come_in("dispatcher")
    a_draft_is_found(visit, timedelta(hours=2))
    page = visit.board()
    waits = page.locator("board-drafts")
    expect(waits).to_contain_text("Was good until")
    expect(waits.get_by_role("button", name="Publish to the trucks")).to_have_count(0)
    waits.get_by_role("button", name="Plan again from now").click()
    expect(page.locator("section.run h3").first).to_have_text("The planner is still starting")
    expect(waits.locator("li")).to_have_count(0)
    assert visit.complaints == []


def test_a_broken_machine_says_so_at_once_and_until_that_is_taken_back(visit: Visit) -> None:
    visit.come_in("dispatcher")
    a_draft_is_found(visit)
    page = visit.board()
    choose_truck(page)
    page.get_by_role("button", name="Broken down", exact=True).click()
    panel = page.locator("board-side .panel")
    expect(panel.get_by_role("heading", name="Broken down since")).to_be_visible()
    waits = page.locator("board-drafts")
    expect(waits).to_contain_text("Truck 1 broken down: new routes for the others")
    panel.get_by_role("button", name="Stop looking").click()
    expect(page.locator("board-notices")).to_contain_text("stopped before it had routes")
    expect(panel).to_contain_text("stopped before it had routes")
    expect(page.locator("board-drafts").get_by_text("New plan")).to_be_visible()
    assert visit.grave_faults() == []
    panel.get_by_role("button", name="It can drive again").click()
    expect(panel.get_by_role("heading", name="Broken down since")).to_have_count(0)
    assert visit.complaints == []


def compare_and_publish(visit: Visit, t: Translator) -> None:
    """See two plans on a map, and publish there."""
    visit.go("/plans")
    page = visit.page
    expect(page.locator(".place .maplibregl-canvas")).to_have_count(1)
    expect(page.locator("#views button")).to_have_count(3)
    page.get_by_role("button", name=t("Streets that another truck clears")).click()
    order = page.locator(".publish")
    order.get_by_role("button", name=t("Publish to the trucks")).click()
    order.get_by_role("button", name=t("Yes, publish")).click()
    expect(order).to_contain_text(t("Published."))
    assert visit.grave_faults() == []
