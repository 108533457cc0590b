from pathlib import Path

import pytest
from osmium.osm.mutable import Relation

from data.errors import CityFileError, NotFoundError
from data.model import NumberRange, Oneway, RoadClass, SegmentKey, Side
from data.osm.addresses import number_ranges
from data.osm.osm_reader import read_osm
from tests.data.osm.osm_files import STREET, a_node, a_sign, a_way, nodes, write_osm

HELSINKI = Path(__file__).parents[3] / "var" / "test-data" / "Helsinki.osm.pbf"
CROSSING = [*nodes(), a_way(10, [1, 2, 3]), a_way(11, [4, 2, 5])]


def keys(draft):
    return [segment.key for segment in draft.segments]


def read(tmp_path, things, **options):
    return read_osm(write_osm(tmp_path / "city.osm", things), **options)


def test_two_ways_meet_where_they_share_a_node(tmp_path):
    assert keys(read(tmp_path, CROSSING)) == [
        SegmentKey(10, 1, 2, 0),
        SegmentKey(10, 2, 3, 1),
        SegmentKey(11, 4, 2, 0),
        SegmentKey(11, 2, 5, 1),
    ]


def test_a_way_that_crosses_itself_is_cut_at_the_crossing(tmp_path):
    ring = [*nodes(), a_way(10, [1, 2, 4, 3, 2, 5])]
    assert keys(read(tmp_path, ring)) == [
        SegmentKey(10, 1, 2, 0),
        SegmentKey(10, 2, 2, 1),
        SegmentKey(10, 2, 5, 2),
    ]


def test_a_closed_way_on_its_own_survives_as_a_loop(tmp_path):
    draft = read(tmp_path, [*nodes(), a_way(10, [1, 4, 3, 1])])
    assert keys(draft) == [SegmentKey(10, 1, 1, 0)]


def test_parallel_streets_survive(tmp_path):
    draft = read(tmp_path, [*nodes(), a_way(10, [1, 4, 3]), a_way(11, [1, 5, 3])])
    assert keys(draft) == [SegmentKey(10, 1, 3, 0), SegmentKey(11, 1, 3, 0)]


def test_a_way_is_cut_where_the_file_lacks_a_node(tmp_path):
    draft = read(tmp_path, [*nodes(), a_way(10, [1, 2, 99, 3, 4])])
    assert keys(draft) == [SegmentKey(10, 1, 2, 0), SegmentKey(10, 3, 4, 1)]


def test_two_nodes_at_one_place_stay_connected(tmp_path):
    draft = read(tmp_path, [*nodes(), a_node(6, 2, 0), a_way(10, [1, 3]), a_way(11, [3, 6])])
    assert [segment.length_m > 0 for segment in draft.segments] == [True, True]


@pytest.mark.parametrize("suffix", ["osm", "osm.pbf", "osm.gz", "osm.bz2"])
def test_the_order_of_objects_does_not_matter(tmp_path, suffix):
    things = [
        *CROSSING,
        a_sign(1, "no_left_turn", ("w", 10, "from"), ("n", 2, "via"), ("w", 11, "to")),
    ]
    draft = read_osm(write_osm(tmp_path / f"mixed.{suffix}", things[::-1]))
    assert {tuple(key) for key in keys(draft)} == {
        (10, 1, 2, 0),
        (10, 2, 3, 1),
        (11, 4, 2, 0),
        (11, 2, 5, 1),
    }


def test_footways_and_closed_streets_are_no_streets(tmp_path):
    draft = read(
        tmp_path,
        [
            *nodes(),
            a_way(10, [1, 2]),
            a_way(11, [2, 3], {"highway": "footway"}),
            a_way(12, [2, 4], access="no"),
            a_way(13, [2, 5], access="no", bus="yes"),
            a_way(14, [3, 4], {"building": "yes"}),
        ],
    )
    assert [key.osm_way_id for key in keys(draft)] == [10, 13]


def test_service_ways_and_alleys_come_by_option(tmp_path):
    things = [
        *nodes(),
        a_way(10, [1, 2]),
        a_way(11, [2, 3], {"highway": "service"}),
        a_way(12, [2, 4], {"highway": "service", "service": "alley"}),
    ]
    assert len(read(tmp_path, things).segments) == 1
    draft = read_osm(tmp_path / "city.osm", services=True)
    assert [segment.road_class for segment in draft.segments] == [
        RoadClass.RESIDENTIAL,
        RoadClass.SERVICE,
        RoadClass.ALLEY,
    ]


