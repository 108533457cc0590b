from datetime import timedelta

import pytest

from data.errors import ConflictError, NotFoundError
from data.model import LegKind, Plan, PlanState, ShiftId
from data.store.engine import Tx
from data.store.events import list_events
from data.store.plans import add_plan, set_plan_state
from fleet.driving import complete_leg, end_shift, next_leg, skip_leg, start_shift
from fleet.storms import start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY
from tests.village_plan import a_leg, a_plan

SHIFT = ShiftId(1)
LATER = v.NOW + timedelta(minutes=5)


@pytest.fixture
def published(tx: Tx) -> Plan:
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    plan = add_plan(tx, a_plan(a_leg(LegKind.DRIVE), a_leg(), a_leg(forward=False)))
    set_plan_state(tx, plan.id, PlanState.PUBLISHED)
    return plan


def test_a_shift_is_started_once_and_ended_once(tx: Tx, published: Plan) -> None:
    assert start_shift(tx, DISPATCHER, SHIFT, LATER).state == "driving"
    with pytest.raises(ConflictError, match="is driving, not planned"):
        start_shift(tx, DISPATCHER, SHIFT, LATER)
    assert end_shift(tx, DISPATCHER, SHIFT, LATER).state == "ended"
    assert [event.verb for event in list_events(tx, "shift:1")] == ["shift.driving", "shift.ended"]


def test_legs_follow_each_other_as_they_are_done_or_skipped(tx: Tx, published: Plan) -> None:
    assert next_leg(tx, SHIFT) == (published.id, 0, published.routes[0].legs[0])
    complete_leg(tx, DISPATCHER, published.id, SHIFT, 0, LATER)
    skip_leg(tx, DISPATCHER, published.id, SHIFT, 1, "a parked car", LATER)
    assert next_leg(tx, SHIFT) == (published.id, 2, published.routes[0].legs[2])
    complete_leg(tx, DISPATCHER, published.id, SHIFT, 2, LATER)
    assert next_leg(tx, SHIFT) is None


def test_a_phone_may_repeat_itself(tx: Tx, published: Plan) -> None:
    first = complete_leg(tx, DISPATCHER, published.id, SHIFT, 0, LATER)
    again = complete_leg(tx, DISPATCHER, published.id, SHIFT, 0, LATER + timedelta(minutes=1))
    assert again == first
    assert len(list_events(tx, "shift:1")) == 1
    with pytest.raises(ConflictError, match="leg 0 is done already"):
        skip_leg(tx, DISPATCHER, published.id, SHIFT, 0, "no", LATER)


def test_a_leg_that_is_not_in_the_route_is_refused(tx: Tx, published: Plan) -> None:
    with pytest.raises(NotFoundError, match="leg 3"):
        complete_leg(tx, DISPATCHER, published.id, SHIFT, 3, LATER)


def test_a_superseded_plan_is_not_driven(tx: Tx, published: Plan) -> None:
    set_plan_state(tx, published.id, PlanState.SUPERSEDED)
    assert next_leg(tx, SHIFT) is None
    with pytest.raises(ConflictError, match="not the one that is driven"):
        complete_leg(tx, DISPATCHER, published.id, SHIFT, 0, LATER)
