"""Rests of drivers, told late or in shifts that end, and when shifts ended."""

from datetime import datetime, timedelta

import pytest

from data.errors import ConflictError
from data.model import MachineService, OutReason, Plan, ShiftId, VehicleId
from data.store.database.engine import Tx
from data.store.shifts.driver_rests import list_rests
from data.store.shifts.shifts import get_shift
from fleet.replanning.breakdowns import break_down
from fleet.shifts.driver_rests import begin_rest, end_rest
from fleet.shifts.shift_progress import end_shift, find_end, start_shift
from fleet.storms.machines_in_service import switch_machine
from fleet.storms.storm_start import end_storm, start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY
from tests.village_plan import a_leg, add_published_plan

SHIFT = ShiftId(1)
MINUTE = timedelta(minutes=1)
ENDED = v.NOW + 60 * MINUTE
LATER = v.NOW + 90 * MINUTE


def at(minute: int) -> datetime:
    return v.NOW + minute * MINUTE


@pytest.fixture
def planned(tx: Tx) -> Plan:
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    return add_published_plan(tx, a_leg())


@pytest.fixture
def driven(tx: Tx, planned: Plan) -> Plan:
    start_shift(tx, DISPATCHER, SHIFT, v.NOW)
    return planned


def rests(tx: Tx) -> list[tuple[datetime, datetime | None]]:
    return [(one.begun_at, one.ended_at) for one in list_rests(tx, SHIFT)]


def test_nobody_rests_before_the_shift_and_after_it(tx: Tx, planned: Plan) -> None:
    with pytest.raises(ConflictError, match="is planned, not driving"):
        begin_rest(tx, DISPATCHER, SHIFT, at(1))
    start_shift(tx, DISPATCHER, SHIFT, at(2))
    end_shift(tx, DISPATCHER, SHIFT, ENDED)
    for tapped_at in (None, ENDED + MINUTE):
        with pytest.raises(ConflictError, match="is ended, not driving"):
            begin_rest(tx, DISPATCHER, SHIFT, LATER, tapped_at)
    assert rests(tx) == []


def test_rests_tapped_in_a_shift_that_is_over_by_now_are_kept_with_their_times(
    tx: Tx, driven: Plan
) -> None:
    begin_rest(tx, DISPATCHER, SHIFT, at(5))
    end_shift(tx, DISPATCHER, SHIFT, ENDED)
    assert rests(tx) == [(at(5), ENDED)]
    end_rest(tx, DISPATCHER, SHIFT, LATER, at(35))
    begin_rest(tx, DISPATCHER, SHIFT, LATER, at(50))
    assert rests(tx) == [(at(5), at(35)), (at(50), ENDED)]
    end_rest(tx, DISPATCHER, SHIFT, LATER, ENDED + MINUTE)
    assert rests(tx) == [(at(5), at(35)), (at(50), ENDED)]


def test_the_end_of_a_storm_ends_rests(tx: Tx, driven: Plan) -> None:
    begin_rest(tx, DISPATCHER, SHIFT, at(5))
    end_storm(tx, DISPATCHER, driven.storm_id, ENDED)
    assert rests(tx) == [(at(5), ENDED)]
    assert find_end(tx, get_shift(tx, SHIFT)) == ENDED


def test_a_machine_that_breaks_down_ends_a_shift_that_nobody_began(tx: Tx, planned: Plan) -> None:
    break_down(tx, DISPATCHER, get_shift(tx, SHIFT), ENDED)
    assert find_end(tx, get_shift(tx, SHIFT)) == ENDED


def test_a_machine_out_of_service_ends_its_shift_then(tx: Tx, planned: Plan) -> None:
    out = MachineService(in_service=False, reason=OutReason.BROKEN)
    switch_machine(tx, DISPATCHER, planned.storm_id, VehicleId(1), out, ENDED)
    assert find_end(tx, get_shift(tx, SHIFT)) == ENDED
