"""A contractor's machine: called, expected, there with a shift, at work, sent home, paid for."""

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest

from data.model import VehicleId
from data.setup.fleet_file import FleetFile, fleet_from_toml, toml_from_fleet
from data.store.accounts.accounts import add_device
from data.store.database.engine import reading, transaction
from data.store.setup.machines import save_fleet
from data.store.shifts.shifts import list_shifts
from fleet.accounts.accounts import token_digest
from tests import village as v
from tests.stories.test_first_storm import drive, planned

pytestmark = pytest.mark.usefixtures("machines", "storm")

HIRED = {
    "owner": "contractor",
    "company": "Kian",
    "contact": "044-1234",
    "arrive_s": 1800.0,
    "rate_h": 100.0,
}
UNTIMED = HIRED | {"arrive_s": 0.0}


@pytest.fixture
def machines(app):
    vehicles = (
        v.a_vehicle(1),
        v.a_vehicle(2, rate_h=10.0),
        v.a_vehicle(3, **HIRED),
        v.a_vehicle(4, **UNTIMED),
    )
    with transaction(app.engine) as tx:
        save_fleet(tx, FleetFile((v.a_depot(),), (v.a_reload_site(),), vehicles))
        for vehicle_id in (1, 2, 3):
            digest = token_digest(f"token-{vehicle_id}")
            add_device(tx, f"truck-{vehicle_id}", VehicleId(vehicle_id), digest)


def in_service(app):
    with reading(app.engine) as tx:
        return [shift.vehicle_id for shift in list_shifts(tx, 1) if not shift.over]


def test_a_called_machine_joins_when_it_comes_and_is_paid_until_it_leaves(
    client, app, sign_in, clock
):
    assert in_service(app) == [1, 2]
    called = client.post("/api/call-outs", json={"vehicle_id": 3, "note": "by phone"}).json()
    assert (called["state"], called["rate_h"]) == ("called", 100.0)
    again = client.post("/api/call-outs", json={"vehicle_id": 3})
    assert (again.status_code, again.json()["error"]["values"]["name"]) == (409, "Truck 3")
    assert client.post("/api/call-outs", json={"vehicle_id": 1}).status_code == 409
    one = f"/api/call-outs/{called['id']}"
    said = client.post(f"{one}/answer", json={"comes": True, "expected_in_min": 45}).json()
    assert said["state"] == "accepted"
    assert in_service(app) == [1, 2]
    clock.moment = v.NOW + timedelta(minutes=40)
    assert client.post(f"{one}/arrive").json()["state"] == "arrived"
    assert in_service(app) == [1, 2, 3]
    assert client.post(f"{one}/cancel").status_code == 409

    plan = planned(client, app)
    assert VehicleId(3) in {route.vehicle_id for route in plan.routes}
    clock.moment = v.NOW + timedelta(hours=3, minutes=40)
    tokens = {VehicleId(number): f"token-{number}" for number in (1, 2, 3)}
    drive(client, app, clock, plan, tokens, blade=True)
    assert client.post(f"{one}/release").json()["state"] == "released"
    assert in_service(app) == [1, 2]

    clock.moment += timedelta(hours=5)
    table = client.get("/storms/1/costs.csv?by=owners").text
    assert "Cost (IRR)" in table.splitlines()[0]
    kian = next(line for line in table.splitlines() if line.startswith("Kian"))
    cells = kian.split(",")
    assert float(cells[1]) == 3.0
    assert float(cells[-1]) == 300.0
    page = client.get("/storms/1/costs", headers={"accept": "text/html"}).text
    assert "Kian" in page
    assert "Cost of machines (IRR)" in page
    assert "As of " in page
    with zipfile.ZipFile(BytesIO(client.get("/storms/1/costs.xlsx").content)) as book:
        assert len([name for name in book.namelist() if "worksheets/sheet" in name]) == 3
    listed = client.get("/api/call-outs").json()
    assert [one["state"] for one in listed] == ["released"]
    reserve = client.get("/reserve", headers={"accept": "text/html"}).text
    assert "044-1234" in reserve
    assert reserve.count("30 min to arrive") == 1
    assert "<td> to arrive" not in reserve

    sign_in("council")
    answer = client.get("/api/council")
    own, hired, total = (answer.json()["money"][side] for side in ("own", "hired", "total"))
    assert (hired["machines"], hired["paid_h"], hired["cost"]) == (1, 3.0, 300.0)
    drove = {route.vehicle_id for route in plan.routes if route.legs}
    assert drove - {VehicleId(3)}
    assert own["machines"] == len(drove - {VehicleId(3)})
    assert own["cleared_m"] + hired["cleared_m"] == pytest.approx(total["cleared_m"])
    assert total["cost_per_km"] == pytest.approx(total["cost"] / total["cleared_m"] * 1000)
    assert "Kian" not in answer.text


def test_who_does_not_come_may_be_called_again_and_only_dispatchers_call(client, app, sign_in):
    called = client.post("/api/call-outs", json={"vehicle_id": 3}).json()
    one = f"/api/call-outs/{called['id']}"
    assert client.post(f"{one}/answer", json={"comes": False}).json()["expected_at"] is None
    assert client.post(f"{one}/arrive").status_code == 409
    assert client.post("/api/call-outs", json={"vehicle_id": 3}).status_code == 201
    assert client.post("/api/call-outs", json={"vehicle_id": 99}).status_code == 404
    sign_in("operator")
    assert client.post("/api/call-outs", json={"vehicle_id": 3}).status_code == 403
    assert client.get("/reserve").status_code == 403


def test_a_fleet_file_keeps_whose_a_machine_is_and_what_it_costs():
    fleet = FleetFile((v.a_depot(),), (v.a_reload_site(),), (v.a_vehicle(1, **HIRED),))
    (back,) = fleet_from_toml(toml_from_fleet(fleet)).vehicles
    kept = (back.owner, back.company, back.contact, back.arrive_s, back.rate_h)
    assert kept == tuple(HIRED.values())
