from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data.errors import ConflictError, NotFoundError
from data.model import Blockage, BlockageId, JobId, LegKind, Plan, PlanState, ShiftId, UserId
from data.model.work import SkipReason
from data.store.accounts.accounts import add_user
from data.store.audit.audit_log import broken_links, list_events
from data.store.database.engine import Tx
from data.store.planning.plans import set_plan_state, set_published
from data.store.shifts.blockages import add_blockage, list_open_blockages
from data.store.shifts.shifts import list_progress
from fleet.shifts.shift_progress import (
    Legs,
    answered_once,
    complete_legs,
    end_shift,
    next_leg,
    skip_legs,
    start_shift,
    undo_last,
)
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY
from tests.village_plan import a_leg, add_published_plan

SHIFT = ShiftId(1)
LATER = v.NOW + timedelta(minutes=5)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def published(tx: Tx) -> Plan:
    """A plan of three legs that is driven."""
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    return add_published_plan(tx, a_leg(LegKind.DRIVE), a_leg(), a_leg(forward=False))


@pytest.fixture
def driven(tx: Tx, published: Plan) -> Plan:
    start_shift(tx, DISPATCHER, SHIFT, v.NOW)
    return published


def legs(plan: Plan, first: int, last: int | None = None) -> Legs:
    return Legs(plan.id, SHIFT, first, first if last is None else last)


def test_a_shift_is_started_once_and_ended_once(tx: Tx, published: Plan) -> None:
    assert start_shift(tx, DISPATCHER, SHIFT, LATER).state == "driving"
    with pytest.raises(ConflictError, match="is driving, not planned"):
        start_shift(tx, DISPATCHER, SHIFT, LATER)
    assert end_shift(tx, DISPATCHER, SHIFT, LATER).state == "ended"
    assert [event.verb for event in list_events(tx, "shift:1")] == ["shift.driving", "shift.ended"]


def test_legs_follow_each_other_as_they_are_done_or_skipped(tx: Tx, driven: Plan) -> None:
    assert next_leg(tx, SHIFT) == (driven.id, 0, driven.routes[0].legs[0])
    complete_legs(tx, DISPATCHER, legs(driven, 0), LATER)
    skip_legs(tx, DISPATCHER, legs(driven, 1), SkipReason.PARKED_CARS, LATER)
    assert next_leg(tx, SHIFT) == (driven.id, 2, driven.routes[0].legs[2])
    complete_legs(tx, DISPATCHER, legs(driven, 2), LATER)
    assert next_leg(tx, SHIFT) is None


def test_one_tap_ends_all_blocks_of_a_street(tx: Tx, driven: Plan) -> None:
    complete_legs(tx, DISPATCHER, legs(driven, 0, 2), LATER)
    assert [each.leg for each in list_progress(tx, driven.id, SHIFT)] == [0, 1, 2]
    assert next_leg(tx, SHIFT) is None


def test_a_phone_may_repeat_itself(tx: Tx, driven: Plan) -> None:
    first = complete_legs(tx, DISPATCHER, legs(driven, 0), LATER)
    again = complete_legs(tx, DISPATCHER, legs(driven, 0), LATER + MINUTE)
    assert again == first
    assert [event.verb for event in list_events(tx, "shift:1")] == ["shift.driving", "leg.done"]
    with pytest.raises(ConflictError, match="leg 0 is done already"):
        skip_legs(tx, DISPATCHER, legs(driven, 0), SkipReason.OTHER, LATER)


def test_a_tap_out_of_reach_counts_from_when_it_was_made(tx: Tx, driven: Plan) -> None:
    (early,) = complete_legs(tx, DISPATCHER, legs(driven, 0), LATER, tapped_at=LATER - MINUTE)
    (fast,) = complete_legs(tx, DISPATCHER, legs(driven, 1), LATER, tapped_at=LATER + MINUTE)
    assert (early.ended_at, fast.ended_at) == (LATER - MINUTE, LATER)
    assert list_events(tx, "shift:1")[1].after["tapped_at"] == (LATER - MINUTE).isoformat()


