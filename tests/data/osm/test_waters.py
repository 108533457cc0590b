from pathlib import Path

import pyogrio
import pytest
import shapely
from osmium.osm.mutable import Relation

from data.exchange.basemap import MAX_ZOOM, write_basemap
from data.osm.osm_reader import read_osm
from data.osm.waters import Water, read_waters
from tests.data.osm.osm_files import a_node, a_way, nodes, write_osm
from tests.town import sample_draft
from tests.village import at_m, village, village_places

LAKE = {"natural": "water"}
SQUARE = {11: (0, 0), 12: (10, 0), 13: (10, 10), 14: (0, 10)}
ISLAND = {21: (4, 4), 22: (6, 4), 23: (6, 6), 24: (4, 6)}


def a_file(path: Path, *things: object) -> Path:
    corners = [a_node(number, *place) for number, place in (SQUARE | ISLAND).items()]
    street = a_way(90, [1, 2, 3])
    return write_osm(path / "town.osm.pbf", [*nodes(), *corners, street, *things])


def test_a_closed_way_of_water_is_an_area(tmp_path: Path):
    lake = a_way(91, [11, 12, 13, 14, 11], LAKE, name="برکه")
    (water,) = read_waters(a_file(tmp_path, lake))

    assert water.kind == "area"
    assert water.names[""] == ("برکه",)
    assert water.shape.area == pytest.approx(1e-4)


def test_an_island_is_no_water(tmp_path: Path):
    ways = [a_way(91, [11, 12, 13, 14, 11], {}), a_way(92, [21, 22, 23, 24, 21], {})]
    members = [("w", 91, "outer"), ("w", 92, "inner")]
    lake = Relation(id=5, members=members, tags={"type": "multipolygon", **LAKE})
    (water,) = read_waters(a_file(tmp_path, *ways, lake))

    assert water.shape.area == pytest.approx(0.96e-4)


@pytest.mark.parametrize("kind", ["river", "canal", "stream"])
def test_a_waterway_is_a_line(tmp_path: Path, kind: str):
    (water,) = read_waters(a_file(tmp_path, a_way(91, [11, 12, 13], {"waterway": kind})))

    assert water.kind == kind
    assert water.shape.geom_type == "LineString"


@pytest.mark.parametrize(
    "tags",
    [
        {"waterway": "ditch"},
        {"waterway": "river", "tunnel": "culvert"},
        {"natural": "tree_row"},
    ],
)
def test_what_nobody_sees_from_a_street_is_not_drawn(tmp_path: Path, tags: dict[str, str]):
    assert read_waters(a_file(tmp_path, a_way(91, [11, 12, 13], tags))) == ()


def test_a_river_whose_corners_are_missing_in_the_file_is_left_out(tmp_path: Path):
    file = a_file(tmp_path, a_way(91, [11, 12, 4711], {"waterway": "river"}))

    assert read_waters(file) == ()
    assert len(read_osm(file).segments) == 1


def test_a_file_in_a_strange_order_has_its_streets_all_the_same(tmp_path: Path):
    lake = Relation(id=5, members=[("w", 91, "outer")], tags={"type": "multipolygon", **LAKE})
    things = [*nodes(), *(a_node(n, *place) for n, place in SQUARE.items())]
    things += [a_way(90, [1, 2, 3]), a_way(91, [11, 12, 13, 14, 11], {}), lake]
    file = write_osm(tmp_path / "town.osm", things[::-1])

    assert len(read_osm(file).segments) == 1


def test_waters_become_tiles_of_their_own(tmp_path: Path):
    corners = [at_m(*place) for place in ((-100, 90), (500, 70), (100_000, 80))]
    river = Water("river", {"": ("رود",), "en": ("River",)}, shapely.LineString(corners))
    write_basemap(village(), village_places(), tmp_path, [river])
    frame = pyogrio.read_dataframe(tmp_path / "water.pmtiles", ZOOM_LEVEL=MAX_ZOOM)

    assert set(frame["kind"]) == {"river"}
    assert set(frame["name_en"]) == {"River"}
    east = frame.to_crs("EPSG:4326").total_bounds[2]
    assert east < village().bounds[2] + 0.06


def test_water_far_from_all_streets_is_not_drawn(tmp_path: Path):
    far = shapely.LineString([at_m(90_000, 0), at_m(91_000, 0)])
    write_basemap(village(), [], tmp_path, [Water("river", {}, far)])

    assert not (tmp_path / "water.pmtiles").exists()


def test_the_towns_river_is_an_area_and_a_line_between_its_banks():
    line, area = sorted(sample_draft().waters, key=lambda water: water.shape.geom_type)

    assert (line.kind, area.kind) == ("river", "area")
    assert line.names["en"] == ("Barfab River",)
    assert area.shape.covers(shapely.line_interpolate_point(line.shape, 0.5, normalized=True))
