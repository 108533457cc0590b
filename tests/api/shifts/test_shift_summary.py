"""The end of a shift: what it came to, on the driver's phone as in the vehicle's day."""

import csv
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest

from data.model import ShiftId, ShiftState, VehicleId
from data.store.accounts.accounts import add_device
from data.store.database.engine import transaction
from data.store.shifts.shifts import add_shift, get_shift, save_shift
from data.store.tracking.positions import add_positions, list_unseen, mark_seen_until
from tests import village as v
from tests.fleet.drives import a_drive, a_fix

SUMMARY = "/api/shifts/1/summary"
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
    told = client.get(SUMMARY).json()
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
    told = client.get(SUMMARY).json()
    assert (told["plowed_m"], told["service_s"], told["reports"]) == (0, 0, 0)
    assert told["ahead"] == 2


def test_the_summary_is_of_the_shift_that_ended_though_the_next_one_is_planned(
    client, driver, clock, app
):
    clock.moment = v.NOW + timedelta(hours=1)
    assert client.post("/api/shifts/1/end", json=TAP).status_code == 200
    with transaction(app.engine) as tx:
        ended = get_shift(tx, ShiftId(1))
        starts_at = v.NOW + timedelta(hours=16)
        ends_at = starts_at + timedelta(hours=8)
        tomorrow = replace(ended, starts_at=starts_at, ends_at=ends_at, state=ShiftState.PLANNED)
        add_shift(tx, tomorrow)
    assert client.get("/api/drive").json()["shift_id"] != 1
    told = client.get(SUMMARY).json()
    assert (told["until"], told["ahead"]) == ("2026-12-21T05:00:00Z", 2)
    assert client.get("/api/shifts/2/summary").status_code == 403


def test_a_shift_cancelled_before_its_start_came_to_nothing(client, driver, clock, app):
    at = v.NOW + timedelta(hours=1)
    with transaction(app.engine) as tx:
        before = get_shift(tx, ShiftId(1))
        save_shift(tx, replace(before, starts_at=at, ends_at=at, state=ShiftState.CANCELLED))
    clock.moment = at + timedelta(hours=1)
    answer = client.get(SUMMARY)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["until"], told["moved_m"], told["service_s"]) == ("2026-12-21T05:00:00Z", 0, 0)