@pytest.mark.parametrize("told", [datetime.min.replace(tzinfo=UTC), v.NOW - timedelta(days=365)])
def test_a_phone_whose_clock_is_wrong_is_not_believed(tx: Tx, driven: Plan, told: datetime) -> None:
    (tap,) = complete_legs(tx, DISPATCHER, legs(driven, 0), LATER, tapped_at=told)
    assert tap.ended_at == LATER


def test_a_leg_that_is_not_in_the_route_is_refused(tx: Tx, driven: Plan) -> None:
    for first, last in ((3, 3), (1, 3), (2, 1), (-1, 0)):
        with pytest.raises(NotFoundError, match="leg"):
            complete_legs(tx, DISPATCHER, legs(driven, first, last), LATER)


def test_a_superseded_plan_is_not_driven(tx: Tx, driven: Plan) -> None:
    set_plan_state(tx, driven.id, PlanState.SUPERSEDED)
    assert next_leg(tx, SHIFT) is None


def test_what_a_driver_told_of_the_plan_before_counts(tx: Tx, driven: Plan) -> None:
    set_published(tx, driven.id, v.NOW)
    set_plan_state(tx, driven.id, PlanState.SUPERSEDED)
    (done,) = complete_legs(tx, DISPATCHER, legs(driven, 0), LATER, tapped_at=LATER - MINUTE)
    assert (done.plan_id, done.ended_at) == (driven.id, LATER - MINUTE)
    assert undo_last(tx, DISPATCHER, SHIFT, LATER).legs == (done,)


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.DISCARDED])
def test_a_plan_that_nobody_had_counts_nothing(tx: Tx, driven: Plan, state: PlanState) -> None:
    set_plan_state(tx, driven.id, state)
    with pytest.raises(ConflictError, match="not the one that is driven"):
        complete_legs(tx, DISPATCHER, legs(driven, 0), LATER)


def test_a_tap_under_the_plan_before_counts_in_the_route_that_is_driven_now(
    tx: Tx, driven: Plan
) -> None:
    set_published(tx, driven.id, v.NOW)
    set_plan_state(tx, driven.id, PlanState.SUPERSEDED)
    of_mill = a_leg(segment_id=v.MILL, job_ids=(JobId(2),))
    newer = add_published_plan(tx, of_mill, a_leg(forward=False))
    complete_legs(tx, DISPATCHER, legs(driven, 0, 1), LATER + MINUTE, LATER)
    skip_legs(tx, DISPATCHER, legs(driven, 2), SkipReason.ICE, LATER + MINUTE, LATER)
    before = list_progress(tx, driven.id, SHIFT)
    (now,) = list_progress(tx, newer.id, SHIFT)
    assert [(each.leg, each.ended_at) for each in before] == [(0, LATER), (1, LATER)]
    assert (now.leg, now.state, now.reason, now.ended_at) == (1, "skipped", "ice", LATER)
    undo_last(tx, DISPATCHER, SHIFT, LATER + MINUTE)
    assert list_progress(tx, newer.id, SHIFT) == []


@pytest.mark.parametrize("ahead", [{"pass_index": 1}, {"job_ids": (JobId(2),)}])
def test_a_late_tap_leaves_the_next_pass_of_the_street_ahead(
    tx: Tx, driven: Plan, ahead: dict[str, Any]
) -> None:
    set_published(tx, driven.id, v.NOW)
    set_plan_state(tx, driven.id, PlanState.SUPERSEDED)
    newer = add_published_plan(tx, a_leg(**ahead))
    complete_legs(tx, DISPATCHER, legs(driven, 1), LATER + MINUTE, LATER)
    skip_legs(tx, DISPATCHER, legs(driven, 2), SkipReason.ICE, LATER + MINUTE, LATER)
    assert list_progress(tx, newer.id, SHIFT) == []
    assert [each.leg for each in list_progress(tx, driven.id, SHIFT)] == [1, 2]


