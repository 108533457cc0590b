from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from data.model import (
    DirectedSegment,
    Evidence,
    EvidenceKind,
    Leg,
    LegKind,
    LegOutcome,
    LegProgress,
    Pass,
    PlanId,
    Position,
    Route,
    SegmentId,
    ShiftId,
    Treatment,
    VehicleId,
)
from data.policy.evidence_rules import EvidenceRules
from fleet.routes.leg_completion import LegPlace, PlanIndex, known_before, work_on
from fleet.routes.leg_order import order_of
from fleet.routes.off_route import Corridor, Whereabouts
from fleet.routes.plan_vs_actual import (
    LegState,
    RouteCheck,
    at_moment,
    check_route,
    expected_times,
    leg_check,
)
from fleet.tracking.geofences import Geofence
from tests import village as v
from tests.fleet.drives import a_drive
from tests.village_plan import a_leg, a_plan

MINUTE = timedelta(minutes=1)
FIRST, SECOND = VehicleId(1), VehicleId(2)
STREETS = (v.MAIN_WEST, v.MAIN_EAST, v.TULIP, v.MILL, v.ROSE, v.SCHOOL, v.ORCHARD, v.BACK)
"""One leg each, two minutes a leg, for the first truck."""

RULES = EvidenceRules()
D, A = LegState.DONE, LegState.AHEAD


def a_work_leg(street: int, minute: int, **changes: object) -> Leg:
    return a_leg(segment_id=street, starts_at=v.NOW + minute * MINUTE, **changes)


def index_of(streets: Sequence[int] = STREETS, others: Sequence[int] = ()) -> PlanIndex:
    plan = a_plan(*(a_work_leg(street, 2 * i) for i, street in enumerate(streets)))
    theirs = tuple(a_work_leg(street, 60 + 2 * i) for i, street in enumerate(others))
    return PlanIndex(replace(plan, routes=(plan.routes[0], Route(ShiftId(2), SECOND, theirs))))


def a_pass(street: int, minute: float, vehicle: int = FIRST, share: float = 1.0) -> Pass:
    length_m = v.village().segment(street).length_m
    return Pass(
        SegmentId(street),
        True,
        0.0,
        share * length_m,
        VehicleId(vehicle),
        v.NOW + (minute - 0.5) * MINUTE,
        v.NOW + minute * MINUTE,
        Treatment.PLOW,
        Evidence(EvidenceKind.BLADE, 1.0),
    )


def in_order(*streets: int, start: int = 1) -> list[Pass]:
    return [a_pass(street, start + 2 * i) for i, street in enumerate(streets)]


def check(
    index: PlanIndex,
    passes: Sequence[Pass],
    taps: Sequence[LegProgress] = (),
    number: int = 0,
    minute: float = 0,
) -> RouteCheck:
    by_step: dict[DirectedSegment, list[Pass]] = defaultdict(list)
    for one in passes:
        by_step[DirectedSegment(one.segment_id, one.forward)].append(one)
    work = {
        step: work_on(
            index, step, v.village().segment(step.segment_id).length_m, by_step[step], RULES
        )
        for step in index.legs_on
    }
    now = max([v.NOW + minute * MINUTE, *(one.ended_at for one in passes)])
    route, told = index.plan.routes[number], {one.leg: one for one in taps}
    places = [LegPlace(number, i) for i in range(len(route.legs))]
    legs = [leg_check(index, at, work, told.get(at.leg)) for at in places]
    return check_route(route, legs, taps, now, index.plan.published_at)


def published(index: PlanIndex, minute: float) -> PlanIndex:
    return PlanIndex(replace(index.plan, published_at=v.NOW + minute * MINUTE))


def states(checked: RouteCheck) -> list[LegState]:
    return [leg.state for leg in checked.legs]


def tap(leg: int, state: LegOutcome, minute: float, reason: str = "") -> LegProgress:
    at = v.NOW + minute * MINUTE
    return LegProgress(PlanId(0), ShiftId(1), leg, state, ended_at=at, reason=reason)


def test_a_route_driven_as_planned_is_done_in_order_and_on_time() -> None:
    checked = check(index_of(), in_order(*STREETS))
    assert states(checked) == [D] * 8
    assert checked.over
    assert checked.late == timedelta(0)
    assert checked.ends_at == checked.planned_end


