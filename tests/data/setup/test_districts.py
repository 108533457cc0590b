import pytest
import shapely

from data.errors import CityFileError, InvalidError
from data.model import District
from data.setup.districts import URMIA_DISTRICTS, in_districts, read_districts
from data.store.database.engine import reading, transaction
from data.store.streets.districts import list_districts, save_districts
from tests.data.setup.polygon_files import write_polygons
from tests.village import BLIND, MAIN_EAST, MAIN_WEST, MILL, YARD, at_m, village_segments
from tests.village_database import a_village_database

WEST = {"name": "منطقهٔ ۱", "name:en": "District 1"}
EAST = {"name": "منطقهٔ ۲", "name_en": "District 2"}


@pytest.fixture
def drawn(tmp_path):
    boxes = [(WEST, (-10, -10, 210, 160)), (EAST, (210, -10, 610, 160))]
    return read_districts(write_polygons(tmp_path / "districts.geojson", boxes))


def test_a_polygon_file_gives_names_and_shapes(drawn):
    assert [district.name for district in drawn] == ["منطقهٔ ۱", "منطقهٔ ۲"]
    assert drawn[1].names == {"": ("منطقهٔ ۲",), "en": ("District 2",)}
    assert shapely.from_wkt(drawn[0].polygon).covers(shapely.Point(at_m(5, 5)))


def test_polygons_of_one_name_are_one_district(tmp_path):
    boxes = [(WEST, (0, 0, 10, 10)), (WEST, (100, 0, 110, 10))]
    (district,) = read_districts(write_polygons(tmp_path / "districts.geojson", boxes))
    assert shapely.from_wkt(district.polygon).geom_type == "MultiPolygon"


@pytest.mark.parametrize("key", ["inhabitants", "population"])
def test_a_district_knows_how_many_live_there_in_all_of_its_polygons(tmp_path, key):
    boxes = [
        ({**WEST, key: 1200}, (0, 0, 10, 10)),
        ({**WEST, key: 300}, (100, 0, 110, 10)),
        (EAST, (210, -10, 610, 160)),
    ]
    west, east = read_districts(write_polygons(tmp_path / "districts.geojson", boxes))
    assert (west.inhabitants, east.inhabitants) == (1500, None)


def test_inhabitants_that_are_no_number_are_refused(tmp_path):
    boxes = [({**WEST, "population": "many"}, (0, 0, 10, 10))]
    with pytest.raises(InvalidError, match="polygon 1: population: expected a whole number"):
        read_districts(write_polygons(tmp_path / "districts.geojson", boxes))


def test_a_table_of_a_district_may_say_how_many_live_there(tmp_path):
    file = tmp_path / "districts.toml"
    file.write_text('[[district]]\nname = "Old town"\ninhabitants = 8400\n', "utf-8")
    (district,) = read_districts(file)
    assert district.inhabitants == 8400
    file.write_text('[[district]]\nname = "Old town"\ninhabitants = 0.5\n', "utf-8")
    with pytest.raises(InvalidError, match="inhabitants"):
        read_districts(file)


def test_a_street_belongs_where_most_of_it_lies(drawn):
    found = {segment.id: segment.district for segment in in_districts(village_segments(), drawn)}
    assert (found[MAIN_WEST], found[MAIN_EAST]) == ("منطقهٔ ۱", "منطقهٔ ۲")
    assert found[BLIND] == "", "nine tenths of it lie north of both"
    assert found[YARD] == ""


def test_names_alone_put_no_street_anywhere():
    districts = [District("منطقهٔ ۱", {"": ("منطقهٔ ۱",)})]
    assert in_districts(village_segments(), districts) == village_segments()


def test_a_street_leaves_a_district_that_is_gone(drawn):
    told = in_districts(village_segments(), drawn)
    assert in_districts(told, drawn[:1])[MAIN_EAST - 1].district == ""
    assert in_districts(told, drawn[:1])[MILL - 1].district == "منطقهٔ ۱"


def test_the_five_districts_of_urmia_are_names_only():
    districts = read_districts(URMIA_DISTRICTS)
    assert [district.names["fa"][0] for district in districts] == [
        f"منطقهٔ {digit}" for digit in "۱۲۳۴۵"
    ]
    assert all(district.polygon is None for district in districts)


def test_a_text_has_a_name_a_line(tmp_path):
    (tmp_path / "names.txt").write_text("منطقهٔ ۱\n\n نوگچی‌دیزج \n", encoding="utf-8-sig")
    names = [district.name for district in read_districts(tmp_path / "names.txt")]
    assert names == ["منطقهٔ ۱", "نوگچی‌دیزج"]


@pytest.mark.parametrize(
    ("name", "text", "error", "told"),
    [
        ("names.txt", "\n \n", CityFileError, "names no district"),
        ("names.txt", "a\nb\na\n", InvalidError, "'a'"),
        ("names.toml", "[[district]]\nfa = 'x'", InvalidError, "name"),
        ("names.toml", "[[district]]\nname = 'x'\nnmae = 'y'", InvalidError, "nmae"),
        ("names.pdf", "%PDF", CityFileError, "names.pdf"),
    ],
)
def test_a_file_of_names_that_is_wrong_says_where(tmp_path, name, text, error, told):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(error, match=told):
        read_districts(tmp_path / name)


def test_a_text_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "names.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CityFileError, match="UTF-8"):
        read_districts(tmp_path / "names.txt")


def test_a_polygon_without_a_name_is_refused(tmp_path):
    boxes = [(WEST, (0, 0, 10, 10)), ({"name": " "}, (100, 0, 110, 10))]
    with pytest.raises(InvalidError, match="polygon 2"):
        read_districts(write_polygons(tmp_path / "districts.geojson", boxes))


def test_districts_come_back_from_the_database(drawn):
    engine = a_village_database()
    with transaction(engine) as tx:
        save_districts(tx, [District("old", {"": ("old",)}, inhabitants=12)])
        save_districts(tx, [*drawn, District("نوگچی‌دیزج", {"": ("نوگچی‌دیزج",)})])
    with reading(engine) as tx:
        assert list_districts(tx) == [*drawn, District("نوگچی‌دیزج", {"": ("نوگچی‌دیزج",)})]
