from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.model import (
    ClosingReason,
    DirectedSegment,
    Evidence,
    EvidenceKind,
    Job,
    JobId,
    JobState,
    LegOutcome,
    LegProgress,
    Pass,
    Plan,
    PlanId,
    Promise,
    PromiseOutcome,
    RequestId,
    RequestKind,
    SegmentId,
    ServiceClass,
    ServiceRequest,
    ShiftId,
    ShiftState,
    Side,
    Snap,
    Treatment,
    VehicleId,
)
from data.store.audit.audit_log import list_events
from data.store.coverage.coverage import replace_reported
from data.store.database.engine import Tx
from data.store.requests.promises import find_promise, list_promise_outcomes
from data.store.requests.requests import get_request, save_request
from data.store.shifts.shifts import save_progress, set_shift_state
from data.store.work import find_open_job, set_job_state
from fleet.requests.closing import cancel_request
from fleet.requests.intake import Report, receive
from fleet.requests.placing import place_by_hand
from fleet.requests.promises import (
    FARTHEST_LATE,
    LATE_SHARE,
    LEAST_RECORD,
    WIDEST_SHARE,
    SaidWindow,
    decided_by,
    give_promise,
    late_share,
    track_record,
    was_kept,
    window_of,
)
from fleet.routes.arrivals import Arrivals, Expected, PlannedVisit
from fleet.routes.published_plan import PublishedPlanCache
from fleet.storms.closures import ClosureWish, close_street, lift_closure
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY, a_city, estimates
from tests.village_plan import add_published_plan, legs_along

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DRIVE = (v.MAIN_WEST, v.MAIN_EAST, v.MILL, v.SCHOOL)
"""Streets that the first truck works on, one every ten minutes, in one direction each."""


def job_on(tx: Tx, segment_id: int) -> Job:
    job = find_open_job(tx, v.a_storm().id, SegmentId(segment_id), Treatment.PLOW)
    assert job is not None
    return job


def a_published_plan(tx: Tx, streets: Sequence[int] = DRIVE) -> Plan:
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    return add_published_plan(tx, *legs_along(tx, streets, apart=10 * MINUTE))


def arrivals(tx: Tx, now: datetime = v.NOW) -> Arrivals:
    """When the trucks of the published plan come, as of a moment."""
    found = estimates().arrivals(tx, v.a_storm().id, now)
    assert found is not None
    return found


def visit(tx: Tx, segment_id: int, minutes: int) -> PlannedVisit | None:
    """What is still meant for the job of a street, some minutes into the plan."""
    return arrivals(tx, v.NOW + minutes * MINUTE).visit(job_on(tx, segment_id).id)


def asked_on(tx: Tx, segment_id: int, now: datetime = v.NOW) -> ServiceRequest:
    new = receive(tx, DISPATCHER, Report("phone", RequestKind.PLOW, "snow"), now)
    snap = Snap(SegmentId(segment_id), Side.RIGHT, 20.0, 3.0)
    return place_by_hand(a_city(tx, now), DISPATCHER, new.id, snap, PublishedPlanCache())


def seen_on(tx: Tx, segment_id: int, ended_at: datetime, vehicle: int = 1) -> Pass:
    one = Pass(
        SegmentId(segment_id),
        True,
        0.0,
        v.village().segment(segment_id).length_m,
        VehicleId(vehicle),
        ended_at - MINUTE,
        ended_at,
        Treatment.PLOW,
        Evidence(EvidenceKind.BLADE, 1.0),
    )
    replace_reported(tx, v.a_storm().id, {DirectedSegment(one.segment_id, True): [one]})
    return one


def an_outcome(done_after: timedelta | None = None, **changes: object) -> PromiseOutcome:
    """A promise of one hour ahead, told as within ten minutes of it; of an hour ago by default."""
    made_at = v.NOW - 3 * HOUR
    expected_at = made_at + HOUR
    promise = Promise(
        RequestId(1),
        JobId(1),
        PlanId(1),
        made_at,
        expected_at,
        expected_at - 10 * MINUTE,
        expected_at + 10 * MINUTE,
    )
    done_at = None if done_after is None else expected_at + done_after
    outcome = PromiseOutcome(promise, ServiceClass("P1"), JobState.OPEN, None, done_at)
    return replace(outcome, **changes)