def test_legs_left_behind_are_skipped_once_three_later_ones_are_done() -> None:
    two_on = in_order(v.MAIN_WEST, v.MILL, v.ROSE)
    assert states(check(index_of(), two_on))[1:3] == [A, A]
    checked = check(index_of(), [*two_on, a_pass(v.SCHOOL, 7)])
    assert states(checked) == [D, LegState.SKIPPED, LegState.SKIPPED, D, D, D, A, A]
    assert checked.next_leg == 6


def test_a_leg_driven_in_its_turn_without_work_is_not_proved_and_not_skipped() -> None:
    done = in_order(v.MAIN_WEST, v.MAIN_EAST, v.TULIP, v.MILL, v.ROSE, v.SCHOOL)
    drove = replace(done[1], treatment=None)
    weak = replace(done[2], evidence=Evidence(EvidenceKind.SPEED, 0.5))
    seen = [done[0], drove, weak, *done[3:]]
    assert states(check(index_of(), seen))[:4] == [D, *[LegState.UNPROVED] * 2, D]
    early = replace(drove, started_at=v.NOW - 2 * MINUTE, ended_at=v.NOW - 1.5 * MINUTE)
    plan = index_of((v.BACK, *STREETS))
    behind = [a_pass(v.BACK, 0.5), early, done[0], *done[3:]]
    skipped = check(plan, behind).legs[2]
    assert (skipped.state, skipped.driven) == (LegState.SKIPPED, (early.ended_at,))


def test_a_leg_done_after_its_followers_is_out_of_order() -> None:
    swapped = in_order(v.MAIN_WEST, v.TULIP, v.MILL, v.ROSE, v.MAIN_EAST, v.SCHOOL)
    assert states(check(index_of(), swapped)) == [D, LegState.OUT_OF_ORDER, D, D, D, D, A, A]


def test_a_leap_ahead_does_not_skip_what_lies_between() -> None:
    checked = check(index_of(), in_order(v.MAIN_WEST, v.BACK))
    assert states(checked) == [D, A, A, A, A, A, A, LegState.OUT_OF_ORDER]
    assert checked.next_leg == 1


def test_what_a_former_route_did_of_a_draft_passes_nothing_by() -> None:
    """A draft of 23 minutes: its truck meanwhile did four of its legs, with two open before."""
    former = in_order(v.MAIN_WEST, v.MILL, v.ROSE, v.SCHOOL)
    checked = check(published(index_of(), 23), former, minute=23)
    assert states(checked) == [D, A, A, D, D, D, A, A]
    assert (checked.next_leg, checked.last_leg) == (1, 0)
    route = index_of().plan.routes[0]
    assert sorted(expected_times(route, checked)) == [1, 2, 6, 7]
    begun = check(published(index_of(), 23), [*former, a_pass(v.MAIN_EAST, 25)])
    assert states(begun) == [D, D, A, D, D, D, A, A]
    assert begun.next_leg == 2
    on = in_order(v.TULIP, v.ORCHARD, start=25)
    assert states(check(published(index_of(), 23), [*former, *on]))[:3] == [D, A, D]


def test_what_a_truck_still_does_of_its_former_route_passes_nothing_by() -> None:
    """Four legs far ahead: just after the publication by chance, later because it begins there."""
    undone = [*range(1, 20), 24]
    at_once = {0: v.NOW, **{20 + i: v.NOW + (i + 1) * MINUTE for i in range(4)}}
    assert order_of(at_once, undone, v.NOW).in_order == {0}
    assert order_of(at_once, undone, v.NOW).out_of_order == {20, 21, 22, 23}
    assert order_of(at_once, undone, v.NOW - 9 * MINUTE).in_order == {0, 20, 21, 22, 23}
    assert order_of(at_once, undone, None).in_order == {0, 20, 21, 22, 23}


def test_a_route_s_own_order_counts_from_its_publication_on() -> None:
    former = in_order(v.MAIN_EAST, v.MAIN_WEST)
    index = published(index_of(), 4)
    checked = check(index, former, minute=4)
    assert states(checked)[:3] == [D, D, A]
    assert (checked.next_leg, checked.last_at) == (2, former[1].ended_at)
    left_one = [*former, *in_order(v.MILL, v.ROSE, v.SCHOOL, start=5)]
    assert states(check(index, left_one))[2] is LegState.SKIPPED
    assert at_moment(index.plan.routes[0], checked, v.NOW + 4 * MINUTE) == checked
    assert checked.pace == 1.0


def test_another_truck_that_did_a_leg_is_named() -> None:
    checked = check(index_of(), [*in_order(v.MAIN_WEST), a_pass(v.TULIP, 4, SECOND)])
    assert states(checked)[:3] == [D, A, LegState.BY_OTHER]
    assert checked.legs[2].vehicle_id == SECOND


