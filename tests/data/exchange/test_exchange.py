import pyogrio
import pytest
import shapely

from data.exchange.basemap import MAX_ZOOM, MIN_ZOOM, write_basemap
from data.streets.network import build_network
from tests.village import ROSE, a_segment, village, village_places


@pytest.fixture(scope="module")
def tiles(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiles")
    write_basemap(village(), village_places(), folder)
    return folder


def rows(path, zoom):
    meta, _, _, fields = pyogrio.raw.read(path, ZOOM_LEVEL=zoom)
    return [dict(zip(meta["fields"], row, strict=True)) for row in zip(*fields, strict=True)]


def test_every_street_is_in_the_tiles_with_its_id(tiles):
    found = rows(tiles / "streets.pmtiles", MAX_ZOOM)
    assert {row["id"] for row in found} == {segment.id for segment in village().segments}


def test_a_street_has_its_names_and_class(tiles):
    rose = next(row for row in rows(tiles / "streets.pmtiles", MAX_ZOOM) if row["id"] == ROSE)
    keys = ("name", "name_fa", "name_en", "road_class", "oneway", "layer")
    assert [rose[key] for key in keys] == [
        "خیابان گل‌سرخ",
        "خیابان گل‌سرخ",
        "Rose Street",
        "residential",
        "forward",
        0,
    ]


def test_layers_are_named_for_the_style(tiles):
    assert pyogrio.list_layers(tiles / "streets.pmtiles")[0][0] == "streets"
    assert pyogrio.list_layers(tiles / "places.pmtiles")[0][0] == "places"


def test_the_whole_city_fits_into_the_first_zoom(tiles):
    assert rows(tiles / "streets.pmtiles", MIN_ZOOM)


def test_bends_that_nobody_sees_from_afar_are_only_in_close_views(tmp_path):
    bends = [(20.0 * step, 4.0 * (step % 2)) for step in range(1, 10)]
    write_basemap(build_network([a_segment(via_m=bends)], ()), (), tmp_path)

    def points(zoom):
        _, _, shapes, _ = pyogrio.raw.read(tmp_path / "streets.pmtiles", ZOOM_LEVEL=zoom)
        return shapely.get_num_coordinates(shapely.from_wkb(shapes)).max()

    assert (points(MIN_ZOOM), points(MAX_ZOOM)) == (2, 11)


def test_places_are_drawn_but_house_numbers_are_not(tiles):
    assert {row["kind"] for row in rows(tiles / "places.pmtiles", MAX_ZOOM)} == {"school", "mosque"}


@pytest.mark.parametrize("places", [[], [village_places()[0]]])
def test_a_city_without_places_or_with_a_single_one_has_streets_only(tmp_path, places):
    write_basemap(village(), places, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["streets.pmtiles"]
