"""What a plan in the middle of a storm is made from."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import (
    Blockage,
    BlockageId,
    Closure,
    ClosureId,
    Coverage,
    DirectedSegment,
    JobId,
    SegmentId,
    ShiftId,
    Storm,
    StormId,
    VehicleId,
    WorkPass,
)
from data.store.coverage.coverage import replace_reported, save_coverage
from data.store.database.engine import Tx
from data.store.planning.plans import add_plan
from data.store.shifts.blockages import add_blockage, set_cleared
from data.store.storms.closures import add_closure
from data.store.work import add_job, list_jobs
from fleet.planning.plan_lifecycle import publish
from fleet.planning.plan_preparation import Prepared, prepare
from fleet.shifts.shift_progress import start_shift
from tests import village as v
from tests.fleet.routes.test_plan_vs_actual import a_pass
from tests.village_database import DISPATCHER, estimates
from tests.village_plan import a_leg, a_plan

LATER = v.NOW + timedelta(minutes=10)
MILL = DirectedSegment(SegmentId(v.MILL), True)


def now_of(tx: Tx, storm: Storm) -> Prepared:
    return prepare(tx, storm.id, v.village(), LATER)


def is_plowed(tx: Tx, storm: Storm, street: DirectedSegment, minute: float) -> None:
    """Let evidence show one pass of a street by the first truck."""
    one = replace(a_pass(street.segment_id, minute), forward=street.forward)
    replace_reported(tx, storm.id, {street: [one]})
    save_coverage(tx, storm.id, [Coverage(*vars_of(street), 1, 2, one.ended_at)])


def vars_of(street: DirectedSegment) -> tuple[SegmentId, bool]:
    return street.segment_id, street.forward


def test_at_the_start_of_a_storm_all_is_to_be_done_from_the_depots(tx: Tx, storm: Storm) -> None:
    present = now_of(tx, storm).present
    assert (present.starts, present.done, present.closed) == ({}, frozenset(), frozenset())


def test_of_a_job_partly_done_the_rest_is_planned(tx: Tx, storm: Storm) -> None:
    job = next(one for one in list_jobs(tx, storm.id) if one.segment_id == v.MILL)
    again = add_job(tx, replace(job, starts_at=v.NOW + timedelta(minutes=5), passes=2))
    is_plowed(tx, storm, MILL, minute=3)
    done = now_of(tx, storm).present.done
    assert WorkPass(job.id, True, 0) in done
    assert all(work.forward for work in done)
    assert again.id not in {work.job_id for work in done}  # it wants passes from later on


def test_a_truck_that_has_begun_a_leg_ends_it_first(tx: Tx, storm: Storm) -> None:
    leg = a_leg(segment_id=v.MILL, starts_at=LATER, job_ids=(JobId(4),))
    plan = add_plan(tx, a_plan(leg, made_at=v.NOW))
    publish(tx, DISPATCHER, plan.id, estimates(), v.NOW)
    start_shift(tx, DISPATCHER, ShiftId(1), v.NOW)
    prepared = now_of(tx, storm)
    start = prepared.present.starts[ShiftId(1)]
    assert start.finishing == leg
    assert set(leg.works) <= prepared.present.done
    assert prepared.parent_id == plan.id


def test_the_pass_of_one_truck_is_not_taken_off_another(tx: Tx, storm: Storm) -> None:
    job = next(one for one in list_jobs(tx, storm.id) if one.segment_id == v.MILL)
    twice = add_job(tx, replace(job, passes=2))
    made = a_plan(a_leg(segment_id=v.MILL, job_ids=(twice.id,), pass_index=1))
    late = v.NOW + timedelta(hours=1)
    ahead = a_leg(segment_id=v.MILL, starts_at=late, job_ids=(twice.id,))
    routes = (made.routes[0], replace(made.routes[1], legs=(ahead,)))
    publish(
        tx,
        DISPATCHER,
        add_plan(tx, replace(made, routes=routes)).id,
        estimates(),
        v.NOW,
        dropping=True,
    )
    is_plowed(tx, storm, MILL, minute=3)
    done = {work for work in now_of(tx, storm).present.done if work.job_id == twice.id}
    assert done == {WorkPass(twice.id, True, 1)}


def test_a_blocked_street_is_closed_until_it_is_cleared(tx: Tx, storm: Storm) -> None:
    blocked = add_blockage(
        tx,
        Blockage(
            BlockageId(0),
            StormId(storm.id),
            SegmentId(v.MILL),
            VehicleId(1),
            ShiftId(1),
            v.NOW,
            v.at_m(200, 50),
        ),
    )
    both = {MILL, DirectedSegment(SegmentId(v.MILL), False)}
    assert now_of(tx, storm).present.closed == both
    set_cleared(tx, blocked.id, LATER)
    assert not now_of(tx, storm).present.closed


@pytest.mark.parametrize(("forward", "ways"), [(None, {True, False}), (True, {True})])
def test_a_closure_holds_for_its_direction_and_its_time(
    tx: Tx, storm: Storm, forward: bool | None, ways: set[bool]
) -> None:
    closure = Closure(
        ClosureId(0),
        storm.id,
        SegmentId(v.MILL),
        forward,
        v.NOW,
        LATER + timedelta(minutes=1),
        "burst pipe",
        v.NOW,
        "leila",
    )
    add_closure(tx, closure)
    add_closure(
        tx,
        replace(
            closure, segment_id=SegmentId(v.ROSE), from_at=LATER + timedelta(hours=1), until_at=None
        ),
    )
    closed = now_of(tx, storm).present.closed
    assert closed == {DirectedSegment(SegmentId(v.MILL), each) for each in ways}
