"""What drivers call impossible for their machine, and what planners make of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import ConflictError, InvalidError
from data.model import DirectedSegment, LegKind, LonLat, Plan, ShiftId, VehicleId
from data.model.machines import LimitState, MachineLimit, WayLimit
from data.model.work import SkipReason
from data.store.audit.audit_log import list_events
from data.store.database.engine import Tx
from data.store.shifts.blockages import get_blockage
from data.store.shifts.machine_limits import get_limit, list_limits
from fleet.shifts.blockages import BlockageReport, report_blockage
from fleet.shifts.machine_limits import (
    LimitWish,
    UntakenWay,
    accept_limit,
    count_untaken,
    propose_limit,
    propose_untaken,
    reject_limit,
    take_back_limit,
    withdraw_proposals,
)
from fleet.shifts.shift_progress import Legs, start_shift
from fleet.storms.storm_start import start_storm
from fleet.streets.machine_limits import way_limits
from tests import village as v
from tests.village_database import DISPATCHER, POLICY
from tests.village_plan import a_leg, add_published_plan

SHIFT = ShiftId(1)
LATER = v.NOW + timedelta(minutes=5)
TYPE = v.a_vehicle().type
WISH = LimitWish((TYPE,), both_ways=True, until_at=None, note=" too steep ")
UP = DirectedSegment(v.MILL, forward=True)


@pytest.fixture
def plan(tx: Tx) -> Plan:
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    way = a_leg(LegKind.DRIVE, v.MAIN_WEST)
    plan = add_published_plan(tx, way, a_leg(segment_id=v.MILL), a_leg(LegKind.RELOAD, path=()))
    start_shift(tx, DISPATCHER, SHIFT, v.NOW)
    return plan


def proposed(tx: Tx, plan: Plan, leg: int = 1, turn_at: LonLat | None = None) -> MachineLimit:
    legs = Legs(plan.id, SHIFT, leg, leg)
    said = BlockageReport(v.at_m(200, 20), "", None, SkipReason.IMPOSSIBLE)
    report = report_blockage(tx, DISPATCHER, legs, v.village(), said, LATER)
    found = propose_limit(tx, DISPATCHER, report, v.village(), turn_at, LATER)
    assert found is not None
    return found


def test_a_street_is_proposed_in_both_directions_for_the_type_of_the_drivers_machine(
    tx: Tx, plan: Plan
) -> None:
    limit = proposed(tx, plan)
    assert (limit.ways, limit.came, limit.types, limit.both_ways) == ((UP,), None, (TYPE,), True)
    assert list_limits(tx, {LimitState.PROPOSED}) == [limit]
    assert way_limits(tx, LATER) == frozenset()


def test_a_turn_is_the_one_at_the_junction_that_the_phone_told_of(tx: Tx, plan: Plan) -> None:
    limit = proposed(tx, plan, turn_at=v.node_at(2))
    assert limit.came == DirectedSegment(v.MAIN_WEST, forward=True)
    assert (limit.ways, limit.both_ways) == ((UP,), False)
    accepted = accept_limit(tx, DISPATCHER, limit.id, WISH, LATER)
    assert not accepted.both_ways
    assert way_limits(tx, LATER) == {WayLimit(frozenset({TYPE}), UP, limit.came)}


def test_a_stop_has_no_street_that_could_be_impossible(tx: Tx, plan: Plan) -> None:
    legs = Legs(plan.id, SHIFT, 2, 2)
    said = BlockageReport(None, "", None, SkipReason.IMPOSSIBLE)
    report = report_blockage(tx, DISPATCHER, legs, v.village(), said, LATER)
    assert propose_limit(tx, DISPATCHER, report, v.village(), None, LATER) is None


def test_what_is_accepted_holds_until_its_time_or_until_it_is_taken_back(
    tx: Tx, plan: Plan
) -> None:
    limit = proposed(tx, plan)
    accept_limit(tx, DISPATCHER, limit.id, WISH, LATER)
    assert {one.way.forward for one in way_limits(tx, LATER)} == {True, False}
    until = LATER + timedelta(hours=1)
    narrower = replace(WISH, both_ways=False, until_at=until)
    assert accept_limit(tx, DISPATCHER, limit.id, narrower, LATER).note == "too steep"
    assert {one.way for one in way_limits(tx, LATER)} == {UP}
    assert way_limits(tx, until) == frozenset()
    take_back_limit(tx, DISPATCHER, limit.id, LATER)
    assert way_limits(tx, LATER) == frozenset()
    with pytest.raises(ConflictError, match="withdrawn"):
        accept_limit(tx, DISPATCHER, limit.id, WISH, LATER)
    verbs = [event.verb for event in list_events(tx, f"machine_limit:{limit.id}")]
    said = ("proposed", "accepted", "changed", "taken_back")
    assert verbs == [f"machine_limit.{one}" for one in said]


def test_a_rejected_limit_is_heeded_by_nobody(tx: Tx, plan: Plan) -> None:
    limit = proposed(tx, plan)
    assert reject_limit(tx, DISPATCHER, limit.id, LATER).state is LimitState.REJECTED
    assert way_limits(tx, LATER) == frozenset()
    with pytest.raises(ConflictError, match="rejected"):
        reject_limit(tx, DISPATCHER, limit.id, LATER)


@pytest.mark.parametrize(
    "wish",
    [
        replace(WISH, types=()),
        replace(WISH, types=("hovercraft",)),
        replace(WISH, until_at=LATER),
        replace(WISH, note="x" * 201),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(tx: Tx, plan: Plan, wish: LimitWish) -> None:
    with pytest.raises(InvalidError):
        accept_limit(tx, DISPATCHER, proposed(tx, plan).id, wish, LATER)


def test_a_driver_takes_back_what_nobody_decided_yet(tx: Tx, plan: Plan) -> None:
    limit = proposed(tx, plan)
    report = get_blockage(tx, limit.blockage_id)
    withdraw_proposals(tx, DISPATCHER, report, LATER)
    assert get_limit(tx, limit.id).state is LimitState.WITHDRAWN


NEVER = UntakenWay(TYPE, UP, DirectedSegment(v.MAIN_WEST, forward=True), 12, 3, VehicleId(1))


def test_a_turn_that_storms_showed_to_be_never_taken_is_proposed_and_decided_as_others(
    tx: Tx, plan: Plan
) -> None:
    (limit,) = propose_untaken(tx, DISPATCHER, plan.storm_id, [NEVER], LATER)
    assert (limit.blockage_id, limit.chances, limit.drivers) == (None, 12, 3)
    assert (count_untaken(tx), way_limits(tx, LATER)) == (1, frozenset())
    accept_limit(tx, DISPATCHER, limit.id, WISH, LATER)
    assert way_limits(tx, LATER) == {WayLimit(frozenset({TYPE}), UP, limit.came)}
    take_back_limit(tx, DISPATCHER, limit.id, LATER)
    assert way_limits(tx, LATER) == frozenset()
    verbs = [event.verb for event in list_events(tx, f"machine_limit:{limit.id}")]
    assert verbs == [f"machine_limit.{verb}" for verb in ("learned", "accepted", "taken_back")]


def test_who_decided_about_a_turn_is_not_asked_about_it_again(tx: Tx, plan: Plan) -> None:
    (limit,) = propose_untaken(tx, DISPATCHER, plan.storm_id, [NEVER], LATER)
    assert propose_untaken(tx, DISPATCHER, plan.storm_id, [NEVER], LATER) == []
    reject_limit(tx, DISPATCHER, limit.id, LATER)
    assert propose_untaken(tx, DISPATCHER, plan.storm_id, [NEVER], LATER) == []
    other = replace(NEVER, machine="grader")
    assert propose_untaken(tx, DISPATCHER, plan.storm_id, [other], LATER) != []
