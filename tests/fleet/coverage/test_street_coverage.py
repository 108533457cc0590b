from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.coverage import merged
from data.model import (
    Coverage,
    DirectedSegment,
    Directions,
    Evidence,
    EvidenceKind,
    Pass,
    ServiceClass,
    Treatment,
    VehicleId,
)
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from data.policy.evidence_rules import EvidenceRules
from fleet.coverage.coverage_states import CoverageState, coverage_state, painted
from fleet.coverage.street_coverage import (
    coverage_of,
    done_at,
    union,
    visits,
    whole_passes,
)
from tests import village as v

POLICY = policy_from_toml(DEFAULT_POLICY)
LENGTH_M = 100.0
MAIN = DirectedSegment(v.MAIN_WEST, True)

intervals = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 40)).map(lambda t: (t[0], t[0] + t[1]))
)


def a_pass(from_m: float = 0.0, to_m: float = 100.0, minute: float = 0, **changes: Any) -> Pass:
    start = v.NOW + timedelta(minutes=minute)
    facts = {
        "segment_id": v.MAIN_WEST,
        "forward": True,
        "vehicle_id": VehicleId(1),
        "ended_at": start + timedelta(seconds=10),
        "treatment": Treatment.PLOW,
        "evidence": Evidence(EvidenceKind.BLADE, 1.0),
    }
    return Pass(from_m=from_m, to_m=to_m, started_at=start, **(facts | changes))


def a_coverage(**changes: Any) -> Coverage:
    facts: dict[str, Any] = {
        "segment_id": v.MAIN_WEST,
        "forward": True,
        "passes_done": 1,
        "passes_needed": 1,
        "last_pass_at": v.NOW,
    }
    return Coverage(**(facts | changes))


def covered_metres(parts: list[tuple[int, int]]) -> set[int]:
    return {metre for start, end in parts for metre in range(start, end)}


@given(intervals)
def test_a_union_covers_the_same_metres_without_overlap(parts: list[tuple[int, int]]) -> None:
    whole = union(parts)
    assert covered_metres(whole) == covered_metres(parts)
    assert all(a[1] < b[0] for a, b in pairwise(whole))


@given(st.lists(intervals, max_size=5))
@example([[(0, 10), (10, 50), (50, 90)], [(0, 10), (10, 50), (51, 91)]])
def test_whole_passes_are_whole_visits_and_what_parts_come_to_over_nine_tenths(
    drawn: list[list[tuple[int, int]]],
) -> None:
    passes = [
        a_pass(start, end, minute=10 * visit)
        for visit, parts in enumerate(drawn)
        for start, end in parts
    ]
    seen = [covered_metres(parts) for parts in drawn]
    pieces = [metres for metres in seen if len(metres) < 90]
    depths = [sum(metre in metres for metres in pieces) for metre in range(100)]
    together = max(k for k in range(len(drawn) + 1) if sum(d >= k for d in depths) >= 90)
    assert len(whole_passes(passes, LENGTH_M)) == len(seen) - len(pieces) + together


@given(intervals)
def test_adding_the_same_passes_again_proves_nothing_more(parts: list[tuple[int, int]]) -> None:
    passes = [a_pass(start, end) for start, end in parts]
    once = merged(passes)
    assert whole_passes([*once, *passes], LENGTH_M) == whole_passes(once, LENGTH_M)
    assert len(whole_passes(merged([*once, *passes]), LENGTH_M)) == len(
        whole_passes(once, LENGTH_M)
    )


def test_nine_tenths_of_a_street_count_as_whole() -> None:
    assert len(whole_passes([a_pass(5, 95)], LENGTH_M)) == 1


@pytest.mark.parametrize(
    ("length_m", "enough_m"), [(500, 450), (100, 90), (60, 50), (30, 20), (10, 6)]
)
def test_a_receiver_may_lose_ten_metres_but_never_half_of_a_street(
    length_m: float, enough_m: float
) -> None:
    assert len(whole_passes([a_pass(0, enough_m)], length_m)) == 1
    assert whole_passes([a_pass(0, enough_m - 1)], length_m) == []


def test_half_a_pass_does_not_count() -> None:
    covered = coverage_of(MAIN, LENGTH_M, [a_pass(0, 50)], 1, Treatment.PLOW, EvidenceRules())
    assert covered.passes_done == 0
    assert covered.last_pass_at is None


