from collections import Counter

import pytest

from data.errors import InvalidError
from data.model import LonLat, Treatment
from data.setup.fleet_file import (
    DEFAULT_FLEET,
    URMIA_FLEET,
    FleetFile,
    default_fleet,
    fleet_from_toml,
    toml_from_fleet,
    with_depots,
)
from tests.village import a_depot, a_reload_site, a_vehicle

TEXT = """
[[depot]]
name = "North yard"
lon = 45.07
lat = 37.56

[[depot]]
name = "انبار جنوب"
lon = 45.08
lat = 37.54

[[reload]]
name = "Salt hall"
lon = 45.07
lat = 37.56
fill_min = 12

[[vehicle]]
name = "Truck"
count = 3
type = "dump_truck"
owner = "contractor"
work_kmh = { plow = 36, salt = 18 }
drive_kmh = 36
blade_m = 3
hopper_kg = 5000
min_street_m = 4
shift_h = 8

[[vehicle]]
name = "Grader"
type = "grader"
work_kmh = { plow = 9 }
drive_kmh = 30
blade_m = 3.7
hopper_kg = 0
min_street_m = 4.5
shift_h = 10
depot = "انبار جنوب"
"""


def test_urmia_has_66_machines_with_assumed_speeds():
    fleet = fleet_from_toml(URMIA_FLEET)
    assert Counter(vehicle.type for vehicle in fleet.vehicles) == {
        "dump_truck": 13,
        "loader": 11,
        "salt_spreader": 11,
        "blade_truck": 10,
        "backhoe": 9,
        "grader": 7,
        "mini_loader": 5,
    }
    assert all(vehicle.assumed for vehicle in fleet.vehicles)


def test_ids_count_in_the_order_of_the_file():
    fleet = fleet_from_toml(TEXT)
    assert [(v.id, v.name) for v in fleet.vehicles] == [
        (1, "Truck 1"),
        (2, "Truck 2"),
        (3, "Truck 3"),
        (4, "Grader"),
    ]
    assert [depot.id for depot in fleet.depots] == [1, 2]


def test_speeds_become_metres_per_second_and_minutes_seconds():
    fleet = fleet_from_toml(TEXT)
    truck = fleet.vehicles[0]
    assert truck.drive_speed_mps == pytest.approx(10)
    assert truck.work_speed_mps == pytest.approx({Treatment.PLOW: 10, Treatment.SALT: 5})
    assert fleet.reload_sites[0].fill_s == 720


def test_a_vehicle_stands_in_its_depot_and_others_are_spread():
    assert [vehicle.depot_id for vehicle in fleet_from_toml(TEXT).vehicles] == [1, 2, 1, 2]


def test_a_written_fleet_reads_back_the_same():
    fleet = fleet_from_toml(TEXT)
    again = fleet_from_toml(toml_from_fleet(fleet))
    assert (again.depots, again.reload_sites) == (fleet.depots, fleet.reload_sites)
    assert toml_from_fleet(again) == toml_from_fleet(fleet)
    assert [v.work_speed_mps for v in again.vehicles] == [
        pytest.approx(v.work_speed_mps) for v in fleet.vehicles
    ]


def test_names_with_quotes_survive_writing():
    name = 'Yard "A"\\B'
    fleet = FleetFile((a_depot(name=name),), (a_reload_site(),), (a_vehicle(),))
    assert fleet_from_toml(toml_from_fleet(fleet)).depots[0].name == name


def test_grounds_survive_writing_and_usual_ones_need_no_word():
    corners = (LonLat(45.07, 37.55), LonLat(45.08, 37.55), LonLat(45.08, 37.56))
    fleet = FleetFile((a_depot(polygon=corners),), (a_reload_site(radius_m=25.0),), (a_vehicle(),))
    text = toml_from_fleet(fleet)
    again = fleet_from_toml(text)
    assert (again.depots[0].polygon, again.reload_sites[0].radius_m) == (corners, 25.0)
    assert text.count("radius_m") == 1


def test_a_fleet_without_depots_is_spread_over_assumed_ones_that_reload_salt():
    depots = [a_depot(n, name=f"D{n}", assumed=True) for n in (1, 2, 3)]
    fleet = with_depots(fleet_from_toml(DEFAULT_FLEET), depots)
    assert Counter(vehicle.depot_id for vehicle in fleet.vehicles) == {1: 4, 2: 4, 3: 4}
    assert [site.location for site in fleet.reload_sites] == [d.location for d in depots]


def test_a_persian_city_starts_with_machines_of_persian_names():
    names = [vehicle.name for vehicle in fleet_from_toml(default_fleet("fa")).vehicles]
    assert names[:2] + names[-1:] == ["برف‌روب ۱", "برف‌روب ۲", "مینی‌لودر ۲"]
    assert default_fleet("en") == DEFAULT_FLEET


def test_depots_of_the_file_are_kept():
    fleet = with_depots(fleet_from_toml(TEXT), [a_depot(location=LonLat(0, 0))])
    assert fleet == fleet_from_toml(TEXT)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("lon = 45.07", "lon = 450.7", r"depot\[1\]\.lon: expected -180 to 180, got 450\.7"),
        ('type = "grader"', 'type = "rocket"', r"vehicle\[2\]\.type: .*rocket"),
        ("blade_m = 3\n", "blade_m = 0\n", r"vehicle\[1\]\.blade_m"),
        ("hopper_kg = 5000", "hopper_kg = 0", r"vehicle\[1\]\.hopper_kg"),
        ('depot = "انبار جنوب"', 'depot = "Moon"', "Moon"),
        ('name = "Grader"', 'name = "Truck 2"', "every name once"),
        ("count = 3", "count = 2.5", r"vehicle\[1\]\.count: expected a whole number"),
        ("shift_h = 10", "shift = 10", r"vehicle\[2\]\.shift_h"),
        ("shift_h = 10", "shift_h = 10\ncolor = 1", r"vehicle\[2\]\.color"),
        ("{ plow = 9 }", "{ }", r"vehicle\[2\]\.work_kmh"),
        ("{ plow = 9 }", "{ mow = 9 }", "work_kmh"),
        ("[[reload]]", "[reload]", r"\[\[reload\]\]"),
        ('name = "Salt hall"', 'name = ""', r"reload\[1\]\.name"),
    ],
)
def test_a_mistake_in_a_fleet_is_named_with_field_and_value(old, new, message):
    assert old in TEXT
    with pytest.raises(InvalidError, match=message):
        fleet_from_toml(TEXT.replace(old, new, 1))


def test_a_fleet_has_no_end_of_machines():
    machine = TEXT[TEXT.index("[[vehicle]]") :].split("[[vehicle]]")[1]
    many = "".join(
        "[[vehicle]]" + machine.replace("count = 3", "count = 500").replace("Truck", f"Truck {n}-")
        for n in range(11)
    )
    with pytest.raises(InvalidError, match=r"vehicle\[11\]\.count: expected at most 5000"):
        fleet_from_toml(many)


def test_a_fleet_without_machines_is_refused():
    with pytest.raises(InvalidError, match="at least one"):
        fleet_from_toml(TEXT.split("[[vehicle]]")[0])
