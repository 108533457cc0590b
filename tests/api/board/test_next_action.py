"""The head of the board through a storm: how far each class is, and the one thing to do next."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from data.model import ClosingReason, JobState, RunKind, StormId, Unserved, VehicleId
from data.store.database.engine import transaction
from data.store.planning.plan_runs import finish_run, lease_run
from data.store.requests.requests import get_request
from data.store.schema import vehicle
from data.store.work import list_jobs, set_job_state
from fleet.messages.sos import SosCall, call_for_help
from fleet.planning.draft_finishes import draft_finishes, finishes_answer
from fleet.planning.draft_validity import GOOD_FOR
from fleet.planning.plan_lifecycle import store_draft
from fleet.planning.plan_preparation import prepare
from fleet.requests.closing import close_by_evidence
from tests import village as v
from tests.village_database import DISPATCHER
from tests.village_plan import a_plan, add_published_plan, legs_along

pytestmark = pytest.mark.usefixtures("storm")

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FIRST_CLASS = (v.MAIN_WEST, v.MAIN_EAST, v.MILL)


def figures(client: Any) -> dict[str, Any]:
    answer = client.get("/api/board/figures")
    assert answer.status_code == 200, answer.text
    return answer.json()


def action(client: Any) -> dict[str, Any]:
    return figures(client)["figures"]["next_action"]


def first_class(client: Any) -> dict[str, Any]:
    found = figures(client)["classes"][0]
    assert found["service_class"] == "P1"
    return found["finish"]


def published(app: Any, streets: tuple[int, ...], **changes: Any) -> None:
    with transaction(app.engine) as tx:
        add_published_plan(tx, *legs_along(tx, streets, **changes))


def test_idle_trucks_and_streets_without_a_plan_ask_for_one(client, app) -> None:
    wanted = action(client)
    assert (wanted["kind"], wanted["count"], wanted["service_class"]) == ("plan", 2, "P1")
    assert wanted["vehicle_ids"] == [1, 2]
    assert client.post("/api/plans", json={"seconds": 5}).status_code == 202
    assert action(client)["kind"] == "searching"


def test_before_the_first_flake_a_plan_is_wanted_for_the_machines_on_duty_by_then(
    client, app, storm
) -> None:
    ended = {"seen": "active", "to": "closed"}
    assert client.post(f"/api/storms/{storm['id']}/phase", json=ended).is_success
    flake_at = v.NOW + 4 * HOUR
    coming = {"name": "Snow ahead", "phase": "alert", "begins_at": flake_at.isoformat()}
    made = client.post("/api/storms/forecast", json=coming)
    begun = {"seen": "alert", "to": "active", "snow_at": flake_at.isoformat()}
    assert client.post(f"/api/storms/{made.json()['id']}/phase", json=begun).is_success, made.text
    wanted = action(client)
    assert (wanted["kind"], wanted["count"], wanted["service_class"]) == ("plan", 2, "P1")
    assert datetime.fromisoformat(wanted["snow_at"]) == flake_at


def test_a_class_is_done_when_its_last_truck_is(client, app) -> None:
    published(app, FIRST_CLASS, apart=10 * MINUTE)
    found = first_class(client)
    assert found["unplanned_m"] == 0
    assert datetime.fromisoformat(found["ends_at"]) == v.NOW + 30 * MINUTE
    app.clock.moment += HOUR
    ends_at = datetime.fromisoformat(first_class(client)["ends_at"])
    assert ends_at > v.NOW + HOUR  # nothing is promised for the past


def test_a_truck_that_comes_only_after_its_shift_is_none_on_its_way(client, app) -> None:
    published(app, FIRST_CLASS, apart=10 * HOUR)
    found = first_class(client)
    assert found["unplanned_m"] == pytest.approx(found["open_m"])
    assert found["ends_at"] is None


def test_streets_that_no_truck_is_on_its_way_to_are_said(client, app) -> None:
    published(app, (v.MAIN_WEST,))
    found = first_class(client)
    length_m = {street: v.village().segment(street).length_m for street in FIRST_CLASS}
    assert found["open_m"] == pytest.approx(sum(length_m.values()))
    assert found["unplanned_m"] == pytest.approx(length_m[v.MAIN_EAST] + length_m[v.MILL])
    assert found["ends_at"] is not None
    assert action(client)["vehicle_ids"] == [2]  # the other one is idle meanwhile


def all_streets(app: Any) -> tuple[int, ...]:
    with transaction(app.engine) as tx:
        return tuple(one.segment_id for one in list_jobs(tx, StormId(1), JobState.OPEN))


def test_an_idle_truck_asks_for_no_plan_where_the_one_in_force_leaves_nothing_out(
    client, app
) -> None:
    published(app, all_streets(app))
    assert action(client)["kind"] == "none"
    assert first_class(client)["unplanned_m"] == 0


def test_a_street_of_which_some_passes_are_left_out_asks_for_a_plan(client, app) -> None:
    streets = all_streets(app)
    with transaction(app.engine) as tx:
        [job, *_] = list_jobs(tx, StormId(1), JobState.OPEN)
        left = (Unserved(job.id, "time"),)
        add_published_plan(tx, *legs_along(tx, streets), unserved=left)
    assert (action(client)["kind"], action(client)["vehicle_ids"]) == ("plan", [2])


def test_a_truck_that_falls_behind_asks_for_a_plan_with_the_idle_one(client, app) -> None:
    published(app, all_streets(app), apart=HOUR)
    assert first_class(client)["ends_at"] is not None
    assert action(client)["kind"] == "none"  # late by itself: the search has looked at truck 2
    app.clock.moment += 2 * HOUR
    assert action(client)["vehicle_ids"] == [2]


def test_only_trucks_that_can_do_what_is_left_out_count_as_idle(client, app) -> None:
    with transaction(app.engine) as tx:
        tx.execute(update(vehicle).where(vehicle.c.id == 2).values(capabilities=["salt"]))
    assert action(client)["vehicle_ids"] == [1]
    published(app, FIRST_CLASS)
    assert action(client)["kind"] == "none"


def test_once_every_shift_is_over_their_extension_is_wanted_and_an_alert_says_so(
    client, app
) -> None:
    app.clock.moment = v.NOW + 12 * HOUR
    wanted = action(client)
    assert (wanted["kind"], wanted["count"], wanted["vehicle_ids"]) == ("extend", 2, [1, 2])
    app.alert_task.run()
    (alert,) = client.get("/api/alerts").json()
    assert (alert["kind"], alert["facts"], alert["severity"]) == ("shifts_over", {"count": 2}, 2)

    order = {"kind": "extend", "vehicle_ids": wanted["vehicle_ids"], "hours": 2}
    done = client.post("/api/storms/1/fleet-orders", json=order).json()
    assert len(done["changed"]) == wanted["count"]
    assert action(client)["kind"] == "plan"
    for _ in range(2):
        app.clock.moment += 2 * MINUTE
        app.alert_task.run()
    assert client.get("/api/alerts").json() == []


def test_once_every_street_is_clear_shifts_may_be_over(client, app) -> None:
    with transaction(app.engine) as tx:
        jobs = list_jobs(tx, StormId(1), JobState.OPEN)
        set_job_state(tx, [one.id for one in jobs], JobState.DONE, v.NOW)
    app.clock.moment = v.NOW + 12 * HOUR
    app.alert_task.run()
    assert action(client)["kind"] == "none"
    assert client.get("/api/alerts").json() == []
    assert figures(client)["classes"][0]["finish"] is None


def test_a_call_for_help_comes_before_all_else_until_somebody_acknowledges_it(client, app) -> None:
    with transaction(app.engine) as tx:
        call_for_help(
            tx, DISPATCHER, StormId(1), SosCall(VehicleId(2), v.NOW, None, "driver"), v.NOW
        )
    wanted = action(client)
    assert (wanted["kind"], wanted["vehicle_ids"]) == ("help", [2])
    alert_id = client.get("/api/alerts").json()[0]["id"]
    client.post(f"/api/alerts/{alert_id}/acknowledge")
    assert action(client)["kind"] == "plan"


def test_a_danger_that_an_operator_records_is_an_alert_until_the_work_is_done(
    client, app, sign_in
) -> None:
    def alerts() -> list[dict[str, Any]]:
        app.alert_task.run()
        told = client.get("/api/alerts").json()
        return [one for one in told if one["kind"] == "request_danger"]

    sign_in("operator")
    told = {"kind": "plow", "text": "Snow on School Street", "dangers": ["ambulance", "elderly"]}
    request = client.post("/requests", json=told).json()
    client.post("/requests", json=told | {"dangers": ["elderly"]})
    sign_in("dispatcher")
    [alert] = alerts()
    assert (alert["severity"], alert["segment_id"], alert["vehicle_id"]) == (3, v.SCHOOL, None)
    assert (alert["lon"], alert["since"]) == (None, request["received_at"])
    about = {"request": request["id"], "reference": request["reference"], "dangers": "ambulance"}
    assert alert["facts"].items() >= about.items()
    assert (action(client)["kind"], action(client)["count"]) == ("danger", 1)

    client.post(f"/api/alerts/{alert['id']}/acknowledge")
    given = client.post(f"/api/alerts/{alert['id']}/owner", json={"login": "administrator"})
    assert (given.json()["owner"], action(client)["kind"]) == ("administrator", "plan")
    put_off = {"weight": 1, "severity": 3}
    assert client.post("/api/alerts/snoozes/request_danger", json=put_off).status_code == 422
    assert client.post(f"/api/alerts/{alert['id']}/close").status_code == 409

    with transaction(app.engine) as tx:
        asked = get_request(tx, request["id"])
        close_by_evidence(tx, DISPATCHER, asked, ClosingReason.PLOWED, v.NOW, v.NOW)
    assert len(alerts()) == 1  # it may come back within a minute
    app.clock.moment += 2 * MINUTE
    assert alerts() == []


def test_who_knows_that_a_danger_is_over_says_so(client, app) -> None:
    told = {"kind": "plow", "text": "Snow on School Street", "dangers": ["trapped", "school"]}
    request = client.post("/requests", json=told).json()
    app.alert_task.run()
    assert action(client)["kind"] == "danger"
    over = f"/api/requests/{request['id']}/danger-over"
    assert client.post(over).status_code == 422
    refused = client.post(over, json={"dangers": ["ambulance"]})
    assert refused.json()["error"]["values"]["reason"] == "other_danger"
    assert refused.status_code == 409
    assert action(client)["kind"] == "danger"
    safe = client.post(over, json={"dangers": ["trapped"]})
    assert safe.json()["dangers"] == ["school"]
    assert client.get("/api/alerts").json() == []
    assert action(client)["kind"] == "plan"
    again = client.post(over, json={"dangers": ["trapped"]})
    assert again.json()["error"]["values"]["reason"] == "no_danger"


def found_draft(client: Any, app: Any, streets: tuple[int, ...], **changes: Any) -> int:
    """Let a run find a draft, as a worker does."""
    client.post("/api/plans", json={"seconds": 5})
    with transaction(app.engine) as tx:
        prepared = prepare(tx, StormId(1), v.village(), app.clock.now())
        left = tuple(Unserved(one.id, "time") for one in prepared.jobs)
        served = [one.id for one in prepared.jobs if one.segment_id in streets]
        unserved = tuple(one for one in left if one.job_id not in served)
        legs = legs_along(tx, streets, **changes)
        plan = a_plan(*legs, unserved=unserved, parent_id=prepared.parent_id)
        run = lease_run(tx, v.NOW, 30, {RunKind.PLAN})
        assert run is not None
        answer = finishes_answer(draft_finishes(plan, prepared))
        draft = store_draft(tx, DISPATCHER, plan, v.NOW)
        finish_run(tx, run, draft.id, answer=answer)
    return draft.id


def test_a_draft_that_is_worse_than_the_plan_in_force_is_not_recommended(client, app) -> None:
    streets = all_streets(app)
    published(app, streets)
    first = first_class(client)["ends_at"]
    worse = found_draft(client, app, streets, apart=20 * MINUTE)
    wanted = action(client)
    assert (wanted["kind"], wanted["plan_id"]) == ("worse", worse)
    assert wanted["service_class"] == "P1"
    (run,) = client.get("/api/board").json()["runs"]
    finish = run["draft"]["finishes"][0]
    assert (finish["service_class"], finish["now_at"]) == ("P1", first)
    late = datetime.fromisoformat(finish["then_at"]) - datetime.fromisoformat(first)
    assert (wanted["later_s"], finish["more"]) == (late.total_seconds(), 0)

    client.post(f"/api/plans/{worse}/discard")
    partial = found_draft(client, app, FIRST_CLASS[:1])
    wanted = action(client)
    assert (wanted["kind"], wanted["plan_id"]) == ("worse", partial)
    assert wanted["later_s"] is None  # it leaves out what trucks have ahead
    client.post(f"/api/plans/{partial}/discard")
    alike = found_draft(client, app, streets, begins_at=v.NOW + MINUTE)
    assert (action(client)["kind"], action(client)["plan_id"]) == ("publish", alike)


def test_a_draft_that_does_more_is_recommended_though_it_ends_later(client, app) -> None:
    published(app, (v.MAIN_WEST,))
    draft = found_draft(client, app, all_streets(app), apart=20 * MINUTE)
    assert (action(client)["kind"], action(client)["plan_id"]) == ("publish", draft)
    (run,) = client.get("/api/board").json()["runs"]
    assert run["draft"]["finishes"][0]["more"] == len(FIRST_CLASS) - 1


def test_a_plan_that_was_found_is_to_be_published_while_it_is_good(client, app, solved) -> None:
    client.post("/api/plans", json={"seconds": 5})
    with transaction(app.engine) as tx:
        run = lease_run(tx, v.NOW, 30, {RunKind.PLAN})
        assert run is not None
        draft = store_draft(tx, DISPATCHER, solved, v.NOW)
        finish_run(tx, run, draft.id)
    wanted = action(client)
    assert (wanted["kind"], wanted["plan_id"]) == ("publish", draft.id)
    assert wanted["next_cycle"] is False
    app.clock.moment = v.NOW + GOOD_FOR + MINUTE
    assert action(client)["kind"] == "plan"  # too old to be published
