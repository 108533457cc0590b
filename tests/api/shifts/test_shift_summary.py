"""The end of a shift: what it came to, on the driver's phone as in the vehicle's day."""

import csv
from datetime import timedelta
from io import StringIO

import pytest

from data.model import VehicleId
from data.store.accounts.accounts import add_device
from data.store.database.engine import transaction
from data.store.tracking.positions import add_positions, list_unseen, mark_seen_until
from tests import village as v
from tests.fleet.drives import a_drive, a_fix

TAP = {"key": "tap-to-be-made"}


def plowed(app) -> None:
    """Main Street is plowed and salted in the first minute, then the truck stands for long."""
    drive = a_drive(
        (0, 0), (400, 0), blade=True, spreader=True, material="salt", rate_gm2=20.0, noise_m=1.0
    )
    stop = [a_fix(v.at_m(400, 0), 50.0 + 10 * i, blade=False) for i in range(240)]
    last = a_drive((400, 0), (0, 0), start_s=2450.0, blade=False, noise_m=1.0)
    with transaction(app.engine) as tx:
        add_device(tx, "tracker", VehicleId(1), "hash")
        add_positions(tx, [*drive, *stop, *last])
        mark_seen_until(tx, list_unseen(tx, 100_000)[1])


def of_the_day(client) -> dict[str, str]:
    (row,) = csv.DictReader(StringIO(client.get("/vehicles.csv").text.removeprefix("\ufeff")))
    return row


def test_the_figures_of_a_shift_are_those_of_the_vehicles_day(
    client, driver, plan, clock, app, sign_in
):
    plowed(app)
    url = f"/api/plans/{plan.id}/routes/1/legs"
    client.post(f"{url}/1/complete", json={})
    client.post(f"{url}/2/skip", json={"reason": "parked_cars"})
    clock.moment = v.NOW + timedelta(hours=1)
    assert client.post("/api/shifts/1/end", json=TAP).status_code == 200
    clock.moment = v.NOW + timedelta(hours=2)
    told = client.get("/api/drive/summary").json()
    assert told["until"] == "2026-12-21T05:00:00Z"
    assert (told["done"], told["ahead"]) == (1, 0)
    assert [one["reason"] for one in told["aside"]] == ["parked_cars"]
    assert told["break_s"] == pytest.approx(2400, abs=30)

    sign_in("dispatcher")
    day = of_the_day(client)
    assert told["moved_m"] / 1000 == pytest.approx(float(day["km"]), abs=0.001)
    assert told["plowed_m"] / 1000 == pytest.approx(float(day["km at work"]), abs=0.001)
    assert told["service_s"] / 60 == pytest.approx(float(day["service, min"]), abs=1)
    assert f"{told['material_kg']['salt']:.0f}" in day["material, kg"]


def test_a_shift_of_which_nothing_was_seen_has_empty_figures(client, driver):
    told = client.get("/api/drive/summary").json()
    assert (told["plowed_m"], told["service_s"], told["reports"]) == (0, 0, 0)
    assert told["ahead"] == 2
