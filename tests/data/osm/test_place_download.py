import re

import osmium
import pytest

from data.errors import CityFileError
from data.model import Oneway
from data.osm import tags as osm_tags
from data.osm.osm_reader import read_osm
from data.osm.place_download import PLACE_NODES_FROM, WAY_TAGS, fetch_place
from data.setup.boundary import clipped, read_boundary
from tests.data.osm.drawn_place import QUERY, a_node, answers, cached_in, draw


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    return cached_in(tmp_path / "places", monkeypatch)


def test_the_streets_of_a_place_come_with_their_own_ids(drawn):
    draft = read_osm(fetch_place(QUERY, drawn).streets)
    keys = {(s.key.osm_way_id, s.start, s.end) for s in draft.segments}
    assert {(10, 1, 2), (10, 2, 3), (11, 4, 2), (11, 2, 5)} <= keys
    assert 14 not in {way for way, _, _ in keys}, "nobody plows a footway"


def test_names_and_attributes_of_streets_come_along(drawn):
    draft = read_osm(fetch_place(QUERY, drawn).streets)
    imam = next(s for s in draft.segments if s.key.osm_way_id == 10)
    assert (imam.names[""], imam.names["en"]) == (("خیابان امام",), ("Imam Street",))
    assert imam.road_class == "primary"


def test_a_street_that_is_one_way_against_its_drawing_stays_so(drawn):
    draft = read_osm(fetch_place(QUERY, drawn).streets)
    lane = [s for s in draft.segments if s.key.osm_way_id == 11]
    assert [(s.start, s.end, s.oneway) for s in lane] == [
        (4, 2, Oneway.BACKWARD),
        (2, 5, Oneway.BACKWARD),
    ]


def test_a_way_that_crosses_its_own_end_keeps_all_its_parts(drawn):
    draft = read_osm(fetch_place(QUERY, drawn).streets)
    loop = {frozenset((s.start, s.end)) for s in draft.segments if s.key.osm_way_id == 12}
    assert loop == {frozenset(pair) for pair in [(3, 7), (7, 4), (4, 2), (2, 3)]}


def test_a_way_that_leaves_the_place_keeps_what_touches_it(drawn):
    draft = read_osm(fetch_place(QUERY, drawn).streets)
    away = [s for s in draft.segments if s.key.osm_way_id == 13]
    assert sum(s.length_m for s in away) > 4000
    assert {s.incline for s in away} == {"8%"}


def test_the_boundary_of_the_place_clips_it(drawn):
    files = fetch_place(QUERY, drawn)
    kept = clipped(read_osm(files.streets), read_boundary(files.boundary))
    assert 13 not in {s.key.osm_way_id for s in kept.segments}
    assert 10 in {s.key.osm_way_id for s in kept.segments}


def test_schools_and_house_numbers_come_along(drawn):
    places = read_osm(fetch_place(QUERY, drawn).streets).places
    assert {(p.kind, p.number, p.street) for p in places} == {
        ("school", "", ""),
        ("address", "۱۲", "کوچهٔ لاله"),
    }
    assert next(p for p in places if p.kind == "school").names[""] == ("دبستان البرز",)


def test_house_numbers_between_two_mapped_ones_come_along(drawn):
    ends = [
        a_node(number, {"addr:housenumber": house, "addr:street": "خیابان امام"})
        for number, house in ((1, "2"), (3, "8"))
    ]
    way = {"type": "way", "id": 20, "nodes": [1, 2, 3], "tags": {"addr:interpolation": "even"}}
    draw(drawn, answers([*ends, a_node(2), way]))

    places = read_osm(fetch_place(QUERY, drawn).streets).places

    assert {(p.number, p.street) for p in places if p.kind == osm_tags.INTERPOLATED} == {
        ("4", "خیابان امام"),
        ("6", "خیابان امام"),
    }


