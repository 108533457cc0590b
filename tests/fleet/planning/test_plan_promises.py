"""Publishing a plan promises every open request that it comes to its time."""

from datetime import timedelta

from data.model import JobState, PlanId, PlanState
from data.store.audit.audit_log import list_events
from data.store.database.engine import Tx
from data.store.planning.plans import add_plan, find_published_plan_id
from data.store.requests.promises import find_promise, list_promise_outcomes
from data.store.work import set_job_state
from fleet.planning.plan_lifecycle import publish
from fleet.replanning.publication_undo import take_back_publication
from fleet.requests.promises import was_kept
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.fleet.requests.test_promises import HOUR, MINUTE, asked_on, job_on
from tests.village_database import DISPATCHER, POLICY, estimates
from tests.village_plan import a_leg, a_plan


def published(tx: Tx, in_minutes: int, now_after: timedelta = timedelta(0)) -> int:
    """Publish a plan that ends its pass over Mill Street then; return its id."""
    now = v.NOW + now_after
    starts_at = now + (in_minutes - 1) * MINUTE
    leg = a_leg(segment_id=v.MILL, starts_at=starts_at, job_ids=(job_on(tx, v.MILL).id,))
    driven = find_published_plan_id(tx, v.a_storm().id)
    draft = add_plan(tx, a_plan(leg, made_at=now, state=PlanState.DRAFT, parent_id=driven))
    return publish(tx, DISPATCHER, draft.id, estimates(), now).id


def promised_by(tx: Tx, plan_id: int) -> list[object]:
    lines = [e for e in list_events(tx, f"plan:{plan_id}") if e.verb == "plan.promised"]
    return [line.after["requests"] for line in lines]


def a_storm(tx: Tx) -> None:
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)


def test_who_asked_before_the_plan_gets_a_promise_with_it(tx: Tx) -> None:
    a_storm(tx)
    early, also, elsewhere = (asked_on(tx, street) for street in (v.MILL, v.MILL, v.BLIND))
    plan_id = published(tx, 60)
    given = find_promise(tx, early.id)
    assert given is not None
    assert (given.plan_id, given.expected_at) == (plan_id, v.NOW + HOUR)
    assert given.from_at < v.NOW + HOUR < given.to_at
    assert find_promise(tx, elsewhere.id) is None
    assert promised_by(tx, plan_id) == [[early.id, also.id]]


def test_a_publication_that_promised_times_is_taken_back_all_the_same(tx: Tx) -> None:
    a_storm(tx)
    asked_on(tx, v.MILL)
    plan_id = PlanId(published(tx, 60))
    assert promised_by(tx, plan_id) != []
    back = take_back_publication(tx, DISPATCHER, plan_id, estimates(), v.NOW + MINUTE)
    assert back.state is PlanState.DRAFT


def test_a_promise_that_still_holds_stays_and_a_broken_one_is_followed_by_another(tx: Tx) -> None:
    a_storm(tx)
    asked = asked_on(tx, v.MILL)
    published(tx, 60)
    first = find_promise(tx, asked.id)
    sooner = published(tx, 40, MINUTE)
    assert promised_by(tx, sooner) == []
    assert find_promise(tx, asked.id) == first
    later = published(tx, 180, 2 * MINUTE)
    assert promised_by(tx, later) == [[asked.id]]
    second = find_promise(tx, asked.id)
    assert second is not None
    assert second.plan_id == later


def test_promises_of_a_plan_are_measured_and_hide_no_history(tx: Tx) -> None:
    a_storm(tx)
    asked = asked_on(tx, v.MILL)
    published(tx, 30)
    set_job_state(tx, [job_on(tx, v.MILL).id], JobState.DONE, v.NOW + 35 * MINUTE)
    a_storm_later = v.NOW + HOUR
    (outcome,) = list_promise_outcomes(tx, 1, a_storm_later)
    assert outcome.promise.request_id == asked.id
    assert was_kept(outcome, a_storm_later) is True


def test_promises_that_may_still_be_kept_are_no_history(tx: Tx) -> None:
    a_storm(tx)
    asked_on(tx, v.MILL)
    published(tx, 30)
    assert list_promise_outcomes(tx, 10, v.NOW) == []
    assert len(list_promise_outcomes(tx, 10, v.NOW + 9 * HOUR)) == 1
