"""Fifty damaged copies of every file format: each is read, or refused with an error of ours."""

import gzip
import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import geopandas
import pytest

from api.processes.messages.message_gateways import read_notice_settings
from data.errors import BarfrubError
from data.files.photos import redrawn, save_photo
from data.osm.geojson_reader import read_geojson
from data.osm.osm_reader import read_osm
from data.osm.waters import read_waters
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from data.policy.override_file import csv_from_overrides, overrides_from_file
from data.requests.request_csv import requests_from_csv
from data.setup.boundary import read_boundary
from data.setup.districts import read_districts
from data.setup.fleet_csv import csv_from_machines, machines_from_csv
from data.setup.fleet_file import fleet_from_toml
from data.setup.province_file import read_province
from data.store.backup.backup import write_backup
from data.store.backup.restore import restore_city
from data.store.database.city_address import PostgresAddress, find_address, save_address
from data.storms import snow_from_csv
from fleet.setup.fleet_import import text_in, toml_mistakes
from fleet.tracking.gps_table import read_gps_log
from fleet.tracking.track_files import read_log
from routing.formats.format_detection import read as read_problem
from routing.formats.solver_case import case_from
from routing.formats.text.format_error import FormatError
from tests import village as v
from tests.data.osm.osm_files import a_sign, a_way, nodes, write_osm
from tests.data.policy.test_override_file import DECIDED
from tests.data.setup.polygon_files import write_polygons
from tests.fleet.tracking.test_track_files import GPX
from tests.mutations import mutations
from tests.pictures import a_picture
from tests.routing.formats.public_files import SMALL
from tests.village_database import make_city_database

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "data/samples"
NETWORK = v.village()
POLICY = policy_from_toml(DEFAULT_POLICY)
DEPOTS = (v.a_depot(1, name="پایگاه شمال"), v.a_depot(2, name="South yard"))

TABLES: dict[str, tuple[str, Callable[[bytes], object]]] = {
    "requests.csv": (
        "text,kind,phone,lon,lat\r\n«School St, 4»,snow,0914 123,45.07,37.55\r\nMill,ice,,,\r\n",
        requests_from_csv,
    ),
    "snow.csv": (
        "time;snow (cm)\r\n2026-12-21 06:30;2,5\r\n1405/09/30 07:30;۳٫۵\r\n",
        partial(snow_from_csv, timezone="Asia/Tehran"),
    ),
    "machines.csv": (
        csv_from_machines((v.a_vehicle(1), v.a_vehicle(2)), DEPOTS, "fa"),
        partial(machines_from_csv, depots=DEPOTS),
    ),
    "decisions.csv": (
        csv_from_overrides(DECIDED, NETWORK),
        lambda content: overrides_from_file("decisions.csv", content, NETWORK, POLICY),
    ),
    "decisions.geojson": (
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"class": "P1", "cycle_h": 2},
                        "geometry": {"type": "Point", "coordinates": [45.07, 37.55]},
                    }
                ],
            }
        ),
        lambda content: overrides_from_file("decisions.geojson", content, NETWORK, POLICY),
    ),
    "policy.toml": (
        DEFAULT_POLICY,
        lambda content: toml_mistakes(text_in(content), policy_from_toml),
    ),
    "fleet.toml": (
        (SAMPLES / "fleet-small.toml").read_text(encoding="utf-8"),
        lambda content: toml_mistakes(text_in(content), fleet_from_toml),
    ),
}


def lines_of(features: int) -> str:
    drawn = [
        {
            "type": "Feature",
            "id": f"way/{way}",
            "properties": {"highway": "residential", "name": "Kos «Mill»", "lanes": "2"},
            "geometry": {
                "type": "LineString",
                "coordinates": [[45 + way / 1000, 37 + x / 1000] for x in range(3)],
            },
        }
        for way in range(1, features + 1)
    ]
    return json.dumps({"type": "FeatureCollection", "features": drawn})


LOG = "vehicle,time,lat,lon,speed_kmh,blade\r\nPlow 1,2026-01-10T09:30:00Z,37.55,45.07,30,down\r\n"
GATEWAYS = 'sms = "kavenegar://key/{phone}"\nquiet_from = "21:30"\nmost_a_day = 3\n'
PROVINCE = """
name = { en = "West Azerbaijan", fa = "آذربایجان غربی" }
host = "province.example.ir"
timezone = "Asia/Tehran"
[[city]]
name = "urmia"
host = "urmia.example.ir"
mqtt_host = "broker.example.ir"
mqtt_port = 8883
mqtt_tls = true
"""
TRACK = json.dumps(
    {
        "type": "Feature",
        "properties": {"vehicle": "a", "times": ["2026-01-10T06:00:00Z", "2026-01-10T06:00:05Z"]},
        "geometry": {"type": "LineString", "coordinates": [[45.07, 37.55], [45.071, 37.551]]},
    }
)


def streets(path: Path) -> None:
    read_osm(path)
    read_waters(path)


