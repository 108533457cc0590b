"""A driver says what his machine cannot drive, a planner accepts it, and the next plan heeds it."""

from datetime import timedelta

import pytest

from api.processes.workers.dispatch_worker import DispatchCache, listening
from data.model import LegKind
from data.setup.fleet_file import FleetFile
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from data.store.planning.plans import get_plan
from data.store.schema import user
from data.store.setup.machines import save_fleet
from tests import village as v
from tests.api.replanning.test_replans import NEVER
from tests.api.shifts.test_driver import PAGE
from tests.stories.test_first_storm import planned

GRADER = 1
AROUND = {v.MILL, v.SCHOOL, v.TULIP, v.MAIN_WEST, v.BACK, v.ORCHARD}
"""Streets that others lead around."""

MINUTE = timedelta(minutes=1)


@pytest.fixture
def machines(app):
    fleet = (v.a_vehicle(GRADER, type="grader"), v.a_vehicle(2, type="dump_truck"))
    with transaction(app.engine) as tx:
        save_fleet(tx, FleetFile((v.a_depot(),), (v.a_reload_site(),), fleet))


def streets_of(plan, vehicle_id):
    (route,) = [one for one in plan.routes if one.vehicle_id == vehicle_id]
    return {step.segment_id for leg in route.legs for step in leg.path}


def streets_ahead(plan):
    """Streets of the grader's route behind what it has begun."""
    (route,) = [one for one in plan.routes if one.vehicle_id == GRADER]
    ahead = [leg for leg in route.legs if leg.starts_at >= v.NOW + MINUTE]
    return {step.segment_id for leg in ahead for step in leg.path}


def worked(plan, vehicle_id):
    (route,) = [one for one in plan.routes if one.vehicle_id == vehicle_id]
    return [i for i, leg in enumerate(route.legs) if leg.kind is LegKind.WORK], route


@pytest.mark.usefixtures("machines", "storm")
def test_what_a_driver_calls_impossible_keeps_his_type_of_machine_away(client, app, sign_in):
    before = planned(client, app)
    work, route = worked(before, GRADER)
    crossing = next(i for i in reversed(work) if route.legs[i].path[0].segment_id in AROUND)
    street = route.legs[crossing].path[0].segment_id
    code = client.post(f"/api/shifts/{route.shift_id}/code", json={}).json()["code"]

    client.cookies.clear()
    client.headers.pop("x-csrf-token", None)
    client.get("/drive", headers=PAGE)
    form = {"code": code, "csrf": client.cookies["barfrub_csrf"]}
    client.post("/drive", data=form, headers=PAGE)
    client.headers["x-csrf-token"] = client.cookies.get("barfrub_csrf", "")
    shift = f"/api/shifts/{route.shift_id}"
    client.post(f"{shift}/start", json={"key": "start-key"})
    said = {"key": "narrow-01", "plan_id": before.id, "leg": crossing, "reason": "impossible"}
    assert client.post(f"{shift}/blockages", json=said).status_code == 200
    assert client.get("/api/machine-limits").status_code == 403

    sign_in("dispatcher")
    (report,) = client.get("/api/blockages").json()
    assert report["reason"] == "impossible"
    (limit,) = client.get("/api/machine-limits").json()
    assert (limit["state"], limit["turn"], limit["both_ways"]) == ("proposed", False, True)
    assert "Impossible street for" in client.get("/machine-limits", headers=PAGE).text
    path = f"/api/machine-limits/{limit['id']}"
    assert client.post(f"{path}/accept", json={"types": ["sledge"]}).status_code == 422
    wish = {"types": ["grader"], "both_ways": True, "note": "too steep"}
    with transaction(app.engine) as tx:
        tx.execute(user.update().where(user.c.login == "dispatcher").values(name="Leila Amini"))
    accepted = client.post(f"{path}/accept", json=wish).json()
    assert accepted["state"] == "accepted"
    assert "Leila Amini" in accepted["decided"]
    assert client.get("/api/blockages").json() == []

    app.clock.moment = v.NOW + MINUTE
    desk = DispatchCache(app.engine, app.clock, 1)
    with listening(app.folder, desk):
        offer = client.post("/api/insertions", json={"segment_id": street})
        assert offer.json()["vehicle"] == "Truck 2", offer.text
        late = {"cause": "late", "vehicle_id": GRADER, "minutes": 3}
        run = client.post("/api/replans", json=late).json()
        assert desk.work(NEVER)
    done = client.get(f"/api/plan-runs/{run['id']}").json()
    assert (done["state"], done["error"]) == ("done", "")
    with reading(app.engine) as tx:
        replan = get_plan(tx, done["plan_id"])
    assert street not in streets_ahead(replan)

    after = planned(client, app)
    assert street not in streets_of(after, GRADER)
    assert street in streets_of(after, 2)

    assert client.post(f"{path}/take-back").status_code == 200
    assert client.post(f"{path}/take-back").status_code == 409
    assert client.get("/api/machine-limits").json() == []
    with reading(app.engine) as tx:
        verbs = [event.verb for event in list_events(tx, f"machine_limit:{limit['id']}")]
    assert verbs == [f"machine_limit.{one}" for one in ("proposed", "accepted", "taken_back")]
    log = client.get("/audit-log", headers=PAGE).text
    assert "took back a restriction of machines on" in log
