from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.model import (
    District,
    Level,
    LevelReason,
    Override,
    Place,
    SegmentId,
    ServiceClass,
)
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from data.policy.service_levels import idle_rules, levels_of
from data.policy.street_rules import NamedRule, NearRule, SteepRule, StreetRules, ZoneRule
from data.streets.network import build_network
from tests import village as v

P1, P2, P3, P4 = map(ServiceClass, ("P1", "P2", "P3", "P4"))
POLICY = policy_from_toml(DEFAULT_POLICY)
HOSPITAL = Place("hospital", v.at_m(310, 165), {"": ("بیمارستان مطهری",)})
HOURS_2 = timedelta(hours=2)


def village_with(**changed):
    """The village with some streets changed, each given by its id as `s5={...}`."""
    segments = [replace(s, **changed.get(f"s{s.id}", {})) for s in v.village_segments()]
    return build_network(segments)


def levels(rules, network=None, places=(), **more):
    policy = replace(POLICY, street_rules=rules)
    return levels_of(network or v.village(), places, policy, **more)


def test_without_rules_the_road_class_decides_alone():
    assert levels(StreetRules(), places=v.village_places()) == {}


def test_a_street_in_front_of_a_hospital_is_raised_and_says_which():
    rule = NearRule(("hospital",), 40, P2)
    found = levels(StreetRules(near=(rule,)), places=[HOSPITAL])
    assert found == {v.ORCHARD: Level(P2, LevelReason.NEAR, "بیمارستان مطهری")}


def test_a_place_without_a_name_is_told_by_its_kind():
    rule = NearRule(("hospital",), 40, P2)
    (level,) = levels(StreetRules(near=(rule,)), places=[replace(HOSPITAL, names={})]).values()
    assert level.subject == "hospital"


def test_of_two_places_the_nearer_is_told():
    rule = NearRule(("hospital",), 120, P1)
    other = Place("hospital", v.at_m(300, 240), {"": ("Far Clinic",)})
    found = levels(StreetRules(near=(rule,)), places=[HOSPITAL, other])
    assert found[v.ORCHARD].subject == "بیمارستان مطهری"


def test_an_alley_beside_a_school_stays_where_a_street_is_nearer():
    school = Place("school", v.at_m(100, 160), {"": ("دبستان البرز",)})
    rule = NearRule(("school",), 80, P1)
    found = levels(StreetRules(near=(rule,)), places=[school])
    assert found[v.SCHOOL].service_class == P1
    assert v.BACK not in found


def test_the_nearest_street_of_a_place_is_raised_even_if_it_is_an_alley():
    clinic = Place("clinic", v.at_m(205, 290), {})
    found = levels(StreetRules(near=(NearRule(("clinic",), 20, P2),)), places=[clinic])
    assert set(found) == {v.BLIND}


@pytest.mark.parametrize(("incline", "raised"), [("9%", True), ("-5°", True), ("6 %", False)])
def test_a_steep_street_is_raised(incline, raised):
    network = village_with(s3={"incline": incline})
    found = levels(StreetRules(steep=SteepRule(8, P2)), network)
    assert found == ({v.TULIP: Level(P2, LevelReason.STEEP, incline)} if raised else {})


def test_a_bus_route_is_raised():
    network = village_with(s5={"bus": True})
    assert levels(StreetRules(bus=P2), network) == {v.ROSE: Level(P2, LevelReason.BUS)}


@pytest.mark.parametrize(
    ("name", "street"),
    [
        ("خیابان گل سرخ", v.ROSE),
        ("گل‌سرخ", v.ROSE),
        ("rose street", v.ROSE),
        ("خ. باغ", v.ORCHARD),
        ("كوچه لاله", v.TULIP),
    ],
)
def test_a_named_street_is_found_in_any_spelling(name, street):
    found = levels(StreetRules(named=(NamedRule((name,), P1),)))
    assert found == {street: Level(P1, LevelReason.NAMED, name)}


def test_a_name_that_no_street_has_raises_nothing():
    assert levels(StreetRules(named=(NamedRule(("خیابان ماه",), P1),))) == {}


def test_a_rule_never_lowers_a_class():
    assert levels(StreetRules(named=(NamedRule(("خیابان امام",), P3),))) == {}


def test_of_two_rules_of_one_class_the_later_is_told():
    network = village_with(s5={"bus": True})
    named = NamedRule(("Rose Street",), P2)
    found = levels(StreetRules(bus=P2, named=(named,)), network)
    assert found[v.ROSE].reason is LevelReason.NAMED


def test_of_two_classes_the_more_urgent_is_told():
    network = village_with(s5={"bus": True})
    found = levels(StreetRules(bus=P1, named=(NamedRule(("Rose Street",), P2),)), network)
    assert found[v.ROSE] == Level(P1, LevelReason.BUS)


def in_a_zone(**facts):
    zone = {"name": "Bazaar", "service_class": None, "cycle": None}
    return StreetRules(zones=(ZoneRule(**(zone | facts)),))


def test_a_zone_in_a_circle_tightens_the_cycle_of_its_streets():
    rules = in_a_zone(cycle=HOURS_2, **v.at_m(100, 0)._asdict(), radius_m=20)
    assert levels(rules) == {v.MAIN_WEST: Level(P1, LevelReason.ZONE, "Bazaar", HOURS_2)}


def test_a_zone_never_lengthens_a_cycle():
    day = timedelta(hours=24)
    assert levels(in_a_zone(cycle=day, **v.at_m(100, 0)._asdict(), radius_m=20)) == {}