def test_a_truck_that_is_on_time_comes_when_it_was_planned(tx: Tx) -> None:
    a_published_plan(tx)
    meant = visit(tx, v.MILL, 0)
    assert meant is not None
    assert (meant.vehicle_id, meant.streets_before) == (VehicleId(1), 2)
    assert meant.heading_for == v.MAIN_WEST
    assert meant.expected_at == meant.planned_at == v.NOW + 30 * MINUTE


def test_what_a_truck_was_seen_to_clear_tells_where_it_is_and_how_late(tx: Tx) -> None:
    a_published_plan(tx)
    seen_on(tx, v.MAIN_EAST, v.NOW + 32 * MINUTE)
    meant = visit(tx, v.SCHOOL, 33)
    assert meant is not None
    assert (meant.streets_before, meant.heading_for) == (1, v.MILL)
    assert meant.late == 12 * MINUTE


def test_a_drivers_tap_tells_where_he_is(tx: Tx) -> None:
    plan = a_published_plan(tx)
    ended_at = v.NOW + 9 * MINUTE
    save_progress(tx, LegProgress(plan.id, ShiftId(1), 0, LegOutcome.DONE, ended_at=ended_at))
    meant = visit(tx, v.MAIN_EAST, 10)
    assert meant is not None
    assert (meant.streets_before, meant.late) == (0, -MINUTE)


def test_a_truck_that_shows_no_sign_gets_later_and_later(tx: Tx) -> None:
    a_published_plan(tx)
    meant = visit(tx, v.SCHOOL, 50)
    assert meant is not None
    assert meant.late == 40 * MINUTE


def test_a_truck_that_is_past_a_street_does_not_come_again(tx: Tx) -> None:
    a_published_plan(tx)
    seen_on(tx, v.MILL, v.NOW + 30 * MINUTE)
    assert visit(tx, v.MAIN_EAST, 31) is None


def test_a_pass_of_another_truck_says_nothing_of_how_late_this_one_is(tx: Tx) -> None:
    a_published_plan(tx)
    seen_on(tx, v.MAIN_WEST, v.NOW + 5 * MINUTE, vehicle=2)
    meant = visit(tx, v.SCHOOL, 6)
    assert meant is not None
    assert meant.late == timedelta(0)
    assert meant.streets_before == 2


def test_a_closed_street_is_promised_to_nobody_until_it_is_free(tx: Tx) -> None:
    a_published_plan(tx)
    wish = ClosureWish(v.MILL, None, v.NOW, None, "a burst pipe")
    closed = close_street(tx, DISPATCHER, v.a_storm().id, v.village(), wish, v.NOW)
    asked = asked_on(tx, v.MILL)
    assert give_promise(tx, DISPATCHER, asked, arrivals(tx)) is None
    assert visit(tx, v.SCHOOL, 1) is not None
    lift_closure(tx, DISPATCHER, closed.id, v.NOW)
    assert give_promise(tx, DISPATCHER, asked, arrivals(tx)) is not None


def test_a_truck_whose_shift_has_ended_is_promised_to_nobody(tx: Tx) -> None:
    a_published_plan(tx)
    asked = asked_on(tx, v.MILL)
    set_shift_state(tx, ShiftId(1), ShiftState.ENDED)
    assert give_promise(tx, DISPATCHER, asked, arrivals(tx)) is None
    assert arrivals(tx).left_by_shift(job_on(tx, v.MILL).id)


def test_a_promise_is_kept_with_its_request_and_in_the_audit_log(tx: Tx) -> None:
    plan = a_published_plan(tx)
    asked = asked_on(tx, v.MILL)
    given_promise = give_promise(tx, DISPATCHER, asked, arrivals(tx))
    assert given_promise is not None
    assert given_promise == find_promise(tx, asked.id)
    assert given_promise.from_at <= v.NOW + 30 * MINUTE <= given_promise.to_at
    promised = [e for e in list_events(tx, f"request:{asked.id}") if e.verb == "request.promised"]
    assert [event.after["plan"] for event in promised] == [plan.id]


