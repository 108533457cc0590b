"""One truck, two drivers after each other with a pause: planned, driven, changed and replanned."""

from datetime import timedelta

import pytest

from api.processes.workers.dispatch_worker import DispatchCache
from data.model import PlanId, Role
from data.store.accounts.accounts import add_user
from data.store.database.engine import reading, transaction
from data.store.planning.plans import get_plan
from data.store.work import list_jobs
from tests import village as v
from tests.api.replanning.test_replans import NEVER
from tests.stories.test_first_storm import planned

MINUTE = timedelta(minutes=1)
CHANGE = 5 * MINUTE
"""The first driver's hours end."""
AGAIN = 30 * MINUTE
"""The second driver begins."""
NIGHT = 300 * MINUTE


@pytest.fixture
def drivers(app) -> None:
    with transaction(app.engine) as tx:
        for login in ("sara", "reza"):
            add_user(tx, login, [Role.DRIVER], "en", "!")


@pytest.fixture
def two_shifts(drivers, storm, client) -> tuple[int, int]:
    """Truck 1 alone, with a short shift, a pause, and a long one."""
    first, second = client.get("/api/roster").json()["shifts"]
    assert client.post(f"/api/shifts/{second['id']}/cancel").status_code == 200
    hours = {"starts_at": v.NOW, "ends_at": v.NOW + CHANGE, "driver": "sara"}
    given = client.post(f"/api/shifts/{first['id']}/roster", json=plain(hours))
    assert given.status_code == 200, given.text
    hours = {"starts_at": v.NOW + AGAIN, "ends_at": v.NOW + NIGHT, "driver": "reza"}
    later = client.post("/api/storms/1/shifts", json=plain(hours) | {"vehicle_id": 1})
    assert later.status_code == 201, later.text
    return first["id"], later.json()["id"]


def plain(hours):
    return {
        name: value if isinstance(value, str) else value.isoformat()
        for name, value in hours.items()
    }


def routes_of(plan):
    return {route.shift_id: route for route in plan.routes}


def lies_in_shifts(two_shifts, plan):
    """Whether every leg lies in its driver's hours, and every pass is done once."""
    first, second = two_shifts
    hours = {first: (v.NOW, v.NOW + CHANGE), second: (v.NOW + AGAIN, v.NOW + NIGHT)}
    works = [work for route in plan.routes for leg in route.legs for work in leg.works]
    return len(works) == len(set(works)) and all(
        hours[route.shift_id][0] <= leg.starts_at and leg.ends_at <= hours[route.shift_id][1]
        for route in plan.routes
        for leg in route.legs
    )


def works_of(two_shifts, plan, turn):
    return {w for leg in routes_of(plan)[two_shifts[turn]].legs for w in leg.works}


def streets_of(plan):
    return {leg.path[0].segment_id for r in plan.routes for leg in r.legs if leg.works}


def replanned(client, app, **wanted):
    """Let the quick worker answer what has happened on the road."""
    asked = client.post("/api/replans", json=wanted)
    assert asked.status_code == 202, asked.text
    assert DispatchCache(app.engine, app.clock, 1).work(NEVER)
    run = client.get(f"/api/plan-runs/{asked.json()['id']}").json()
    assert (run["state"], run["error"]) == ("done", "")
    with reading(app.engine) as tx:
        return get_plan(tx, PlanId(run["plan_id"]))


def test_the_work_of_one_truck_goes_on_with_its_next_driver(
    client, app, clock, two_shifts, monkeypatch
):
    monkeypatch.setattr("fleet.replanning.replan_requests.SECONDS", 0.1)
    plan = planned(client, app)
    assert lies_in_shifts(two_shifts, plan)
    assert plan.unserved == ()
    assert works_of(two_shifts, plan, 0)
    assert works_of(two_shifts, plan, 1)

    clock.moment = v.NOW + MINUTE
    assert client.post(f"/api/shifts/{two_shifts[0]}/start").status_code == 200
    street = routes_of(plan)[two_shifts[1]].legs[-2].path[0].segment_id
    closed = {"cause": "closure", "segment_id": street}
    meanwhile = replanned(client, app, **closed)
    assert lies_in_shifts(two_shifts, meanwhile)
    before, after = streets_of(plan), streets_of(meanwhile)
    assert street in before
    assert after <= before - {street}
    with reading(app.engine) as tx:
        street_of = {job.id: job.segment_id for job in list_jobs(tx, meanwhile.storm_id)}
    left = {street_of[one.job_id]: one.reason for one in meanwhile.unserved}
    assert left.pop(street) == "closed"
    assert left.keys() >= before - after - {street}
    assert set(left.values()) <= {"unreachable"}  # by the street that is closed, not for time

    clock.moment = v.NOW + 2 * CHANGE
    assert client.post(f"/api/shifts/{two_shifts[0]}/end").status_code == 200
    pause = replanned(client, app, **closed, budget=1)
    assert lies_in_shifts(two_shifts, pause)
    assert [route.shift_id for route in pause.routes] == [two_shifts[1]]
    ahead = {
        work for work in works_of(two_shifts, plan, 1) if work in works_of(two_shifts, pause, 1)
    }
    assert ahead

    clock.moment = v.NOW + AGAIN
    assert client.post(f"/api/shifts/{two_shifts[1]}/start").status_code == 200
    (driving,) = [one for one in client.get("/api/shifts").json() if one["state"] == "driving"]
    assert (driving["id"], driving["driver"]) == (two_shifts[1], "reza")


def test_hours_of_service_bound_the_shift_and_the_shift_bounds_the_plan(client, app, two_shifts):
    long = {"starts_at": v.NOW + NIGHT, "ends_at": v.NOW + 4 * NIGHT, "driver": "reza"}
    refused = client.post("/api/storms/1/shifts", json=plain(long) | {"vehicle_id": 2})
    assert refused.status_code == 409
    assert refused.json()["error"]["values"]["reason"] == "roster_driver_hours"

    short = {"starts_at": v.NOW + AGAIN, "ends_at": v.NOW + AGAIN + CHANGE, "driver": "reza"}
    given = client.post(f"/api/shifts/{two_shifts[1]}/roster", json=plain(short))
    assert given.status_code == 200, given.text
    plan = planned(client, app)
    assert lies_in_shifts(two_shifts, plan)
    second = routes_of(plan)[two_shifts[1]]
    assert second.legs[-1].ends_at <= v.NOW + AGAIN + CHANGE
    assert {left.reason for left in plan.unserved} == {"time"}
