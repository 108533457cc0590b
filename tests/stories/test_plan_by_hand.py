"""A dispatcher changes the driven plan by hand: what breaks, what it costs, what goes back."""

import threading
from collections.abc import Iterator

import pytest

from api.processes.workers.dispatch_worker import DispatchCache, listening
from data.model import LegKind, Plan, PlanId, PlanState
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from data.store.planning.plans import get_plan
from data.store.planning.standing_orders import list_orders
from fleet.audit.audit_log import audit
from fleet.planning.plan_lifecycle import store_draft
from fleet.planning.plan_preparation import prepare
from fleet.planning.plan_solving import solve_prepared
from tests import village as v
from tests.village_database import DISPATCHER

NEVER = threading.Event()


@pytest.fixture
def dispatcher(dispatcher, storm, app, solved) -> Iterator:
    """A dispatcher whose plan is driven, and the quick worker in this process."""
    with transaction(app.engine) as tx:
        plan_id = store_draft(tx, DISPATCHER, solved, v.NOW).id
    assert dispatcher.post(f"/api/plans/{plan_id}/publish").status_code == 200
    with listening(app.folder, DispatchCache(app.engine, app.clock, 1)):
        yield dispatcher


def plan_of(dispatcher, plan_id: int) -> Plan:
    with reading(dispatcher.app.state.barfrub.engine) as tx:
        return get_plan(tx, PlanId(plan_id))


def driven(dispatcher) -> int:
    return dispatcher.get("/api/board").json()["plan"]["id"]


def begun(dispatcher) -> dict:
    answer = dispatcher.post(f"/api/plans/{driven(dispatcher)}/hand")
    assert answer.status_code == 201, answer.text
    return answer.json()


def a_street_of(plan: Plan, vehicle_id: int) -> int:
    """The last street that a truck works on."""
    route = next(each for each in plan.routes if each.vehicle_id == vehicle_id)
    return [leg for leg in route.legs if leg.kind is LegKind.WORK][-1].path[0].segment_id


def streets_of(plan: Plan, vehicle_id: int) -> set[int]:
    route = next(each for each in plan.routes if each.vehicle_id == vehicle_id)
    return {leg.path[0].segment_id for leg in route.legs if leg.kind is LegKind.WORK}


def busiest(plan: Plan) -> tuple[int, int]:
    """The truck with the most streets, and the other one."""
    first, other = sorted((1, 2), key=lambda one: -len(streets_of(plan, one)))
    return first, other


def edited(dispatcher, draft: int, **wish):
    return dispatcher.post(f"/api/plans/{draft}/edits", json={"insist": True, **wish})


def wholly(dispatcher, draft: int, vehicle: int, *streets: int) -> Plan:
    """Give streets to a truck with both directions; return the draft then."""
    for street in streets:
        edited(dispatcher, draft, kind="move", segment_id=street, vehicle_id=vehicle)
    return plan_of(dispatcher, draft)


def test_a_street_goes_to_another_truck_and_back_again(dispatcher):
    draft = begun(dispatcher)
    number, before = draft["plan_id"], plan_of(dispatcher, draft["plan_id"])
    assert before.state is PlanState.DRAFT
    assert begun(dispatcher)["plan_id"] == number
    giver, taker = busiest(before)
    street = a_street_of(before, giver)
    before = wholly(dispatcher, number, giver, street)
    takers = dispatcher.get(f"/api/plans/{number}/takers/{street}").json()
    assert [one["possible"] for one in takers] == [True, False]
    assert "has it already" in takers[1]["why_not"][0]
    assert takers[0]["vehicle_id"] == taker
    wish = {"kind": "move", "segment_id": street, "vehicle_id": taker}
    seen = dispatcher.post(f"/api/plans/{number}/edits/preview", json=wish).json()
    assert seen["possible"]
    assert set(seen["vehicles"]) == {giver, taker}
    assert plan_of(dispatcher, number) == before
    told = edited(dispatcher, number, **wish).json()
    assert [one["kind"] for one in told["edits"]][-1] == "move"
    after = plan_of(dispatcher, number)
    assert street in streets_of(after, taker) - streets_of(after, giver)
    assert told["edits"][-1]["totals"] == seen["totals"]
    undone = dispatcher.post(f"/api/plans/{number}/undo").json()
    assert (undone["can_redo"], undone["edits"][-1]["undone"]) == (True, True)
    assert plan_of(dispatcher, number) == before
    dispatcher.post(f"/api/plans/{number}/redo")
    assert plan_of(dispatcher, number) == after
    assert dispatcher.post(f"/api/plans/{number}/redo").status_code == 409
    with reading(dispatcher.app.state.barfrub.engine) as tx:
        found = audit(tx, list_events(tx)).findings
    assert [one for one in found if one.subject.startswith("plan:")] == []


