from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pytest

from data.errors import ConflictError
from data.model import Alert, AlertId, AlertKind, Job, Unserved
from data.store.alerts import add_alert
from data.store.database.engine import Tx
from data.store.planning.plans import find_plan_driven_at, get_plan
from data.store.requests.requests import add_request
from data.store.work import is_planned, list_jobs_by_id
from fleet.planning.plan_difference import job_ends
from fleet.planning.plan_lifecycle import publish, store_draft
from fleet.planning.plan_preparation import prepare
from fleet.planning.plan_solving import solve_prepared
from fleet.planning.remaining_routes import jobs_of
from fleet.replanning.insertion_limits import InsertionLimits, insertion_limits, spared_jobs
from fleet.replanning.running_plan import (
    InsertionPlace,
    RunningPlan,
    best_insertion,
    running_plan,
)
from fleet.replanning.urgent_insertions import accept_insertion, job_on_street
from fleet.storms.storm_start import start_storm
from maps.pages.i18n import translator
from routing.problem.stops import ReloadStop
from routing.replanning.batch_insertion import broken_by
from routing.replanning.running_routes import running_routes
from tests import village as v
from tests.fleet.drives import a_request
from tests.village_database import DISPATCHER, POLICY, estimates

MINUTE = timedelta(minutes=1)
LATER = v.NOW + MINUTE


@dataclass(frozen=True)
class Driven:
    """Two trucks under way, and work that nobody has planned."""

    plan: RunningPlan
    urgent: Job

    def without_time(self) -> RunningPlan:
        """Return the plan with shifts that end when the routes do."""
        running = self.plan.running
        ends_s = np.array([one.ends_s for one in running.timed])
        problem = replace(running.problem, shift_end_s=ends_s)
        full = running_routes(problem, running.solution)
        mapped = replace(self.plan.mapped, problem=problem)
        return replace(self.plan, running=full, mapped=mapped)


@pytest.fixture
def driven(tx: Tx) -> Driven:
    storm = start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    before = prepare(tx, storm.id, v.village(), v.NOW)
    plan = solve_prepared(before, 1.0, 1, lambda *_: None, lambda: True)
    publish(tx, DISPATCHER, store_draft(tx, DISPATCHER, plan, v.NOW).id, estimates(), v.NOW)
    now = prepare(tx, storm.id, v.village(), LATER)
    job = job_on_street(tx, storm, v.village(), POLICY, v.BLIND, LATER)
    return Driven(running_plan(now), job)


@pytest.fixture
def offer(driven: Driven) -> InsertionPlace:
    """Urgent work on a street that nobody has planned, two trucks under way."""
    return best_insertion(driven.plan, driven.urgent, "key", LATER)


def broken(offer: InsertionPlace, change) -> InsertionPlace:
    """Return the offer with routes or a problem that a search should never have taken."""
    inserted = offer.inserted
    after = inserted.after.changed(*change(inserted.after))
    return replace(offer, inserted=replace(inserted, after=after))


def too_long(after):
    """The day is over a minute after the truck has begun."""
    return replace(after.problem, shift_end_s=after.problem.shift_start_s + 60.0), after.routes


def not_able(after):
    """No truck can do what is new."""
    service_s = after.problem.service_s.copy()
    service_s[-1] = np.inf
    return replace(after.problem, service_s=service_s), after.routes


def empty_hopper(after):
    """The hopper has nothing for it."""
    kg = after.problem.material_kg.copy()
    kg[-1] = 1e9
    return replace(after.problem, material_kg=kg), after.routes


def twice(after):
    """One street comes two times."""
    longest = max(range(len(after.routes)), key=lambda v: len(after.routes[v]))
    doubled = tuple(
        (*route, *(stop for stop in route[-1:] if not isinstance(stop, ReloadStop)))
        if v == longest
        else route
        for v, route in enumerate(after.routes)
    )
    return after.problem, doubled


