"""Storms show in which order drivers do streets, a planner accepts it, and plans keep to it."""

import re
from datetime import timedelta

import pytest

from data.model import JobState, LegKind
from data.setup.fleet_file import FleetFile
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from data.store.schema import job
from data.store.setup.machines import save_fleet
from fleet.shifts.order_preferences import LearnedOrder, propose_orders
from tests import village as v
from tests.api.shifts.test_driver import PAGE
from tests.stories.test_first_storm import planned
from tests.village_database import DISPATCHER

DAY = timedelta(days=1)
ORDERS = "/api/order-preferences"
SOONER, LATER = v.TULIP, v.MILL
"""The route has the second one first: the other way round it takes half a percent more."""


@pytest.fixture
def truck(app):
    """One truck, which takes long for its streets and short for the ways between them."""
    slow = dict.fromkeys(v.a_vehicle().work_speed_mps, 0.4)
    fleet = FleetFile((v.a_depot(),), (v.a_reload_site(),), (v.a_vehicle(1, work_speed_mps=slow),))
    with transaction(app.engine) as tx:
        save_fleet(tx, fleet)


@pytest.fixture
def two_streets(app, truck, storm):
    """A storm in which two streets of one class are to be done, once in each direction."""
    alike = {"passes": 1, "weight": 1.0, "service_class": "P2", "due_at": v.NOW + DAY}
    ours = job.c.segment_id.in_((SOONER, LATER))
    with transaction(app.engine) as tx:
        tx.execute(job.update().where(ours).values(alike))
        tx.execute(job.update().where(~ours).values(state=JobState.CANCELLED))


def streets_of(plan):
    (route,) = [one for one in plan.routes if one.legs]
    work = (leg for leg in route.legs if leg.kind is LegKind.WORK)
    return [step.segment_id for leg in work for step in leg.path]


def is_before(plan, sooner, later):
    """Whether one street is half done before the other; each has two directions."""
    streets = streets_of(plan)
    return streets.index(sooner) < streets.index(later)


@pytest.mark.usefixtures("two_streets")
def test_plans_keep_to_an_order_from_its_acceptance_until_it_is_taken_back(client, app, sign_in):
    learned = LearnedOrder("dump_truck", (SOONER,), (LATER,), 7, 8, 3, 3)
    with transaction(app.engine) as tx:
        assert len(propose_orders(tx, DISPATCHER, [learned], v.NOW)) == 1
        assert propose_orders(tx, DISPATCHER, [learned], v.NOW) == []
    (order,) = client.get(ORDERS).json()
    path = f"{ORDERS}/{order['id']}"
    assert order["what"] == "Tulip Alley before Mill Street"
    assert "so 7 of 8 times, 3 drivers, in 3 storms" in _page(client, "/machine-limits")
    assert "waiting for a decision: 1." in _page(client, "/durations")

    assert client.post(f"{path}/accept").json()["state"] == "accepted"
    assert client.post(f"{path}/accept").status_code == 409
    after = planned(client, app)
    assert is_before(after, SOONER, LATER)

    assert client.post(f"{path}/take-back").json()["state"] == "withdrawn"
    without = planned(client, app)
    assert is_before(without, LATER, SOONER)
    assert sorted(streets_of(after)) == sorted(streets_of(without))
    assert after.cost.lateness <= without.cost.lateness
    assert after.cost.total <= 1.01 * without.cost.total
    assert client.post(f"{path}/reject").status_code == 409
    with reading(app.engine) as tx:
        verbs = [event.verb for event in list_events(tx, f"order_preference:{order['id']}")]
    assert verbs == [f"order_preference.{one}" for one in ("learned", "accepted", "taken_back")]
    said = "accepted that drivers do Tulip Alley before another street"
    assert said in _page(client, "/audit-log")
    sign_in("operator")
    assert client.post(f"{path}/accept").status_code == 403


def _page(client, address):
    return re.sub("[\u2066-\u2069]", "", client.get(address, headers=PAGE).text)
