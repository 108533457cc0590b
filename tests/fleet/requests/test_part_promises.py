"""Promises for streets of several passes of which a plan leaves out some."""

from datetime import timedelta

from data.model import PlanState, Unserved
from data.store.database.engine import Tx
from data.store.planning.plans import set_plan_state
from data.store.requests.promises import find_promise
from fleet.requests.promises import give_promise, window_of_request
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.fleet.requests.test_promises import DRIVE, a_published_plan, arrivals, asked_on, job_on
from tests.village_database import DISPATCHER, POLICY
from tests.village_plan import add_published_plan, legs_along

MINUTE = timedelta(minutes=1)


def test_nothing_is_promised_where_the_plan_leaves_out_some_passes(tx: Tx) -> None:
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    left = Unserved(job_on(tx, v.MILL).id, "time")
    add_published_plan(tx, *legs_along(tx, DRIVE, apart=10 * MINUTE), unserved=(left,))
    asked = asked_on(tx, v.MILL)
    assert give_promise(tx, DISPATCHER, asked, arrivals(tx)) is None
    assert find_promise(tx, asked.id) is None


def test_a_promise_is_told_no_more_once_a_plan_leaves_out_some_of_its_passes(tx: Tx) -> None:
    before = a_published_plan(tx)
    asked = asked_on(tx, v.MILL)
    given_promise = give_promise(tx, DISPATCHER, asked, arrivals(tx))
    assert given_promise is not None
    set_plan_state(tx, before.id, PlanState.SUPERSEDED)
    left = Unserved(job_on(tx, v.MILL).id, "time")
    add_published_plan(tx, *legs_along(tx, DRIVE, apart=10 * MINUTE), unserved=(left,))
    assert window_of_request(tx, asked, arrivals(tx)) is None
    late = given_promise.to_at + MINUTE
    assert window_of_request(tx, asked, arrivals(tx, late)) is not None