def test_service_ways_that_are_no_streets_are_kept_apart_and_cut_where_they_meet_one(tmp_path):
    things = [
        *nodes(),
        a_way(10, [1, 2, 3]),
        a_way(11, [4, 2, 5], {"highway": "service", "oneway": "yes"}),
        a_way(12, [4, 1], {"highway": "service", "service": "alley"}),
    ]
    draft = read(tmp_path, things)
    assert keys(draft) == [(10, 1, 3, 0)]  # no street is cut for them
    assert [(w.id, w.osm_way_id, w.start, w.end) for w in draft.service_ways] == [
        (-1, 11, 4, 2),
        (-2, 11, 2, 5),
        (-3, 12, 4, 1),
    ]
    assert draft.service_ways[0].geometry[-1] == draft.segments[0].geometry[1]
    assert [w.oneway for w in draft.service_ways] == [Oneway.FORWARD, Oneway.FORWARD, Oneway.NO]
    assert read_osm(tmp_path / "city.osm", services=True).service_ways == ()


def test_names_come_in_every_language_with_the_main_one_first(tmp_path):
    tags = {
        "name": "خیابان ولیعصر",
        "name:en": "Valiasr Street",
        "name:fa": "خیابان ولیعصر",
        "old_name": "پهلوی; مصدق",
        "alt_name:en": "Vali Asr",
        "name:etymology": "nobody",
    }
    (segment,) = read(tmp_path, [*nodes(), a_way(10, [1, 2], {**STREET, **tags})]).segments
    assert segment.names == {
        "": ("خیابان ولیعصر", "پهلوی", "مصدق"),
        "en": ("Valiasr Street", "Vali Asr"),
        "fa": ("خیابان ولیعصر",),
    }


SIGN = [("w", 10, "from"), ("n", 2, "via"), ("w", 11, "to")]
SPLIT = [*nodes(), a_way(10, [1, 2]), a_way(11, [2, 4]), a_way(12, [2, 5]), a_way(13, [2, 3])]


@pytest.mark.parametrize(("kind", "expected"), [("no_left_turn", "no"), ("only_left_turn", "only")])
def test_a_turn_sign_joins_the_segments_at_its_node(tmp_path, kind, expected):
    draft = read(tmp_path, [*SPLIT, a_sign(1, kind, *SIGN)])
    (sign,) = draft.restrictions
    assert (sign.from_segment, sign.via, sign.to_segment, sign.kind) == (1, 2, 2, expected)


def test_signs_that_do_not_fit_are_counted(tmp_path):
    over_a_way = [("w", 10, "from"), ("w", 12, "via"), ("w", 11, "to")]
    to_nowhere = [("w", 10, "from"), ("n", 2, "via"), ("w", 99, "to")]
    things = [*SPLIT, a_sign(1, "no_u_turn", *over_a_way), a_sign(2, "no_left_turn", *to_nowhere)]
    draft = read(tmp_path, things)
    assert draft.restrictions == ()
    assert draft.skipped == {"restrictions": 2}


def test_house_numbers_and_places_come_from_nodes_and_outlines(tmp_path):
    address = {"addr:housenumber": "12", "addr:street": "Mill Street"}
    draft = read(
        tmp_path,
        [
            *nodes(),
            a_node(20, 3, 3, {"amenity": "hospital", "name": "City Hospital"}),
            a_way(10, [1, 2]),
            a_way(30, [1, 4, 3, 1], {"building": "yes", **address}),
            a_way(31, [1, 5, 3, 1], {"amenity": "place_of_worship", "religion": "muslim"}),
        ],
    )
    kinds = {place.kind: place for place in draft.places}
    assert set(kinds) == {"hospital", "address", "mosque"}
    assert (kinds["address"].street, kinds["address"].number) == ("Mill Street", "12")
    assert kinds["address"].location.lon == pytest.approx(45.071)
    assert kinds["hospital"].names == {"": ("City Hospital",)}


def test_a_house_drawn_as_an_area_of_several_ways_has_its_number(tmp_path):
    area = a_sign(7, "", ("w", 30, "outer"), ("w", 31, "outer"))
    area.tags = {"type": "multipolygon", "addr:housenumber": "5"}
    outline = [a_way(30, [1, 4, 3], {}), a_way(31, [3, 5, 1], {})]
    draft = read(tmp_path, [*nodes(), a_way(10, [1, 2]), *outline, area])
    (place,) = draft.places
    assert place.location == pytest.approx((45.071, 37.55))


def test_a_file_without_streets_is_refused(tmp_path):
    with pytest.raises(CityFileError, match="no streets"):
        read(tmp_path, [*nodes(), a_way(10, [1, 2], {"highway": "footway"})])


