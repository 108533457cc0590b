"""A training as it is talked over: read from a database that rehearsed a storm."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from data.model import (
    Actor,
    ActorKind,
    Alert,
    AlertId,
    AlertKind,
    LegOutcome,
    LegProgress,
    PlanState,
    RequestId,
    Role,
    ShiftId,
    Storm,
    VehicleId,
)
from data.model.training.rehearsal import MarkKind, Training, TrainingMark, TrainingMarkId
from data.store.accounts.accounts import add_device, add_user, find_user_by_login
from data.store.alerts import add_alert
from data.store.audit.audit_log import add_event, list_events_on
from data.store.database.engine import Tx
from data.store.planning.plans import add_plan, set_plan_state, set_published
from data.store.requests.sla_clocks import set_assigned
from data.store.shifts.shifts import save_progress
from data.store.tracking.positions import add_positions, list_unseen, mark_seen_until
from data.store.training.calls import set_ended
from data.store.training.rehearsal import add_mark, set_training
from data.store.training.results import list_results
from data.training.players import DISPATCHER as SIMULATED_DISPATCHER
from data.training.players import OPERATOR as SIMULATED_OPERATOR
from fleet.reports.storm_statistics import StormRecords
from fleet.training.calls import take_call
from fleet.training.clock_speeds import note_clock_set
from fleet.training.scores.debrief import (
    DebriefSources,
    counted_here,
    debrief,
    keep_results,
    results_of,
    training_storm,
)
from fleet.training.scores.score_rules import FULL
from fleet.training.scores.supervisor_score import supervisor_score
from fleet.training.seat_spans import Sitting, Trainee, seat_spans
from fleet.training.seats import leave_seat, take_seat
from maps.pages.i18n import translator
from maps.training.debrief_timeline import MomentKind, Names, timeline
from tests import village as v
from tests.fleet.drives import a_fix
from tests.fleet.training.scores.calls import a_call, asked
from tests.village_database import DISPATCHER, POLICY
from tests.village_plan import a_plan, legs_along

EN = translator("en", "Asia/Tehran")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LATER = v.NOW + 6 * HOUR
SIX_HOURS = """
lasts_h = 6
title = { en = "Snow" }
brief = { en = "It snows." }
snow = [{ from_h = 0, until_h = 6, cm_h = 1 }]
"""
REHEARSED = Training("village", "first-night", SIX_HOURS, 7, v.NOW, "vera")
SOURCES = DebriefSources(v.village(), POLICY, StormRecords())


def person(tx: Tx, login: str, role: Role, vehicle_id: VehicleId | None = None) -> None:
    """Let somebody take a seat when the storm has just begun."""
    user = add_user(tx, login, [role], "en", "!")
    actor = Actor(ActorKind.USER, login)
    take_seat(tx, actor, user, role, vehicle_id, v.NOW + MINUTE)


def stand_up(tx: Tx, login: str, role: Role, at: datetime) -> None:
    """Let somebody leave a seat."""
    leave_seat(tx, Actor(ActorKind.USER, login), find_user_by_login(tx, login), role, at)


def read(tx: Tx, storm: Storm, at: datetime = LATER):
    return debrief(tx, REHEARSED, storm, SOURCES, None, at)


def plain(words: str) -> str:
    """Return words without the marks that isolate names and numbers."""
    return re.sub("[\u2066-\u2069]", "", words)


def scored(found, login):
    (one,) = [each for each in found.scores if each.trainee.login == login]
    return one


def by_measure(one):
    return {each.name: each for each in one.score.measures}


def values(found, login):
    return {name: each.value for name, each in by_measure(scored(found, login)).items()}


def test_people_are_scored_in_the_roles_that_they_played_and_the_simulation_is_not(
    tx: Tx, storm: Storm
) -> None:
    set_training(tx, REHEARSED)
    person(tx, "dara", Role.DISPATCHER)
    person(tx, "mina", Role.SUPERVISOR)
    person(tx, "ali", Role.DRIVER, VehicleId(1))
    person(tx, SIMULATED_DISPATCHER, Role.DISPATCHER)
    asked(tx, 1, 0)
    a_call(tx, 1, 0)
    found = read(tx, storm)
    roles = {one.trainee.login: one.trainee.role for one in found.scores}
    assert roles == {
        "dara": Role.DISPATCHER,
        "mina": Role.SUPERVISOR,
        "ali": Role.DRIVER,
        "sara": Role.OPERATOR,
    }
    assert values(found, "sara")["right_street"] == 1.0
    assert values(found, "sara")["saved_s"] == 60.0
    assert scored(found, "ali").trainee.vehicle_id == VehicleId(1)


def test_a_dispatcher_answers_for_what_the_storm_came_to(tx: Tx, storm: Storm) -> None:
    person(tx, "dara", Role.DISPATCHER)
    alert = Alert(AlertId(0), storm.id, AlertKind.AT_RISK, None, v.NOW + HOUR)
    add_alert(tx, replace(alert, acknowledged_at=alert.since + 5 * MINUTE))
    add_alert(tx, replace(alert, acknowledged_at=alert.since + 50 * MINUTE))
    found = values(read(tx, storm), "dara")
    assert found["late_first"] == pytest.approx(0.5)  # nobody plowed: late from hour three to six
    assert found["alerts"] == 0.5
    assert found["replanning_min"] is None


def test_a_storm_is_judged_to_the_end_of_its_scenario_whenever_somebody_asks(
    tx: Tx, storm: Storm
) -> None:
    person(tx, "dara", Role.DISPATCHER)
    at_the_end, later = read(tx, storm), read(tx, storm, LATER + 12 * HOUR)
    assert later.at == LATER
    assert (later.facts, later.scores) == (at_the_end.facts, at_the_end.scores)


def test_while_positions_wait_a_storm_is_judged_until_the_oldest_of_them(
    tx: Tx, storm: Storm
) -> None:
    set_training(tx, REHEARSED)
    person(tx, "dara", Role.DISPATCHER)
    add_device(tx, "box", VehicleId(1), "box")
    add_positions(tx, [a_fix(v.at_m(0, 0), 5 * 3600.0), a_fix(v.at_m(0, 0), 7 * 3600.0)])
    found = read(tx, storm)
    assert (found.at, found.counted.behind) == (v.NOW + 5 * HOUR, HOUR)
    assert [one.hours for one in results_of(found, LATER)] == [5.0]
    _, first = list_unseen(tx, 1)
    mark_seen_until(tx, first)  # the other one came after the scenario's end
    assert read(tx, storm).counted.whole
    assert counted_here(tx, LATER + 12 * HOUR).whole


def test_marks_with_words_and_set_backs_are_told(tx: Tx, storm: Storm) -> None:
    for label, kind in (("", MarkKind.AUTO), ("Before the surge", MarkKind.OWN)):
        at = v.NOW + HOUR
        add_mark(tx, TrainingMark(TrainingMarkId(0), at, label, kind, "vera", f"{kind}.sqlite"))
    add_event(tx, v.NOW + HOUR, DISPATCHER, "training.set_back", "training_mark:2")
    found = timeline(read(tx, storm), Names({"vera": "Vera"}, {}), EN)
    assert [plain(one.words) for one in found if one.kind is MomentKind.MARK] == [
        "Mark by Vera: Before the surge",
        "Everything was set back to this moment.",
    ]


def test_where_no_mark_could_be_judged_nothing_is_said_of_replanning(tx: Tx, storm: Storm) -> None:
    person(tx, "dara", Role.DISPATCHER)
    found = debrief(tx, REHEARSED, storm, SOURCES, (), LATER)
    assert by_measure(scored(found, "dara"))["replanning_min"].value is None
    assert scored(found, "dara").score.points == scored(read(tx, storm), "dara").score.points


def test_a_new_plan_is_felt_where_it_changes_the_next_streets_of_a_truck(
    tx: Tx, storm: Storm
) -> None:
    plans = []
    for streets, at in (
        ([v.MAIN_WEST, v.MAIN_EAST, v.MILL], v.NOW),
        ([v.MAIN_WEST, v.MAIN_EAST, v.MILL, v.TULIP], v.NOW + MINUTE),
        ([v.ROSE, v.MILL], v.NOW + 2 * MINUTE),
    ):
        legs = legs_along(tx, streets, at, apart=10 * MINUTE)
        plan = add_plan(tx, a_plan(*legs, made_at=at))
        if plans:
            set_plan_state(tx, plans[-1].id, PlanState.SUPERSEDED)
        set_published(tx, plan.id, at)
        plans.append(plan)
    found = read(tx, storm)
    assert [(one.trucks, one.felt) for one in found.facts.changes] == [(1, 0), (1, 1)]


def test_work_inserted_into_a_plan_is_a_change_of_its_own_however_it_is_dated(
    tx: Tx, storm: Storm
) -> None:
    streets = [v.MAIN_WEST, v.MAIN_EAST, v.MILL]
    ways = (streets, [v.ROSE, *streets], [v.TULIP, v.ROSE, *streets])
    times = (v.NOW, v.NOW + MINUTE, v.NOW + 2 * MINUTE)
    for number, (way, at) in enumerate(zip(ways, times, strict=True)):
        plan = a_plan(*legs_along(tx, way, at, apart=10 * MINUTE), made_at=at)
        state = PlanState.PUBLISHED if number == 2 else PlanState.SUPERSEDED
        first = v.NOW if number == 0 else times[1]  # the third has the date of the second
        add_plan(tx, replace(plan, state=state, published_at=first))
    found = read(tx, storm)
    assert [(one.at, one.felt) for one in found.facts.changes] == [(at, 1) for at in times[1:]]
    told = [one for one in timeline(found, Names({}, {}), EN) if one.kind is MomentKind.PLAN]
    assert [one.at_s for one in told] == [0, 60, 120]


def test_a_driver_answers_for_the_streets_of_the_own_route(tx: Tx, storm: Storm) -> None:
    person(tx, "ali", Role.DRIVER, VehicleId(1))
    legs = legs_along(tx, [v.MAIN_WEST, v.MAIN_EAST, v.MILL], v.NOW, apart=10 * MINUTE)
    plan = add_plan(tx, a_plan(*legs))
    set_published(tx, plan.id, v.NOW)
    for leg, state in ((0, LegOutcome.DONE), (1, LegOutcome.SKIPPED)):
        at = v.NOW + (leg + 1) * 10 * MINUTE
        save_progress(
            tx, LegProgress(plan.id, ShiftId(1), leg, state, at, at, "" if leg == 0 else "parked")
        )
    found = scored(read(tx, storm), "ali").score.measures
    assert {one.name: one.value for one in found}["cleared"] == 0.5


def test_what_the_simulation_drove_after_a_driver_had_left_is_not_the_drivers(
    tx: Tx, storm: Storm
) -> None:
    person(tx, "ali", Role.DRIVER, VehicleId(1))
    plan = add_plan(tx, a_plan(*legs_along(tx, [v.MAIN_WEST, v.MILL], v.NOW, apart=10 * MINUTE)))
    set_published(tx, plan.id, v.NOW)
    stand_up(tx, "ali", Role.DRIVER, v.NOW + 15 * MINUTE)
    for leg, state in ((0, LegOutcome.SKIPPED), (1, LegOutcome.DONE)):
        at = v.NOW + (leg + 1) * 10 * MINUTE
        save_progress(
            tx, LegProgress(plan.id, ShiftId(1), leg, state, at, at, "" if leg else "parked")
        )
    found = scored(read(tx, storm), "ali").score.measures
    assert {one.name: (one.value, one.of) for one in found}["cleared"] == (0.0, 1)


def test_who_sits_down_for_a_moment_is_not_scored_by_the_whole_storm(tx: Tx, storm: Storm) -> None:
    person(tx, "dara", Role.DISPATCHER)
    person(tx, "nima", Role.DISPATCHER)
    person(tx, "mina", Role.SUPERVISOR)
    stand_up(tx, "dara", Role.DISPATCHER, v.NOW + 2 * MINUTE)
    stand_up(tx, "mina", Role.SUPERVISOR, v.NOW + 2 * MINUTE)
    stand_up(tx, "nima", Role.DISPATCHER, v.NOW + 3 * HOUR)
    found = read(tx, storm)
    assert scored(found, "dara").score.points is None
    assert scored(found, "mina").score.points is None
    assert scored(found, "nima").score.points is not None


def test_a_call_is_lost_by_those_operators_who_sat_at_the_phone_then(tx: Tx, storm: Storm) -> None:
    for login in ("sara", "omid"):
        person(tx, login, Role.OPERATOR)
    stand_up(tx, "omid", Role.OPERATOR, v.NOW + 5 * MINUTE)
    asked(tx, 1, 2)
    a_call(tx, 1, 2)
    a_call(tx, 2, 20, taken_at=None, taken_by="", request_id=None)
    found = read(tx, storm)
    assert (values(found, "sara")["taken"], values(found, "omid")["taken"]) == (0.5, None)


def test_who_lets_every_call_ring_has_no_points_for_those_of_machine_and_colleagues(
    tx: Tx, storm: Storm
) -> None:
    person(tx, "omid", Role.OPERATOR)
    stand_up(tx, "omid", Role.OPERATOR, v.NOW + 20 * MINUTE)
    for number, login in enumerate((SIMULATED_OPERATOR, "sara"), 1):
        asked(tx, number, 2)
        a_call(tx, number, 2, taken_by=login)
    missed = {"taken_at": None, "taken_by": "", "request_id": None}
    a_call(tx, 3, 10, **missed)
    a_call(tx, 4, 19, ended_at=v.NOW + 22 * MINUTE, **missed)  # omid left while it rang
    taken = by_measure(scored(read(tx, storm), "omid"))["taken"]
    assert (taken.value, taken.of) == (0.0, 2)
    assert scored(read(tx, storm), "omid").score.points == 0.0


def test_an_operators_seconds_are_real_ones_however_fast_the_clock_runs(
    tx: Tx, storm: Storm
) -> None:
    rings = a_call(tx, 1, 0, taken_at=None, taken_by="", ended_at=None, request_id=None)
    take_call(tx, Actor(ActorKind.USER, "sara"), rings.id, v.NOW, speed=10.0)
    asked(tx, 1, 0)
    set_ended(tx, rings.id, v.NOW + MINUTE, RequestId(1))
    assert values(read(tx, storm), "sara")["saved_s"] == 6.0
    note_clock_set(tx, DISPATCHER, v.NOW + timedelta(seconds=40), 5.0, paused=False, before=10.0)
    assert values(read(tx, storm), "sara")["saved_s"] == 4.0 + 4.0


def test_who_changes_to_another_truck_leaves_the_first(tx: Tx, storm: Storm) -> None:
    person(tx, "ali", Role.DRIVER, VehicleId(1))
    ali = find_user_by_login(tx, "ali")
    take_seat(tx, DISPATCHER, ali, Role.DRIVER, VehicleId(2), v.NOW + HOUR)
    first, second = seat_spans(tx, v.NOW, LATER).items()
    assert first == (
        Trainee("ali", Role.DRIVER, VehicleId(1)),
        (Sitting(v.NOW + MINUTE, v.NOW + HOUR),),
    )
    assert second == (Trainee("ali", Role.DRIVER, VehicleId(2)), (Sitting(v.NOW + HOUR, LATER),))


def test_late_requests_are_to_be_given_to_somebody(tx: Tx, storm: Storm) -> None:
    asked(tx, 1, 0)
    asked(tx, 2, 0)
    late = v.NOW + 48 * HOUR
    set_assigned(tx, RequestId(1), "mina", None)
    (measured,) = supervisor_score(tx, storm, v.village(), POLICY, late).measures
    assert (measured.value, measured.of) == (0.5, 2)
    (early,) = supervisor_score(tx, storm, v.village(), POLICY, v.NOW + 2 * MINUTE).measures
    assert early.value is None
    # given a time that is kept: late by the one that it had
    set_assigned(tx, RequestId(2), "", late + HOUR)
    (measured,) = supervisor_score(tx, storm, v.village(), POLICY, late).measures
    assert (measured.value, measured.of) == (1.0, 2)
    (early,) = supervisor_score(tx, storm, v.village(), POLICY, v.NOW + 2 * MINUTE).measures
    assert early.value is None


def test_results_are_kept_once_and_shown_beside_the_next_training(tx: Tx, storm: Storm) -> None:
    asked(tx, 1, 0)
    a_call(tx, 1, 0)
    found = read(tx, storm)
    assert scored(found, "sara").former == ()
    for kept_at, new in ((LATER, 1), (LATER + HOUR, 0)):
        assert keep_results(tx, DISPATCHER, results_of(found, kept_at), kept_at) == new
    assert len(list_events_on(tx, ["training:1"], ["training.results_kept"])) == 1
    assert scored(read(tx, storm), "sara").former == ()  # it is this very training
    again = replace(REHEARSED, began_at=v.NOW + 24 * HOUR)
    (before,) = scored(debrief(tx, again, storm, SOURCES, None, LATER), "sara").former
    assert (before.scenario_name, before.points) == ("first-night", FULL)
    assert before.measures["saved_s"] == 60.0
    assert before.hours == pytest.approx(6.0)


def test_of_one_training_the_result_stays_that_covers_more_of_the_storm(
    tx: Tx, storm: Storm
) -> None:
    asked(tx, 1, 0)
    a_call(tx, 1, 0)
    full, cut = (results_of(read(tx, storm, at), at) for at in (LATER, v.NOW + HOUR))
    for results, new in ((cut, 1), (full, 1), (cut, 0)):
        assert keep_results(tx, DISPATCHER, results, LATER) == new
    other = tuple(replace(one, points=1.0) for one in full)  # played again to the same hour
    assert keep_results(tx, DISPATCHER, other, LATER) == 1
    assert [(one.hours, one.points) for one in list_results(tx)] == [(pytest.approx(6.0), 1.0)]


def test_the_storm_of_a_training_is_its_newest(tx: Tx) -> None:
    assert training_storm(tx) is None
