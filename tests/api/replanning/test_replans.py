"""What happens on the road, through HTTP: urgent work, breakdowns, and what a replan changes."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from api.processes.dispatch_rpc import SOCKET
from api.processes.offers import Offers
from api.processes.workers.dispatch_worker import DispatchCache, listening
from data.model import (
    Alert,
    AlertId,
    AlertKind,
    JobState,
    PlanId,
    PlanState,
    StormId,
    VehicleId,
)
from data.store.alerts import add_alert
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from data.store.planning.plans import get_plan
from data.store.schema import shift as shift_table
from data.store.shifts.shifts import list_shifts
from data.store.work import list_jobs, set_job_state
from fleet.planning.plan_difference import job_ends
from fleet.planning.plan_lifecycle import store_draft
from maps.streets.street import street_name
from tests import village as v
from tests.village_database import DISPATCHER

pytestmark = pytest.mark.usefixtures("storm")

NEVER = threading.Event()
SOON = v.NOW + timedelta(minutes=2)


@pytest.fixture
def driven(dispatcher, app, solved) -> int:
    """A plan that is driven."""
    with transaction(app.engine) as tx:
        plan_id = store_draft(tx, DISPATCHER, solved, v.NOW).id
    assert dispatcher.post(f"/api/plans/{plan_id}/publish").status_code == 200
    return plan_id


@pytest.fixture
def desk(app, driven, monkeypatch) -> Iterator[DispatchCache]:
    """The quick worker, in this process, on its socket, with little time for a small village."""
    monkeypatch.setattr("fleet.replanning.replan_requests.SECONDS", 0.1)
    desk = DispatchCache(app.engine, app.clock, 1)
    with listening(app.folder, desk):
        yield desk


def plan_of(app, plan_id: int):
    with reading(app.engine) as tx:
        return get_plan(tx, PlanId(plan_id))


def works_of(plan, shift: int = 0) -> list:
    return [work for leg in plan.routes[shift].legs for work in leg.works]


def replanned(dispatcher, desk, **wanted) -> dict:
    """Ask for a replan, let the quick worker do it, and return the run."""
    asked = dispatcher.post("/api/replans", json=wanted)
    assert asked.status_code == 202, asked.text
    assert desk.work(NEVER)
    return dispatcher.get(f"/api/plan-runs/{asked.json()['id']}").json()


def test_urgent_work_is_offered_then_taken_and_only_its_route_changes(dispatcher, app, desk):
    before = plan_of(app, dispatcher.get("/api/board").json()["plan"]["id"])
    app.clock.moment = v.NOW + timedelta(minutes=1)
    offer = dispatcher.post("/api/insertions", json={"segment_id": v.BLIND}).json()
    assert offer["street"] == "Jasmine Dead End"
    assert offer["vehicle"] in offer["words"]
    assert offer["more_min"] > 0
    assert (offer["pushed"], offer["pushed_streets"]) == (0, [])
    accepted = dispatcher.post(f"/api/insertions/{offer['id']}/accept")
    assert accepted.status_code == 200, accepted.text
    plan = plan_of(app, accepted.json()["id"])
    assert (plan.state, plan.parent_id, plan.since) == (PlanState.PUBLISHED, before.id, v.NOW)
    assert plan.revision == before.revision + 1
    assert plan.published_at == before.published_at
    changed = [
        one.shift_id for one, old in zip(plan.routes, before.routes, strict=True) if one != old
    ]
    assert len(changed) == 1
    with reading(app.engine) as tx:
        jobs = list_jobs(tx, plan.storm_id)
        verbs = [event.verb for event in list_events(tx, f"plan:{plan.id}")]
    added = next(job for job in jobs if job.segment_id == v.BLIND)
    assert added.id in {
        work.job_id for route in plan.routes for leg in route.legs for work in leg.works
    }
    assert "plan.published" in verbs
    again = dispatcher.post(f"/api/insertions/{offer['id']}/accept").json()
    assert again["id"] == plan.id


def test_a_truck_that_stands_idle_in_its_yard_is_sent_out(dispatcher, app, desk, solved):
    idle = replace(solved, routes=tuple(replace(route, legs=()) for route in solved.routes))
    with transaction(app.engine) as tx:
        plan_id = store_draft(tx, DISPATCHER, idle, v.NOW).id
    dispatcher.post(f"/api/plans/{plan_id}/publish", json={"dropping": True})
    app.clock.moment = v.NOW + timedelta(minutes=1)
    offer = dispatcher.post("/api/insertions", json={"segment_id": v.BLIND})
    assert offer.status_code == 200, offer.text
    assert dispatcher.post(f"/api/insertions/{offer.json()['id']}/accept").status_code == 200


def test_where_every_route_is_full_the_offer_names_the_streets_that_make_room(
    dispatcher, app, desk, driven
):
    before = plan_of(app, driven)
    with transaction(app.engine) as tx:
        for route in before.routes:
            ends = update(shift_table).where(shift_table.c.id == route.shift_id)
            tx.execute(ends.values(ends_at=route.legs[-1].ends_at))
    desk.keep_fresh()
    offer = dispatcher.post("/api/insertions", json={"segment_id": v.BLIND}).json()
    assert offer["pushed"] == len(offer["pushed_streets"]) > 0
    accepted = dispatcher.post(f"/api/insertions/{offer['id']}/accept").json()
    plan = plan_of(app, accepted["id"])
    left = [one.job_id for one in plan.unserved if one not in before.unserved]
    with reading(app.engine) as tx:
        jobs = list_jobs(tx, plan.storm_id)
    streets = [app.network.segment(job.segment_id) for job in jobs if job.id in left]
    assert {street_name(street)["en"] for street in streets} == set(offer["pushed_streets"])


def test_who_cannot_clear_a_street_at_once_is_named_with_what_it_lacks(dispatcher, app, desk):
    dispatcher.post("/api/replans", json={"cause": "breakdown", "vehicle_id": 2})
    with transaction(app.engine) as tx:
        (shift,) = [each for each in list_shifts(tx, StormId(1)) if each.vehicle_id == 1]
        tx.execute(update(shift_table).where(shift_table.c.id == shift.id).values(ends_at=SOON))
    desk.keep_fresh()
    wanted = {"segment_id": v.BLIND}
    refused = dispatcher.post("/api/insertions", json=wanted)
    assert refused.json()["error"]["values"]["reason"] == "insertion_impossible"
    found = dispatcher.post("/api/insertions/lacks", json=wanted).json()
    assert found["street"] == "Jasmine Dead End"
    assert [(one["vehicle"], one["lack"], one["words"]) for one in found["machines"]] == [
        ("Truck 1", "time", "too little time: its shift ends at 07:32"),
        ("Truck 2", "out", "out of service: broken down"),
    ]
    persian = dispatcher.post("/api/insertions/lacks?lang=fa", json=wanted).json()
    assert "۰۷:۳۲" in persian["machines"][0]["words"]


def test_machines_of_which_nobody_knows_that_they_drive_are_not_offered(dispatcher, app, desk):
    with transaction(app.engine) as tx:
        for kind, machine in ((AlertKind.LONG_STOP, 1), (AlertKind.SILENT, 2)):
            add_alert(tx, Alert(AlertId(0), StormId(1), kind, VehicleId(machine), v.NOW))
    wanted = {"segment_id": v.BLIND}
    refused = dispatcher.post("/api/insertions", json=wanted)
    assert refused.json()["error"]["values"]["reason"] == "insertion_impossible"
    found = dispatcher.post("/api/insertions/lacks", json=wanted).json()["machines"]
    assert [(one["vehicle"], one["words"]) for one in found] == [
        ("Truck 1", "not sent while this alert is open: long stop"),
        ("Truck 2", "not sent while this alert is open: no signal"),
    ]


def test_planned_work_is_moved_forward_and_done_once(dispatcher, app, desk, driven):
    before = plan_of(app, driven)
    ends = job_ends(before.routes)
    answers = {
        job_id: dispatcher.post("/api/insertions", json={"job_id": job_id})
        for job_id in sorted(ends, key=ends.__getitem__, reverse=True)
    }
    refused = {
        each.json()["error"]["values"]["reason"] for each in answers.values() if each.is_error
    }
    assert refused <= {"insertion_no_sooner"}
    job_id = next(each for each, answer in answers.items() if not answer.is_error)
    offer = answers[job_id].json()
    plan = plan_of(app, dispatcher.post(f"/api/insertions/{offer['id']}/accept").json()["id"])
    legs = [leg for route in plan.routes for leg in route.legs if job_id in leg.job_ids]
    done = [work for leg in legs for work in leg.works]
    assert len(done) == len(set(done))
    assert len(done) == len(
        [w for r in before.routes for g in r.legs for w in g.works if w.job_id == job_id]
    )
    assert max(leg.ends_at for leg in legs) < ends[job_id]


def test_an_offer_is_refused_once_another_plan_is_driven(dispatcher, app, desk):
    first = dispatcher.post("/api/insertions", json={"segment_id": v.BLIND}).json()
    second = dispatcher.post("/api/insertions", json={"segment_id": v.BACK}).json()
    dispatcher.post(f"/api/insertions/{second['id']}/accept")
    refused = dispatcher.post(f"/api/insertions/{first['id']}/accept")
    assert refused.status_code == 409
    assert refused.json()["error"]["values"]["who"] == "dispatcher"


def test_an_offer_from_before_a_restart_is_refused(dispatcher, app, desk, monkeypatch):
    offer = dispatcher.post("/api/insertions", json={"segment_id": v.BLIND}).json()
    with monkeypatch.context() as restarted:
        restarted.setattr(app, "offers", Offers())
        of_server = dispatcher.post(f"/api/insertions/{offer['id']}/accept")
    (app.folder / SOCKET).unlink()
    with listening(app.folder, DispatchCache(app.engine, app.clock, 1)):
        of_worker = dispatcher.post(f"/api/insertions/{offer['id']}/accept")
    for answer in (of_server, of_worker):
        assert answer.status_code == 409
        assert answer.json()["error"]["message"] == "This offer is too old. Ask again."


def test_urgent_work_needs_a_plan_a_street_and_something_left_to_do(dispatcher, app):
    nothing = dispatcher.post("/api/insertions", json={"segment_id": v.BLIND})
    assert (nothing.status_code, nothing.json()["error"]["code"]) == (409, "conflict")
    assert dispatcher.post("/api/insertions", json={}).status_code == 422
    assert (
        dispatcher.post("/api/insertions", json={"job_id": 1, "segment_id": 1}).status_code == 422
    )
    with transaction(app.engine) as tx:
        set_job_state(tx, [1], JobState.DONE, v.NOW)
    over = dispatcher.post("/api/insertions", json={"job_id": 1})
    assert over.json()["error"]["message"] == "This work is over already."


def test_without_the_dispatch_worker_the_answer_says_so(dispatcher, driven):
    away = dispatcher.post("/api/insertions", json={"segment_id": v.BLIND})
    assert (away.status_code, away.json()["error"]["code"]) == (503, "quick_away")


def test_the_work_of_a_broken_truck_goes_to_the_other_one(dispatcher, app, desk, driven):
    before = plan_of(app, driven)
    truck = before.routes[0].vehicle_id
    run = replanned(dispatcher, desk, cause="breakdown", vehicle_id=truck, budget=1)
    assert (run["kind"], run["state"], run["error"]) == ("replan", "done", "")
    draft = plan_of(app, run["plan_id"])
    assert truck not in {route.vehicle_id for route in draft.routes}
    assert draft.parent_id == driven
    done = {work for leg in draft.routes[0].legs for work in leg.works}
    assert set(works_of(before, 0)) <= done
    difference = dispatcher.get(f"/api/plans/{draft.id}/difference").json()
    broken, other = sorted(difference["trucks"], key=lambda one: one["vehicle_id"] != truck)
    assert (broken["moves_after"], broken["ends_after"]) == ([], None)
    assert broken["lost"] == other["gained"] > 0
    assert (difference["base_id"], difference["dropped"]) == (driven, 0)
    assert difference["dropped_streets"] == difference["dropped_why"] == []
    with reading(app.engine) as tx:
        shift = next(one for one in list_shifts(tx, before.storm_id) if one.vehicle_id == truck)
    assert shift.state == "ended"
    published = dispatcher.post(f"/api/plans/{draft.id}/publish")
    assert published.status_code == 200, published.text


def test_a_draft_that_nobody_wants_is_put_away(dispatcher, app, desk, driven):
    run = replanned(dispatcher, desk, cause="other", budget=0)
    assert dispatcher.post(f"/api/plans/{run['plan_id']}/discard").status_code == 204
    assert dispatcher.post(f"/api/plans/{run['plan_id']}/discard").status_code == 204
    assert dispatcher.get(f"/api/plan-runs/{run['id']}").json()["plan_id"] is None
    assert dispatcher.post(f"/api/plans/{run['plan_id']}/publish").status_code == 409
    assert dispatcher.post(f"/api/plans/{driven}/discard").status_code == 409


def test_a_late_truck_begins_later_and_the_same_wish_is_one_run(dispatcher, app, desk, driven):
    wanted = {"cause": "late", "vehicle_id": 1, "minutes": 60}
    first = dispatcher.post("/api/replans", json=wanted).json()
    assert dispatcher.post("/api/replans", json=wanted).json()["id"] == first["id"]
    assert desk.work(NEVER)
    draft = plan_of(app, dispatcher.get(f"/api/plan-runs/{first['id']}").json()["plan_id"])
    begins = [
        route.legs[0].starts_at for route in draft.routes if route.vehicle_id == 1 and route.legs
    ]
    assert all(at >= v.NOW + timedelta(minutes=60) for at in begins)


def test_a_closed_street_is_driven_around_and_its_work_said_to_wait(dispatcher, app, desk, driven):
    run = replanned(dispatcher, desk, cause="closure", segment_id=v.TULIP)
    draft = plan_of(app, run["plan_id"])
    streets = {step.segment_id for route in draft.routes for leg in route.legs for step in leg.path}
    assert v.TULIP not in streets
    with reading(app.engine) as tx:
        job = next(one for one in list_jobs(tx, draft.storm_id) if one.segment_id == v.TULIP)
    assert [left.reason for left in draft.unserved if left.job_id == job.id] == ["closed"]


def test_streets_behind_a_closed_one_are_said_to_be_out_of_reach(dispatcher, app, desk, driven):
    run = replanned(dispatcher, desk, cause="closure", segment_id=v.DEPOT_ROAD)
    assert (run["state"], run["error"]) == ("done", "")
    draft = plan_of(app, run["plan_id"])
    assert {left.reason for left in draft.unserved} == {"closed", "unreachable"}


@pytest.mark.parametrize(
    "wanted",
    [
        {"cause": "breakdown"},
        {"cause": "other", "vehicle_id": 1},
        {"cause": "late", "vehicle_id": 1, "minutes": 5000},
        {"cause": "ufo"},
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(dispatcher, driven, wanted):
    assert dispatcher.post("/api/replans", json=wanted).status_code == 422


def test_nothing_is_replanned_before_a_plan_is_driven(dispatcher):
    refused = dispatcher.post("/api/replans", json={"cause": "other"})
    assert "No plan is driven yet" in refused.json()["error"]["message"]
