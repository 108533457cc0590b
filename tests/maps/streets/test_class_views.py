from dataclasses import replace
from datetime import timedelta

from data.model import Level, LevelReason, Override, ServiceClass
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from data.streets.network import build_network
from maps.streets.service_levels import (
    MOST_ROWS,
    StreetSearch,
    classes_view,
    place_names,
    street_class_view,
    street_rows,
)
from maps.streets.street import level_view
from tests import village as v

P1, P2, P3, P4 = map(ServiceClass, ("P1", "P2", "P3", "P4"))
PLAIN = policy_from_toml(DEFAULT_POLICY)
BY_HAND = Level(P1, LevelReason.OVERRIDE, "Dr. Ahmadi lives here", timedelta(hours=2))
AT_SCHOOL = Level(P2, LevelReason.NEAR, "دبستان البرز")
POLICY = replace(PLAIN, levels={v.TULIP: BY_HAND, v.ROSE: AT_SCHOOL})
NAMES = place_names(v.village_places())


EVERY = StreetSearch()


def rows(search=EVERY, network=None, policy=POLICY):
    return street_rows(network or v.village(), policy, NAMES, search)


def test_sums_count_every_street_once_by_class_and_reason():
    view = classes_view(v.village(), POLICY, 7)
    sums = {(one.service_class, one.reason): one.streets for one in view.totals}
    assert sums[P1, "override"] == 1
    assert sums[P2, "near"] == 1
    assert sum(sums.values()) == len(v.village_segments())
    assert sorted(view.raised) == [(v.TULIP, "P1", "override"), (v.ROSE, "P2", "near")]


def test_a_place_is_named_in_all_languages_that_the_file_has():
    level = level_view(v.village().segment(v.ROSE), POLICY, NAMES)
    assert level.subject == {"": "دبستان البرز", "en": "Alborz School"}


def test_the_note_of_a_decision_is_only_for_who_sees_all_classes():
    street = v.village().segment(v.TULIP)
    assert level_view(street, POLICY).subject == {}
    assert level_view(street, POLICY, {}).subject == {"": "Dr. Ahmadi lives here"}
    assert level_view(v.village().segment(v.ROSE), POLICY).subject == {"": "دبستان البرز"}


def test_the_most_urgent_and_longest_street_comes_first_and_nameless_ones_last():
    found = rows().rows
    assert [row.level.service_class for row in found] == sorted(
        row.level.service_class for row in found
    )
    assert found[0].ids == [v.MAIN_WEST, v.MAIN_EAST]
    assert found[-1].ids == [v.YARD]


def test_parts_that_differ_in_class_are_told_apart():
    policy = replace(PLAIN, levels={v.MAIN_WEST: replace(BY_HAND, service_class=P3)})
    ids = [row.ids for row in rows(policy=policy).rows]
    assert [v.MAIN_WEST] in ids
    assert [v.MAIN_EAST] in ids


def test_alleys_of_one_name_in_two_quarters_are_two_rows():
    line = (v.at_m(0, 900), v.at_m(100, 900))
    far = v.a_segment(20, 30, 31, line=line, fa="کوچه لاله", en="Tulip Alley")
    network = build_network([*v.village_segments(), far])
    found = rows(StreetSearch(words="لاله"), network, PLAIN)
    assert [row.ids for row in found.rows] == [[v.TULIP], [20]]
    assert found.count == 2


def test_a_search_for_a_place_finds_the_streets_in_front_of_it():
    assert [row.ids for row in rows(StreetSearch(words="البرز")).rows] == [[v.ROSE]]


def test_a_long_list_is_cut_and_says_how_many_there_are():
    streets = [
        v.a_segment(n, 2 * n, 2 * n + 1, line=(v.at_m(0, 200 * n), v.at_m(9, 200 * n)), fa=f"{n}")
        for n in range(1, MOST_ROWS + 21)
    ]
    found = rows(network=build_network(streets))
    assert (len(found.rows), found.count) == (MOST_ROWS, MOST_ROWS + 20)


def test_a_street_says_what_the_rules_alone_would_say():
    street = v.village().segment(v.TULIP)
    decided = {v.TULIP: Override(v.TULIP, P1, timedelta(hours=2), "Dr. Ahmadi lives here")}
    view = street_class_view(street, POLICY, PLAIN, [street], decided, NAMES)
    assert (view.level.service_class, view.level.cycle_h) == (P1, 2.0)
    assert (view.by_rules.service_class, view.by_rules.reason) == (P3, "road")
    assert [one.note for one in view.decisions] == ["Dr. Ahmadi lives here"]
