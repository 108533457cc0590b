import json
from datetime import UTC, datetime

import geopandas
import pyogrio
import pytest
import shapely
from arro3.core import DataType
from arro3.io import read_parquet

from data.errors import InvalidError
from data.exchange.gis import write_streets
from tests.village import ROSE, village

PASSED_AT = datetime(2026, 12, 21, 4, 30, tzinfo=UTC)


def only(value):
    """A column that has a value for Rose Street alone."""
    return [value if segment.id == ROSE else None for segment in village().segments]


@pytest.fixture(params=["streets.gpkg", "streets.geojson"])
def file(request, tmp_path):
    return tmp_path / request.param


def rose_of(file):
    frame = geopandas.read_file(file)
    return frame[frame.id == ROSE].iloc[0]


def test_every_street_is_a_line_in_degrees(file):
    write_streets(village(), {}, file)
    frame = geopandas.read_file(file)
    lines = {segment.id: list(segment.geometry) for segment in village().segments}
    assert frame.crs.to_epsg() == 4326
    assert {row.id for row in frame.itertuples()} == set(lines)
    for row in frame.itertuples():
        line = shapely.LineString(lines[row.id])
        assert row.geometry.equals_exact(line, tolerance=1e-6)


def test_a_street_is_told_by_its_names_and_its_road(file):
    write_streets(village(), {}, file)
    rose, segment = rose_of(file), village().segment(ROSE)
    assert (rose["name"], rose.name_fa, rose.name_en) == (
        "خیابان گل‌سرخ",
        "خیابان گل‌سرخ",
        "Rose Street",
    )
    assert (rose.road_class, rose.oneway) == ("residential", "forward")
    assert (rose.osm_way_id, rose.lanes) == (segment.key.osm_way_id, segment.lanes)
    assert rose.length_m == pytest.approx(segment.length_m, abs=0.1)


def test_more_columns_keep_their_kinds(file):
    columns = {"passes": only(2), "state": only("done"), "last_pass_at": only(PASSED_AT)}
    write_streets(village(), columns, file)
    rose = rose_of(file)
    assert (rose.passes, rose.state, rose.last_pass_at) == (2, "done", PASSED_AT)
    others = geopandas.read_file(file).query(f"id != {ROSE}")
    assert others[["passes", "state", "last_pass_at"]].isna().all(axis=None)


def test_whole_numbers_stay_whole_beside_gaps(tmp_path):
    write_streets(village(), {"passes": only(2)}, tmp_path / "streets.geojson")
    features = json.loads((tmp_path / "streets.geojson").read_text(encoding="utf-8"))["features"]
    passes = {f["properties"]["id"]: f["properties"]["passes"] for f in features}
    assert isinstance(passes[ROSE], int)


def test_a_column_may_be_empty(file):
    write_streets(village(), {"state": [None] * len(village().segments)}, file)
    assert geopandas.read_file(file).state.isna().all()


def test_a_column_of_times_is_one_before_there_are_any(tmp_path):
    write_streets(village(), {"last_pass_forward": only(None)}, tmp_path / "streets.gpkg")
    found = pyogrio.read_info(tmp_path / "streets.gpkg")
    kinds = dict(zip(found["fields"], found["ogr_types"], strict=True))
    assert kinds["last_pass_forward"] == "OFTDateTime"


@pytest.fixture
def parquet(tmp_path):
    return tmp_path / "streets.parquet"


def rows_of(file):
    table = read_parquet(file).read_all()
    columns = [table[name].to_pylist() for name in table.column_names]
    return [dict(zip(table.column_names, row, strict=True)) for row in zip(*columns, strict=True)]


def test_parquet_has_every_street_with_its_kinds_and_its_line(parquet):
    columns = {"passes": only(2), "state": only("done"), "last_pass_at": only(PASSED_AT)}
    write_streets(village(), columns, parquet)
    rows = {row["id"]: row for row in rows_of(parquet)}
    rose, segment = rows[ROSE], village().segment(ROSE)
    assert (rose["passes"], rose["state"], rose["last_pass_at"]) == (2, "done", PASSED_AT)
    assert (rose["name_fa"], rose["lanes"]) == ("خیابان گل‌سرخ", segment.lanes)
    assert shapely.from_wkb(rose["geometry"]) == shapely.LineString(segment.geometry)
    assert len(rows) == len(village().segments)
    others = [row for street, row in rows.items() if street != ROSE]
    assert {row[name] for row in others for name in columns} == {None}


def test_parquet_says_where_its_lines_lie_and_what_is_allowed(parquet):
    write_streets(village(), {}, parquet, "CC BY 4.0")
    geo = json.loads(read_parquet(parquet).schema.metadata_str["geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    assert tuple(geo["columns"]["geometry"]["bbox"]) == tuple(village().bounds)
    assert geo["licence"] == "CC BY 4.0"


def test_columns_of_parquet_keep_their_kind_where_they_are_empty(parquet):
    nothing = [None] * len(village().segments)
    empty = {"cycle_h": nothing, "state": nothing, "cleared_at": nothing}
    write_streets(village(), empty, parquet)
    schema = read_parquet(parquet).schema
    kinds = [schema.field(name).type for name in empty]
    assert kinds == [DataType.float64(), DataType.utf8(), DataType.timestamp("ms", tz="UTC")]


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "csv", "parquet"])
def test_the_same_streets_of_a_moment_are_the_same_bytes(tmp_path, ending):
    one, other = (tmp_path / f"{name}.{ending}" for name in ("one", "other"))
    for file in (one, other):
        columns = {"last_pass_at": only(PASSED_AT)}
        write_streets(village(), columns, file, "CC BY 4.0", PASSED_AT)
    assert one.read_bytes() == other.read_bytes()


def test_an_older_file_is_replaced(file):
    file.write_bytes(b"old")
    write_streets(village(), {}, file)
    assert len(geopandas.read_file(file)) == len(village().segments)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_another_ending_is_refused_and_named(tmp_path):
    with pytest.raises(InvalidError, match=r"streets\.shp"):
        write_streets(village(), {}, tmp_path / "streets.shp")


def test_a_column_of_another_length_is_an_error(file):
    file.write_bytes(b"old")
    with pytest.raises(ValueError, match="same length"):
        write_streets(village(), {"passes": [1]}, file)
    assert file.read_bytes() == b"old"
