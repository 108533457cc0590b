from datetime import datetime, timedelta

from data.model import Leg, LegKind
from fleet.routes.plan_vs_actual import LegCheck, LegState, RouteCheck
from fleet.routes.proved_legs import ProvedLegs, in_rows, proved_legs
from tests import village as v
from tests.village_plan import a_leg

WORK, DRIVE = a_leg(), a_leg(LegKind.DRIVE, job_ids=())


def at(minute: int) -> datetime:
    return v.NOW + timedelta(minutes=minute)


def proved(*legs: tuple[Leg, LegState]) -> list[ProvedLegs]:
    """Return the proved rows of legs; each is done in the minute of its number."""
    checks = tuple(LegCheck(state, at(i)) for i, (_, state) in enumerate(legs))
    check = RouteCheck(
        v.a_shift().id, v.a_vehicle().id, checks, 0, timedelta(0), None, None, pace=1.0
    )
    return list(in_rows(proved_legs([leg for leg, _ in legs], check)))


def test_the_way_to_proved_work_is_behind_the_truck_too() -> None:
    done = proved((DRIVE, LegState.PASSED), (WORK, LegState.DONE), (WORK, LegState.BY_OTHER))
    assert done == [ProvedLegs(0, 2, at(2))]


def test_a_tap_alone_and_a_mere_drive_prove_nothing() -> None:
    assert proved((WORK, LegState.TOLD), (WORK, LegState.UNPROVED), (WORK, LegState.SKIPPED)) == []
    assert proved((DRIVE, LegState.PASSED), (WORK, LegState.AHEAD)) == []


def test_what_was_left_out_divides_the_rows() -> None:
    rows = proved((WORK, LegState.DONE), (WORK, LegState.SKIPPED), (WORK, LegState.DONE))
    assert [(row.first, row.last) for row in rows] == [(0, 0), (2, 2)]
