"""Vehicles' day over the wire: who did what, as pages and as tables, in both languages."""

import csv
from datetime import timedelta
from io import StringIO
from itertools import product

import pytest

from data.model import UserId, VehicleId
from data.store.engine import transaction
from data.store.people import add_device, find_user_by_login
from data.store.positions import add_positions, list_unseen, mark_seen_until
from data.store.shifts import add_shifts
from data.store.storms import add_storm
from tests import village as v
from tests.fleet.drives import a_drive, a_fix

LATER = v.NOW + timedelta(minutes=40)


def arrived(client, *fixes):
    with transaction(client.app.state.barfrub.engine) as tx:
        add_positions(tx, fixes)
        mark_seen_until(tx, list_unseen(tx, 100_000)[1])


def table(answer):
    return list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff"))))


@pytest.fixture
def day(client, clock, sign_in):
    """A dispatcher's client after a truck with a driver has plowed Main Street and stopped."""
    with transaction(client.app.state.barfrub.engine) as tx:
        storm = add_storm(tx, "First snow", "active", v.NOW)
        add_device(tx, "tracker", VehicleId(1), "hash")
        driver = find_user_by_login(tx, "driver")
        assert driver is not None
        add_shifts(tx, [v.a_shift(storm_id=storm.id, driver_id=UserId(driver.id))])
    stop = [a_fix(v.at_m(400, 0), 50.0 + 10 * i, blade=False) for i in range(60)]
    arrived(client, *a_drive((0, 0), (400, 0), blade=True, material="", noise_m=1.0), *stop)
    clock.moment = LATER
    sign_in()
    return client


def test_the_table_tells_of_every_vehicle(day):
    (row,) = table(day.get("/vehicles.csv"))
    assert (row["vehicle"], row["driver"]) == ("Truck 1", "driver")
    assert float(row["km"]) == float(row["km at work"]) == pytest.approx(0.4, abs=0.03)
    assert (row["stops"], row["reloads"]) == ("1", "0")
    assert float(row["idling, min"]) == pytest.approx(10, abs=1)


def test_a_log_says_where_a_truck_stopped(day):
    work, stop = table(day.get("/vehicles/1/log.csv"))
    assert (work["what"], stop["what"]) == ("At work", "Stop")
    assert "Imam Street" in stop["where"]


def test_persian_tables_have_persian_heads_and_jalali_dates(day):
    (row,) = table(day.get("/vehicles.csv?lang=fa"))
    assert row["خودرو"] == "Truck 1"
    assert row["نخستین حرکت"] == "1405-09-30 07:30"


def test_pages_show_a_time_in_both_languages(day):
    for span, language in product(("shift", "day", "storm"), ("fa", "en")):
        ways = f"span={span}&lang={language}"
        listed = day.get(f"/vehicles?{ways}").text
        assert "/vehicles/1?" in listed
        assert "doing-work" in listed
        assert "Truck 1" in day.get(f"/vehicles/1?{ways}&show=trips").text
        assert "doing-stop" in day.get(f"/vehicles/1?{ways}&show=log").text


def test_a_vehicle_is_found_by_its_name(day):
    assert "/vehicles/1?" in day.get("/vehicles?named=truck").text
    assert "/vehicles/1?" not in day.get("/vehicles?named=grader").text


def test_a_time_without_positions_says_so(day):
    before = day.get("/vehicles?at=2026-12-19T08:00:00Z").text
    assert "No vehicle told of itself in this time." in before
    quiet = day.get("/vehicles/2").text
    assert "This vehicle told nothing of itself in this time." in quiet


def test_late_positions_repaint_the_day(day, clock):
    day.get("/vehicles.csv")
    arrived(day, *a_drive((400, 0), (600, 0), start_s=900, noise_m=1.0))
    clock.moment += timedelta(minutes=5)
    (row,) = table(day.get("/vehicles.csv"))
    assert float(row["km"]) == pytest.approx(0.6, abs=0.04)


def test_the_server_reads_by_itself_what_is_over(day, clock):
    logs = day.app.state.barfrub.logs
    assert logs.look() == 2
    assert logs.look() == 0


def test_an_unknown_vehicle_is_not_found(day):
    assert day.get("/vehicles/99").status_code == 404