def test_the_same_window_is_not_promised_twice(tx: Tx) -> None:
    a_published_plan(tx)
    trucks = arrivals(tx)
    asked = asked_on(tx, v.MILL)
    assert give_promise(tx, DISPATCHER, asked, trucks) == give_promise(
        tx, DISPATCHER, asked, trucks
    )
    assert len(list_promise_outcomes(tx, 10, v.NOW + 9 * HOUR)) == 1


def test_nothing_is_promised_where_the_plan_does_not_go(tx: Tx) -> None:
    a_published_plan(tx)
    trucks = arrivals(tx)
    assert give_promise(tx, DISPATCHER, asked_on(tx, v.BLIND), trucks) is None


def test_nothing_is_promised_to_who_has_withdrawn(tx: Tx) -> None:
    a_published_plan(tx)
    trucks = arrivals(tx)
    asked = cancel_request(tx, DISPATCHER, asked_on(tx, v.MILL).id, "", v.NOW)
    assert give_promise(tx, DISPATCHER, asked, trucks) is None


def test_evidence_measures_promises(tx: Tx) -> None:
    a_published_plan(tx)
    trucks = arrivals(tx)
    kept, broken = asked_on(tx, v.MILL), asked_on(tx, v.SCHOOL)
    for asked in (kept, broken):
        give_promise(tx, DISPATCHER, asked, trucks)
    set_job_state(tx, [job_on(tx, v.MILL).id], JobState.DONE, v.NOW + 35 * MINUTE)
    outcomes = {
        one.promise.request_id: one for one in list_promise_outcomes(tx, 10, v.NOW + 9 * HOUR)
    }
    assert was_kept(outcomes[kept.id], v.NOW + 9 * HOUR) is True
    assert was_kept(outcomes[broken.id], v.NOW) is None
    assert was_kept(outcomes[broken.id], v.NOW + 9 * HOUR) is False


def test_what_was_done_before_the_call_keeps_no_promise(tx: Tx) -> None:
    a_published_plan(tx)
    asked = asked_on(tx, v.MILL)
    give_promise(tx, DISPATCHER, asked, arrivals(tx))
    set_job_state(tx, [job_on(tx, v.MILL).id], JobState.DONE, v.NOW - MINUTE)
    (outcome,) = list_promise_outcomes(tx, 10, v.NOW + 9 * HOUR)
    assert was_kept(outcome, v.NOW + 9 * HOUR) is False


def test_a_request_that_moved_to_another_job_is_measured_by_that_one(tx: Tx) -> None:
    a_published_plan(tx)
    trucks = arrivals(tx)
    asked = asked_on(tx, v.MILL)
    give_promise(tx, DISPATCHER, asked, trucks)
    other = job_on(tx, v.MAIN_WEST)
    save_request(tx, replace(get_request(tx, asked.id), job_id=other.id))
    set_job_state(tx, [other.id], JobState.DONE, v.NOW + 10 * MINUTE)
    assert [one.done_at for one in list_promise_outcomes(tx, 10, v.NOW + 9 * HOUR)] == [
        v.NOW + 10 * MINUTE
    ]


@pytest.mark.parametrize(
    ("outcome", "kept"),
    [
        (an_outcome(timedelta(0)), True),
        (an_outcome(-40 * MINUTE), True),
        (an_outcome(11 * MINUTE), False),
        (an_outcome(), False),
        (an_outcome(closed_for=ClosingReason.WITHDRAWN), None),
        (an_outcome(closed_for=ClosingReason.MELTED), False),
        (an_outcome(job_state=JobState.CANCELLED), False),
    ],
)
def test_a_promise_is_kept_by_the_end_of_its_window(
    outcome: PromiseOutcome, kept: bool | None
) -> None:
    assert was_kept(outcome, v.NOW) is kept


def test_what_came_of_a_promise_counts_from_the_moment_at_which_that_was_known() -> None:
    early, late = an_outcome(-40 * MINUTE), an_outcome(15 * MINUTE)
    expected_at = early.promise.expected_at
    assert decided_by([early, late], expected_at - 41 * MINUTE) == []
    assert decided_by([early, late], expected_at) == [early]
    assert decided_by([late], expected_at + 11 * MINUTE) == [replace(late, done_at=None)]
    assert decided_by([late], expected_at + 15 * MINUTE) == [late]