def left_out(after):
    """What was asked for is in no route."""
    new = after.problem.tasks - 1
    kept = tuple(
        tuple(stop for stop in route if isinstance(stop, ReloadStop) or stop.task != new)
        for route in after.routes
    )
    return after.problem, kept


def test_where_no_truck_has_time_less_important_work_waits_for_the_next_plan(
    tx: Tx, driven: Driven
) -> None:
    found = best_insertion(driven.without_time(), driven.urgent, "key", LATER)
    pushed = list_jobs_by_id(tx, found.insertion.pushed)
    assert 0 < len(pushed) <= 3
    assert "P1" not in {job.service_class for job in pushed}
    assert broken_by(found.inserted) == []
    before = get_plan(tx, driven.plan.plan_id)
    plan = accept_insertion(
        tx, DISPATCHER, found.insertion, found.routes(), before, estimates(), LATER
    )
    left = {one.job_id for one in plan.unserved} - {one.job_id for one in before.unserved}
    assert left == {job.id for job in pushed}
    assert not any(is_planned(tx, job.id) for job in pushed)
    planned = jobs_of(plan.routes)
    assert planned.isdisjoint(left)
    new = list_jobs_by_id(tx, planned - jobs_of(before.routes))
    assert [job.segment_id for job in new] == [v.BLIND]
    assert spared_jobs(tx, plan.storm_id) == {job.id for job in new}


def test_urgent_work_is_done_next_though_all_trucks_are_late(driven: Driven) -> None:
    full = driven.without_time()
    ends_s = full.running.problem.shift_end_s - 900.0
    problem = replace(full.running.problem, shift_end_s=ends_s)
    mapped = replace(full.mapped, problem=problem)
    plan = replace(full, running=running_routes(problem, full.running.solution), mapped=mapped)
    found = best_insertion(plan, driven.urgent, "key", LATER).inserted
    [v] = set(found.takers.values())
    begun, *rest = (leg.task for leg in found.after.timed[v].legs if leg.kind == "work")
    assert begun not in found.takers
    assert rest[: len(found.takers)] == sorted(found.takers)


def test_until_urgent_work_was_inserted_the_plan_before_was_driven(tx: Tx, driven: Driven) -> None:
    found = best_insertion(driven.without_time(), driven.urgent, "key", LATER)
    before = get_plan(tx, driven.plan.plan_id)
    plan = accept_insertion(
        tx, DISPATCHER, found.insertion, found.routes(), before, estimates(), LATER
    )
    driven_at = [find_plan_driven_at(tx, plan.storm_id, at) for at in (v.NOW, LATER)]
    assert driven_at == [before.id, plan.id]


def test_an_offer_is_refused_where_somebody_asked_meanwhile_for_what_makes_room(
    tx: Tx, driven: Driven
) -> None:
    found = best_insertion(driven.without_time(), driven.urgent, "key", LATER)
    add_request(tx, a_request(found.insertion.pushed[0]))
    before = get_plan(tx, driven.plan.plan_id)
    with pytest.raises(ConflictError) as refused:
        accept_insertion(
            tx, DISPATCHER, found.insertion, found.routes(), before, estimates(), LATER
        )
    assert refused.value.values["reason"] == "insertion_outdated"
    assert get_plan(tx, before.id) == before


def test_work_of_which_a_part_was_left_already_is_left_once(tx: Tx, driven: Driven) -> None:
    found = best_insertion(driven.without_time(), driven.urgent, "key", LATER)
    left = tuple(Unserved(job_id, "no_vehicle") for job_id in found.insertion.pushed)
    before = replace(get_plan(tx, driven.plan.plan_id), unserved=left)
    plan = accept_insertion(
        tx, DISPATCHER, found.insertion, found.routes(), before, estimates(), LATER
    )
    assert sorted(one.job_id for one in plan.unserved) == sorted(found.insertion.pushed)