def test_what_was_tapped_before_the_end_of_a_shift_may_come_after_it(tx: Tx, driven: Plan) -> None:
    end_shift(tx, DISPATCHER, SHIFT, LATER)
    complete_legs(tx, DISPATCHER, legs(driven, 0), LATER + MINUTE, LATER - MINUTE)
    for tapped_at in (None, LATER + MINUTE):
        with pytest.raises(ConflictError, match="is ended, not driving"):
            complete_legs(tx, DISPATCHER, legs(driven, 1), LATER + 2 * MINUTE, tapped_at)
    assert [each.ended_at for each in list_progress(tx, driven.id, SHIFT)] == [LATER - MINUTE]


def test_nobody_tells_of_a_plan_before_it_is_published(tx: Tx, driven: Plan) -> None:
    set_published(tx, driven.id, LATER)
    set_plan_state(tx, driven.id, PlanState.SUPERSEDED)
    with pytest.raises(ConflictError, match="not the one that is driven"):
        complete_legs(tx, DISPATCHER, legs(driven, 0), LATER, tapped_at=LATER - MINUTE)


def test_nothing_is_done_before_the_shift_and_after_it(tx: Tx, published: Plan) -> None:
    with pytest.raises(ConflictError, match="is planned, not driving"):
        complete_legs(tx, DISPATCHER, legs(published, 0), LATER)
    start_shift(tx, DISPATCHER, SHIFT, v.NOW)
    end_shift(tx, DISPATCHER, SHIFT, v.NOW)
    with pytest.raises(ConflictError, match="is ended, not driving"):
        skip_legs(tx, DISPATCHER, legs(published, 0), SkipReason.OTHER, LATER)


def test_the_last_tap_can_be_taken_back_with_all_its_legs(tx: Tx, driven: Plan) -> None:
    complete_legs(tx, DISPATCHER, legs(driven, 0), LATER)
    complete_legs(tx, DISPATCHER, legs(driven, 1, 2), LATER + MINUTE)
    undone = undo_last(tx, DISPATCHER, SHIFT, LATER + 2 * MINUTE)
    assert [each.leg for each in undone.legs] == [1, 2]
    assert [each.leg for each in list_progress(tx, driven.id, SHIFT)] == [0]
    undo_last(tx, DISPATCHER, SHIFT, LATER + 3 * MINUTE)
    with pytest.raises(ConflictError, match="nothing to take back"):
        undo_last(tx, DISPATCHER, SHIFT, LATER + 4 * MINUTE)
    assert broken_links(list_events(tx)) == []


def test_a_blockage_that_was_none_goes_with_its_tap(tx: Tx, driven: Plan) -> None:
    storm, blocked = driven.storm_id, v.MAIN_WEST
    place = v.node_at(1)
    older = Blockage(
        BlockageId(0), storm, blocked, driven.routes[0].vehicle_id, SHIFT, v.NOW, place
    )
    add_blockage(tx, older)
    skip_legs(tx, DISPATCHER, legs(driven, 0), SkipReason.BLOCKED, LATER)
    wrong = add_blockage(
        tx, Blockage(BlockageId(0), storm, blocked, older.vehicle_id, SHIFT, LATER, place)
    )
    undone = undo_last(tx, DISPATCHER, SHIFT, LATER + MINUTE)
    assert [(each.id, each.cleared_at) for each in undone.blockages] == [(wrong.id, LATER + MINUTE)]
    assert [each.reported_at for each in list_open_blockages(tx, storm)] == [v.NOW]


def test_an_order_with_a_known_key_is_answered_and_not_done_again(tx: Tx) -> None:
    asked: list[int] = []

    def order() -> dict[str, object]:
        asked.append(1)
        return {"done": len(asked)}

    driver = add_user(tx, "reza", [], "fa", "")
    other = add_user(tx, "sara", [], "fa", "")
    answers = [answered_once(tx, driver.id, "key-1234", v.NOW, order) for _ in range(3)]
    assert (answers, len(asked)) == ([{"done": 1}] * 3, 1)
    with pytest.raises(ConflictError, match="somebody else's"):
        answered_once(tx, UserId(other.id), "key-1234", v.NOW, order)
