import json
from pathlib import Path

import pytest

from data.errors import CityFileError
from data.model import LonLat
from data.osm.geojson_reader import node_of, read_geojson
from data.streets.network import build_network

GOTHENBURG = Path(__file__).parents[3] / "maps/static/vendor/demo/gothenburg.geojson"


def a_line(way, *places, geometry="LineString", **tags):
    coordinates = [[45 + x / 1000, 37 + y / 1000] for x, y in places]
    if geometry == "Polygon":
        coordinates = [coordinates]
    return {
        "type": "Feature",
        "id": f"way/{way}",
        "properties": {"highway": "residential", **tags},
        "geometry": {"type": geometry, "coordinates": coordinates},
    }


def write(path, features):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_ways_meet_at_a_shared_coordinate_inside_both(tmp_path):
    lines = [a_line(1, (0, 0), (1, 0), (2, 0)), a_line(2, (1, 1), (1, 0), (1, -1))]
    draft = read_geojson(write(tmp_path / "a.geojson", lines))
    assert [(s.key.osm_way_id, s.key.nth) for s in draft.segments] == [
        (1, 0),
        (1, 1),
        (2, 0),
        (2, 1),
    ]
    assert len(build_network(draft.segments).node_ids) == 5


def test_a_bridge_that_shares_no_coordinate_stays_apart(tmp_path):
    lines = [a_line(1, (0, 0), (2, 0)), a_line(2, (1, 1), (1, -1))]
    assert len(read_geojson(write(tmp_path / "a.geojson", lines)).segments) == 2


def test_a_node_id_is_a_positive_number_of_63_bits_and_always_the_same():
    assert 0 < node_of(LonLat(11.9545316, 57.6925383)) < 2**63
    assert node_of(LonLat(11.9545316, 57.6925383)) == node_of(LonLat(11.9545316, 57.6925383))
    assert node_of(LonLat(11.9545316, 57.6925383)) != node_of(LonLat(11.9545317, 57.6925383))


def test_polygons_and_footways_are_no_streets(tmp_path):
    features = [
        a_line(1, (0, 0), (1, 0)),
        a_line(2, (0, 0), (1, 0), (1, 1), (0, 0), geometry="Polygon"),
        a_line(3, (1, 0), (2, 0), highway="footway"),
    ]
    assert len(read_geojson(write(tmp_path / "a.geojson", features)).segments) == 1


def test_an_area_keeps_the_gate_on_its_outline(tmp_path):
    hospital = {"highway": None, "amenity": "hospital", "name": "City Hospital"}
    corners = (0, 0), (1, 0), (1, 1), (0, 0)
    gate = {
        "type": "Feature",
        "properties": {"barrier": "gate"},
        "geometry": {"type": "Point", "coordinates": [45.0005, 37.0]},
    }
    features = [
        a_line(1, (0, 0), (1, 0)),
        a_line(2, *corners, geometry="Polygon", **hospital),
        gate,
    ]
    (place,) = read_geojson(write(tmp_path / "a.geojson", features)).places
    assert place.gates == ((45.0005, 37.0),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("{", "damaged"),
        ("[" * 1_000_000, "damaged"),
        ("[1, 2]", "no GeoJSON feature collection"),
        ('{"features": [7]}', "feature 1 is no GeoJSON"),
        ('{"features": []}', "no streets"),
    ],
)
def test_a_file_that_is_no_map_is_refused(tmp_path, text, message):
    path = tmp_path / "a.geojson"
    path.write_text(text)
    with pytest.raises(CityFileError, match=message):
        read_geojson(path)


def test_coordinates_in_metres_are_refused(tmp_path):
    line = a_line(1, (0, 0), (1, 0))
    line["geometry"]["coordinates"] = [[319000, 6400000], [319100, 6400000]]
    with pytest.raises(CityFileError, match="expected degrees"):
        read_geojson(write(tmp_path / "a.geojson", [line]))


@pytest.mark.parametrize(
    ("services", "segments", "kilometres"), [(False, 10_000, 960), (True, 18_350, 1_286)]
)
def test_gothenburg_has_its_streets(services, segments, kilometres):
    if not GOTHENBURG.exists():
        pytest.skip("the npm packages are not set up")
    draft = read_geojson(GOTHENBURG, services=services)
    assert len(draft.segments) == pytest.approx(segments, rel=0.02)
    length_km = sum(segment.length_m for segment in draft.segments) / 1000
    assert length_km == pytest.approx(kilometres, rel=0.02)


def test_houses_are_interpolated_along_a_line_between_numbered_points(tmp_path):
    def a_house(number, *place):
        house = a_line(number, place, geometry="Point", highway=None)
        house["geometry"]["coordinates"] = house["geometry"]["coordinates"][0]
        house["properties"] |= {"addr:housenumber": str(number), "addr:street": "Mill Lane"}
        return house

    between = a_line(9, (0, 1), (2, 1), highway=None, **{"addr:interpolation": "even"})
    features = [a_line(1, (0, 0), (2, 0)), between, a_house(2, 0, 1), a_house(6, 2, 1)]
    draft = read_geojson(write(tmp_path / "a.geojson", features))
    (found,) = [place for place in draft.places if place.kind == "interpolated"]
    assert (found.number, found.location) == ("4", pytest.approx(LonLat(45.001, 37.001)))