def test_a_cycle_counts_only_for_streets_that_are_served_in_rounds():
    whole = {**v.at_m(200, 200)._asdict(), "radius_m": 5000}
    found = levels(in_a_zone(cycle=HOURS_2, **whole))
    assert v.BLIND not in found
    assert v.TULIP in found
    raised = levels(in_a_zone(cycle=HOURS_2, service_class=P3, **whole))
    assert raised[v.BLIND] == Level(P3, LevelReason.ZONE, "Bazaar", HOURS_2)


def test_a_zone_in_a_polygon_takes_streets_by_their_middle():
    corners = (v.at_m(150, 200), v.at_m(250, 200), v.at_m(250, 400), v.at_m(150, 400))
    found = levels(in_a_zone(service_class=P2, polygon=corners))
    assert set(found) == {v.BLIND}


@pytest.mark.parametrize("spelling", ["منطقهٔ ۱", "منطقه 1", "District 1"])
def test_a_zone_finds_its_districts_in_any_spelling(spelling):
    network = village_with(s3={"district": "منطقهٔ ۱"})
    district = District("منطقهٔ ۱", {"": ("منطقهٔ ۱",), "en": ("District 1",)})
    found = levels(
        in_a_zone(service_class=P2, districts=(spelling,)), network, districts=[district]
    )
    assert set(found) == {v.TULIP}


def test_a_street_that_a_rule_raised_keeps_the_reason_and_gets_the_zones_cycle():
    rules = StreetRules(
        named=(NamedRule(("Tulip Alley",), P1),),
        zones=(ZoneRule("All", None, HOURS_2, **v.at_m(200, 150)._asdict(), radius_m=5000),),
    )
    assert levels(rules)[v.TULIP] == Level(P1, LevelReason.ZONE, "All", HOURS_2)


def test_a_decision_wins_over_every_rule_and_may_lower():
    rules = StreetRules(named=(NamedRule(("Rose Street",), P1),))
    decided = {v.ROSE: Override(v.ROSE, P4, None, "Nobody lives here")}
    found = levels(rules, overrides=decided)
    assert found[v.ROSE] == Level(P4, LevelReason.OVERRIDE, "Nobody lives here")


def test_a_decision_for_a_street_that_is_gone_is_left_out():
    gone = SegmentId(99)
    assert levels(StreetRules(), overrides={gone: Override(gone, P1)}) == {}


def test_rules_that_find_no_street_are_told():
    rules = StreetRules(
        near=(NearRule(("school", "hospital"), 40, P1),),
        bus=P2,
        steep=SteepRule(8, P2),
        named=(NamedRule(("Rose Street", "Moon Street"), P1),),
        zones=(ZoneRule("Far away", P1, None, **v.at_m(9000, 0)._asdict(), radius_m=10),),
    )
    idle = idle_rules(v.village(), v.village_places(), replace(POLICY, street_rules=rules))
    assert [(str(reason), subject) for reason, subject in idle] == [
        ("near", "hospital"),
        ("bus", ""),
        ("steep", ""),
        ("named", "Moon Street"),
        ("zone", "Far away"),
    ]


classes = st.sampled_from(list(POLICY.rules))
spots = st.builds(v.at_m, st.floats(-50, 650), st.floats(-100, 350))
nears = st.builds(NearRule, st.just(("school", "mosque")), st.floats(1, 500), classes)
zones = st.builds(
    lambda spot, **facts: ZoneRule("Z", **facts, **spot._asdict()),
    spots,
    service_class=classes,
    cycle=st.none() | st.floats(0.25, 30).map(lambda h: timedelta(hours=h)),
    radius_m=st.floats(1, 500),
)


@given(
    st.lists(nears, max_size=2).map(tuple),
    st.none() | classes,
    st.lists(zones, max_size=3).map(tuple),
)
def test_no_street_is_ever_served_later_or_more_rarely_than_by_its_road(near, bus, zones):
    policy = replace(POLICY, street_rules=StreetRules(near=near, bus=bus, zones=zones))
    ruled = replace(policy, levels=levels_of(v.village(), v.village_places(), policy))
    for street in v.village().segments:
        plain, raised = POLICY.rule_of(street), ruled.rule_of(street)
        assert raised.service_class <= plain.service_class
        promised = POLICY.rules[raised.service_class].cycle
        for cycle in (plain.cycle, promised):
            assert cycle is None or (raised.cycle and raised.cycle <= cycle)


def test_a_raised_street_keeps_no_cycle_that_is_longer_than_its_new_classs():
    rules = StreetRules(
        zones=(
            ZoneRule("A", None, timedelta(hours=6), **v.at_m(0, 75)._asdict(), radius_m=20),
            ZoneRule("B", P2, None, **v.at_m(0, 75)._asdict(), radius_m=20),
        )
    )
    assert levels(rules)[v.TULIP] == Level(P2, LevelReason.ZONE, "B")


def test_raising_to_a_class_without_a_cycle_keeps_the_one_that_the_street_had():
    on_request = replace(POLICY.rules[P2], cycle=None)
    policy = replace(
        POLICY,
        rules={**POLICY.rules, P2: on_request},
        street_rules=StreetRules(named=(NamedRule(("Tulip Alley",), P2),)),
    )
    found = levels_of(v.village(), (), policy)
    assert found[v.TULIP] == Level(P2, LevelReason.NAMED, "Tulip Alley", timedelta(hours=12))
