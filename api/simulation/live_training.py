"""A rehearsal as its simulation sees it: what people play and add, and whose phones ring."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from api.simulation.drivers.signed_in_client import SignInRefusedError
from api.simulation.simulated_operator import ServerBusyError, SimulatedOperator
from data.errors import ConflictError
from data.model import Actor, ActorKind, RequestId, Role, VehicleId
from data.model.training.live_training import (
    TrainingCall,
    TrainingEvent,
    TrainingEventId,
    TrainingSeat,
)
from data.model.training.rehearsal import Training
from data.store.database.engine import Database, reading, transaction
from data.store.training.calls import list_newest_callers
from data.training import Scenario
from fleet.simulation.simulated_calls import SimulatedCall
from fleet.simulation.truck_path import Controls
from fleet.training.calls import (
    hang_up,
    hang_up_unanswered,
    open_calls,
    patient_since,
    ring,
    take_call,
)
from fleet.training.events import GRACE, events_of, in_force, only, scenario_of
from fleet.training.rehearsal import training_of
from fleet.training.seats import is_played, seats_at_work, seats_of

type Callers = Callable[[Scenario, datetime, datetime, int], Iterator[SimulatedCall]]
"""Who calls in a scenario that began at a time, from another time on, by a seed."""

AT_ONCE = 50
"""Callers who begin to ring in one round; where more are due, the others ring in the next ones."""


ANSWER_S = 5.0
"""Real seconds for which the simulated operator takes calls in one round, and ends the last one.