def test_two_trucks_make_one_pass_together() -> None:
    halves = [a_pass(0, 50), a_pass(50, 100, minute=30, vehicle_id=VehicleId(2))]
    assert whole_passes(halves, LENGTH_M) == [halves[1].ended_at]


def test_a_truck_that_stands_and_trembles_makes_one_pass() -> None:
    trembling = [a_pass(40, 60, minute=i / 8) for i in range(50)]
    assert len(whole_passes([a_pass(), *trembling], LENGTH_M)) == 1


def test_who_saw_a_street_clear_saw_all_passes_that_it_needs() -> None:
    seen = replace(a_pass(minute=60), vehicle_id=None)
    for before in ([], [a_pass()], [a_pass(), a_pass(minute=30)]):
        passes = whole_passes([*before, seen], LENGTH_M, 2)
        assert len(passes) == 2 * (1 + len(before) // 2)
        assert passes[-1] == seen.ended_at


def test_the_same_street_an_hour_later_is_another_visit() -> None:
    assert len(visits([a_pass(), a_pass(minute=60)])) == 2
    assert len(whole_passes([a_pass(), a_pass(minute=60)], LENGTH_M)) == 2


def test_parts_of_one_visit_become_one_pass_and_its_salt_is_counted_once() -> None:
    parts = [
        a_pass(0, 50, material_kg=5.0, treatment=Treatment.SALT),
        a_pass(50, 100, minute=0.2, material_kg=5.0, treatment=Treatment.SALT),
    ]
    (whole,) = merged([*parts, *parts])
    assert (whole.from_m, whole.to_m, whole.material_kg) == (0, 100, 10.0)
    assert (whole.started_at, whole.ended_at) == (parts[0].started_at, parts[1].ended_at)


@pytest.mark.parametrize("to_m", [20.0, 60.0])
def test_a_pass_without_length_joins_its_visit_and_its_salt_is_kept(to_m: float) -> None:
    point = a_pass(20, 20, material_kg=3.0, treatment=Treatment.SALT)
    sure = replace(point, to_m=to_m)
    unsure = replace(point, evidence=Evidence(EvidenceKind.BLADE, 0.5))
    (whole,) = merged([sure, unsure, sure])
    assert (whole.from_m, whole.to_m, whole.material_kg) == (20, to_m, 3.0)
    assert 0.5 < whole.evidence.confidence <= 1.0


def state(coverage: Coverage | None, hours: float, **changes: Any) -> CoverageState:
    now = v.NOW + timedelta(hours=hours)
    service_class = changes.pop("service_class", ServiceClass("P1"))
    return coverage_state(coverage, POLICY.rules[service_class], v.a_storm(), now, **changes)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (1.4, CoverageState.FRESH),
        (1.6, CoverageState.AGEING),
        (3.1, CoverageState.DUE),
        (4.6, CoverageState.OVERDUE),
    ],
)
def test_a_cleared_street_ages_with_the_cycle_of_its_class(
    hours: float, expected: CoverageState
) -> None:
    assert state(a_coverage(), hours) is expected


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0, CoverageState.NOT_DUE),
        (2.9, CoverageState.NOT_DUE),
        (3.1, CoverageState.DUE),
        (4.6, CoverageState.OVERDUE),
    ],
)
def test_a_street_without_a_pass_ages_from_the_start_of_the_storm_and_is_never_blue(
    hours: float, expected: CoverageState
) -> None:
    assert state(None, hours) is expected


def test_a_street_that_was_only_driven_through_says_so() -> None:
    driven = a_coverage(passes_done=0, last_pass_at=None, driven_at=v.NOW)
    assert state(driven, 0.1) is CoverageState.DRIVEN


def one_of_two(worked_h: float = 0.0, **changes: Any) -> Coverage:
    at = v.NOW + timedelta(hours=worked_h)
    return replace(a_coverage(passes_needed=2, last_pass_at=at, worked_at=at), **changes)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0.1, CoverageState.PROGRESS),
        (1 / 6, CoverageState.PROGRESS),
        (0.2, CoverageState.PARTLY_FRESH),
        (1.6, CoverageState.PARTLY_AGEING),
        (3.1, CoverageState.PARTLY_DUE),
        (4.6, CoverageState.PARTLY_OVERDUE),
    ],
)
def test_a_street_with_one_of_two_passes_is_being_plowed_for_ten_minutes_and_then_partly_plowed(
    hours: float, expected: CoverageState
) -> None:
    assert state(one_of_two(), hours) is expected