@pytest.mark.parametrize("suffix", ["osm", "osm.pbf", "osm.gz", "osm.bz2"])
def test_an_empty_or_foreign_file_is_refused(tmp_path, suffix):
    path = tmp_path / f"city.{suffix}"
    path.write_bytes(b"")
    with pytest.raises(CityFileError, match="empty"):
        read_osm(path)
    path.write_bytes(b"\x89PNG no map at all " * 50)
    with pytest.raises(CityFileError, match="no OpenStreetMap file"):
        read_osm(path)


@pytest.mark.parametrize("suffix", ["osm", "osm.pbf", "osm.gz", "osm.bz2"])
def test_a_truncated_file_is_refused(tmp_path, suffix):
    path = write_osm(tmp_path / f"city.{suffix}", CROSSING)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(CityFileError, match="damaged"):
        read_osm(path)


def test_a_missing_file_is_named():
    with pytest.raises(NotFoundError, match=r"nowhere\.osm"):
        read_osm(Path("nowhere.osm"))


@pytest.mark.parametrize(
    ("name", "segments", "kilometres", "named"),
    [
        ("botosani", 2495, 302.6, 0.686),
        ("syracuse-streets", 5648, 753.3, 0.925),
        ("tehran-d6-south", 4990, 387.6, 0.933),
    ],
)
def test_a_real_city_has_its_streets(shared_data, name, segments, kilometres, named):
    draft = read_osm(shared_data / "osm" / f"{name}.osm.pbf")
    assert len(draft.segments) == segments
    length_km = sum(segment.length_m for segment in draft.segments) / 1000
    assert length_km == pytest.approx(kilometres, rel=1e-3)
    share = sum(bool(segment.names) for segment in draft.segments) / segments
    assert share == pytest.approx(named, abs=1e-3)


@pytest.fixture
def helsinki():
    if not HELSINKI.exists():
        pytest.skip("no Helsinki.osm.pbf: run scripts/fetch-test-data")
    return HELSINKI


def test_helsinki_has_its_turn_signs_and_house_numbers(helsinki):
    draft = read_osm(helsinki, services=True)
    assert len(draft.restrictions) + draft.skipped["restrictions"] == 45
    assert len(draft.restrictions) == 43  # two lead to streets beyond the edge of the file
    assert sum(place.kind == "address" for place in draft.places) == 1470


def test_one_way_tags_have_their_meaning(tmp_path):
    tags = [
        {"oneway": "yes"},
        {"oneway": "-1"},
        {"oneway": "reversible"},
        {"junction": "roundabout"},
        {"highway": "motorway"},
        {"highway": "motorway", "oneway": "no"},
        {},
    ]
    ways = [a_way(10 + i, [1, 2], {**STREET, **tag}) for i, tag in enumerate(tags)]
    f, b, n = Oneway.FORWARD, Oneway.BACKWARD, Oneway.NO
    found = [segment.oneway for segment in read(tmp_path, [*nodes(), *ways]).segments]
    assert found == [f, b, n, f, f, n, n]


def a_line(number: int, *members: tuple[str, int, str], **tags: str) -> Relation:
    return Relation(id=number, members=list(members), tags={"type": "route", **tags})


def bus_ways(draft):
    return {segment.key.osm_way_id for segment in draft.segments if segment.bus}


def test_buses_run_on_the_ways_of_their_lines(tmp_path):
    line = a_line(1, ("w", 10, ""), ("w", 11, "forward"), ("w", 12, "platform"), route="bus")
    tram = a_line(2, ("w", 13, ""), route="tram")
    assert bus_ways(read(tmp_path, [*SPLIT, line, tram])) == {10, 11}


def test_a_bus_stop_marks_the_street_it_stands_on(tmp_path):
    stop = a_node(20, 0.5, 0.05, {"highway": "bus_stop"})
    lonely = a_node(21, 9, 9, {"highway": "bus_stop"})
    assert bus_ways(read(tmp_path, [*SPLIT, stop, lonely])) == {10}


def test_a_real_district_has_bus_streets(shared_data):
    draft = read_osm(shared_data / "osm" / "tehran-d6-south.osm.pbf", services=True)
    buses = [segment for segment in draft.segments if segment.bus]
    assert 50 < len(buses) < len(draft.segments) / 4


def test_house_numbers_by_ranges_are_shared_by_the_pieces_of_a_way(tmp_path):
    ranges = {"addr:range:l": "101-121", "addr:range:r": "120-100"}
    draft = read(tmp_path, [*nodes(), a_way(10, [1, 2, 3], **ranges), a_way(11, [2, 4])])
    first, second, across = draft.segments
    assert first.houses == (
        NumberRange(Side.LEFT, 101, 111),
        NumberRange(Side.RIGHT, 120, 110),
    )
    assert second.houses == (
        NumberRange(Side.LEFT, 111, 121),
        NumberRange(Side.RIGHT, 110, 100),
    )
    assert across.houses == ()


