from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from data.training import (
    HOUR,
    Calls,
    MachineTrouble,
    PowerCut,
    Snow,
    Trouble,
    shipped_scenario,
)
from fleet.simulation.city_parts import CityParts
from fleet.simulation.scenario_events import (
    TrackerTroubles,
    callers_of,
    hindered,
    snow_cm,
    troubles_of,
    words_of,
)
from fleet.simulation.simulated_calls import calls, written_calls
from tests import village as v
from tests.fleet.simulation.test_simulated_trucks import NETWORK, fixes

NIGHT = shipped_scenario("first-night")
MINUTE = timedelta(minutes=1)


def a_trouble(kind: Trouble, start: timedelta, end: timedelta, machine: int = 1) -> MachineTrouble:
    return MachineTrouble(start, end, machine, kind)


def driven_with(*troubles: MachineTrouble, cuts=()):
    tracker = TrackerTroubles(troubles, cuts, v.NOW, seed=1)
    return list(tracker.told(hindered(fixes(), troubles, v.NOW)))


def test_snow_falls_in_its_spells_and_adds_up():
    snow = (Snow(0 * HOUR, 2 * HOUR, 1.5), Snow(4 * HOUR, 5 * HOUR, 2.0))
    parts = CityParts(NETWORK)
    fallen = [snow_cm(snow, hours * HOUR, parts) for hours in (0, 1, 3, 4.5, 9)]
    assert fallen == pytest.approx([0, 1.5, 3, 4, 5])


def test_callers_come_as_often_as_each_spell_says_and_none_while_the_power_is_cut():
    spells = (Calls(0 * HOUR, 10 * HOUR, 20), Calls(10 * HOUR, 20 * HOUR, 200))
    scenario = replace(NIGHT, calls=spells, power_cut=(PowerCut(12 * HOUR, 14 * HOUR),))
    spoken = list(calls(NETWORK.segments, (), v.NOW, callers_of(scenario, v.NOW), seed=1))
    by_hour = Counter(int((one.at - v.NOW) / HOUR) for one in spoken)
    assert all(before.at <= after.at for before, after in pairwise(spoken))
    assert by_hour[12] == by_hour[13] == 0
    assert sum(by_hour[hour] for hour in range(10)) == pytest.approx(200, rel=0.25)
    assert sum(by_hour[hour] for hour in range(10, 20)) == pytest.approx(1600, rel=0.1)
    assert max(by_hour) < 20


def test_whom_the_scenario_names_calls_at_that_time_in_the_language_of_the_city():
    said = words_of(NIGHT, v.NOW, "az")
    assert [at - v.NOW for at, *_ in said] == [2 * HOUR]
    (call,) = written_calls(NETWORK.segments, (), said, seed=1)
    assert call.text.startswith(call.address)
    assert call.text.endswith("nə vaxt gələcəklər?")


def test_a_machine_that_breaks_down_stands_and_goes_on_from_there_later():
    usual = fixes()
    start, end = 1 * MINUTE, 31 * MINUTE
    sent = driven_with(a_trouble(Trouble.BREAKDOWN, start, end))
    standing = [one for one in sent if v.NOW + start <= one.fixed_at < v.NOW + end]
    assert len({one.location for one in standing}) == 1
    assert not any(one.blade or one.speed_mps for one in standing)
    assert all(before.fixed_at <= after.fixed_at for before, after in pairwise(sent))
    late = [one for one in sent if one.fixed_at >= v.NOW + end]
    assert [one.location for one in late] == [
        one.location for one in usual if one.fixed_at >= v.NOW + start
    ]
    assert late[0].fixed_at == v.NOW + end


def test_an_absent_machine_sends_nothing_until_its_driver_comes():
    sent = driven_with(a_trouble(Trouble.ABSENT, 0 * HOUR, 1 * HOUR))
    assert sent[0].fixed_at == v.NOW + HOUR
    assert [one.location for one in sent] == [one.location for one in fixes()]


def test_what_a_silent_tracker_or_a_power_cut_holds_back_arrives_with_its_own_times():
    usual = fixes()
    for sent in (
        driven_with(a_trouble(Trouble.SILENT, 1 * MINUTE, 3 * MINUTE)),
        driven_with(cuts=(PowerCut(1 * MINUTE, 3 * MINUTE),)),
    ):
        assert [one.fixed_at for one in sent] == [one.fixed_at for one in usual]
        held = [one for one in sent if MINUTE <= one.fixed_at - v.NOW < 3 * MINUTE]
        assert held
        assert {one.sent_at for one in held} == {v.NOW + 3 * MINUTE}


def test_a_dead_sensor_says_up_only_during_its_trouble():
    sent = driven_with(a_trouble(Trouble.DEAD, 0 * MINUTE, 1 * MINUTE))
    usual = {one.fixed_at: one.blade for one in fixes()}
    assert any(usual.values())
    for one in sent:
        early = one.fixed_at < v.NOW + MINUTE
        assert one.blade == (False if early else usual[one.fixed_at])


def test_machines_are_counted_again_from_the_first_where_there_are_fewer():
    third = a_trouble(Trouble.MUTE, 0 * HOUR, 1 * HOUR, machine=3)
    scenario = replace(NIGHT, trouble=(third,))
    assert [len(troubles_of(scenario, machine, 2)) for machine in (0, 1)] == [1, 0]
    assert [len(troubles_of(scenario, machine, 5)) for machine in range(5)] == [0, 0, 1, 0, 0]


def test_a_blade_is_misread_where_its_sensor_does_not_say_down():
    wrong = [Trouble.DEAD, Trouble.MUTE, Trouble.FLAPPING]
    for kind in Trouble:
        tracker = TrackerTroubles((a_trouble(kind, 1 * HOUR, 2 * HOUR),), (), v.NOW)
        assert tracker.misreads_blade(v.NOW + 1 * HOUR) is (kind in wrong)
        assert not tracker.misreads_blade(v.NOW + 2 * HOUR)


def test_a_message_reaches_drivers_who_have_come_while_there_is_a_telephone():
    absent = a_trouble(Trouble.ABSENT, 0 * HOUR, 1 * HOUR)
    silent = a_trouble(Trouble.SILENT, 0 * HOUR, 9 * HOUR)
    tracker = TrackerTroubles((absent, silent), (PowerCut(2 * HOUR, 3 * HOUR),), v.NOW)
    reached = [tracker.reaches_driver(v.NOW + hours * HOUR) for hours in (0, 1, 2, 3)]
    assert reached == [False, True, False, True]
