import re
from datetime import timedelta

import pytest

from data.errors import InvalidError
from data.model import Oneway, RoadClass, ServiceClass
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from tests.village import BLIND, MAIN_WEST, SCHOOL, TULIP, a_segment, village

POLICY = policy_from_toml(DEFAULT_POLICY)


@pytest.mark.parametrize(
    ("segment_id", "service_class"),
    [(MAIN_WEST, "P1"), (SCHOOL, "P2"), (TULIP, "P3"), (BLIND, "P4")],
)
def test_a_street_is_served_by_its_road_class(segment_id, service_class):
    assert POLICY.class_of(village().segment(segment_id)) == service_class


def test_every_road_class_has_a_service_class():
    assert set(POLICY.classes) == set(RoadClass)


def test_depths_become_millimetres_and_hours_become_durations():
    rule = POLICY.rules[ServiceClass("P1")]
    assert (rule.trigger_mm, rule.cycle, rule.deadline) == (
        20,
        timedelta(hours=3),
        timedelta(hours=4),
    )


def test_p4_is_served_on_request_only():
    assert POLICY.rules[ServiceClass("P4")].cycle is None


@pytest.mark.parametrize(
    ("width_m", "oneway", "blade_m", "passes"),
    [
        (7.0, Oneway.NO, 3.0, 2),
        (7.0, Oneway.FORWARD, 3.0, 4),
        (4.6, Oneway.NO, 3.0, 1),
        (14.0, Oneway.NO, 3.0, 4),
        (3.5, Oneway.NO, 1.8, 2),
        (7.0, Oneway.NO, 0.0, 1),
    ],
)
def test_passes_follow_from_width_and_blade(width_m, oneway, blade_m, passes):
    street = a_segment(width_m=width_m, oneway=oneway)
    assert POLICY.passes_for(street, blade_m) == passes


def test_a_job_without_a_vehicle_counts_passes_with_the_blade_of_the_policy():
    assert POLICY.passes_for(a_segment(width_m=7.0)) == 2


def test_salt_covers_one_direction():
    assert POLICY.salt_kg(a_segment(width_m=7.0)) == pytest.approx(200 * 3.5 * 0.02, rel=1e-3)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("trigger_cm = 2\n", "trigger_cm = -2\n", r"class\.P1\.trigger_cm: expected 0 to 200"),
        ("cycle_h = 3\n", 'cycle_h = "3"\n', r"class\.P1\.cycle_h: .*got '3'"),
        ("cycle_h = 3\n", "cycles_h = 3\n", r"class\.P1\.cycles_h"),
        ("deadline_h = 4\n", "", r"class\.P1\.deadline_h: .*got None"),
        ('"trunk", ', "", "trunk missing"),
        ('roads = ["tertiary"]', 'roads = ["tertiary", "trunk"]', "not in P1 too"),
        ('roads = ["tertiary"]', 'roads = ["boulevard"]', "boulevard"),
        ("[class.P2]", "[class.P5]", r"near\[2\]\.class: .*got 'P2'"),
        ("[class.P2]", "[class.2nd]", r"class\.2nd"),
        ("weight = 8\n", 'weight = 8\ncolors = ["red"]\n', r"class\.P1\.colors"),
        ("weight = 8", "weight = nan", r"class\.P1\.weight"),
        ("blade_m = 3.0", "blade_m = true", r"passes\.blade_m"),
        ("blade_m = 3.0", "blade_m = 0.6", "after angle and overlap"),
        ("[passes]", "[passes", "expected TOML"),
    ],
)
def test_a_mistake_is_named_with_field_and_value(old, new, message):
    assert old in DEFAULT_POLICY
    with pytest.raises(InvalidError, match=message):
        policy_from_toml(DEFAULT_POLICY.replace(old, new, 1))


def test_a_policy_from_before_a_language_has_the_usual_names_in_it_and_none_for_names_of_its_own():
    before = re.sub(r', az = "[^"]*"', "", DEFAULT_POLICY)
    own = before.replace('"P2, second"', '"Bus routes"')
    texts = policy_from_toml(own).class_texts("az")
    assert texts["class:P1"] == "P1, birinci"
    assert texts["class:P2"] == "Bus routes"
