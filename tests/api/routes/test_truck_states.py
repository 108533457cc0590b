"""What the board says of trucks whose drivers tap nothing: by evidence, and of the right shift."""

from datetime import timedelta
from typing import Any

import pytest

from data.store.accounts.accounts import add_device
from data.store.database.engine import reading, transaction
from data.store.shifts.shifts import get_shift
from fleet.accounts.accounts import token_digest
from fleet.shifts.shift_progress import find_end
from tests import village as v
from tests.api.routes.test_plan_vs_actual import drive
from tests.village_plan import add_published_plan, legs_along

pytestmark = pytest.mark.usefixtures("storm")

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
STREETS = (v.MAIN_WEST, v.MAIN_EAST, v.ROSE)


@pytest.fixture
def drives(client: Any, app: Any, clock: Any) -> None:
    """The first truck plows two of its three streets; nobody taps anything."""
    with transaction(app.engine) as tx:
        add_published_plan(tx, *legs_along(tx, STREETS))
        add_device(tx, "tracker", v.a_vehicle(1).id, token_digest("token"))
    drive(client, app, clock)


def first_truck(client: Any, app: Any) -> dict[str, Any]:
    app.alert_task.run()
    return next(one for one in client.get("/api/truck-states").json() if one["id"] == 1)


def next_shift(client: Any, clock: Any, start_h: float) -> int:
    starts_at = clock.moment + start_h * HOUR
    wanted = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + 8 * HOUR).isoformat()}
    added = client.post("/api/storms/1/shifts", json=wanted | {"vehicle_id": 1, "driver": ""})
    assert added.status_code == 201, added.text
    return added.json()["id"]


def test_a_truck_that_plows_is_at_work_and_has_come_as_far_as_it_proved(
    client, app, clock, drives
) -> None:
    truck = first_truck(client, app)
    assert (truck["state"], truck["shift"]) == ("working", "driving")
    (check,) = [one for one in client.get("/api/route-checks").json() if one["id"] == 1]
    assert check["shift_id"] == truck["shift_id"]
    assert 0 < check["done_m"] < check["work_m"]

    heard = app.hub.subscribe(lambda: None, frozenset({"trucks"}))
    clock.moment += 20 * MINUTE
    truck = first_truck(client, app)
    assert (truck["state"], truck["shift"]) == ("silent", "driving")
    ((_, told),) = heard.take()
    assert [one.id for one in told] == [1]


def test_the_shift_that_is_now_counts_after_the_first_is_over(client, app, clock, drives) -> None:
    first = first_truck(client, app)["shift_id"]
    clock.moment = v.NOW + 8 * HOUR
    later = next_shift(client, clock, 2)
    truck = first_truck(client, app)
    assert (truck["shift_id"], truck["state"], truck["shift"]) == (later, "off_duty", "planned")
    assert [one for one in client.get("/api/route-checks").json() if one["id"] == 1] == []
    assert client.get("/api/board/trucks/1").json()["shift_id"] == later
    clock.moment += 3 * HOUR
    dead = client.post(f"/api/shifts/{first}/code", json={"login": ""})
    assert (dead.status_code, dead.json()["error"]["values"]["reason"]) == (409, "shift_over")
    assert client.post(f"/api/shifts/{later}/code", json={"login": ""}).status_code == 200


def test_a_shift_is_over_by_the_clock_and_cancelled_by_an_order(client, app, clock, drives) -> None:
    first = first_truck(client, app)["shift_id"]
    later = next_shift(client, clock, 9)
    cancelled = client.post(f"/api/shifts/{later}/cancel")
    assert cancelled.json()["state"] == "cancelled"
    clock.moment = v.NOW + 8 * HOUR
    truck = first_truck(client, app)
    assert (truck["shift_id"], truck["state"], truck["shift"]) == (first, "shift_over", "ended")

    unused = [one for one in client.get("/api/shifts").json() if one["vehicle_id"] == 2]
    assert client.post(f"/api/shifts/{unused[0]['id']}/cancel").json()["state"] == "cancelled"
    worked = client.post(f"/api/shifts/{first}/cancel")
    assert worked.json()["state"] == "ended"  # it was driven, so it was not cancelled
    with reading(app.engine) as tx:
        assert find_end(tx, get_shift(tx, first)) == clock.moment
    page = client.get("/roster?lang=en", headers={"accept": "text/html"}).text
    assert "Cancelled" in page


def test_a_machine_that_is_taken_out_broken_is_broken_down(client, app, clock) -> None:
    client.post("/api/storms/1/machines/1", json={"on": False, "reason": "broken"})
    assert first_truck(client, app)["state"] == "broken"
    client.post("/api/storms/1/machines/1", json={"on": True})
    assert first_truck(client, app)["state"] != "broken"
