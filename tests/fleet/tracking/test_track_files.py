"""Recorded tracks as files: what is read, and what is said of a mistake."""

import gzip
import json
from datetime import UTC, datetime

import pytest

from data.errors import InvalidError, NotFoundError
from data.model import LonLat
from fleet.tracking.track_files import read_log

AT = datetime(2026, 1, 10, 6, 0, tzinfo=UTC)
HEAD = "vehicle,time,lat,lon\n"
GPX = """<?xml version="1.0"?>
<gpx xmlns="http://www.topografix.com/GPX/1/1" xmlns:b="urn:barfrub" version="1.1">
<trk><name>Plow 1</name><trkseg>
<trkpt lat="37.55" lon="45.07"><time>2026-01-10T06:00:00Z</time>
<extensions><b:speed>5</b:speed><b:blade>down</b:blade></extensions></trkpt>
</trkseg></trk>
<trk><trkseg><trkpt lat="37.56" lon="45.08"><time>2026-01-10T09:30:00+03:30</time></trkpt>
</trkseg></trk>
</gpx>"""


def written(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_table_may_have_its_columns_in_any_order_and_more_of_them(tmp_path):
    text = "mi,lon,lat,blade,spreader,speed_kmh,heading,truck,time_utc\n"
    text += "7,45.07,37.55,down,off,36,-90,977106.0,2026-01-10T06:00:00\n"

    (fix,) = read_log(written(tmp_path, "log.csv", text))

    assert (fix.vehicle, fix.fixed_at) == ("977106", AT)
    assert fix.location == LonLat(45.07, 37.55)
    assert (fix.speed_mps, fix.heading_deg) == (pytest.approx(10.0), 270.0)
    assert (fix.blade, fix.spreader) == (True, False)


def test_a_packed_table_is_read_as_well(tmp_path):
    packed = gzip.compress(f"{HEAD}Plow 1,2026-01-10T09:30:00+03:30,37.55,45.07\n".encode())

    (fix,) = read_log(written(tmp_path, "log.CSV.gz", packed))

    assert (fix.vehicle, fix.fixed_at, fix.blade) == ("Plow 1", AT, None)


PERSIAN = "پلو ۱;۱۷۶۸۰۲۴۸۰۰;۳۷٫۵۵;۴۵٫۰۷;۵\r\n"


@pytest.mark.parametrize(
    "content",
    [
        f"\ufeffvehicle;time;lat;lon;speed\r\n{PERSIAN}".encode(),
        f"vehicle\ttime\tlat\tlon\tspeed\r\n{PERSIAN}".replace(";", "\t").encode("utf-16"),
        f"vehicle;time;lat;lon;speed\nپلو ۱;{AT.timestamp() * 1000:.0f};37,55;45,07;5".encode(),
        "vehicle;time;lat;lon;speed\n\nپلو ۱;۲۰۲۶-۰۱-۱۰ ۰۹:۳۰+03:30;37.55;45.07;5,0".encode(),
        gzip.compress(f"vehicle;time;lat;lon;speed\n{PERSIAN}".encode()),
    ],
)
def test_spreadsheets_of_any_country_are_read(tmp_path, content):
    (fix,) = read_log(written(tmp_path, "log.csv", content))

    assert (fix.vehicle, fix.fixed_at, fix.speed_mps) == ("پلو ۱", AT, 5.0)
    assert fix.location == LonLat(45.07, 37.55)


def test_a_column_by_its_own_name_goes_before_an_alias(tmp_path):
    text = "truck,vehicle,device_id,time,lat,lon\na,b,c,2026-01-10T06:00:00Z,1,2\n"
    (fix,) = read_log(written(tmp_path, "log.csv", text))
    assert fix.vehicle == "b"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: expected the column vehicle"),
        ("vehicle,time,lat\n", "line 1: expected the column lon"),
        (f"{HEAD}a,noon,1,2\n", "line 2, time: expected a time"),
        (f"{HEAD}\na,2026-01-10,91,2\n", "line 3, lat: expected a number from -90 to 90"),
        (f"{HEAD}a,2026-01-10,1,east\n", "line 2, lon: expected a number"),
        (f"{HEAD}a,2026-01-10,1\n", "line 2: expected 4 fields"),
        (f'{HEAD}"a\nb",2026-01-10,1,2\na,2026-01-10,nan,2\n', "line 4, lat: expected a number"),
        (f"{HEAD},2026-01-10,1,2\n", "line 2, vehicle: expected a name"),
        (f"blade,{HEAD}half,a,2026-01-10,1,2\n", "line 2, blade: expected down, up"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_field(tmp_path, text, told):
    with pytest.raises(InvalidError) as error:
        read_log(written(tmp_path, "log.csv", text))
    assert told in str(error.value)


def test_every_track_of_a_gpx_file_is_a_vehicle(tmp_path):
    one, other = read_log(written(tmp_path, "night.gpx", GPX))

    assert (one.vehicle, one.speed_mps, one.blade) == ("Plow 1", 5.0, True)
    assert (other.vehicle, other.fixed_at, other.location) == ("night 2", AT, LonLat(45.08, 37.56))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GPX.replace('lat="37.56"', 'lat="north"'), "line 7, lat"),
        (GPX.replace("</gpx>", ""), "well-formed GPX"),
        ('<!DOCTYPE gpx [<!ENTITY a "b">]><gpx/>', "without a document type"),
        ("<kml/>", "a GPX file"),
    ],
)
def test_a_broken_gpx_file_is_refused(tmp_path, text, told):
    with pytest.raises(InvalidError) as error:
        read_log(written(tmp_path, "night.gpx", text))
    assert told in str(error.value)


def feature(kind, coordinates, **properties):
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


def test_geojson_has_points_with_a_time_or_lines_with_times(tmp_path):
    times = ["2026-01-10T06:00:00Z", "2026-01-10T06:00:05Z"]
    line = [[45.07, 37.55], [45.08, 37.56]]
    stamps = [[*place, 0, AT.timestamp() + i] for i, place in enumerate(line)]
    features = [
        feature("Point", [45.07, 37.55], vehicle="A", time=times[0], blade=True),
        feature("LineString", line, truck="B", coordTimes=times, spreader=False),
        feature("LineString", stamps, coordinateProperties={"times": times}),
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features})

    fixes = read_log(written(tmp_path, "night.geojson", content))

    assert [fix.vehicle for fix in fixes] == ["A", "B", "B", "night", "night"]
    assert (fixes[0].blade, fixes[1].spreader) == (True, False)
    assert (fixes[2].fixed_at - fixes[1].fixed_at).total_seconds() == 5
    assert fixes[3].fixed_at == AT


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (feature("LineString", [[1, 2], [3, 4]], times=["2026-01-10"]), "feature 1, times"),
        (feature("Polygon", []), "feature 1, geometry"),
        (feature("Point", [1]), "feature 1, coordinates"),
        (feature("Point", [1, 2]), "feature 1, time"),
    ],
)
def test_geojson_that_is_no_track_is_refused(tmp_path, bad, told):
    with pytest.raises(InvalidError) as error:
        read_log(written(tmp_path, "a.json", json.dumps({"features": [bad]})))
    assert told in str(error.value)


def test_other_files_are_refused(tmp_path):
    with pytest.raises(InvalidError, match="csv"):
        read_log(written(tmp_path, "log.xlsx", b"PK"))
    with pytest.raises(NotFoundError):
        read_log(tmp_path / "missing.csv")