def test_an_area_comes_with_the_gates_on_its_outline(drawn):
    hospital = {"amenity": "hospital", "name": "بیمارستان"}
    outline = {"type": "way", "id": 20, "nodes": [1, 2, 4, 1], "tags": hospital}
    gates = [a_node(1, {"entrance": "main"}), a_node(2, {"barrier": "gate"})]
    draw(drawn, answers([*gates, a_node(4), outline]))

    (place,) = read_osm(fetch_place(QUERY, drawn).streets).places

    assert (place.kind, place.names[""]) == ("hospital", ("بیمارستان",))
    assert [(round(at.lon, 3), round(at.lat, 3)) for at in place.gates] == [(45.07, 37.55)]
    assert place.reach_m > 50


def test_a_building_that_has_a_number_alone_stays_a_point(drawn):
    house = {"building": "yes", "addr:housenumber": "۱۲", "addr:street": "خیابان امام"}
    outline = {"type": "way", "id": 20, "nodes": [1, 2, 4, 1], "tags": house}
    draw(drawn, answers([a_node(1), a_node(2), a_node(4), outline]))

    streets = fetch_place(QUERY, drawn).streets

    ways = [each.id for each in osmium.FileProcessor(str(streets), osmium.osm.WAY)]
    assert max(ways) < PLACE_NODES_FROM
    assert [each.number for each in read_osm(streets).places] == ["۱۲"]


def test_a_place_without_house_numbers_is_a_place(drawn):
    draw(drawn, answers())
    assert read_osm(fetch_place(QUERY, drawn).streets).places == ()


def test_a_place_that_nobody_knows_is_named(drawn):
    draw(drawn, {"place": []})
    with pytest.raises(CityFileError, match="Barfabad"):
        fetch_place(QUERY, drawn)
    assert not list(drawn.glob("*.pbf"))


def test_without_internet_and_without_an_answer_of_before_it_says_so(drawn):
    (drawn / "cache" / "place.json").unlink()
    with pytest.raises(CityFileError, match="no internet"):
        fetch_place(QUERY, drawn)


def test_only_streets_are_asked_for(drawn, monkeypatch):
    import osmnx

    asked = []
    download = osmnx.graph_from_polygon

    def listening(outline, custom_filter, **more):
        asked.append(re.search('"highway"~"(.*)"', custom_filter)[1])
        return download(outline, custom_filter=custom_filter, **more)

    monkeypatch.setattr(osmnx, "graph_from_polygon", listening)
    fetch_place(QUERY, drawn)
    (pattern,) = asked
    wanted = ("primary", "primary_link", "living_street", "service", "road")
    assert all(re.search(pattern, value) for value in wanted)
    assert not any(re.search(pattern, value) for value in ("footway", "construction", "bus_stop"))


def test_settings_of_osmnx_are_given_back(drawn):
    import osmnx

    before = (osmnx.settings.cache_folder, osmnx.settings.all_oneway)
    fetch_place(QUERY, drawn)
    assert (osmnx.settings.cache_folder, osmnx.settings.all_oneway) == before


def test_the_name_of_a_file_is_made_of_the_place(drawn):
    files = fetch_place("ارومیه، ایران", drawn)
    assert files.streets.name == "ارومیه-ایران.osm.pbf"
    assert files.streets.parent == files.boundary.parent == drawn


class Listening(dict):
    """Tags that remember which keys somebody asked for."""

    def __init__(self, tags):
        super().__init__(tags)
        self.asked = set()

    def get(self, key, default=None):
        self.asked.add(key)
        return super().get(key, default)

    def __contains__(self, key):
        self.asked.add(key)
        return super().__contains__(key)


def test_every_tag_that_our_reader_looks_at_is_asked_for():
    tags = Listening({"highway": "service"})
    road = osm_tags.road_class(tags)
    direction = osm_tags.oneway(tags)
    lanes = osm_tags.lanes(tags, road, direction)
    osm_tags.width_m(tags, road, lanes)
    osm_tags.speed_mps(tags, road)
    osm_tags.layer(tags)
    osm_tags.is_roundabout(tags)
    osm_tags.serves_buses(tags)
    osm_tags.names(tags)
    assert tags.asked <= set(WAY_TAGS)
    assert len(tags.asked) > 15
