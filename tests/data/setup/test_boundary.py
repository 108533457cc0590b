import json
from dataclasses import replace

import geopandas
import pytest
import shapely

from data.errors import CityFileError, NotFoundError
from data.model import NodeId, Oneway, Restriction, SegmentId
from data.model.streets import ServiceWay
from data.osm.ways import CityDraft
from data.setup.boundary import clipped, read_boundary
from tests.data.setup.polygon_files import a_polygon, write_polygons
from tests.village import (
    BACK,
    MAIN_EAST,
    MAIN_WEST,
    MILL,
    SCHOOL,
    TULIP,
    at_m,
    village_places,
    village_segments,
)

WEST = (-10, -10, 205, 160)
"""The village as far as Mill Street."""

SIGN = Restriction(MAIN_WEST, NodeId(2), MILL, "no")
SIGN_ACROSS = Restriction(MAIN_WEST, NodeId(2), MAIN_EAST, "only")
DRAFT = CityDraft(village_segments(), (SIGN, SIGN_ACROSS), village_places(), "drawn by hand", {})


@pytest.fixture
def west(tmp_path):
    return read_boundary(write_polygons(tmp_path / "west.geojson", [({}, WEST)]))


def test_streets_outside_are_left_out_and_the_others_keep_their_ids(west):
    kept = [segment.id for segment in clipped(DRAFT, west).segments]
    assert kept == [MAIN_WEST, TULIP, MILL, SCHOOL, BACK]


def test_service_ways_outside_are_left_out_too(west):
    inside, outside = (
        ServiceWay(SegmentId(-n), n, NodeId(n), NodeId(n + 1), line, Oneway.NO)
        for n, line in ((1, (at_m(50, 0), at_m(50, 40))), (2, (at_m(300, 0), at_m(300, 40))))
    )
    draft = replace(DRAFT, service_ways=(inside, outside))
    assert clipped(draft, west).service_ways == (inside,)


def test_a_street_that_is_mostly_inside_stays_whole(tmp_path):
    boundary = read_boundary(write_polygons(tmp_path / "b.geojson", [({}, (-10, -10, 120, 50))]))
    segments = clipped(DRAFT, boundary).segments
    assert [segment.id for segment in segments] == [MAIN_WEST]
    assert segments[0].length_m == pytest.approx(200, rel=0.01)


def test_a_turn_sign_needs_both_its_streets(west):
    assert clipped(DRAFT, west).restrictions == (SIGN,)


def test_places_outside_are_left_out(tmp_path):
    boundary = read_boundary(write_polygons(tmp_path / "b.geojson", [({}, (-10, -20, 205, 50))]))
    assert {place.kind for place in clipped(DRAFT, boundary).places} == {"address"}


def test_a_boundary_far_away_leaves_no_city(tmp_path):
    far = read_boundary(write_polygons(tmp_path / "far.geojson", [({}, (9000, 0, 9100, 100))]))
    with pytest.raises(CityFileError, match="no street"):
        clipped(DRAFT, far)


def test_several_polygons_are_one_boundary(tmp_path):
    boxes = [({}, (-10, -10, 100, 50)), ({}, (100, -10, 210, 50))]
    whole = shapely.from_wkt(read_boundary(write_polygons(tmp_path / "b.geojson", boxes)))
    assert whole.covers(shapely.Point(at_m(100, 0)))


def test_a_bare_geometry_is_a_boundary_too(tmp_path, west):
    file = tmp_path / "bare.geojson"
    file.write_text(json.dumps(a_polygon(WEST)), encoding="utf-8")
    assert read_boundary(file) == west


def test_a_geopackage_in_metres_is_turned_into_degrees(tmp_path, west):
    frame = geopandas.GeoDataFrame(geometry=[shapely.from_wkt(west)], crs="EPSG:4326")
    frame.to_crs("EPSG:32638").to_file(tmp_path / "west.gpkg", driver="GPKG", engine="pyogrio")
    found = shapely.from_wkt(read_boundary(tmp_path / "west.gpkg"))
    assert found.symmetric_difference(shapely.from_wkt(west)).area < 1e-9


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("empty.geojson", ""),
        ("broken.geojson", '{"type": "FeatureColl'),
        ("none.geojson", '{"type": "FeatureCollection", "features": []}'),
        ("line.geojson", '{"type": "LineString", "coordinates": [[45, 37], [45.1, 37]]}'),
        ("boundary.kml", "<kml/>"),
        ("fake.gpkg", "no database"),
    ],
)
def test_a_file_without_polygons_is_refused_by_name(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(CityFileError, match=name.partition(".")[0]):
        read_boundary(tmp_path / name)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(NotFoundError, match="nowhere"):
        read_boundary(tmp_path / "nowhere.geojson")


@pytest.mark.parametrize("name", ["clever.geojson", "clever.json", "clever.gpkg"])
def test_a_file_that_leads_to_another_file_is_not_followed(tmp_path, name):
    secret = write_polygons(tmp_path / "secret.geojson", [({"name": "secret"}, WEST)])
    layer = f'<OGRVRTLayer name="secret"><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer>'
    for start in ("", "{", "<!--{-->"):
        clever = tmp_path / name
        clever.write_text(f"{start}<OGRVRTDataSource>{layer}</OGRVRTDataSource>")
        with pytest.raises(CityFileError):
            read_boundary(clever)
