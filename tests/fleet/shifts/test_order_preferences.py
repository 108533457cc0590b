"""Orders of streets that storms showed, and what a planner makes of them."""

from dataclasses import replace

import pytest

from data.errors import ConflictError
from data.model import SegmentId, StormId
from data.model.machines import LimitState
from data.model.planning.paces import LearnedPace
from data.model.planning.street_orders import PreferredOrder
from data.store.shifts.order_preferences import list_preferences
from fleet.learning.pace_proposals import Lessons, propose
from fleet.shifts.order_preferences import (
    LearnedOrder,
    accept_order,
    count_proposed_orders,
    preferred_orders,
    propose_orders,
    reject_order,
    take_back_order,
)
from tests import village as v
from tests.village_database import DISPATCHER

LEARNED = LearnedOrder("grader", (v.TULIP,), (v.MAIN_WEST, v.MAIN_EAST), 7, 8, 3, 2)
HELD = PreferredOrder("grader", frozenset({v.TULIP}), frozenset({v.MAIN_WEST, v.MAIN_EAST}))


@pytest.fixture
def proposed(tx):
    (one,) = propose_orders(tx, DISPATCHER, [LEARNED], v.NOW)
    return one


def test_what_storms_teach_waits_for_a_decision(tx):
    lessons = Lessons((StormId(1),), 1, LearnedPace(), orders=(LEARNED,))
    propose(tx, DISPATCHER, lessons, v.NOW)
    (one,) = list_preferences(tx, {LimitState.PROPOSED})
    assert (one.sooner, one.later) == (LEARNED.sooner, LEARNED.later)
    assert (one.times, one.chances, one.drivers, one.storms) == (7, 8, 3, 2)
    assert count_proposed_orders(tx) == 1
    assert preferred_orders(tx) == frozenset()


def test_plans_heed_what_is_accepted_until_it_is_taken_back(tx, proposed):
    accept_order(tx, DISPATCHER, proposed.id, v.NOW)
    assert preferred_orders(tx) == {HELD}
    take_back_order(tx, DISPATCHER, proposed.id, v.NOW)
    assert preferred_orders(tx) == frozenset()
    accept_order(tx, DISPATCHER, proposed.id, v.NOW)
    assert preferred_orders(tx) == {HELD}


def test_what_was_rejected_may_be_accepted_after_all(tx, proposed):
    reject_order(tx, DISPATCHER, proposed.id, v.NOW)
    assert count_proposed_orders(tx) == 0
    assert accept_order(tx, DISPATCHER, proposed.id, v.NOW).decided_by == DISPATCHER.id


def test_decisions_that_do_not_fit_are_refused(tx, proposed):
    with pytest.raises(ConflictError):
        take_back_order(tx, DISPATCHER, proposed.id, v.NOW)
    accept_order(tx, DISPATCHER, proposed.id, v.NOW)
    for decide in (accept_order, reject_order):
        with pytest.raises(ConflictError):
            decide(tx, DISPATCHER, proposed.id, v.NOW)


@pytest.mark.parametrize(
    ("again", "asked"),
    [
        (replace(LEARNED, later=(v.MAIN_EAST,), times=9), False),
        (replace(LEARNED, sooner=LEARNED.later, later=LEARNED.sooner), False),
        (replace(LEARNED, machine="loader"), True),
        (replace(LEARNED, later=(v.MILL,)), True),
        (replace(LEARNED, later=(SegmentId(99),)), True),
    ],
    ids=["with other parts", "the other way round", "another type", "other streets", "unknown"],
)
def test_nobody_is_asked_again_about_the_same_two_streets(tx, proposed, again, asked):
    reject_order(tx, DISPATCHER, proposed.id, v.NOW)
    assert bool(propose_orders(tx, DISPATCHER, [again], v.NOW)) is asked