def test_two_trucks_on_one_street_each_get_their_own_pass() -> None:
    index = index_of((v.MILL,), (v.MILL,))
    theirs = a_pass(v.MILL, 61, SECOND)
    assert states(check(index, [theirs])) == [A]
    assert states(check(index, [theirs], number=1)) == [D]
    twice = [theirs, a_pass(v.MILL, 70, SECOND)]
    assert states(check(index, twice)) == [LegState.BY_OTHER]


def test_half_a_street_is_begun_and_two_halves_are_done_by_the_later() -> None:
    index = index_of((v.MILL,))
    assert states(check(index, [a_pass(v.MILL, 1, share=0.5)])) == [LegState.BEGUN]
    length_m = v.village().segment(v.MILL).length_m
    rest = replace(a_pass(v.MILL, 9, SECOND), from_m=length_m / 2)
    assert states(check(index, [a_pass(v.MILL, 1, share=0.5), rest])) == [LegState.BY_OTHER]


def test_salt_on_a_street_to_plow_does_no_leg() -> None:
    salted = replace(a_pass(v.MILL, 1), treatment=Treatment.SALT)
    assert states(check(index_of((v.MILL,)), [salted])) == [A]


def test_work_before_the_plan_was_made_is_not_of_it() -> None:
    assert states(check(index_of((v.MILL,)), [a_pass(v.MILL, -10)])) == [A]


def test_a_pass_that_a_plan_knew_does_none_of_its_legs() -> None:
    index = index_of((v.MILL, v.MILL))
    (job_id,) = index.legs_for
    step, known = DirectedSegment(SegmentId(v.MILL), True), {job_id: 3}
    length_m = v.village().segment(v.MILL).length_m
    passes = [a_pass(v.MILL, -1), a_pass(v.MILL, 3)]
    assert known_before(index, {job_id: 2}) == frozenset()
    assert len(work_on(index, step, length_m, passes, RULES).served) == 2
    assert known_before(index, known) == {step}
    (served,) = work_on(index, step, length_m, passes, RULES, known=True).served.values()
    assert served.at == v.NOW + 3 * MINUTE


def test_the_drivers_word_counts_until_there_is_evidence() -> None:
    taps = [tap(0, LegOutcome.DONE, 2), tap(1, LegOutcome.SKIPPED, 3, "parked_cars")]
    told = check(index_of(), [], taps)
    assert states(told)[:3] == [LegState.TOLD, LegState.SKIPPED, A]
    assert told.legs[1].reason == "parked_cars"
    assert told.next_leg == 2
    driven = check(index_of(), [replace(a_pass(v.MAIN_WEST, 1), treatment=None)], taps).legs[0]
    assert (driven.state, driven.driven) == (LegState.TOLD, (v.NOW + MINUTE,))
    proved = check(index_of(), in_order(v.MAIN_WEST, v.MAIN_EAST), taps)
    assert states(proved)[:2] == [D, D]


def test_a_late_truck_ends_its_route_as_late_at_least() -> None:
    ten_late = in_order(*STREETS[:4], start=11)
    checked = check(index_of(), ten_late)
    assert checked.late == 10 * MINUTE
    assert checked.ends_at == checked.planned_end + 10 * MINUTE - 3 * MINUTE  # no idle minutes
    times = expected_times(index_of().plan.routes[0], checked)
    assert times[4].ends_at == v.NOW + 19 * MINUTE
    assert times[7].ends_at == checked.ends_at


def test_a_truck_that_stands_still_gets_later_and_later() -> None:
    passes = in_order(*STREETS[:2])
    assert check(index_of(), passes).late == timedelta(0)
    assert check(index_of(), passes, minute=45).late == 40 * MINUTE


def test_a_slow_truck_is_expected_to_stay_slow() -> None:
    slow = [a_pass(street, 4 * (i + 1)) for i, street in enumerate(STREETS[:6])]
    checked = check(index_of(), slow)
    assert checked.pace == pytest.approx(2.0)


def test_every_leg_of_a_slow_truck_takes_longer_than_planned() -> None:
    index = index_of()
    slow = [a_pass(street, 4 * (i + 1)) for i, street in enumerate(STREETS[:6])]
    checked = check(index, slow)
    times = expected_times(index.plan.routes[0], checked)
    assert [each.ends_at - each.starts_at for each in times.values()] == [2 * MINUTE] * 2
    assert times[7].ends_at == checked.ends_at