def test_spared_work_gives_way_to_none(driven: Driven) -> None:
    limits = InsertionLimits(spared=frozenset(jobs_of(driven.plan.check.plan.routes)))
    with pytest.raises(ConflictError) as refused:
        best_insertion(driven.without_time(), driven.urgent, "key", LATER, limits)
    assert refused.value.values["reason"] == "insertion_impossible"


def test_planned_work_pushes_nothing_out_to_be_done_only_moments_sooner(
    tx: Tx, driven: Driven
) -> None:
    plan, pushed = driven.without_time(), set()
    for job in list_jobs_by_id(tx, jobs_of(driven.plan.check.plan.routes)):
        with suppress(ConflictError):  # no truck comes sooner
            pushed.update(best_insertion(plan, job, "key", LATER).insertion.pushed)
    assert pushed == set()


def test_a_machine_with_an_open_alert_is_not_sent(
    tx: Tx, driven: Driven, offer: InsertionPlace
) -> None:
    standing = offer.insertion.vehicle_id
    add_alert(tx, Alert(AlertId(0), driven.urgent.storm_id, AlertKind.LONG_STOP, standing, v.NOW))
    limits = insertion_limits(tx, driven.urgent.storm_id)
    assert limits.unable == {standing}
    found = best_insertion(driven.plan, driven.urgent, "key", LATER, limits)
    assert found.insertion.vehicle_id != standing
    both = InsertionLimits(unable=frozenset({standing, found.insertion.vehicle_id}))
    with pytest.raises(ConflictError) as refused:
        best_insertion(driven.plan, driven.urgent, "key", LATER, both)
    assert refused.value.values["reason"] == "insertion_impossible"


def test_what_a_standing_machine_has_planned_is_given_to_another_one(
    tx: Tx, driven: Driven
) -> None:
    route = next(one for one in driven.plan.check.plan.routes if jobs_of([one]))
    ends = job_ends([route])
    (first,) = list_jobs_by_id(tx, [min(ends, key=ends.__getitem__)])
    limits = InsertionLimits(unable=frozenset({route.vehicle_id}))
    found = best_insertion(driven.plan, first, "key", LATER, limits)
    assert found.insertion.vehicle_id != route.vehicle_id


def test_where_a_truck_has_time_nothing_gives_way(offer: InsertionPlace) -> None:
    assert offer.insertion.pushed == ()


def test_an_offer_that_holds_is_let_through(offer: InsertionPlace) -> None:
    assert broken_by(offer.inserted) == []
    assert [one.shift_id for one in offer.routes()]


def test_a_truck_that_is_late_already_may_be_as_late(offer: InsertionPlace) -> None:
    before, after = offer.inserted.before, offer.inserted.after
    homes_s = np.array([one.ends_s for one in after.timed])
    tight = after.changed(replace(after.problem, shift_end_s=homes_s - 60.0), after.routes)
    assert broken_by(replace(offer.inserted, after=tight))
    waiting = replace(before.problem, release_s=before.problem.release_s + 3600.0)
    late = before.changed(waiting, [route[:0] for route in before.routes])
    late = late.changed(waiting, before.routes)
    assert min(one.ends_s for one in late.timed if one.used) >= homes_s.min()
    assert broken_by(replace(offer.inserted, before=late, after=tight)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (too_long, "after its shift"),
        (not_able, "not able to do"),
        (empty_hopper, "lacks"),
        (twice, "is done 2 times"),
        (left_out, "is in no route"),
    ],
)
def test_an_offer_that_breaks_a_rule_is_refused_before_anything_is_published(
    offer: InsertionPlace, change, said: str
) -> None:
    with pytest.raises(ConflictError, match=said) as refused:
        broken(offer, change).routes()
    assert refused.value.values["reason"] == "insertion_refused"


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_refusal_is_told_in_both_languages(language: str) -> None:
    text = "conflict:insertion_refused"
    assert translator(language)(text) != text
