"""Snow since the last pass: what lies, and when it makes a street due."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.model import Coverage, ServiceClass
from fleet.coverage.coverage_states import CoverageState, coverage_state
from fleet.coverage.snow_accumulation import accumulation_of
from tests.snow import before_snow, snowy, storms
from tests.village import MAIN_WEST, NOW, a_storm
from tests.village_database import POLICY

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
P1, P3 = POLICY.rules[ServiceClass("P1")], POLICY.rules[ServiceClass("P3")]

moments = st.integers(0, 40 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
passes = st.none() | moments
rules = st.sampled_from([P1, P3])


@given(rules, passes)
def test_without_entries_the_hours_of_the_cycle_count(rule, since):
    ages = accumulation_of(a_storm()).ages(rule, since)
    clear = since or NOW
    assert (ages.ageing_at, ages.due_at, ages.overdue_at) == (
        clear + 0.5 * rule.cycle,
        clear + rule.cycle,
        clear + 1.5 * rule.cycle,
    )


@given(storms, rules, passes, moments, moments)
def test_nothing_but_a_pass_makes_a_street_less_worn(storm, rule, since, one, other):
    snow = accumulation_of(storm)
    sooner, later = sorted(max(since or NOW, at) for at in (one, other))
    assert snow.wear(rule, since, sooner) <= snow.wear(rule, since, later)
    assert snow.wear(rule, later, later) == 0


@given(storms, rules, passes)
def test_a_street_is_due_exactly_when_it_is_worn_out(storm, rule, since):
    snow = accumulation_of(storm)
    ages = snow.ages(rule, since)
    known = [at for at in (ages.ageing_at, ages.due_at, ages.overdue_at) if at is not None]
    assert known == sorted(known)
    if ages.due_at is None:
        assert snow.wear(rule, since, NOW + 900 * HOUR) < 1
    else:
        assert snow.wear(rule, since, ages.due_at) == pytest.approx(1, abs=1e-3) or (
            ages.due_at == max(since or NOW, storm.snow_at)
        )
        assert snow.wear(rule, since, ages.due_at - SECOND) < 1 + 1e-6


@given(storms, rules, moments, moments)
def test_who_was_cleared_later_is_due_no_sooner(storm, rule, one, other):
    snow = accumulation_of(storm)
    first, second = (snow.ages(rule, at).due_at or NOW + 9000 * HOUR for at in sorted([one, other]))
    assert first <= second + SECOND


@given(storms, rules, passes)
def test_work_begins_when_the_trigger_lies_or_where_knowledge_ends(storm, rule, since):
    snow = accumulation_of(storm)
    needed_at = snow.needed_at(rule, since)
    if snow.known_until is None:
        assert needed_at == max(since or NOW, storm.snow_at)
    elif needed_at < snow.known_until:
        assert snow.lying_mm(since, needed_at) >= rule.trigger_mm - 1e-3


def test_a_pass_before_the_first_flake_makes_a_street_due_no_sooner():
    storm = before_snow(NOW + 3 * HOUR)
    assert accumulation_of(storm).ages(P1, NOW + HOUR) == accumulation_of(storm).ages(P1, None)


def test_snow_falls_evenly_between_two_entries():
    snow = accumulation_of(snowy((2, 20), (4, 80)))
    assert snow.fallen_mm(NOW) == 0
    assert snow.fallen_mm(NOW + HOUR) == 10
    assert snow.fallen_mm(NOW + 3 * HOUR) == 50
    assert snow.lying_mm(NOW + 3 * HOUR, NOW + 4 * HOUR) == 30
    assert snow.fallen_mm(NOW + 9 * HOUR) == 80


def state(storm, hours, cleared_h=None, rule=P1):
    at = None if cleared_h is None else NOW + cleared_h * HOUR
    row = None if at is None else Coverage(MAIN_WEST, True, 1, 1, at)
    return coverage_state(row, rule, storm, NOW + hours * HOUR)


def test_where_no_snow_falls_a_cleared_street_stays_clear():
    dry = snowy((1, 20), (12, 20))
    assert state(dry, 11, cleared_h=1.5) is CoverageState.FRESH
    assert state(a_storm(), 11, cleared_h=1.5) is CoverageState.OVERDUE


def test_in_heavy_snow_a_street_is_due_long_before_its_cycle():
    heavy = snowy((3, 90))  # 3 cm an hour
    assert state(heavy, 0.3, cleared_h=0) is CoverageState.FRESH
    assert state(heavy, 0.5, cleared_h=0) is CoverageState.AGEING
    assert state(heavy, 0.7, cleared_h=0) is CoverageState.DUE
    assert state(heavy, 1.1, cleared_h=0) is CoverageState.OVERDUE
    assert state(heavy, 0.7, rule=P3) is CoverageState.NOT_DUE  # 7 cm, not 2


def test_snow_that_lay_when_the_storm_began_counts_until_the_first_pass():
    late = snowy((-2, 0), (0, 30), (9, 30))
    assert state(late, 0.1) is CoverageState.OVERDUE
    assert state(late, 8, cleared_h=0.2) is CoverageState.FRESH


def test_a_street_that_waits_for_half_a_cycle_is_overdue_though_no_more_falls():
    little = snowy((1, 22), (12, 22))
    assert state(little, 1.1) is CoverageState.DUE
    assert state(little, 2.5) is CoverageState.OVERDUE


def test_after_the_last_entry_hours_go_on_counting_until_clean_up():
    half = snowy((1, 10))
    assert state(half, 2.4) is CoverageState.NOT_DUE
    assert state(half, 2.6) is CoverageState.DUE  # half by snow, half of 3 h since
    quiet = snowy((1, 10), quiet=((NOW + 2 * HOUR, None),))
    assert state(quiet, 30) is CoverageState.NOT_DUE
    again = snowy((1, 10), quiet=((NOW + 2 * HOUR, NOW + 8 * HOUR),))
    assert state(again, 8.4) is CoverageState.NOT_DUE
    assert state(again, 8.6) is CoverageState.DUE