def test_what_cannot_be_is_refused_in_words(dispatcher):
    number = begun(dispatcher)["plan_id"]
    giver, taker = busiest(plan_of(dispatcher, number))
    street = a_street_of(plan_of(dispatcher, number), giver)
    forbidden = {"kind": "forbid", "segment_id": street, "vehicle_id": taker}
    assert edited(dispatcher, number, **forbidden).status_code == 201
    refused = edited(dispatcher, number, kind="move", segment_id=street, vehicle_id=taker)
    assert refused.status_code == 409
    assert "must not work there" in refused.json()["error"]["message"]
    assert edited(dispatcher, number, kind="lock", vehicle_id=giver).status_code == 201
    locked = edited(dispatcher, number, kind="forbid", segment_id=street, vehicle_id=giver)
    assert "locked" in locked.json()["error"]["message"]
    assert edited(dispatcher, number, kind="close", segment_id=street).status_code == 422
    assert edited(dispatcher, number, kind="move", segment_id=999, vehicle_id=1).status_code == 422


def test_locks_bans_and_closures_hold_from_the_moment_the_draft_is_published(dispatcher):
    number = begun(dispatcher)["plan_id"]
    giver, taker = busiest(plan_of(dispatcher, number))
    kept, banned = sorted(streets_of(plan_of(dispatcher, number), giver))[:2]
    wholly(dispatcher, number, giver, kept, banned)
    edited(dispatcher, number, kind="forbid", segment_id=banned, vehicle_id=giver)
    assert banned in streets_of(plan_of(dispatcher, number), taker)
    edited(dispatcher, number, kind="lock", segment_id=kept, vehicle_id=giver)
    closed = edited(
        dispatcher, number, kind="close", segment_id=v.BLIND, reason="A car is parked across it"
    )
    assert closed.status_code == 201, closed.text
    assert dispatcher.get("/api/orders").json() == []
    published = dispatcher.post(f"/api/plans/{number}/publish", json={"dropping": True})
    assert published.status_code == 200, published.text
    orders = dispatcher.get("/api/orders").json()
    assert [(one["kind"], one["segment_id"], one["vehicle_id"]) for one in orders] == [
        ("forbid", banned, giver),
        ("lock", kept, giver),
    ]
    assert [one["segment_id"] for one in dispatcher.get("/api/closures").json()] == [v.BLIND]
    app = dispatcher.app.state.barfrub
    with reading(app.engine) as tx:
        storm_id = plan_of(dispatcher, number).storm_id
        present = prepare(tx, storm_id, v.village(), v.NOW).present
    assert present.forbidden == {(giver, banned), (taker, kept)}
    contrary = {"kind": "lock", "vehicle_id": taker, "segment_id": kept}
    refused = dispatcher.post("/api/orders", json=contrary)
    assert refused.json()["error"]["values"]["who"] == "dispatcher"
    for one in orders:
        assert dispatcher.post(f"/api/orders/{one['id']}/lift").json()["lifted"]
    with reading(app.engine) as tx:
        assert list_orders(tx, storm_id) == []


def test_a_locked_route_stays_in_the_next_plan(dispatcher):
    plan = plan_of(dispatcher, driven(dispatcher))
    mine = busiest(plan)[0]
    assert dispatcher.post("/api/orders", json={"kind": "lock", "vehicle_id": mine}).is_success
    app = dispatcher.app.state.barfrub
    with reading(app.engine) as tx:
        prepared = prepare(tx, plan.storm_id, v.village(), v.NOW)
    again = solve_prepared(prepared, 0.2, 7, lambda *_: None, NEVER.is_set)
    works = [
        [work for leg in route.legs for work in leg.works]
        for one in (plan, again)
        for route in one.routes
        if route.vehicle_id == mine
    ]
    assert works[0] == works[1] != []


def test_who_edits_beside_somebody_else_is_told(dispatcher, sign_in):
    draft = begun(dispatcher)
    number = draft["plan_id"]
    giver, taker = busiest(plan_of(dispatcher, number))
    street = a_street_of(plan_of(dispatcher, number), giver)
    sign_in("administrator")
    assert edited(dispatcher, number, kind="lock", vehicle_id=taker).status_code == 201
    sign_in("dispatcher")
    refused = dispatcher.post(
        f"/api/plans/{number}/edits",
        json={"kind": "lock", "vehicle_id": giver, "segment_id": street},
        headers={"If-Match": str(draft["version"])},
    )
    values = refused.json()["error"]["values"]
    assert (refused.status_code, values["who"]) == (409, "administrator")


def test_only_drafts_that_were_begun_by_hand_are_edited(dispatcher):
    number = driven(dispatcher)
    assert dispatcher.get(f"/api/plans/{number}/edits").status_code == 404
    assert dispatcher.post(f"/api/plans/{number}/undo").status_code == 404
    draft = begun(dispatcher)["plan_id"]
    assert dispatcher.post(f"/api/plans/{draft}/discard").status_code == 204
    assert dispatcher.post(f"/api/plans/{draft}/undo").status_code == 409
    assert begun(dispatcher)["plan_id"] != draft
