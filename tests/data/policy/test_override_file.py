import json
from datetime import timedelta

import pytest

from data.errors import InvalidError
from data.model import Override, ServiceClass
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from data.policy.override_file import (
    csv_from_overrides,
    geojson_from_overrides,
    overrides_from_file,
)
from tests import village as v

P1, P2 = ServiceClass("P1"), ServiceClass("P2")
POLICY = policy_from_toml(DEFAULT_POLICY)
DECIDED = [
    Override(v.TULIP, P1, timedelta(hours=2.5), "=HYPERLINK(1), «doctor»"),
    Override(v.BLIND, P2),
]


def read(text, name="decisions.csv"):
    return overrides_from_file(name, text.encode(), v.village(), POLICY)


def streets(text, name="decisions.csv"):
    decisions, mistakes = read(text, name)
    assert mistakes == []
    return {segment_id: str(one.service_class) for segment_id, one in decisions.items()}


def faults(text, name="decisions.csv"):
    decisions, mistakes = read(text, name)
    assert decisions == {} or mistakes
    return [(fault.line, fault.field, str(fault.expected)) for fault in mistakes]


def features(*drawn):
    collection = [
        {"type": "Feature", "properties": properties, "geometry": geometry}
        for properties, geometry in drawn
    ]
    return json.dumps({"type": "FeatureCollection", "features": collection})


def a_line(*points_m):
    return {"type": "LineString", "coordinates": [v.at_m(*point) for point in points_m]}


@pytest.mark.parametrize("name", ["a.csv", "a.geojson", "A.JSON"])
def test_what_is_written_is_read_as_it_was(name):
    write = csv_from_overrides if name.endswith("csv") else geojson_from_overrides
    decisions, mistakes = read(write(DECIDED, v.village()), name)
    assert mistakes == []
    assert decisions == {one.segment_id: one for one in DECIDED}


def test_no_note_becomes_a_formula():
    assert "\"'=HYPERLINK" in csv_from_overrides(DECIDED, v.village())


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("segment_id,class\n3,P1", {v.TULIP: "P1"}),
        ("osm_way_id;class\n1008;p2", {v.BLIND: "P2"}),
        ("خیابان;درجه\nكوچه لاله;درجهٔ ۱", {v.TULIP: "P1"}),
        ("street\tclass\nImam Street\t3", {v.MAIN_WEST: "P3", v.MAIN_EAST: "P3"}),
        ("Longitude;Latitude;Class\n{lon};{lat};1", {v.ROSE: "P1"}),
    ],
)
def test_a_street_is_named_in_several_ways(line, found):
    lon, lat = v.at_m(405, 75)
    decimal = {"lon": str(lon).replace(".", ","), "lat": str(lat)}
    assert streets(line.format(**decimal)) == found


def test_a_cycle_is_read_in_persian_digits():
    decisions, _ = read("نام;درجه;دوره (ساعت);دلیل\nکوچه لاله;۱;۲/۵;نانوایی")
    assert decisions[v.TULIP] == Override(v.TULIP, P1, timedelta(hours=2.5), "نانوایی")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("segment_id,class\n99,P1", (2, "segment_id", "a street of this city")),
        ("segment_id,class\nx,P1", (2, "segment_id", "a number")),
        ("segment_id,class\n1.5,P1", (2, "segment_id", "a whole number")),
        ("segment_id,osm_way_id,class\n3,1008,P1", (2, "segment_id", "a part of way 1008")),
        ("street,class\n\nMoon Street,P1", (3, "street", "a street of this city")),
        ("lon,lat,class\n45.07,,P1", (2, "lat", "a number")),
        ("lon,lat,class\n4507,37,P1", (2, "lon", "a street of this city")),
        ("street,class\nRose Street,P5", (2, "class", "one of P1, P2, P3, P4")),
        ("street,class\nRose Street,", (2, "class", "one of P1, P2, P3, P4")),
        ("street,class,cycle_h\nRose Street,P1,900", (2, "cycle_h", "0.5 to 168")),
        ("street,class,cycle_h\nRose Street,P1,soon", (2, "cycle_h", "a number")),
        ("street,class,note\nRose Street,P1," + "x" * 201, (2, "note", "at most 200 characters")),
        ("street\nRose Street", (1, "class", "a column")),
        ("street,class,color\nRose Street,P1,red", (1, "", "a known column")),
        ("street,class", (0, "", "at least one street")),
        ("", (0, "", "a table with headers and a line for each street")),
        (
            "street,class\nRose Street,P1\nRose Street,P2",
            (3, "street", "a street that no other line decides"),
        ),
    ],
)
def test_a_mistake_names_line_and_field(line, fault):
    assert faults(line) == [fault]


def test_all_mistakes_are_told_at_once():
    assert [fault[:2] for fault in faults("street,class\nMoon Street,P9\nRose Street,P7")] == [
        (2, "class"),
        (2, "street"),
        (3, "class"),
    ]


def test_a_line_without_any_street_is_told():
    ((line, field, need),) = faults("street,class\n,P1")
    assert (line, field) == (2, "")
    assert "a way to find the street" in need


def test_a_line_along_a_street_means_that_street():
    drawn = features(({"class": "P1"}, a_line((-5, 3), (205, -3))))
    assert streets(drawn, "a.geojson") == {v.MAIN_WEST: "P1"}


def test_a_point_means_the_nearest_street():
    point = {"type": "Point", "coordinates": v.at_m(300, 145)}
    assert streets(features(({"class": "P2"}, point)), "a.geojson") == {v.ORCHARD: "P2"}


def test_an_area_means_the_streets_whose_middle_lies_in_it():
    corners = [v.at_m(*at) for at in ((-10, 20), (210, 20), (210, 130), (-10, 130), (-10, 20))]
    area = {"type": "Polygon", "coordinates": [corners]}
    assert set(streets(features(({"class": "P2"}, area)), "a.geojson")) == {
        v.TULIP,
        v.MILL,
        v.BACK,
    }


def test_properties_name_a_street_before_its_drawing_does():
    drawn = features(({"class": 2, "segment_id": 3, "note": None}, a_line((0, 0), (200, 0))))
    assert streets(drawn, "a.geojson") == {v.TULIP: "P2"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", (0, "", "a GeoJSON feature collection in degrees")),
        ('{"features": [3]}', (0, "", "a GeoJSON feature collection in degrees")),
        ('{"features": []}', (0, "", "at least one street")),
        (
            features(({"class": "P1"}, {"type": "Point", "coordinates": [5e6, 4e6]})),
            (1, "geometry", "a street of this city"),
        ),
        (features(({"class": "P1"}, None)), (1, "", None)),
    ],
)
def test_what_is_no_map_is_told(text, fault):
    ((line, field, need),) = faults(text, "a.geojson")
    assert (line, field) == fault[:2]
    assert fault[2] in (None, need)


def test_another_kind_of_file_is_refused():
    with pytest.raises(InvalidError, match=r"a name that ends in \.csv"):
        overrides_from_file("a.xlsx", b"", v.village(), POLICY)
