"""The board's plan panel and the page that compares plans, in both languages."""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from api.config.clock import Clock
from data.model import CurvePoint, JobState, PlanProof, PlanState, RunWish, ServiceClass, Unserved
from data.store.accounts.accounts import find_user_by_login, set_language
from data.store.database.engine import transaction
from data.store.planning.plan_runs import add_run, finish_run, heartbeat, lease_run
from data.store.planning.plans import add_plan
from data.store.work import list_jobs
from fleet.storms.storm_start import start_storm
from tests.maps.plans import a_plan
from tests.village import MILL
from tests.village_database import DISPATCHER
from tests.village_plan import a_leg, add_published_plan

pytestmark = pytest.mark.browser

NEVER = PlanProof((ServiceClass("P1"),), "work", None, None, 9, 2, 7200.0, 3600.0, ())


def a_finished_search(visit) -> None:
    """Leave a published plan and a draft whose search was watched, as the worker does."""
    now = visit.city.clock.now()
    with transaction(visit.city.engine) as tx:
        plan = a_plan(unserved=(), made_at=now, bound=9.5)
        add_plan(tx, plan)
        draft = add_plan(tx, replace(plan, state=PlanState.DRAFT, proofs=(NEVER,)))
        add_run(tx, draft.storm_id, "dispatcher", now, RunWish(30.0))
        run = lease_run(tx, now, 30.0)
        assert run is not None
        curve = tuple(CurvePoint(float(s), 20.0 - s, 9.5, 0) for s in range(10))
        progress = replace(run, best=11.0, bound=9.5, unserved=0, curve=curve)
        held = heartbeat(tx, progress, now + timedelta(seconds=30))
        finish_run(tx, held, draft.id)
        user = find_user_by_login(tx, "dispatcher")
        assert user is not None
        set_language(tx, user.id, "fa")


def test_a_search_is_drawn_proved_in_words_compared_and_asked_about(visit, monkeypatch):
    monkeypatch.setattr(Clock, "speed", 60.0)
    page = visit.board()
    visit.start_storm()
    expect(page.locator(".ask option:disabled")).to_have_text(["30 s", "60 s", "120 s", "300 s"])
    expect(page.locator(".ask select")).to_have_value("10")
    expect(page.locator(".ask")).to_contain_text("At most 20 s now")
    monkeypatch.setattr(Clock, "speed", 1.0)
    page.click(".narrow-plan summary")
    page.get_by_label("P1, first").check()
    expect(page.locator(".narrow-plan summary")).to_have_text("Only for a part of the work")

    page.click(".what-if summary")
    page.get_by_label("One fewer").first.click()
    page.locator(".what-if form .wide").click()
    expect(page.locator(".answers .computing")).to_contain_text("computing")

    a_finished_search(visit)
    page = visit.board()
    draft = page.locator("section.run").first
    expect(draft.locator("svg polyline.best")).to_have_count(1)
    expect(draft).to_contain_text("حداکثر ۶٪ فاصله دارد")
    expect(draft.locator(".proofs")).to_contain_text("با این ۲ دستگاه درجهٔ ۱")
    assert visit.grave_faults() == []

    draft.get_by_role("link").click()
    page.wait_for_selector("table.compare tbody tr")
    expect(page.locator(".verdict")).to_have_count(2)
    expect(page.locator("h1")).to_have_text("مقایسهٔ برنامه‌ها")
    assert visit.grave_faults() == []
    assert visit.complaints == []


def a_plan_without_mill_street(visit) -> None:
    """Start a storm whose published plan, and a draft like it, have no time for Mill Street."""
    city = visit.city
    now = city.clock.now()
    with transaction(city.engine) as tx:
        storm = start_storm(tx, DISPATCHER, "First snow", city.network, city.policy, now)
        jobs = {job.segment_id: job.id for job in list_jobs(tx, storm.id, JobState.OPEN)}
        left = (Unserved(jobs[MILL], "time"),)
        published = add_published_plan(tx, a_leg(starts_at=now), unserved=left, made_at=now)
        add_plan(tx, replace(published, state=PlanState.DRAFT))


def test_what_a_plan_leaves_undone_leads_to_its_streets(visit):
    a_plan_without_mill_street(visit)
    page = visit.board()
    left = page.locator(".undone details")
    expect(left.locator("summary")).to_contain_text("1 job of")
    expect(left.locator("summary")).to_contain_text("does not fit into the shifts.")
    left.locator("summary").click()
    assert visit.grave_faults() == []
    left.get_by_role("button", name="Mill Street").click()
    expect(page.locator("board-side h2")).to_contain_text("Mill Street")

    visit.go("/plans?lang=fa")
    expect(page.locator(".undone summary").first).to_contain_text("در شیفت‌ها جا نمی‌شود.")
    assert visit.grave_faults() == []
    assert visit.complaints == []
