"""The colors of a replay are those that the rules of coverage gave at each second."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.model import (
    Coverage,
    DirectedSegment,
    Evidence,
    EvidenceKind,
    Pass,
    Storm,
    StormId,
    Treatment,
    VehicleId,
)
from fleet.coverage.coverage_states import CoverageState, painted
from fleet.coverage.street_coverage import coverage_of, drivable
from fleet.replay.color_history import Proven, shares_of_states, street_changes
from tests.snow import storms
from tests.village import BLIND, MAIN_WEST, NOW, ROSE, a_job, village
from tests.village_database import POLICY

STORM = Storm(StormId(1), "Snow", "active", NOW)
DAY_S = 86_400
EVIDENCE = Evidence(EvidenceKind.BLADE, 0.9)


def a_pass(directed, began_s, lasted_s=20.0, part=(0.0, 1.0), treatment=Treatment.PLOW, vehicle=1):
    length_m = village().segment(directed.segment_id).length_m
    return Pass(
        directed.segment_id,
        directed.forward,
        part[0] * length_m,
        part[1] * length_m,
        VehicleId(vehicle),
        NOW + timedelta(seconds=began_s),
        NOW + timedelta(seconds=began_s + lasted_s),
        treatment,
        EVIDENCE,
    )


def proven(passes, jobs=()):
    by_direction = {}
    for one in sorted(passes, key=lambda one: one.ended_at):
        by_direction.setdefault(DirectedSegment(one.segment_id, one.forward), []).append(one)
    stored = {d: coverage_at(d, some, DAY_S * 2) for d, some in by_direction.items()}
    return Proven(by_direction, stored, frozenset(), jobs)


def coverage_at(directed, passes, second) -> Coverage:
    """What the stored row would have said then."""
    ended = [one for one in passes if one.ended_at <= NOW + timedelta(seconds=second)]
    segment = village().segment(directed.segment_id)
    needed = POLICY.passes_for(segment)
    return coverage_of(directed, segment.length_m, ended, needed, Treatment.PLOW, POLICY.evidence)


def rules_say(known, second, storm=STORM):
    """The colors by the rules, asked about one second."""
    now = NOW + timedelta(seconds=second)
    rows = [
        coverage_at(directed, passes, second)
        for directed, passes in known.passes.items()
        if any(one.ended_at <= now for one in passes)
    ]
    jobs = [
        job for job, ended in known.jobs if job.starts_at <= now and (ended is None or now < ended)
    ]
    states = painted(village(), POLICY, storm, rows, jobs, now)
    return [list(states[segment.id]) for segment in village().segments]


def changes(known, until_s=DAY_S, storm=STORM):
    return street_changes(village(), POLICY, storm, known, NOW + timedelta(seconds=until_s))


DIRECTIONS = [
    DirectedSegment(segment.id, forward)
    for segment in village().segments
    for forward in (True, False)
    if drivable(segment, forward=forward)
]
PASSES = st.builds(
    a_pass,
    st.sampled_from(DIRECTIONS),
    st.integers(0, DAY_S) | st.floats(0, DAY_S),
    st.floats(1, 90),
    st.sampled_from([(0.0, 1.0), (0.0, 0.5), (0.4, 1.0), (0.0, 0.1)]),
    st.sampled_from([Treatment.PLOW, Treatment.PLOW, None]),
    st.integers(1, 2),
)


@settings(max_examples=40)
@given(
    st.lists(PASSES, max_size=12),
    st.lists(st.integers(0, DAY_S), min_size=1, max_size=6),
    storms,
)
def test_at_any_second_the_replay_shows_what_the_rules_say(passes, seconds, storm):
    known = proven(passes)
    replayed = changes(known, storm=storm)
    for second in [*seconds, *(int(s) for s in replayed.at_s[:3])]:
        assert replayed.at(second).tolist() == rules_say(known, second, storm), second


@given(st.lists(PASSES, max_size=6), st.integers(0, 23), st.integers(0, 3_599))
@settings(max_examples=20)
def test_an_hour_of_it_is_enough_to_show_any_second_in_it(passes, hour, second):
    whole = changes(proven(passes))
    part = whole.between(hour * 3_600, (hour + 1) * 3_600)

    at_s = hour * 3_600 + second
    assert part.after(part.first, hour * 3_600, at_s).tolist() == whole.at(at_s).tolist()


def test_a_street_that_somebody_asked_for_is_due_while_its_job_is_open():
    job = a_job(
        segment_id=BLIND,
        starts_at=NOW + timedelta(hours=1),
        due_at=NOW + timedelta(hours=2),
    )
    known = proven([], [(job, NOW + timedelta(hours=3))])
    row = [s.id for s in village().segments].index(BLIND)
    if POLICY.rule_of(village().segment(BLIND)).cycle is not None:
        pytest.skip("the default policy gives dead ends a cycle")
    seen = [CoverageState(int(changes(known).at(h * 3_600 + 1)[row, 0])) for h in (0, 2, 3)]
    assert seen == [CoverageState.NOT_DUE, CoverageState.DUE, CoverageState.NOT_DUE]
    for second in (3_600, 7_200, 7_201, 10_800):
        assert changes(known).at(second).tolist() == rules_say(known, second)


def test_the_curve_adds_up_to_all_streets_and_grows_late_without_a_pass():
    known = proven([a_pass(DirectedSegment(MAIN_WEST, True), 600)])
    moments_s = [0, 900, 3_600, DAY_S]
    course = shares_of_states(village(), changes(known), moments_s, len(CoverageState))

    assert course.sum(axis=1).tolist() == pytest.approx([1.0] * 4)
    assert course[0, CoverageState.NOT_DUE] == pytest.approx(1.0)
    assert course[1, CoverageState.PROGRESS] > 0  # a main street takes two passes
    assert course[2, CoverageState.PROGRESS] == 0.0
    assert course[2, CoverageState.PARTLY_FRESH] == course[1, CoverageState.PROGRESS]
    assert course[3, CoverageState.OVERDUE] > 0.5


def test_the_way_against_a_one_way_has_no_color():
    row = [s.id for s in village().segments].index(ROSE)
    assert changes(proven([])).at(DAY_S)[row, 1] == -1