Trucks drive, people take seats and the time of calls is right only from one round to the next.
"""


class LiveTraining:
    """Seats at work and events as `look` found them last, and the callers, who ring as rows.

    Its scenario is that of the rehearsal with what was added since. Who has rung before rings no
    more, so that a simulation may begin anew in the middle, also after the clock was set back.
    """

    def __init__(self, engine: Database, training: Training, callers: Callers) -> None:
        self._engine = engine
        self._callers_of = callers
        self._seats: list[TrainingSeat] = []
        self._events: list[TrainingEvent] = []
        self._callers: dict[TrainingEventId | None, Iterator[SimulatedCall]] = {}
        self._next: dict[TrainingEventId | None, SimulatedCall | None] = {}
        self._to_ring: list[tuple[SimulatedCall, TrainingEventId | None]] = []
        self.training = training
        self.scenario = scenario_of(training)
        self.look()

    def look(self) -> list[TrainingEvent]:
        """Read anew what people decided; return the events that were added since."""
        with reading(self._engine) as tx:
            self._seats, events = seats_at_work(tx), events_of(tx)
        new = events[len(self._events) :]
        if new:
            self._events = events
            self.scenario = in_force(scenario_of(self.training), events)
        return new

    def is_played(self, role: Role) -> bool:
        """Whether a person plays a role."""
        return is_played(self._seats, role)

    def alone(self, event: TrainingEvent) -> Scenario:
        """Return a scenario in which nothing happens but one event."""
        return only(scenario_of(self.training), event)

    def driver_of(self, vehicle_id: VehicleId) -> Controls | None:
        """Return what a person does who drives a truck; `None` where nobody does."""
        for seat in self._seats:
            if seat.vehicle_id == vehicle_id:
                return Controls(going=seat.going, blade=seat.blade)
        return None

    def ring(self, now: datetime, speed: float, *, answers: bool = True) -> None:
        """Let the callers ring who are due, and those hang up who have waited too long.

        `answers` is whether the simulation takes the calls where nobody plays the operator.
        """
        self._to_ring += islice(self._due(now), AT_ONCE - len(self._to_ring))
        lost = self._somebody_hangs_up(now, speed, answers=answers)
        if not self._to_ring and not lost:
            return
        with transaction(self._engine) as tx:
            ring(tx, self._to_ring, now)
            if lost:
                hang_up_unanswered(tx, speed, now)
        self._to_ring = []

    def to_answer(self, login: str) -> list[TrainingCall]:
        """Return the calls for the simulated operator of a sign-in name, the earliest first.

        Who is on his line already stays there, also when a person plays the operator by now.
        """
        with reading(self._engine) as tx:
            played = is_played(seats_of(tx), Role.OPERATOR)
            calls = open_calls(tx)
        return [one for one in calls if one.taken_by == login or (one.rings and not played)]

    def take(self, call: TrainingCall, login: str, now: datetime) -> bool:
        """Take a call for the simulated operator, unless a person has it or his seat by now."""
        with transaction(self._engine) as tx:
            if call.rings and is_played(seats_of(tx), Role.OPERATOR):
                return False
            try:
                take_call(tx, Actor(ActorKind.USER, login), call.id, now)
            except ConflictError:
                return False
        return True

    def end(
        self, call: TrainingCall, login: str, request_id: RequestId | None, now: datetime
    ) -> None:
        """Hang up for the simulated operator, with the request that came of the call."""
        with transaction(self._engine) as tx:
            hang_up(tx, Actor(ActorKind.USER, login), call.id, request_id, now)

    def _somebody_hangs_up(self, now: datetime, speed: float, *, answers: bool) -> bool:
        """Whether a caller loses patience: while the clock goes, with a person or with nobody.

        The simulation takes every call, however much later its rounds get to it. Of what has rung
        until a person takes over, nobody hangs up sooner than of what rings then.
        """
        seated = [one.taken_at for one in self._seats if one.role is Role.OPERATOR]
        if not speed or (answers and not seated):
            return False
        with reading(self._engine) as tx:
            since = patient_since(tx, speed, now)
            waits = any(call.rings and call.rang_at < since for call in open_calls(tx))
        return waits and min(seated, default=since) <= since

    def _due(self, now: datetime) -> Iterator[tuple[SimulatedCall, TrainingEventId | None]]:
        self._meet_callers()
        for source, callers in self._callers.items():
            while (call := self._next[source]) is not None and call.at <= now:
                self._next[source] = next(callers, None)
                if not self._power_is_cut(call.at - self.training.began_at):
                    yield call, source

    def _power_is_cut(self, elapsed: timedelta) -> bool:
        return any(cut.within(elapsed) for cut in self.scenario.power_cut)

    def _meet_callers(self) -> None:
        """Find out who will call of the scenario, and of each event that was added."""
        sources: dict[TrainingEventId | None, Scenario] = {None: scenario_of(self.training)}
        sources |= {event.id: self.alone(event) for event in self._events}
        since_of = {event.id: event.at - GRACE for event in self._events}
        new = [source for source in sources if source not in self._callers]
        if not new:
            return
        with reading(self._engine) as tx:
            rung = list_newest_callers(tx)
        for source in new:
            seed = self.training.seed + (source or 0)
            began_at = self.training.began_at
            since = began_at if source is None else since_of[source]
            callers = self._callers_of(sources[source], began_at, since, seed)
            self._callers[source] = not_yet_rung(callers, rung.get(source))
            self._next[source] = next(self._callers[source], None)


def not_yet_rung(
    callers: Iterator[SimulatedCall], due_at: datetime | None
) -> Iterator[SimulatedCall]:
    """Yield the callers who are due after a moment until which all have rung."""
    return (one for one in callers if due_at is None or one.at > due_at)


def said_by(call: TrainingCall) -> SimulatedCall:
    """Return what the caller of a call says, and where he is."""
    place = call.location, call.segment_id
    return SimulatedCall(call.rang_at, call.kind, call.words, call.address, *place)


async def answer_calls(
    training: LiveTraining, operator: SimulatedOperator, now: datetime, most_s: float = ANSWER_S
) -> None:
    """Let the simulated operator take the calls that are left to him, so long in one round.

    Raises `SignInRefusedError` where he may not sign in; the caller on the line is hung up on.
    """
    login, until_s = operator.login, time.monotonic() + most_s
    for call in await asyncio.to_thread(training.to_answer, login):
        if not await asyncio.to_thread(training.take, call, login, now):
            continue
        try:
            request_id = await operator.enter(said_by(call), f"training-call-{call.id}")
        except ServerBusyError:
            return
        except SignInRefusedError:
            await asyncio.to_thread(training.end, call, login, None, now)
            raise
        await asyncio.to_thread(training.end, call, login, request_id, now)
        if time.monotonic() > until_s:
            return  # the others ring on until the next round


def find_live_training(engine: Database, callers: Callers) -> LiveTraining | None:
    """Return the rehearsal of a sandbox; `None` for a city of its own."""
    with reading(engine) as tx:
        training = training_of(tx)
    return None if training is None else LiveTraining(engine, training, callers)