def test_a_quick_truck_keeps_its_lead_and_is_not_expected_to_win_more() -> None:
    quick = [a_pass(street, 0.5 * (i + 1)) for i, street in enumerate(STREETS[:6])]
    assert check(index_of(), quick).pace == 1.0


def test_a_long_stop_delays_a_truck_once_and_does_not_slow_its_pace() -> None:
    stood = [a_pass(street, i + 1 + (30 if i >= 3 else 0)) for i, street in enumerate(STREETS[:6])]
    checked = check(index_of(), stood)
    assert checked.pace == 1.0
    assert checked.late == 25 * MINUTE


def test_what_another_truck_has_done_takes_no_time_any_more() -> None:
    index = index_of()
    alone = expected_times(index.plan.routes[0], check(index, in_order(*STREETS[:2], start=11)))
    helped = check(index, [*in_order(*STREETS[:2], start=11), a_pass(v.MILL, 5, SECOND)])
    times = expected_times(index.plan.routes[0], helped)
    assert 3 not in times
    assert times[5].ends_at == alone[5].ends_at - MINUTE


def test_an_early_truck_waits_where_its_plan_waits() -> None:
    index = index_of()
    checked = check(index, in_order(*STREETS[:2], start=0))
    assert checked.late == -MINUTE
    times = expected_times(index.plan.routes[0], checked)
    assert times[7].ends_at == index.plan.routes[0].legs[7].ends_at


def test_nothing_is_expected_of_a_shift_that_is_over() -> None:
    index = index_of()
    route, checked = index.plan.routes[0], check(index, in_order(*STREETS[:2]))
    ended = at_moment(route, checked, v.NOW + 9 * MINUTE, ended=True)
    assert expected_times(route, ended) == {}
    assert ended.ends_at == v.NOW + 3 * MINUTE


def test_a_closed_street_has_no_time_and_those_behind_it_keep_theirs() -> None:
    index = index_of()
    route, checked = index.plan.routes[0], check(index, in_order(*STREETS[:2]))
    now = v.NOW + 3 * MINUTE
    closed = expected_times(route, at_moment(route, checked, now, blocked=frozenset({3})))
    free = expected_times(route, at_moment(route, checked, now))
    assert closed == {number: times for number, times in free.items() if number != 3}


def test_drives_and_reloads_on_the_way_are_passed() -> None:
    plan = a_plan(
        a_work_leg(v.MAIN_WEST, 0),
        a_leg(LegKind.DRIVE, v.MAIN_EAST, starts_at=v.NOW + 2 * MINUTE),
        a_work_leg(v.MILL, 4),
        a_leg(LegKind.DRIVE, v.ROSE, starts_at=v.NOW + 6 * MINUTE),
        a_work_leg(v.SCHOOL, 8),
    )
    checked = check(PlanIndex(plan), in_order(v.MAIN_WEST, v.MILL))
    assert states(checked) == [D, LegState.PASSED, D, A, A]
    assert checked.next_leg == 3


ROUTE = index_of((v.MAIN_WEST, v.MAIN_EAST)).plan.routes[0]


def at_minutes(fixes: Sequence[Position], since: datetime) -> list[Position]:
    return [replace(fix, fixed_at=since + i * MINUTE) for i, fix in enumerate(fixes)]


def test_a_truck_is_on_its_route_elsewhere_off_it_or_away() -> None:
    corridor = Corridor(ROUTE, v.village())
    assert corridor.where(v.at_m(100, 10), 0) is Whereabouts.ON
    assert corridor.where(v.at_m(100, 10), 60) is Whereabouts.ELSEWHERE
    assert corridor.where(v.at_m(300, 150), 0) is Whereabouts.OFF
    assert corridor.where(v.at_m(100, 400), 0) is Whereabouts.AWAY


def test_only_a_detour_of_minutes_over_other_streets_is_one() -> None:
    corridor = Corridor(ROUTE, v.village())
    away = at_minutes(a_drive((0, 150), (400, 150), speed_mps=10, every_s=5), v.NOW)
    [detour] = corridor.detours(away, [])
    assert detour.length_m == pytest.approx(400, rel=0.02)
    assert (detour.since, detour.until) == (away[0].fixed_at, away[-1].fixed_at)
    assert corridor.detours(away[:3], []) == []
    yard = Geofence("Yard", v.at_m(200, 150), 150.0, yard=True)
    assert corridor.detours(away, [yard]) == []
    on_it = at_minutes(a_drive((0, 0), (400, 0), speed_mps=10), v.NOW)
    assert corridor.detours(on_it, []) == []