FILES: dict[str, Callable[[Path], object]] = {
    "city.osm": streets,
    "city.osm.gz": streets,
    "city.osm.pbf": streets,
    "city.geojson": read_geojson,
    "districts.toml": read_districts,
    "districts.txt": read_districts,
    "districts.geojson": read_districts,
    "boundary.geojson": read_boundary,
    "boundary.gpkg": read_boundary,
    "log.csv": read_log,
    "log.gpx": read_log,
    "log.gpx.gz": read_log,
    "log.geojson": read_log,
    "trace.csv": read_gps_log,
    "gateways.toml": read_notice_settings,
    "province.toml": read_province,
    "database.toml": lambda file: find_address(file.parent, file.name),
}


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A valid file of each format that is read from the disk."""
    folder = tmp_path_factory.mktemp("samples")
    crossing = [
        *nodes(),
        a_way(10, [1, 2, 3], name="Mill «Lane»", maxspeed="30", oneway="yes"),
        a_way(11, [4, 2, 5]),
        a_sign(1, "no_left_turn", ("w", 10, "from"), ("n", 2, "via"), ("w", 11, "to")),
    ]
    for name in ("city.osm", "city.osm.gz", "city.osm.pbf"):
        write_osm(folder / name, crossing)
    boxes = [({"name": "منطقهٔ ۱"}, (0, 0, 400, 400)), ({"name": "Two"}, (400, 0, 800, 400))]
    for name in ("districts.geojson", "boundary.geojson"):
        write_polygons(folder / name, boxes)
    frame = geopandas.read_file(folder / "boundary.geojson", engine="pyogrio")
    frame.to_file(folder / "boundary.gpkg", engine="pyogrio")
    texts = {
        "city.geojson": lines_of(3),
        "districts.toml": (SAMPLES / "districts-urmia.toml").read_text(encoding="utf-8"),
        "districts.txt": "منطقهٔ ۱\n\n نوگچی‌دیزج \n",
        "log.csv": LOG,
        "log.gpx": GPX,
        "log.geojson": TRACK,
        "trace.csv": LOG,
        "gateways.toml": GATEWAYS,
        "province.toml": PROVINCE,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    save_address(folder, PostgresAddress("postgresql://barfrub@db:5433/برف?sslmode=require", "c"))
    (folder / "log.gpx.gz").write_bytes(gzip.compress(GPX.encode(), mtime=0))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def tried(read: Callable[[Any], object], given: object, *ours: type[Exception]) -> bool:
    """Whether an input is read; anything but an error of ours is the test's failure."""
    try:
        read(given)
    except ours:
        return False
    return True


@pytest.mark.parametrize("name", TABLES)
def test_a_damaged_table_is_read_or_refused(name: str) -> None:
    text, read = TABLES[name]
    assert tried(read, text.encode())
    outcomes = {tried(read, each, BarfrubError) for each in mutations(name, text.encode())}
    assert outcomes


# GDAL warns of what is wrong in a file that it reads all the same.
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_read_or_refused(
    name: str, samples: dict[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(samples[name])
    assert tried(FILES[name], path)
    refused = 0
    for each in mutations(name, samples[name]):
        path.write_bytes(each)
        refused += not tried(FILES[name], path, BarfrubError)
    assert refused
    assert [left.name for left in tmp_path.iterdir()] == [name]


PROBLEMS = {**SMALL, "own": (ROOT / "docs/examples/village.problem.json").read_text()}


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_damaged_problem_is_read_or_refused(name: str) -> None:
    content = PROBLEMS[name].encode()
    assert tried(partial(read_problem, name=name), content)
    read = partial(case_from, name=name)
    outcomes = [tried(read, each, FormatError) for each in mutations(name, content)]
    assert False in outcomes


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_damaged_photo_is_redrawn_or_refused(kind: str, tmp_path: Path) -> None:
    outcomes = [tried(redrawn, each, BarfrubError) for each in mutations(kind, a_picture(kind))]
    assert False in outcomes
    kept = [
        tried(partial(save_photo, tmp_path), each, BarfrubError)
        for each in mutations(kind, a_picture(kind))
    ]
    assert len(list(tmp_path.glob("photos/*"))) == sum(kept)


@pytest.mark.sqlite
def test_a_damaged_backup_is_restored_or_refused_and_leaves_nothing(tmp_path: Path) -> None:
    drawn, backup, cities = (tmp_path / name for name in ("drawn", "village.tar.gz", "cities"))
    for folder in (drawn, cities):
        folder.mkdir()
    make_city_database(drawn, "")
    write_backup(drawn, backup, v.NOW)
    whole = backup.read_bytes()
    for each in mutations("backup", whole):
        backup.write_bytes(each)
        restored = tried(lambda file: restore_city(file, cities / "village"), backup, BarfrubError)
        assert [left.name for left in cities.iterdir()] == ["village"] * restored
        if restored:
            shutil.rmtree(cities / "village")
