"""Drafts that have waited too long, and publications that were a mistake."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from api.config.clock import Clock
from api.processes.tasks.cycle_task import CycleTask
from api.processes.workers.dispatch_worker import DispatchCache, listening
from data.files.json_records import from_plain
from data.model import (
    JobId,
    JobState,
    Plan,
    PlanId,
    PlanOptions,
    PlanState,
    RunKind,
    SegmentId,
    StormId,
)
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from data.store.planning.plan_runs import finish_run, lease_run
from data.store.planning.plans import get_plan
from data.store.shifts.shifts import list_shifts, set_shift_start
from data.store.storms.storms import get_storm
from data.store.work import add_job, set_job_state
from fleet.planning.draft_validity import GOOD_FOR
from fleet.planning.plan_lifecycle import store_draft
from fleet.planning.remaining_routes import jobs_of
from fleet.replanning.urgent_insertions import job_on_street
from tests import village as v
from tests.village_database import DISPATCHER

NEVER = threading.Event()
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _quick_searches(monkeypatch) -> None:
    monkeypatch.setattr("fleet.replanning.replan_requests.SECONDS", 0.1)


@pytest.fixture
def driven(dispatcher, storm, app, solved) -> int:
    """A plan that is driven."""
    draft = drafted(app, solved)
    assert dispatcher.post(f"/api/plans/{draft.id}/publish").status_code == 200
    return draft.id


@pytest.fixture
def desk(app, driven) -> Iterator[DispatchCache]:
    """The quick worker, in this process."""
    desk = DispatchCache(app.engine, app.clock, 1)
    with listening(app.folder, desk):
        yield desk


def drafted(app, plan: Plan, **changes) -> Plan:
    with transaction(app.engine) as tx:
        return store_draft(tx, DISPATCHER, replace(plan, **changes), app.clock.now())


def found_by_a_run(app, dispatcher, plan: Plan, **asked) -> dict:
    """Ask for a plan, let it be found, and return its run."""
    asked = dispatcher.post("/api/plans", json={"seconds": 17, **asked}).json()
    run_id, options = asked["id"], from_plain(PlanOptions, asked["options"])
    plan = replace(plan, options=options)
    with transaction(app.engine) as tx:
        run = lease_run(tx, app.clock.now(), 30, {RunKind.PLAN})
        assert run is not None
        finish_run(tx, run, store_draft(tx, DISPATCHER, plan, app.clock.now()).id)
    return dispatcher.get(f"/api/plan-runs/{run_id}").json()


def replanned(dispatcher, desk, **wanted) -> dict:
    asked = dispatcher.post("/api/replans", json={"budget": 5, **wanted})
    assert asked.status_code == 202, asked.text
    assert desk.work(NEVER)
    return dispatcher.get(f"/api/plan-runs/{asked.json()['id']}").json()


def refusal(answer) -> tuple[str, str]:
    assert answer.status_code == 409, answer.text
    error = answer.json()["error"]
    return error["values"]["reason"], error["message"]


def next_action(dispatcher) -> tuple[str, int | None]:
    action = dispatcher.get("/api/board/figures").json()["figures"]["next_action"]
    return action["kind"], action["plan_id"]


def open_alerts(dispatcher, app) -> list[str]:
    app.alert_task.run()
    return [one["kind"] for one in dispatcher.get("/api/alerts").json()]


def plan_of(app, plan_id: int) -> Plan:
    with reading(app.engine) as tx:
        return get_plan(tx, PlanId(plan_id))


def test_of_two_first_drafts_the_other_is_outdated_once_one_is_driven(
    dispatcher, storm, app, solved
):
    run = found_by_a_run(app, dispatcher, solved)
    mine = drafted(app, solved)
    assert dispatcher.post(f"/api/plans/{mine.id}/publish").status_code == 200
    other = dispatcher.get(f"/api/plan-runs/{run['id']}").json()["draft"]
    assert other["outdated"] is True
    assert refusal(dispatcher.post(f"/api/plans/{run['plan_id']}/publish"))[0] == "draft_outdated"
    assert next_action(dispatcher)[1] != run["plan_id"]


def test_an_old_draft_is_refused_and_planned_again_from_now_with_the_same_choices(
    dispatcher, storm, app, solved
):
    run = found_by_a_run(app, dispatcher, solved, classes=["P1"], vehicles=[2])
    draft_id = run["plan_id"]
    assert run["draft"]["good_until"] == "2026-12-21T04:30:00Z"
    assert run["draft"]["outdated"] is False
    app.clock.moment = v.NOW + GOOD_FOR + MINUTE
    publish = f"/api/plans/{draft_id}/publish"
    reason, words = refusal(dispatcher.post(publish))
    assert reason == "draft_expired"
    assert "was good until 08:00" in words
    _, persian = refusal(dispatcher.post(f"{publish}?lang=fa"))
    assert "تا ۰۸:۰۰ معتبر بود" in persian
    assert dispatcher.get("/api/board").json()["plan"] is None

    again = dispatcher.post(f"/api/plans/{draft_id}/again")
    assert again.status_code == 202, again.text
    wanted = again.json()
    assert (wanted["kind"], wanted["seconds"], wanted["state"]) == ("plan", 17.0, "queued")
    assert wanted["options"] == run["options"]
    assert plan_of(app, draft_id).state is PlanState.DISCARDED
    assert refusal(dispatcher.post(f"/api/plans/{draft_id}/again"))[0] == "plan_not_draft"


def test_a_draft_is_planned_again_for_as_long_as_a_quick_clock_allows(
    dispatcher, storm, app, solved, monkeypatch
):
    assert dispatcher.get("/api/board/figures").json()["figures"]["longest_search_s"] == 1200
    run = found_by_a_run(app, dispatcher, solved)
    monkeypatch.setattr(Clock, "speed", 120.0)
    assert dispatcher.get("/api/board/figures").json()["figures"]["longest_search_s"] == 10
    again = dispatcher.post(f"/api/plans/{run['plan_id']}/again")
    assert again.status_code == 202, again.text
    assert again.json()["seconds"] == 10.0
    monkeypatch.setattr(Clock, "pace", 0.0)  # as in a training that is paused
    assert dispatcher.get("/api/board/figures").json()["figures"]["longest_search_s"] is None


def test_before_the_first_shift_a_draft_is_good_until_trucks_should_be_out(
    dispatcher, storm, app, solved
):
    starts_at = v.NOW + timedelta(hours=4)
    with transaction(app.engine) as tx:
        for shift in list_shifts(tx, solved.storm_id):
            set_shift_start(tx, shift.id, starts_at)
    draft = drafted(app, solved)
    app.clock.moment = starts_at + MINUTE
    assert dispatcher.post(f"/api/plans/{draft.id}/publish").status_code == 200


def test_a_draft_gives_no_work_to_a_machine_that_broke_down_since(dispatcher, app, desk, driven):
    run = replanned(dispatcher, desk, cause="other")
    dispatcher.post("/api/replans", json={"cause": "breakdown", "vehicle_id": 1})
    reason, words = refusal(dispatcher.post(f"/api/plans/{run['plan_id']}/publish"))
    assert reason == "draft_machines_gone"
    assert "Truck 1" in words


def test_one_draft_never_replaces_another(dispatcher, app, desk, driven):
    broken = replanned(dispatcher, desk, cause="breakdown", vehicle_id=1)
    for _ in range(6):
        replanned(dispatcher, desk, cause="other")
    waiting = {one["id"]: one for one in dispatcher.get("/api/board").json()["runs"]}
    assert waiting[broken["id"]]["draft"]["plan_id"] == broken["plan_id"]
    newest = max(one["plan_id"] for one in waiting.values())
    assert dispatcher.post(f"/api/plans/{newest}/publish").status_code == 200
    kept = {one["id"]: one for one in dispatcher.get("/api/board").json()["runs"]}[broken["id"]]
    assert kept["draft"]["outdated"] is True
    assert (
        refusal(dispatcher.post(f"/api/plans/{broken['plan_id']}/publish"))[0] == "draft_outdated"
    )
    again = dispatcher.post(f"/api/plans/{broken['plan_id']}/again").json()
    assert again["options"]["cause"] == "breakdown"


def test_urgent_work_put_in_meanwhile_leaves_a_draft_valid(dispatcher, app, desk, driven):
    run = replanned(dispatcher, desk, cause="other")
    offer = dispatcher.post("/api/insertions", json={"segment_id": v.BLIND}).json()
    assert dispatcher.post(f"/api/insertions/{offer['id']}/accept").status_code == 200
    assert dispatcher.get(f"/api/plan-runs/{run['id']}").json()["draft"]["outdated"] is False
    refused = refusal(dispatcher.post(f"/api/plans/{run['plan_id']}/publish"))
    assert refused[0] == "plan_drops_jobs"


def work_of_the_next_cycle(app) -> JobId:
    """Let a street want work again that no plan knows of yet."""
    with transaction(app.engine) as tx:
        storm = get_storm(tx, StormId(1))
        again = job_on_street(tx, storm, app.network, app.policy, SegmentId(v.BLIND), v.NOW)
        return add_job(tx, again).id


def test_the_next_cycle_is_planned_again_once_its_draft_is_old(dispatcher, app, desk, driven):
    work_of_the_next_cycle(app)
    run = replanned(dispatcher, desk, cause="cycle")
    task = CycleTask(app.engine, app.clock, app.city_state, app.hub)
    assert task.run() is False
    assert next_action(dispatcher) == ("publish", run["plan_id"])
    assert open_alerts(dispatcher, app) == ["next_cycle"]
    app.clock.moment = v.NOW + GOOD_FOR + MINUTE
    assert refusal(dispatcher.post(f"/api/plans/{run['plan_id']}/publish"))[0] == "draft_expired"
    assert next_action(dispatcher) == ("renew", run["plan_id"])
    assert "next_cycle" not in open_alerts(dispatcher, app)
    assert task.run() is True
    assert next_action(dispatcher)[0] == "searching"
    (newest, *_) = dispatcher.get("/api/board").json()["runs"]
    assert (newest["state"], newest["options"]["cause"]) == ("queued", "cycle")
    assert dispatcher.get(f"/api/plan-runs/{run['id']}").json()["draft"] is None


def test_a_next_cycle_from_before_another_publication_is_planned_again_not_published(
    dispatcher, app, desk, driven
):
    other = replanned(dispatcher, desk, cause="other")
    work_of_the_next_cycle(app)
    cycle = replanned(dispatcher, desk, cause="cycle")
    assert dispatcher.post(f"/api/plans/{other['plan_id']}/publish").status_code == 200
    assert next_action(dispatcher) == ("renew", cycle["plan_id"])
    assert "next_cycle" not in open_alerts(dispatcher, app)
    assert dispatcher.post(f"/api/plans/{cycle['plan_id']}/again").status_code == 202
    assert next_action(dispatcher)[0] == "searching"


def test_a_next_cycle_whose_work_another_plan_took_over_is_not_planned_again(
    dispatcher, app, desk, driven
):
    work_of_the_next_cycle(app)
    cycle = replanned(dispatcher, desk, cause="cycle")
    done, *_ = jobs_of(plan_of(app, cycle["plan_id"]).routes)
    with transaction(app.engine) as tx:
        set_job_state(tx, [done], JobState.DONE, v.NOW)
    other = replanned(dispatcher, desk, cause="other")
    assert dispatcher.post(f"/api/plans/{other['plan_id']}/publish").status_code == 200
    assert next_action(dispatcher)[0] not in ("renew", "publish")
    assert "next_cycle" not in open_alerts(dispatcher, app)
    assert CycleTask(app.engine, app.clock, app.city_state, app.hub).run() is False
    assert plan_of(app, cycle["plan_id"]).state is PlanState.DISCARDED
    assert dispatcher.get(f"/api/plan-runs/{cycle['id']}").json()["draft"] is None


def test_a_publication_is_taken_back_within_a_minute_while_nobody_has_begun(
    dispatcher, app, desk, driven
):
    run = replanned(dispatcher, desk, cause="other")
    dispatcher.post(f"/api/plans/{run['plan_id']}/publish")
    app.clock.moment = v.NOW + timedelta(seconds=50)
    back = dispatcher.post(f"/api/plans/{run['plan_id']}/take-back")
    assert back.status_code == 200, back.text
    assert dispatcher.get("/api/board").json()["plan"]["id"] == driven
    assert dispatcher.get(f"/api/plan-runs/{run['id']}").json()["draft"]["outdated"] is False
    with reading(app.engine) as tx:
        verbs = [event.verb for event in list_events(tx, f"plan:{driven}")]
    assert verbs[-2:] == ["plan.superseded", "plan.published"]
    assert dispatcher.post(f"/api/plans/{run['plan_id']}/publish").status_code == 200
    app.clock.moment += timedelta(minutes=2)
    late = dispatcher.post(f"/api/plans/{run['plan_id']}/take-back")
    assert refusal(late)[0] == "publication_settled"
    assert refusal(dispatcher.post(f"/api/plans/{driven}/take-back"))[0] == "plan_not_driven"


def test_a_draft_from_a_plan_that_was_taken_back_says_so(dispatcher, app, desk, driven):
    run = replanned(dispatcher, desk, cause="other")
    dispatcher.post(f"/api/plans/{run['plan_id']}/publish")
    later = replanned(dispatcher, desk, cause="other")
    assert later["draft"]["from_taken_back"] is False
    dispatcher.post(f"/api/plans/{run['plan_id']}/take-back")
    draft = dispatcher.get(f"/api/plan-runs/{later['id']}").json()["draft"]
    assert (draft["outdated"], draft["from_taken_back"]) == (True, True)
    refused = dispatcher.post(f"/api/plans/{later['plan_id']}/publish")
    assert refusal(refused)[0] == "draft_from_taken_back"


def test_the_first_plan_is_taken_back_too_but_not_from_a_driver_who_has_begun(
    dispatcher, app, driven
):
    assert dispatcher.post(f"/api/plans/{driven}/take-back").json()["state"] == "draft"
    assert dispatcher.get("/api/board").json()["plan"] is None
    assert dispatcher.post(f"/api/plans/{driven}/publish").status_code == 200
    shift = next(route.shift_id for route in plan_of(app, driven).routes if route.legs)
    app.clock.moment = v.NOW + timedelta(seconds=10)
    assert dispatcher.post(f"/api/shifts/{shift}/start").status_code == 200
    done = dispatcher.post(f"/api/plans/{driven}/routes/{shift}/legs/0/complete")
    assert done.status_code == 200, done.text
    assert refusal(dispatcher.post(f"/api/plans/{driven}/take-back"))[0] == "publication_begun"


def test_a_machine_is_broken_down_at_once_and_until_somebody_takes_that_back(
    dispatcher, app, desk, driven
):
    app.clock.moment = v.NOW + timedelta(minutes=2)
    dispatcher.post("/api/replans", json={"cause": "breakdown", "vehicle_id": 1})
    (out,) = dispatcher.get("/api/machines-out").json()
    assert (out["id"], out["reason"]) == (1, "broken")
    assert {
        one["state"] for one in dispatcher.get("/api/shifts").json() if one["vehicle_id"] == 1
    } == {"ended"}
    before = {one["id"] for one in dispatcher.get("/api/shifts").json()}
    app.clock.moment = v.NOW + timedelta(hours=1)
    assert dispatcher.post("/api/vehicles/1/repaired").status_code == 204
    assert dispatcher.get("/api/machines-out").json() == []
    (shift,) = [one for one in dispatcher.get("/api/shifts").json() if one["id"] not in before]
    assert (shift["vehicle_id"], shift["state"]) == (1, "planned")
    ends = {
        one["ends_at"] for one in dispatcher.get("/api/shifts").json() if one["vehicle_id"] == 1
    }
    assert len(ends) == 1  # no longer than it was
    assert refusal(dispatcher.post("/api/vehicles/1/repaired"))[0] == "machine_not_broken"


def test_a_run_that_nobody_has_begun_stops_at_once(dispatcher, app, driven):
    run = dispatcher.post("/api/replans", json={"cause": "other"}).json()
    dispatcher.post(f"/api/plan-runs/{run['id']}/stop")
    stopped = dispatcher.get(f"/api/plan-runs/{run['id']}").json()
    assert (stopped["state"], stopped["fault"]) == ("failed", "run:stopped")