def test_an_area_tells_how_far_it_reaches(tmp_path):
    park = a_way(30, [1, 4, 3, 1], {"leisure": "park", "name": "Melli Park"})
    draft = read(tmp_path, [*nodes(), a_way(10, [1, 2]), park])
    (place,) = draft.places
    assert place.reach_m == pytest.approx(96, abs=2)


def test_a_quarter_with_a_border_is_a_neighbourhood(tmp_path):
    quarter = a_sign(7, "", ("w", 30, "outer"))
    quarter.tags = {
        "type": "boundary",
        "boundary": "administrative",
        "admin_level": "10",
        "name": "Kolonka",
    }
    draft = read(tmp_path, [*nodes(), a_way(10, [1, 2]), a_way(30, [1, 4, 3, 5, 1], {}), quarter])
    (place,) = draft.places
    assert (place.kind, place.names) == ("neighbourhood", {"": ("Kolonka",)})


def interpolated(tmp_path, kind, first="11", last="15", **tags):
    """Return the houses between two numbered nodes, 0 and 120 m north of a street's start."""
    ends = [
        a_node(20, 0, 0.1, {"addr:housenumber": first, "addr:street": "Mill Lane"}),
        a_node(21, 0.5, 0.1),
        a_node(22, 1, 0.1, {"addr:housenumber": last}),
    ]
    way = a_way(30, [20, 21, 22], {"addr:interpolation": kind, **tags})
    draft = read(tmp_path, [*nodes(), *ends, a_way(10, [1, 2], name="Mill Lane"), way])
    return [place for place in draft.places if place.kind == "interpolated"]


@pytest.mark.parametrize(
    ("kind", "ends", "numbers"),
    [
        ("odd", ("11", "17"), ["13", "15"]),
        ("even", ("11", "17"), ["12", "14", "16"]),
        ("all", ("4", "1"), ["2", "3"]),
        ("5", ("10", "25"), ["15", "20"]),
        ("alphabetic", ("12", "12c"), ["12a", "12b"]),
        ("alphabetic", ("12a", "14c"), []),
        ("odd", ("11", "90001"), []),
        ("odd", ("a", "b"), []),
        ("who knows", ("11", "17"), []),
    ],
)
def test_houses_between_two_mapped_ones_are_those_that_the_way_says(tmp_path, kind, ends, numbers):
    assert [each.number for each in interpolated(tmp_path, kind, *ends)] == numbers


def test_a_house_between_two_mapped_ones_stands_in_proportion_and_knows_how_far_it_may_be(tmp_path):
    (middle,) = interpolated(tmp_path, "odd")
    assert (middle.street, middle.number) == ("Mill Lane", "13")
    assert middle.location.lon == pytest.approx(45.0705)
    assert middle.reach_m == pytest.approx(44, abs=1)


def test_the_street_of_houses_between_is_that_of_their_way_first(tmp_path):
    assert {each.street for each in interpolated(tmp_path, "odd", **{"addr:street": "High"})} == {
        "High"
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"L_F_ADD": "101", "L_T_ADD": "121", "R_F_ADD": "120", "R_T_ADD": "100"},
        {"LFROMHN": "101", "LTOHN": "121", "RFROMHN": "120", "RTOHN": "100", "PARITYL": "O"},
        {"FRADDL": "101", "TOADDL": "121", "FRADDR": "120", "TOADDR": "100"},
        {"FromAddr_L": "101", "ToAddr_L": "121.0", "FromAddr_R": "120", "ToAddr_R": "100"},
        {"FROMLEFT": "101", "TOLEFT": "121", "FROMRIGHT": "120", "TORIGHT": "100"},
    ],
)
def test_a_centreline_has_its_numbers_by_side_from_its_start_to_its_end(fields):
    assert number_ranges(fields) == (
        NumberRange(Side.LEFT, 101, 121),
        NumberRange(Side.RIGHT, 120, 100),
    )


def test_a_side_without_houses_or_with_both_parities_says_so():
    fields = {"FROMLEFT": "0", "TOLEFT": "0", "FROMRIGHT": "2", "TORIGHT": "20"}
    assert number_ranges({**fields, "PARITY_R": "B"}) == (
        NumberRange(Side.RIGHT, 2, 20, mixed=True),
    )
    assert number_ranges({**fields, "PARITY_R": "Z"}) == ()
    assert NumberRange(Side.RIGHT, 2, 20, mixed=True).step == 1
