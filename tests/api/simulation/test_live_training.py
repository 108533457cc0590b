"""A simulation obeys who plays what in a rehearsal, and what its instructor adds."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from api.config.settings import Settings
from api.simulation.drivers.signed_in_client import SignInRefusedError
from api.simulation.live_training import AT_ONCE, answer_calls, find_live_training
from api.simulation.simulated_storm import Simulation
from data.model import Actor, ActorKind, LonLat, RequestKind, ShiftId, ShiftState, VehicleId
from data.model.training.rehearsal import Training
from data.store.accounts.accounts import find_user_by_login
from data.store.database.city_database import database_of
from data.store.database.engine import Tx, transaction
from data.store.requests.requests import add_request, list_requests
from data.store.shifts.shifts import get_shift, save_shift
from data.store.tracking.positions import list_between, list_unseen
from data.store.training.rehearsal import set_training
from data.store.training.seats import set_controls
from fleet.simulation.simulated_calls import SimulatedCall
from fleet.simulation.truck_path import Controls
from fleet.training.calls import newest_calls, ring, take_call
from fleet.training.events import inject
from fleet.training.seats import take_seat
from tests import village as v
from tests.api.conftest import StillClock
from tests.api.simulation.test_simulated_storm import acted, ten_minutes
from tests.fleet.drives import a_request
from tests.village_database import DISPATCHER

SECOND = timedelta(seconds=1)

REHEARSED = """
lasts_h = 6
title.en = "One"
brief.en = "One"
[[snow]]
from_h = 0
until_h = 1
cm_h = 2
[[call]]
at_h = 0.1
kind = "blocked"
words.en = "The minister cannot leave {place}"
"""


@pytest.fixture
def rehearsed_city(planned_city: Path) -> Path:
    """The planned city as a sandbox, with nobody in its seats yet."""
    engine = database_of(planned_city)
    with transaction(engine) as tx:
        set_training(tx, Training("village", "one", REHEARSED, 1, v.NOW, "sara"))
    engine.dispose()
    return planned_city


def changing(folder: Path, change: Callable[[Tx], object]) -> None:
    """Change something in a city as its people do while the simulation runs."""
    engine = database_of(folder)
    with transaction(engine) as tx:
        change(tx)
    engine.dispose()


def take(tx: Tx, login: str, vehicle_id: VehicleId | None = None) -> None:
    """Let the person of a role play it."""
    user = find_user_by_login(tx, login)
    assert user is not None
    take_seat(tx, DISPATCHER, user, user.roles[0], vehicle_id, v.NOW)


def test_in_a_rehearsal_phones_ring_and_the_simulation_takes_the_calls_nobody_else_does(
    settings: Settings, rehearsed_city: Path, clock: StillClock
) -> None:
    async def scene(simulation: Simulation, clock: StillClock) -> None:
        await ten_minutes(simulation, clock)
        changing(rehearsed_city, lambda tx: take(tx, "operator"))
        details = {"from_h": 0, "until_h": 1, "per_hour": 60}
        changing(rehearsed_city, lambda tx: inject(tx, DISPATCHER, "calls", details, v.NOW))
        await ten_minutes(simulation, clock)

    acted(settings, rehearsed_city, clock, scene)
    engine = database_of(rehearsed_city)
    with transaction(engine) as tx:
        (asked,), (first, *others) = list_requests(tx), newest_calls(tx, 100)
    engine.dispose()
    assert asked.text.startswith("The minister cannot leave ")
    assert (first.taken_by, first.request_id) == ("operator", asked.id)
    assert any(one.missed for one in others)
    assert any(one.rings for one in others)
    assert {one.taken_by for one in others} == {""}


def test_a_call_that_a_person_takes_meanwhile_ends_no_simulation(rehearsed_city: Path) -> None:
    engine = database_of(rehearsed_city)
    simulated, person = "training-operator", Actor(ActorKind.USER, "operator")
    place = LonLat(45.07, 37.55)
    caller = SimulatedCall(v.NOW, RequestKind.PLOW, "Snow", "Mill Street", place, v.MILL)
    changing(rehearsed_city, lambda tx: ring(tx, [(caller, None)] * 3, v.NOW))
    training = find_live_training(engine, lambda *_: iter(()))
    assert training is not None
    first, second, third = training.to_answer(simulated)
    changing(rehearsed_city, lambda tx: take_call(tx, person, first.id, v.NOW))
    assert not training.take(first, simulated, v.NOW)
    assert training.take(second, simulated, v.NOW)
    changing(rehearsed_city, lambda tx: take(tx, "operator"))
    assert not training.take(third, simulated, v.NOW)
    assert [one.id for one in training.to_answer(simulated)] == [second.id]  # on its line already
    training.end(second, simulated, None, v.NOW)
    assert training.to_answer(simulated) == []
    engine.dispose()


def test_a_simulation_whose_clock_is_ahead_of_the_servers_goes_on(rehearsed_city: Path) -> None:
    engine = database_of(rehearsed_city)
    ahead, simulated = v.NOW + timedelta(minutes=1), "training-operator"
    caller = SimulatedCall(
        ahead, RequestKind.PLOW, "Snow", "Mill Street", LonLat(45.07, 37.55), v.MILL
    )
    changing(rehearsed_city, lambda tx: ring(tx, [(caller, None)], ahead))
    training = find_live_training(engine, lambda *_: iter(()))
    assert training is not None
    (call,) = training.to_answer(simulated)
    assert training.take(call, simulated, ahead)
    with transaction(engine) as tx:
        asked = replace(a_request(), job_id=None, received_at=v.NOW)
        add_request(tx, asked)
    training.end(call, simulated, asked.id, ahead)
    with transaction(engine) as tx:
        assert [one.request_id for one in newest_calls(tx, 100)] == [asked.id]
    assert training.to_answer(simulated) == []
    engine.dispose()


def test_many_callers_ring_in_several_rounds_also_of_a_simulation_that_begins_anew(
    rehearsed_city: Path,
) -> None:
    engine = database_of(rehearsed_city)
    place = LonLat(45.07, 37.55)
    callers = [
        SimulatedCall(v.NOW + n * SECOND, RequestKind.PLOW, f"Snow {n}", "Mill", place, v.MILL)
        for n in range(AT_ONCE + 3)
    ]
    rung = []
    for _ in range(3):
        training = find_live_training(engine, lambda *_: iter(callers))
        assert training is not None
        training.ring(callers[-1].at, 1.0)
        with transaction(engine) as tx:
            rung.append([call.words for call in newest_calls(tx, 100)])
    assert len(rung[0]) == AT_ONCE
    assert rung[1] == rung[2] == [caller.text for caller in callers]
    engine.dispose()


def test_callers_who_are_due_while_the_database_is_busy_ring_in_the_next_round(
    rehearsed_city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = database_of(rehearsed_city)
    caller = SimulatedCall(
        v.NOW, RequestKind.PLOW, "Snow", "Mill Street", LonLat(45.07, 37.55), v.MILL
    )
    training = find_live_training(engine, lambda *_: iter([caller]))
    assert training is not None

    def busy(*_: object) -> None:
        raise TimeoutError("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr("api.simulation.live_training.ring", busy)
        with pytest.raises(TimeoutError):
            training.ring(v.NOW, 1.0)
    training.ring(v.NOW, 1.0)
    training.ring(v.NOW, 1.0)
    assert [call.words for call in training.to_answer("training-operator")] == ["Snow"]
    engine.dispose()


def test_callers_lose_patience_with_people_alone_and_only_while_the_clock_goes(
    rehearsed_city: Path,
) -> None:
    engine, minute = database_of(rehearsed_city), timedelta(minutes=1)
    place = LonLat(45.07, 37.55)
    caller = SimulatedCall(v.NOW, RequestKind.PLOW, "Snow", "Mill", place, v.MILL)
    changing(rehearsed_city, lambda tx: ring(tx, [(caller, None)], v.NOW - 59 * minute))
    training = find_live_training(engine, lambda *_: iter(()))
    assert training is not None

    def rings(minutes: float, speed: float, *, answers: bool = True) -> bool:
        training.look()
        training.ring(v.NOW + minutes * minute, speed, answers=answers)
        with transaction(engine) as tx:
            return newest_calls(tx, 1)[0].rings

    assert rings(0, 60.0)  # the simulation answers, in its next round
    assert rings(0, 0.0, answers=False)  # the clock stands
    changing(rehearsed_city, lambda tx: take(tx, "operator"))
    assert rings(44, 60.0)  # by the person's own clock: 45 s from the seat on
    assert rings(46, 0.0)
    assert not rings(46, 60.0)
    engine.dispose()


class LockedOut:
    """A simulated operator whom somebody has disabled."""

    login = "training-operator"

    async def enter(self, *_: object) -> None:
        raise SignInRefusedError(f"{self.login!r} cannot sign in")


def test_a_caller_whom_an_operator_without_an_account_answers_is_hung_up_on(
    rehearsed_city: Path,
) -> None:
    engine = database_of(rehearsed_city)
    caller = SimulatedCall(
        v.NOW, RequestKind.PLOW, "Snow", "Mill Street", LonLat(45.07, 37.55), v.MILL
    )
    changing(rehearsed_city, lambda tx: ring(tx, [(caller, None)], v.NOW))
    training = find_live_training(engine, lambda *_: iter(()))
    assert training is not None
    with pytest.raises(SignInRefusedError):
        asyncio.run(answer_calls(training, LockedOut(), v.NOW))
    assert training.to_answer(LockedOut.login) == []
    engine.dispose()


class Slow:
    """A simulated operator on a machine that has no time for him."""

    login = "training-operator"

    async def enter(self, *_: object) -> None:
        await asyncio.sleep(0)


def test_callers_keep_no_round_from_ending_and_are_answered_in_the_next_ones(
    rehearsed_city: Path,
) -> None:
    engine = database_of(rehearsed_city)
    caller = SimulatedCall(
        v.NOW, RequestKind.PLOW, "Snow", "Mill Street", LonLat(45.07, 37.55), v.MILL
    )
    changing(rehearsed_city, lambda tx: ring(tx, [(caller, None)] * 3, v.NOW))
    training = find_live_training(engine, lambda *_: iter(()))
    assert training is not None
    left = []
    for _ in range(2):
        asyncio.run(answer_calls(training, Slow(), v.NOW, 0.0))
        left.append(len(training.to_answer(Slow.login)))
    assert left == [2, 1]
    engine.dispose()


def test_a_simulation_that_begins_anew_lets_nobody_ring_twice(
    settings: Settings, rehearsed_city: Path, clock: StillClock
) -> None:
    acted(settings, rehearsed_city, clock, ten_minutes)
    acted(settings, rehearsed_city, clock, ten_minutes)
    engine = database_of(rehearsed_city)
    with transaction(engine) as tx:
        assert len(newest_calls(tx, 100)) == 1
    engine.dispose()


def test_the_simulation_drives_home_whose_driver_has_ended_his_shift(rehearsed_city: Path) -> None:
    engine = database_of(rehearsed_city)
    changing(rehearsed_city, lambda tx: take(tx, "driver", VehicleId(1)))
    changing(rehearsed_city, lambda tx: set_controls(tx, VehicleId(1), going=True, blade=True))
    training = find_live_training(engine, lambda *_: iter(()))
    assert training is not None
    assert training.driver_of(VehicleId(1)) == Controls(going=True, blade=True)

    def end(tx: Tx) -> None:
        save_shift(tx, replace(get_shift(tx, ShiftId(1)), state=ShiftState.ENDED))

    changing(rehearsed_city, end)
    training.look()
    assert training.driver_of(VehicleId(1)) is None
    engine.dispose()


def test_a_truck_in_a_rehearsal_goes_as_its_driver_lets_it(
    settings: Settings, rehearsed_city: Path, clock: StillClock
) -> None:
    def speeds(since: datetime) -> set[bool]:
        engine = database_of(rehearsed_city)
        with transaction(engine) as tx:
            found = list_between(tx, VehicleId(1), since, since + timedelta(hours=1))
            found += list_unseen(tx, 10_000)[0]
        engine.dispose()
        return {bool(fix.speed_mps) for fix in found if fix.fixed_at >= since}

    async def scene(simulation: Simulation, clock: StillClock) -> None:
        changing(rehearsed_city, lambda tx: take(tx, "driver", VehicleId(1)))
        await ten_minutes(simulation, clock)
        assert speeds(v.NOW) == {False}
        changing(rehearsed_city, lambda tx: set_controls(tx, VehicleId(1), going=True, blade=True))
        since = clock.moment
        for _ in range(10):
            clock.moment += timedelta(seconds=30)
            await simulation.tick()
        assert True in speeds(since)

    acted(settings, rehearsed_city, clock, scene)
