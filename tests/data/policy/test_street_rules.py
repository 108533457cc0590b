from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InvalidError
from data.model import LonLat, ServiceClass
from data.osm.tags import PLACE_KINDS
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml, toml_from_policy
from data.policy.street_rules import NamedRule, NearRule, SteepRule, StreetRules, ZoneRule

POLICY = policy_from_toml(DEFAULT_POLICY)
BAZAAR = '[[zone]]\nname = "Bazaar"\nlon = 45.07\nlat = 37.55\nradius_m = 300\ncycle_h = 2\n'

classes = st.sampled_from(list(POLICY.rules))
words = st.text(min_size=1, max_size=12).map(str.strip).filter(lambda t: t and t.isprintable())
some_words = st.lists(words, min_size=1, max_size=3, unique=True).map(tuple)
hours = st.floats(0.25, 168).map(lambda h: timedelta(hours=h))
places = st.builds(LonLat, st.floats(-180, 180), st.floats(-90, 90))
kinds = st.lists(st.sampled_from(PLACE_KINDS), unique=True).map(tuple)
zones = st.one_of(
    st.builds(ZoneRule, words, classes, st.none() | hours, districts=some_words),
    st.builds(
        ZoneRule,
        words,
        st.none(),
        hours,
        lon=st.floats(-180, 180),
        lat=st.floats(-90, 90),
        radius_m=st.floats(1, 50_000),
    ),
    st.builds(
        ZoneRule, words, classes, hours, polygon=st.lists(places, min_size=3, max_size=5).map(tuple)
    ),
)
rules = st.builds(
    StreetRules,
    near=st.lists(st.builds(NearRule, kinds, st.floats(1, 1000), classes), max_size=3).map(tuple),
    bus=st.none() | classes,
    steep=st.none() | st.builds(SteepRule, st.floats(1, 100), classes),
    named=st.lists(st.builds(NamedRule, some_words, classes), max_size=3).map(tuple),
    zones=st.lists(zones, max_size=3, unique_by=lambda zone: zone.name).map(tuple),
)


@settings(max_examples=150)
@given(rules)
def test_a_policy_that_is_written_is_read_as_it_was(rules):
    policy = replace(POLICY, street_rules=rules)
    assert policy_from_toml(toml_from_policy(policy)) == policy


@given(st.floats(0, 200), st.none() | st.floats(0.25, 168), st.floats(0.001, 1e6))
def test_the_numbers_of_a_class_survive_writing(trigger_cm, cycle_h, weight):
    cycle = None if cycle_h is None else timedelta(hours=cycle_h)
    rule = replace(
        POLICY.rules[ServiceClass("P2")],
        trigger_mm=round(trigger_cm * 10, 6),
        cycle=cycle,
        weight=weight,
    )
    policy = replace(POLICY, rules={**POLICY.rules, ServiceClass("P2"): rule})
    assert policy_from_toml(toml_from_policy(policy)) == policy


def test_a_policy_without_rules_beyond_the_road_class_is_whole():
    begin = DEFAULT_POLICY.index("# Beyond the road class")
    assert policy_from_toml(DEFAULT_POLICY[:begin]).street_rules == StreetRules()


def test_the_default_raises_what_is_in_front_of_a_hospital():
    first = POLICY.street_rules.near[0]
    assert ("hospital" in first.places, first.service_class) == (True, ServiceClass("P1"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[near]]\nplaces = ["castle"]\nwithin_m = 50\nclass = "P1"', r"near\[3\]\.places"),
        ('[[near]]\nplaces = ["school"]\nwithin_m = 0\nclass = "P1"', r"near\[3\]\.within_m"),
        ('[[near]]\nplaces = ["school"]\nwithin_m = 50\nclass = "P9"', r"near\[3\]\.class"),
        ('[[named]]\nnames = []\nclass = "P1"', r"named\[1\]\.names: expected a list of texts"),
        ('[[named]]\nnames = ["a", "a"]\nclass = "P1"', r"named\[1\]\.names"),
        ('[[named]]\nnames = ["a", 3]\nclass = "P1"', r"named\[1\]\.names"),
        ('[[named]]\nname = "a"\nclass = "P1"', r"named\[1\]\.names: .*got None"),
        (BAZAAR.replace("cycle_h = 2", ""), r"zone\[1\]\.cycle_h: expected cycle_h, class or both"),
        (BAZAAR.replace("lon = 45.07", ""), r"zone\[1\]\.lon"),
        (BAZAAR.replace("radius_m = 300", ""), r"zone\[1\]\.districts: expected one of"),
        (BAZAAR + 'districts = ["1"]', r"zone\[1\]\.districts: expected one of"),
        ('[[zone]]\nname = "x"\nclass = "P1"', r"zone\[1\]\.districts"),
        ('[[zone]]\nname = "x"\nclass = "P1"\npolygon = [[45, 37]]', r"zone\[1\]\.polygon"),
        (
            '[[zone]]\nname = "x"\nclass = "P1"\npolygon = [[45, 37], [45, 97], [46, 37]]',
            r"zone\[1\]\.polygon: expected at least 3 places as \[longitude, latitude\]",
        ),
        (BAZAAR + BAZAAR, r"zone\[2\]\.name: expected every name once"),
        (BAZAAR + "speed = 3", r"zone\[1\]\.speed"),
    ],
)
def test_a_mistake_in_a_rule_is_named(text, message):
    with pytest.raises(InvalidError, match=message):
        policy_from_toml(f"{DEFAULT_POLICY}\n{text}\n")


def test_a_slope_without_its_least_incline_is_named():
    with pytest.raises(InvalidError, match=r"steep\.incline_pct: .*got None"):
        policy_from_toml(DEFAULT_POLICY.replace("incline_pct = 8\n", ""))
