"""Vehicles' day over the wire: who did what, as pages and as tables, in both languages."""

import csv
from datetime import timedelta
from io import StringIO
from itertools import product

import pytest

from data.model import UserId, VehicleId
from data.policy.city_policy import clear_width_m
from data.store.accounts.accounts import add_device, find_user_by_login
from data.store.database.engine import transaction
from data.store.shifts.shifts import add_shifts
from data.store.storms.storms import add_storm
from data.store.tracking.positions import add_positions, list_unseen, mark_seen_until
from tests import village as v
from tests.fleet.drives import a_drive, a_fix

MAIN = (v.MAIN_WEST, v.MAIN_EAST)
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


def test_the_track_of_a_day_has_the_blade_at_each_place_and_the_entries_of_the_log(day):
    track = day.get("/api/vehicles/1/track").json()
    assert {
        len(track[key]) for key in ("at_s", "lon", "lat", "speed_kmh", "blade", "spreader")
    } == {len(track["at_s"])}
    assert track["at_s"] == sorted(track["at_s"])
    assert (track["blade"][0], track["blade"][-1], set(track["spreader"])) == (1, 0, {-1})
    work, stop = track["entries"]
    assert (work["doing"], stop["doing"]) == ("work", "stop")
    assert work["from_s"] < work["to_s"] <= stop["from_s"] < stop["to_s"]
    page = day.get("/vehicles/1?lang=en").text
    assert f'data-from="{stop["from_s"]}" data-to="{stop["to_s"]}"' in page
    assert day.get("/api/vehicles/99/track").status_code == 404


def test_a_log_says_where_a_truck_stopped(day):
    work, stop = table(day.get("/vehicles/1/log.csv"))
    assert (work["activity"], stop["activity"]) == ("Plowing or salting", "Stop")
    assert "Imam Street" in stop["place"]


def standing(place_m, start_s, lasts_s):
    place = v.at_m(*place_m)
    return [a_fix(place, start_s + s, speed_mps=0.0, blade=False) for s in range(0, lasts_s, 10)]


def a_hand_made_day():
    """Ten minutes in the yard, 200 m away, 400 m of salted work, eight minutes of rest, and home.

    The next shift plows 600 m.
    """
    yard, corner, end = (600, 0), (400, 0), (0, 0)
    salting = {"blade": True, "spreader": True, "material": "salt", "rate_gm2": 20.0}
    return [
        *standing(yard, 0, 600),
        *a_drive(yard, corner, start_s=600, blade=False),
        *a_drive(corner, end, start_s=630, **salting),
        *standing(end, 690, 480),
        *a_drive(end, yard, start_s=1170, blade=False),
        *standing(yard, 1260, 600),
        *a_drive(end, yard, start_s=8 * 3600, blade=True),
    ]


def test_the_sums_of_a_hand_made_day_are_right_by_shift_day_and_storm(client, clock, sign_in):
    with transaction(client.app.state.barfrub.engine) as tx:
        storm = add_storm(tx, "First snow", "active", v.NOW)
        add_device(tx, "tracker", VehicleId(1), "hash")
        add_shifts(tx, [v.a_shift(storm_id=storm.id)])
    arrived(client, *a_hand_made_day())
    clock.moment = v.NOW + timedelta(hours=9)
    sign_in()

    def row(span, hours):
        at = (v.NOW + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return table(client.get(f"/vehicles.csv?span={span}&at={at}"))[0]

    first = row("shift", 1)
    assert float(first["km"]) == pytest.approx(1.2, abs=0.03)
    assert float(first["km at work"]) == pytest.approx(0.4, abs=0.03)
    assert (first["stops"], first["yard visits"], first["reloads"]) == ("1", "2", "0")
    lasted = {
        **{"stops, min": 8, "idling, min": 8, "yard, min": 20},
        **{"at work, min": 50 / 60, "deadhead, min": 100 / 60, "service, min": (1245 - 600) / 60},
    }
    for name, told in lasted.items():
        assert float(first[name]) == pytest.approx(told, abs=0.6), name
    salt_kg = sum(20.0 * clear_width_m(v.village().segment(one)) * 0.2 for one in MAIN)
    assert float(first["material, kg"]) == pytest.approx(salt_kg, rel=0.08)
    for span, kilometres in (("day", 1.8), ("storm", 1.8)):
        assert float(row(span, 8.5)["km"]) == pytest.approx(kilometres, abs=0.04)
    assert float(row("shift", 8.5)["km at work"]) == pytest.approx(0.6, abs=0.02)


def test_persian_tables_have_persian_heads_and_jalali_dates(day):
    (row,) = table(day.get("/vehicles.csv?lang=fa"))
    assert row["دستگاه"] == "Truck 1"
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
    assert 'class="keys"' not in before
    assert "No vehicle sent a position in this period." in before
    quiet = day.get("/vehicles/2").text
    assert "This vehicle sent no position in this period." in quiet


def test_late_positions_repaint_the_day(day, clock):
    day.get("/vehicles.csv")
    arrived(day, *a_drive((400, 0), (600, 0), start_s=900, noise_m=1.0))
    clock.moment += timedelta(minutes=5)
    (row,) = table(day.get("/vehicles.csv"))
    assert float(row["km"]) == pytest.approx(0.6, abs=0.04)


def test_the_server_reads_by_itself_what_is_over(day, clock):
    logs = day.app.state.barfrub.logbook_task
    assert logs.run() == 2
    assert logs.run() == 0


def test_an_unknown_vehicle_is_not_found(day):
    assert day.get("/vehicles/99").status_code == 404
