"""Seats, calls and an instructor's events and notes of a rehearsal."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import ConflictError, InvalidError, NotFoundError
from data.model import (
    Actor,
    ActorKind,
    Blockage,
    BlockageId,
    LonLat,
    RequestKind,
    Role,
    ShiftState,
    VehicleId,
)
from data.store.accounts.accounts import add_user
from data.store.audit.audit_log import add_event, list_events
from data.store.shifts.blockages import add_blockage
from data.store.shifts.shifts import (
    get_shift,
    list_shifts,
    list_shifts_of_driver,
    set_shift_state,
)
from data.store.training.calls import set_ended
from data.training import HOUR, SpokenCall, StreetKind, shipped_scenario
from fleet.requests.intake import Report, receive
from fleet.simulation.simulated_calls import SimulatedCall
from fleet.simulation.street_blocks import drawn_street
from fleet.simulation.truck_path import Controls
from fleet.training.calls import (
    PATIENCE,
    answer_call,
    end_call,
    end_with_request,
    hang_up_unanswered,
    newest_calls,
    open_calls,
    ring,
    take_call,
)
from fleet.training.clock_speeds import ClockSpeeds, note_clock_set
from fleet.training.events import TABLES, events_of, in_force, inject, notes_of, write_note
from fleet.training.seats import (
    drive_truck,
    drivers_seat,
    is_played,
    leave_seat,
    seat_again,
    seats_of,
    take_seat,
)
from fleet.training.timeline import MOST_ACTS, TraineeActs, happenings, with_streets
from tests import village as v

A_SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
OLGA, OTHER = Actor(ActorKind.USER, "olga"), Actor(ActorKind.USER, "omid")
A_REPORT = Report("phone", RequestKind.PLOW, "Snow up to the knee", "Mill Street")
FIRST, SECOND = VehicleId(1), VehicleId(2)


def a_person(tx, login="olga", *roles):
    return add_user(tx, login, roles or [Role.OPERATOR], "en", "!")


def a_caller(words="Snow up to the knee on Mill Street"):
    place = LonLat(45.07, 37.55)
    return SimulatedCall(v.NOW, RequestKind.PLOW, words, "Mill Street", place, v.MILL)


def rung(tx, at=v.NOW):
    (call,) = ring(tx, [(a_caller(), None)], at)
    return call


def verbs(tx):
    return [event.verb for event in list_events(tx) if event.verb.startswith("training.")]


def test_a_role_is_the_simulations_until_a_person_takes_it_and_again_after(tx):
    olga = a_person(tx)
    assert not is_played(seats_of(tx), Role.OPERATOR)
    take_seat(tx, OLGA, olga, Role.OPERATOR, None, v.NOW)
    take_seat(tx, OLGA, olga, Role.OPERATOR, None, v.NOW)
    assert is_played(seats_of(tx), Role.OPERATOR)
    leave_seat(tx, OLGA, olga, Role.OPERATOR, v.NOW)
    leave_seat(tx, OLGA, olga, Role.OPERATOR, v.NOW)
    assert seats_of(tx) == []
    assert verbs(tx) == ["training.seat_taken", "training.seat_left"]


def test_nobody_plays_a_role_that_he_does_not_have_but_an_administrator_every_desk(tx):
    olga, ali = a_person(tx), a_person(tx, "ali", Role.ADMINISTRATOR)
    with pytest.raises(ConflictError) as refused:
        take_seat(tx, OLGA, olga, Role.DISPATCHER, None, v.NOW)
    assert refused.value.reason == "seat_not_yours"
    take_seat(tx, OLGA, ali, Role.DISPATCHER, None, v.NOW)
    with pytest.raises(ConflictError):
        take_seat(tx, OLGA, ali, Role.DRIVER, FIRST, v.NOW)


def test_a_driver_drives_one_vehicle_that_nobody_else_drives_and_has_its_shift(tx, storm):
    reza, dara = a_person(tx, "reza", Role.DRIVER), a_person(tx, "dara", Role.DRIVER)
    take_seat(tx, OLGA, reza, Role.DRIVER, FIRST, v.NOW)
    assert [one.vehicle_id for one in list_shifts_of_driver(tx, reza.id)] == [FIRST]
    with pytest.raises(ConflictError) as refused:
        take_seat(tx, OLGA, dara, Role.DRIVER, FIRST, v.NOW)
    assert refused.value.reason == "seat_taken"
    take_seat(tx, OLGA, reza, Role.DRIVER, SECOND, v.NOW)
    assert [one.vehicle_id for one in list_shifts_of_driver(tx, reza.id)] == [SECOND]
    take_seat(tx, OLGA, dara, Role.DRIVER, FIRST, v.NOW)
    with pytest.raises(InvalidError):
        take_seat(tx, OLGA, reza, Role.DRIVER, None, v.NOW)
    with pytest.raises(NotFoundError):
        take_seat(tx, OLGA, reza, Role.DRIVER, VehicleId(99), v.NOW)


def test_who_takes_a_truck_that_is_under_way_checks_it_and_begins_the_shift_himself(tx, storm):
    reza = a_person(tx, "reza", Role.DRIVER)
    (shift,) = [one for one in list_shifts(tx, storm.id) if one.vehicle_id == FIRST]
    set_shift_state(tx, shift.id, ShiftState.DRIVING)
    take_seat(tx, OLGA, reza, Role.DRIVER, FIRST, v.NOW)
    assert get_shift(tx, shift.id).state is ShiftState.PLANNED
    set_shift_state(tx, shift.id, ShiftState.DRIVING)
    take_seat(tx, OLGA, reza, Role.DRIVER, FIRST, v.NOW)
    assert get_shift(tx, shift.id).state is ShiftState.DRIVING


def test_who_has_left_a_vehicle_and_takes_another_has_the_shift_of_that_alone(tx, storm):
    reza = a_person(tx, "reza", Role.DRIVER)
    take_seat(tx, OLGA, reza, Role.DRIVER, FIRST, v.NOW)
    leave_seat(tx, OLGA, reza, Role.DRIVER, v.NOW)
    take_seat(tx, OLGA, reza, Role.DRIVER, SECOND, v.NOW)
    assert [one.vehicle_id for one in list_shifts_of_driver(tx, reza.id)] == [SECOND]


def test_who_sits_in_a_truck_works_its_controls(tx):
    reza = a_person(tx, "reza", Role.DRIVER)
    with pytest.raises(NotFoundError):
        drive_truck(tx, reza, Controls(going=True, blade=True))
    take_seat(tx, OLGA, reza, Role.DRIVER, FIRST, v.NOW)
    drive_truck(tx, reza, Controls(going=True, blade=False))
    seat = drivers_seat(tx, reza)
    assert (seat.going, seat.blade) == (True, False)


def test_a_call_rings_is_taken_and_ends_with_a_request(tx, storm):
    call = rung(tx)
    assert open_calls(tx) == [call]
    taken = take_call(tx, OLGA, call.id, v.NOW + MINUTE)
    assert taken.on_the_line
    assert take_call(tx, OLGA, call.id, v.NOW + 2 * MINUTE) == taken
    with pytest.raises(ConflictError) as refused:
        take_call(tx, OTHER, call.id, v.NOW + MINUTE)
    assert refused.value.reason == "call_taken"
    with pytest.raises(ConflictError):
        end_call(tx, OTHER, call.id, v.NOW + MINUTE)
    for who, at in ((OTHER, v.NOW + MINUTE), (OLGA, v.NOW)):
        end_with_request(tx, OLGA, call.id, receive(tx, who, A_REPORT, at), v.NOW + 2 * MINUTE)
    own = receive(tx, OLGA, A_REPORT, v.NOW + 2 * MINUTE)
    end_with_request(tx, OTHER, call.id, own, v.NOW + 2 * MINUTE)
    assert open_calls(tx) == [taken]
    ended = end_call(tx, OLGA, call.id, v.NOW + 2 * MINUTE)
    assert ended.ended_at == v.NOW + 2 * MINUTE
    end_with_request(tx, OLGA, call.id, own, v.NOW + 3 * MINUTE)
    assert newest_calls(tx, 1) == [replace(ended, request_id=own.id)]
    assert verbs(tx) == ["training.call_taken", "training.call_ended"]


def test_who_takes_another_call_ends_the_one_before(tx):
    first, second = rung(tx), rung(tx)
    take_call(tx, OLGA, first.id, v.NOW)
    take_call(tx, OLGA, second.id, v.NOW + MINUTE)
    assert [one.on_the_line for one in newest_calls(tx, 100)] == [False, True]


def test_the_list_keeps_a_call_on_the_line_however_many_rang_since(tx):
    first, *others = [rung(tx) for _ in range(4)]
    take_call(tx, OLGA, first.id, v.NOW)
    hang_up_unanswered(tx, 1.0, v.NOW + PATIENCE + MINUTE)
    assert [one.id for one in newest_calls(tx, 2)] == [first.id, *(one.id for one in others[-2:])]


def test_who_answers_a_caller_that_hangs_up_has_the_next_one_who_rings(tx):
    first, second, third = (rung(tx) for _ in range(3))
    set_ended(tx, first.id, v.NOW, None)
    assert answer_call(tx, OLGA, first.id, v.NOW).id == second.id
    assert answer_call(tx, OLGA, second.id, v.NOW).id == second.id
    assert answer_call(tx, OTHER, second.id, v.NOW).id == third.id
    with pytest.raises(ConflictError) as refused:
        answer_call(tx, OTHER, first.id, v.NOW)
    assert refused.value.reason == "call_missed"


def test_callers_hang_up_when_nobody_comes_but_not_before_hands_could(tx):
    call = rung(tx)
    assert hang_up_unanswered(tx, 1.0, v.NOW + PATIENCE) == 0
    assert hang_up_unanswered(tx, 1.0, v.NOW + PATIENCE + MINUTE) == 1
    assert newest_calls(tx, 100)[0].missed
    with pytest.raises(ConflictError) as refused:
        take_call(tx, OLGA, call.id, v.NOW + 5 * MINUTE)
    assert refused.value.reason == "call_missed"


def test_who_changes_the_speed_hangs_up_nobody_whose_time_is_not_over(tx):
    rung(tx)
    slower = v.NOW + 20 * MINUTE  # 40 seconds
    assert hang_up_unanswered(tx, 30.0, slower) == 0
    note_clock_set(tx, OLGA, slower, 5.0, paused=False, before=30.0)
    assert hang_up_unanswered(tx, 5.0, slower + 25 * A_SECOND) == 0
    assert hang_up_unanswered(tx, 5.0, slower + 26 * A_SECOND) == 1


def test_a_time_of_the_clock_takes_as_long_as_the_clock_went():
    quick, slow = v.NOW + 20 * MINUTE, v.NOW + 30 * MINUTE
    speeds = ClockSpeeds([(quick, 20.0), (slow, 10.0)], 1.0)
    until = slow + 2 * MINUTE
    assert speeds.real(v.NOW, until) == (1 + 1 + 2) * MINUTE
    for minutes in (1, 2, 2.5, 3, 3.5, 4):
        assert speeds.real(speeds.before(until, minutes * MINUTE), until) == minutes * MINUTE
    assert ClockSpeeds([], 10.0).before(until, MINUTE) == until - 10 * MINUTE


def test_what_a_scenario_brings_is_told_with_the_streets_that_were_chosen(tx, storm):
    comes = happenings(shipped_scenario("morning-rush"), (), v.NOW)

    def streets():
        return {one.key: one.street for one in with_streets(tx, comes, v.village(), seed=1)}

    assert streets()["message"] == drawn_street(v.village(), StreetKind.MAIN, 1)
    assert (streets()["call"], streets()["blocked"]) == (None, None)
    due = {one.key: one for one in comes}
    about = "Mill Street", LonLat(45.07, 37.55), v.MILL
    caller = SimulatedCall(due["call"].begins_at, RequestKind.BLOCKED, "A bus", *about)
    ring(tx, [(caller, None)], v.NOW)
    bus = due["blocked"].table.words["az"]
    here = Blockage(
        BlockageId(0),
        storm.id,
        v.ROSE,
        FIRST,
        list_shifts(tx, storm.id)[0].id,
        v.NOW,
        about[1],
        bus,
    )
    add_blockage(tx, here)
    assert (streets()["call"].id, streets()["blocked"].id) == (v.MILL, v.ROSE)


def test_an_instructor_adds_what_a_scenario_may_have_and_it_is_in_force(tx):
    assert {"snow", "calls", "call", "trouble", "power_cut"} <= TABLES.keys()
    words = {"en": "The minister is stuck on {place}"}
    inject(tx, OLGA, "call", {"at_h": 1.5, "kind": "blocked", "words": words}, v.NOW)
    inject(tx, OLGA, "power_cut", {"from_h": 2, "until_h": 3}, v.NOW)
    night = shipped_scenario("first-night")
    played = in_force(night, events_of(tx))
    assert played.call == (*night.call, SpokenCall(1.5 * HOUR, RequestKind.BLOCKED, words))
    assert played.power_cut[-1].until_h == 3 * HOUR
    assert replace(played, call=night.call, power_cut=night.power_cut) == night


def test_a_mistake_in_what_is_added_is_told_and_nothing_added(tx):
    with pytest.raises(InvalidError, match="kind"):
        inject(tx, OLGA, "earthquake", {}, v.NOW)
    with pytest.raises(InvalidError, match="until_h"):
        inject(tx, OLGA, "power_cut", {"from_h": 2, "until_h": 1}, v.NOW)
    assert events_of(tx) == []


def test_notes_stand_on_their_moment(tx):
    with pytest.raises(InvalidError):
        write_note(tx, OLGA, "  ", v.NOW)
    write_note(tx, OLGA, "Did not ask for the number ", v.NOW)
    assert [(one.at, one.words, one.made_by) for one in notes_of(tx)] == [
        (v.NOW, "Did not ask for the number", "olga")
    ]


def test_two_who_have_changed_vehicles_since_a_mark_keep_those_they_drive(tx):
    """Whoever is seated first must not find his vehicle taken by the other, as at the mark."""
    olga, omid = (a_person(tx, login, Role.DRIVER) for login in ("olga", "omid"))
    take_seat(tx, OLGA, olga, Role.DRIVER, FIRST, v.NOW)
    take_seat(tx, OTHER, omid, Role.DRIVER, SECOND, v.NOW)
    now = [
        replace(one, vehicle_id=other)
        for one, other in zip(seats_of(tx), (SECOND, FIRST), strict=True)
    ]
    seat_again(tx, now, v.NOW)
    assert {one.user_id: one.vehicle_id for one in seats_of(tx)} == {
        olga.id: SECOND,
        omid.id: FIRST,
    }


def test_the_timeline_reads_only_what_trainees_did_since_it_was_read_last(tx) -> None:
    acts = TraineeActs()

    def does(login: str, verb: str = "request.received") -> None:
        add_event(tx, v.NOW, Actor(ActorKind.USER, login), verb, "request:1")

    def told() -> list[tuple[str, str]]:
        return [(line.actor.id, line.verb) for line in acts.since(tx, v.NOW).lines]

    does("omid")
    does("olga", "training.seat_taken")
    does("olga")
    does("training-operator")
    assert told() == [("olga", "request.received")]
    does("olga", "request.merged")
    assert told() == [("olga", "request.merged"), ("olga", "request.received")]
    does("omid", "training.seat_taken")  # and what he did before
    assert told()[-1] == ("omid", "request.received")
    for _ in range(MOST_ACTS):
        does("omid")
    assert {login for login, _ in told()} == {"omid"}
    assert told() == told()


def test_the_last_thing_that_each_trainee_did_is_known_whatever_others_did_since(tx) -> None:
    def does(login: str, verb: str) -> None:
        add_event(tx, v.NOW, Actor(ActorKind.USER, login), verb, "request:1")

    def last_of(acts: TraineeActs) -> dict[str, str]:
        return {login: line.verb for login, line in acts.since(tx, v.NOW).last.items()}

    for login in ("olga", "omid"):
        does(login, "training.seat_taken")
    does("olga", "plan.published")
    acts = TraineeActs()
    assert last_of(acts) == {"olga": "plan.published"}
    for _ in range(MOST_ACTS):
        does("omid", "request.received")
    both = {"olga": "plan.published", "omid": "request.received"}
    assert last_of(acts) == both
    assert last_of(TraineeActs()) == both  # of a server that began only now
