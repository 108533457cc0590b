"""A caller's words become a job, a plan, a route, positions, and an answer: all through HTTP."""

from datetime import timedelta
from itertools import batched

import pytest

from api.processes.workers.plan_worker import LEASE_S, real_now, solve_run
from api.simulation.drivers.simulated_tracker import entry_of
from data.model import JobState, VehicleId
from data.store.accounts.accounts import add_device
from data.store.audit.audit_log import broken_links, list_events
from data.store.database.engine import reading, transaction
from data.store.planning.plan_runs import lease_run
from data.store.planning.plans import get_plan
from data.store.work import list_jobs
from fleet.accounts.accounts import token_digest
from fleet.coverage.coverage_states import CoverageState
from fleet.simulation.simulated_trucks import TruckBehavior, driven
from tests import village as v

STEADY = TruckBehavior(stop_chance=0, gap_chance=0, late_start_s=0, noise_m=2)
GREEN_ENOUGH = {CoverageState.FRESH, CoverageState.AGEING}
WORDS = "سلام، خیابان آسیاب رو برف گرفته"


class Never:
    def is_set(self):
        return False

    def wait(self, timeout=None):
        return False


@pytest.fixture
def trackers(app):
    tokens = {VehicleId(1): "token-one", VehicleId(2): "token-two"}
    with transaction(app.engine) as tx:
        for vehicle_id, token in tokens.items():
            add_device(tx, f"truck-{vehicle_id}", vehicle_id, token_digest(token))
    return tokens


def planned(client, app, **wishes):
    """Ask for a plan as the board does, let a worker solve it, and publish the draft."""
    run = client.post("/api/plans", json={"seconds": 1, **wishes})
    assert run.status_code == 202
    with transaction(app.engine) as tx:
        leased = lease_run(tx, real_now(), LEASE_S)
    solve_run(app.engine, app.network, leased, app.clock, Never())
    done = client.get(f"/api/plan-runs/{run.json()['id']}").json()
    assert (done["state"], done["error"]) == ("done", "")
    published = client.post(f"/api/plans/{done['plan_id']}/publish")
    assert published.json()["state"] == "published"
    with reading(app.engine) as tx:
        return get_plan(tx, done["plan_id"])


def drive(client, app, clock, plan, trackers, *, blade):
    """Send what the trackers of a plan's trucks would, blades as planned or always up."""
    for route in plan.routes:
        bearer = {"Authorization": f"Bearer {trackers[route.vehicle_id]}"}
        entries = [
            entry_of(fix) | ({} if blade else {"blade": False, "spreader": False})
            for fix in driven(route, app.network, v.NOW, seed=1, habits=STEADY)
        ]
        for batch in batched(entries, 500, strict=False):
            answer = client.post("/positions", json={"positions": batch}, headers=bearer)
            assert answer.json()["rejected"] == []
    while app.consumer.run():
        pass


def states(client):
    rows = client.get("/api/board").json()["coverage"]
    return {CoverageState(state) for _, *pair in rows for state in pair if state >= 0}


def test_a_storm_from_the_call_to_the_truthful_answer(client, sign_in, clock, app, trackers):
    sign_in("dispatcher")
    assert client.post("/api/storms", json={"name": "First snow"}).status_code == 201

    sign_in("operator")
    request = client.post("/requests", json={"kind": "plow", "text": WORDS}).json()
    assert (request["state"], request["reference"]) == ("open", "B-0001")

    sign_in("dispatcher")
    plan = planned(client, app)
    assert not states(client) & GREEN_ENOUGH

    clock.moment = v.NOW + timedelta(hours=3)
    drive(client, app, clock, plan, trackers, blade=True)
    assert states(client) & GREEN_ENOUGH
    told = client.get(f"/api/requests/{request['id']}").json()
    assert told["state"] == "done"
    with reading(app.engine) as tx:
        events = list_events(tx)
    assert broken_links(events) == []
    assert {"storm.started", "plan.published", "request.received"} <= {e.verb for e in events}


def test_a_truck_with_its_blade_up_turns_no_street_blue_and_closes_nothing(
    client, sign_in, clock, app, trackers
):
    sign_in("dispatcher")
    client.post("/api/storms", json={"name": "First snow"})
    sign_in("operator")
    request = client.post("/requests", json={"kind": "plow", "text": WORDS}).json()
    sign_in("dispatcher")
    plan = planned(client, app)
    clock.moment = v.NOW + timedelta(hours=3)
    drive(client, app, clock, plan, trackers, blade=False)
    assert not states(client) & GREEN_ENOUGH
    assert CoverageState.DRIVEN in states(client)
    asked = client.get(f"/api/requests/{request['id']}").json()
    assert (asked["state"], asked["segment_id"]) == ("open", request["segment_id"])
    with reading(app.engine) as tx:
        jobs = list_jobs(tx, plan.storm_id)
        verbs = {event.verb for event in list_events(tx)}
    assert {job.state for job in jobs} == {JobState.OPEN}
    assert not verbs & {"job.done", "request.done"}
    street = client.get(f"/api/segments/{request['segment_id']}").json()
    assert any(way["driven_at"] for way in street["directions"])
