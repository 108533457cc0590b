"""Where a street file lies, found without reading all of it."""

import json
from pathlib import Path

import pytest

from data.errors import CityFileError
from data.model import LonLat
from data.osm.file_place import place_in_file
from tests.data.osm.osm_files import a_way, nodes, write_osm


def test_a_street_file_tells_where_it_lies(tmp_path: Path) -> None:
    file = write_osm(tmp_path / "town.osm", [*nodes(), a_way(10, [1, 2, 3])])
    place = place_in_file(file)
    assert place is not None
    assert (round(place.lon), round(place.lat)) == (45, 38)


def test_a_geojson_file_tells_its_first_corner(tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[45.07, 37.55], [45.08, 37.55]]}
    feature = {"type": "Feature", "properties": {}, "geometry": line}
    file = tmp_path / "town.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert place_in_file(file) == LonLat(45.07, 37.55)
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}, indent=2))
    assert place_in_file(file) == LonLat(45.07, 37.55)
    whole = json.dumps({"features": [feature] * 2_000}).removesuffix("]}")
    file.write_text(whole)  # its end is never read
    assert place_in_file(file) == LonLat(45.07, 37.55)
    file.write_text('{"coordinates": [[512000.0, 4150000.0]]}')
    assert place_in_file(file) is None
    file.write_text('{"type": "FeatureCollection", "features": []}')
    assert place_in_file(file) is None


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "town.osm.pbf"
    file.write_bytes(b"no streets")
    with pytest.raises(CityFileError):
        place_in_file(file)