def test_a_street_is_clear_once_all_its_passes_are_done() -> None:
    assert state(one_of_two(passes_done=2), 0.1) is CoverageState.FRESH


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (2.05, CoverageState.AGEING),  # as it was before: cleared two hours ago, of three
        (2.9, CoverageState.AGEING),
        (3.1, CoverageState.PARTLY_FRESH),  # what was cleared in whole would now be due
    ],
)
def test_the_first_pass_of_a_second_cycle_leaves_a_clear_street_clear(
    hours: float, expected: CoverageState
) -> None:
    again = one_of_two(2.0, passes_done=3, cleared_at=v.NOW)
    assert state(again, hours) is expected


def test_the_first_pass_of_a_second_cycle_does_not_clear_a_street_that_was_due() -> None:
    again = one_of_two(4.0, passes_done=3, cleared_at=v.NOW)
    assert state(again, 4.1) is CoverageState.PROGRESS
    assert state(again, 4.3) is CoverageState.PARTLY_FRESH
    assert state(again, 7.1) is CoverageState.PARTLY_DUE


def test_a_part_of_the_only_pass_is_partly_plowed_once_the_truck_has_left() -> None:
    part = coverage_of(MAIN, LENGTH_M, [a_pass(0, 50)], 1, Treatment.PLOW, EvidenceRules())
    hours = (part.worked_at - v.NOW) / timedelta(hours=1)
    assert state(part, hours + 0.1) is CoverageState.PROGRESS
    assert state(part, hours + 0.2) is CoverageState.PARTLY_FRESH


def test_coverage_says_when_work_ended_last_and_when_all_passes_were_last_done() -> None:
    seen = [a_pass(minute=i * 30.0) for i in range(3)]
    covered = coverage_of(MAIN, LENGTH_M, seen, 2, Treatment.PLOW, EvidenceRules())
    assert covered.cleared_at == seen[1].ended_at
    assert covered.worked_at == covered.last_pass_at == seen[2].ended_at


def test_an_alley_without_a_request_is_never_due() -> None:
    assert state(None, 200, service_class=ServiceClass("P4")) is CoverageState.NOT_DUE


def test_an_alley_with_a_job_is_due_when_its_job_is() -> None:
    job = v.a_job(service_class=ServiceClass("P4"))
    assert state(None, 3.9, service_class=ServiceClass("P4"), job=job) is CoverageState.NOT_DUE
    assert state(None, 4.1, service_class=ServiceClass("P4"), job=job) is CoverageState.DUE


def test_no_storm_no_color() -> None:
    at = v.NOW + timedelta(days=9)
    assert coverage_state(None, POLICY.rules[ServiceClass("P1")], None, at) is CoverageState.NOT_DUE


def test_a_one_way_street_has_one_direction() -> None:
    colors = painted(v.village(), POLICY, v.a_storm(), [a_coverage()], [], v.NOW)
    assert colors[v.ROSE] == (CoverageState.NOT_DUE, -1)
    assert colors[v.MAIN_WEST] == (CoverageState.FRESH, CoverageState.NOT_DUE)
    assert len(colors) == 12


def a_street_done_at(seen: list[Pass], **changes: Any) -> datetime | None:
    segment = v.village().segment(v.MAIN_WEST)
    both: dict[DirectedSegment, list[Pass]] = {}
    for one in seen:
        both.setdefault(DirectedSegment(one.segment_id, one.forward), []).append(one)
    return done_at(v.a_job(segment_id=v.MAIN_WEST, **changes), segment, both)


def test_a_job_is_done_when_both_directions_are() -> None:
    there, back = a_pass(0, 200), a_pass(0, 200, minute=5, forward=False)
    assert a_street_done_at([there]) is None
    assert a_street_done_at([there, back]) == back.ended_at
    assert a_street_done_at([there], directions=Directions.FORWARD) == there.ended_at


def test_a_job_is_not_done_by_what_was_there_before_it_or_by_salt() -> None:
    passes = [a_pass(0, 200), a_pass(0, 200, forward=False)]
    assert a_street_done_at(passes, starts_at=v.NOW + timedelta(minutes=1)) is None
    assert a_street_done_at(passes, treatment=Treatment.SALT) is None


def test_a_wide_street_needs_all_its_passes() -> None:
    once = [a_pass(0, 200), a_pass(0, 200, forward=False)]
    again = [a_pass(0, 200, minute=20), a_pass(0, 200, minute=20, forward=False)]
    assert a_street_done_at(once, passes=2) is None
    assert a_street_done_at([*once, *again], passes=2) == again[0].ended_at
