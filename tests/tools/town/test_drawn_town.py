import json
from collections import Counter
from pathlib import Path

import osmium
import pytest
import shapely

from data.model import Oneway, RoadClass
from data.osm.osm_reader import read_osm
from data.samples import TOWN_DISTRICTS, TOWN_FILE
from data.setup.reachability import assumed_depots, unreachable
from tests.town import named, sample_draft, sample_town
from tools.town import Town, draw_town, lonlat, write_districts, write_town
from tools.town.traffic import SIGNS

NETWORK = sample_town().network


@pytest.fixture(scope="module")
def town() -> Town:
    return draw_town()


def test_the_town_has_about_two_thousand_streets_of_plausible_length():
    lengths_m = sorted(s.length_m for s in NETWORK.segments)

    assert 1_900 <= len(lengths_m) <= 2_300
    assert lengths_m[0] > 4
    assert 45 < lengths_m[len(lengths_m) // 2] < 90
    assert lengths_m[-1] < 500


def test_every_street_can_be_reached_from_the_depots_and_left_again():
    depots = [depot.location for depot in assumed_depots(NETWORK)]

    assert unreachable(NETWORK, depots) == []


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_another_seed_draws_another_town_that_is_as_whole(seed: int, tmp_path: Path):
    path = tmp_path / "town.osm.pbf"
    write_town(draw_town(seed), path)
    draft = read_osm(path)

    assert 1_900 <= len(draft.segments) <= 2_400
    assert draft.skipped["restrictions"] == 0
    assert {s.geometry for s in draft.segments} != {s.geometry for s in NETWORK.segments}


def test_the_files_of_the_samples_are_what_is_drawn(town: Town, tmp_path: Path):
    drawn, districts = tmp_path / TOWN_FILE.name, tmp_path / TOWN_DISTRICTS.name
    write_town(town, drawn)
    write_districts(districts)

    assert said(drawn) == said(TOWN_FILE)
    assert districts.read_bytes() == TOWN_DISTRICTS.read_bytes()


def test_the_main_square_is_one_roundabout_that_runs_against_the_clock():
    square = named("میدان امام خمینی")

    assert all(s.roundabout and s.oneway is Oneway.FORWARD for s in square)
    ring = shapely.LinearRing([p for s in square for p in s.geometry[:-1]])
    assert ring.is_ccw


def test_boulevards_have_a_carriageway_for_each_direction():
    boulevard = named("بلوار انقلاب")
    eastward = [s.geometry[-1].lon > s.geometry[0].lon for s in boulevard]

    assert all(s.oneway is Oneway.FORWARD for s in boulevard)
    assert any(eastward)
    assert not all(eastward)


def test_two_streets_make_a_one_way_pair():
    assert all(s.geometry[-1].lon > s.geometry[0].lon for s in named("خیابان فردوسی"))
    assert all(s.geometry[-1].lon < s.geometry[0].lon for s in named("خیابان مولوی"))


def test_only_bridges_cross_the_river(town: Town):
    river = next(f for f in town.features if f.tags.get("natural") == "water")
    water = shapely.Polygon([lonlat(p) for p in river.points])
    crossing = [s for s in NETWORK.segments if shapely.LineString(s.geometry).crosses(water)]

    assert len(crossing) >= 8
    assert all(s.layer == 1 for s in crossing)


def test_alleys_are_named_as_iranians_name_them():
    names = Counter(s.names[""][0] for s in NETWORK.segments if s.names)
    kinds = Counter(name.split()[0] for name in names)

    assert kinds["کوچهٔ"] > 100
    assert kinds["بن‌بست"] > 50
    assert kinds["کوی"] > 10
    assert "کوچهٔ شهید باکری" in names
    assert any(name.endswith(" ۱۲") for name in names)


def test_most_alleys_have_a_name_and_some_have_none():
    nameless = sum(not s.names for s in NETWORK.segments) / len(NETWORK.segments)

    assert 0.02 < nameless < 0.12


def test_one_hill_is_steep_and_the_rest_is_flat():
    steep = [s for s in NETWORK.segments if s.incline]

    assert 70 < len(steep) < 200
    assert {"up", "down"} <= {s.incline for s in steep}
    assert max(s.geometry[0].lat for s in steep) < lonlat((0, 0)).lat


def test_everybody_finds_what_a_town_needs():
    kinds = Counter(place.kind for place in sample_town().places)

    assert kinds["hospital"] == 2
    assert kinds["fire_station"] == 3
    assert kinds["school"] >= 10
    assert kinds["mosque"] >= 8
    assert kinds["bus_stop"] >= 50
    assert kinds["address"] > 3_000


def test_house_numbers_are_odd_on_one_side_and_even_on_the_other():
    own = {s.id for s in named("خیابان سعدی")}
    houses = [p for p in sample_town().places if p.street == "خیابان سعدی"]
    sides = {
        (int(house.number) % 2, snap.side)
        for house in houses
        for snap in NETWORK.nearby(house.location, 40.0)
        if snap.segment_id in own
    }

    assert len(houses) > 30
    assert len(sides) == 2


def test_districts_share_the_town_without_gap_or_overlap():
    features = json.loads(TOWN_DISTRICTS.read_text(encoding="utf-8"))["features"]
    parts = [shapely.Polygon(f["geometry"]["coordinates"][0]) for f in features]
    whole = shapely.union_all(parts)

    assert [f["properties"]["name"] for f in features] == [
        "منطقهٔ ۱",
        "منطقهٔ ۲",
        "منطقهٔ ۳",
        "منطقهٔ ۴",
        "منطقهٔ ۵",
    ]
    assert whole.area == pytest.approx(sum(part.area for part in parts))
    assert all(whole.covers(shapely.LineString(s.geometry)) for s in NETWORK.segments)
    for part in parts:
        assert sum(part.covers(shapely.Point(s.geometry[0])) for s in NETWORK.segments) > 100


def test_service_classes_range_from_a_trunk_road_to_living_streets():
    assert {s.road_class for s in NETWORK.segments} >= {
        RoadClass.TRUNK,
        RoadClass.PRIMARY,
        RoadClass.SECONDARY,
        RoadClass.TERTIARY,
        RoadClass.RESIDENTIAL,
        RoadClass.LIVING_STREET,
    }


def test_bus_lines_and_turn_signs_refer_to_streets_of_the_file(town: Town):
    assert len(town.buses) == 8
    assert sample_draft().skipped["restrictions"] == 0
    assert len(sample_draft().restrictions) >= len(town.signs) > 8
    assert {sign.kind for sign in town.signs} == set(SIGNS)
    assert sum(s.bus for s in NETWORK.segments) > 200
    assert not any(s.bus for s in NETWORK.segments if s.road_class is RoadClass.LIVING_STREET)


def test_streets_of_one_level_meet_in_junctions_only():
    tree = shapely.STRtree(NETWORK.lines)
    pairs = tree.query(NETWORK.lines, predicate="crosses").T.tolist()
    levels = [s.layer for s in NETWORK.segments]

    assert [pair for pair in pairs if levels[pair[0]] == levels[pair[1]]] == []


def said(file: Path) -> list[tuple[object, ...]]:
    """Return nodes, ways and relations of a file, however it is compressed."""
    return [
        (one.type_str(), one.id, dict(one.tags), *parts_of(one))
        for one in osmium.FileProcessor(str(file))
    ]


def parts_of(one: osmium.osm.OSMObject) -> list[object]:
    if one.is_node():
        return [one.lon, one.lat]
    if one.is_way():
        return [node.ref for node in one.nodes]
    return [(member.type, member.ref, member.role) for member in one.members]