def test_few_promises_are_no_history_yet() -> None:
    few = [an_outcome(timedelta(0))] * (LEAST_RECORD - 1)
    assert track_record(few, ServiceClass("P1"), v.NOW) is None
    record = track_record([*few, an_outcome()], ServiceClass("P1"), v.NOW)
    assert record is not None
    assert (record.kept, record.measured) == (LEAST_RECORD - 1, LEAST_RECORD)


def test_the_record_is_that_of_the_class_where_it_has_one() -> None:
    broken = [an_outcome()] * LEAST_RECORD
    kept = [an_outcome(timedelta(0), service_class=ServiceClass("P3"))] * LEAST_RECORD
    by_class = {
        name: track_record(broken + kept, name, v.NOW)
        for name in (ServiceClass("P1"), ServiceClass("P3"), ServiceClass("P4"))
    }
    assert {name: record and record.share for name, record in by_class.items()} == {
        ServiceClass("P1"): 0.0,
        ServiceClass("P3"): 1.0,
        ServiceClass("P4"): 0.5,
    }


def a_visit(ahead: timedelta, late: timedelta = timedelta(0)) -> Expected:
    expected_at = v.NOW + ahead
    return Expected(expected_at - late, expected_at)


def test_promises_that_were_broken_make_windows_wider() -> None:
    late = [an_outcome(50 * MINUTE)] * LEAST_RECORD
    narrow = window_of(a_visit(2 * HOUR), LATE_SHARE, v.NOW)
    wide = window_of(a_visit(2 * HOUR), late_share(late, v.NOW), v.NOW)
    assert narrow is not None
    assert wide is not None
    assert wide.to_at > narrow.to_at
    assert late_share([], v.NOW) == LATE_SHARE


def test_promises_never_kept_do_not_make_a_window_endless() -> None:
    assert late_share([an_outcome()] * LEAST_RECORD, v.NOW) == WIDEST_SHARE


def test_a_truck_hours_behind_is_promised_to_nobody() -> None:
    assert window_of(a_visit(HOUR, FARTHEST_LATE + MINUTE), LATE_SHARE, v.NOW) is None


@given(
    ahead_s=st.integers(0, 40 * 3600),
    late_s=st.integers(-3600, 7200),
    delays_s=st.lists(st.integers(-7200, 36000), max_size=40),
)
def test_a_window_lies_around_the_expected_moment_and_not_in_the_past(
    ahead_s: int, late_s: int, delays_s: list[int]
) -> None:
    outcomes = [an_outcome(timedelta(seconds=s)) for s in delays_s]
    visit = a_visit(timedelta(seconds=ahead_s), timedelta(seconds=late_s))
    window = window_of(visit, late_share(outcomes, v.NOW), v.NOW)
    assert window is not None
    assert v.NOW <= window.from_at <= window.expected_at <= window.to_at
    assert window.to_at - window.expected_at >= 20 * MINUTE
    assert window.to_at.minute % 5 == window.from_at.minute % 5 == 0
    assert window.to_at.second == window.from_at.second == 0


@pytest.mark.parametrize(
    ("apart_min", "moved_min", "holds"), [(10, 15, True), (10, 25, False), (120, 25, True)]
)
def test_a_window_that_was_read_out_holds_by_how_far_off_its_work_is(
    tx: Tx, apart_min: int, moved_min: int, *, holds: bool
) -> None:
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    add_published_plan(tx, *legs_along(tx, DRIVE, apart=apart_min * MINUTE))
    asked = asked_on(tx, DRIVE[-1])
    now = find_promise(tx, asked.id)
    assert now is not None
    moved = moved_min * MINUTE
    said = SaidWindow(now.from_at + moved, now.to_at + moved)

    given = give_promise(tx, DISPATCHER, asked, arrivals(tx), said)
    assert given is not None
    assert ((given.from_at, given.to_at) == said) is holds
