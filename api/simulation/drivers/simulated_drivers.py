"""Simulated drivers: they read what dispatchers write, answer, and tap *Done* where asked to.

Who does it for them is a person who is signed in, as for all that a simulated storm tells.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

import httpx

from api.simulation.drivers.begun_shifts import BegunShifts
from api.simulation.drivers.signed_in_client import SignedInClient, SignInRefusedError
from api.simulation.drivers.simulated_tracker import Truck
from data.languages import in_language
from data.model import (
    ByLanguage,
    Message,
    MessageId,
    Plan,
    PlanId,
    Route,
    ShiftId,
    Storm,
    VehicleId,
)
from data.policy.message_rules import BLADE_IS_DOWN
from data.store.database.engine import Database, reading
from data.store.messages.messages import list_unheard
from fleet.simulation.drivers_answers import answer_to, asked_to_tap
from fleet.simulation.street_blocks import StreetBlock, open_legs
from fleet.simulation.truck_path import DrivenLeg

LOOKS_EVERY = timedelta(seconds=20)
"""Time between two looks for what was written to drivers."""

READS_AFTER = timedelta(seconds=20)
"""So long a message lies on the phone before its driver has read it."""

MOST = 20
"""Drivers who read and answer in one round; the others do in the next ones."""

_log = logging.getLogger(__name__)


class _Answer(NamedTuple):
    message_id: MessageId
    shift_id: ShiftId
    words: ByLanguage


@dataclass(frozen=True, slots=True)
class _Tap:
    plan_id: PlanId
    shift_id: ShiftId
    leg: int
    at: datetime


class SimulatedDrivers:
    """Plays the drivers of the trucks that nobody drives himself.

    `blocks_met` says which blocked streets a vehicle has come to: what it did not drive, its driver
    does not tap.
    """

    def __init__(
        self,
        engine: Database,
        client: SignedInClient,
        language: str,
        trucks: Mapping[VehicleId, Truck],
        blocks_met: Callable[[VehicleId], Collection[StreetBlock]],
    ) -> None:
        self._engine = engine
        self._client = client
        self._language = language
        self._trucks = trucks
        self._blocks_met = blocks_met
        self._off = False
        self._next_look_at: datetime | None = None
        self._asked: set[ShiftId] = set()
        self._answers: deque[_Answer] = deque()
        self._taps: deque[_Tap] = deque()
        self._tapped_last: dict[ShiftId, _Tap] = {}
        self._shifts = BegunShifts()

    async def act(self, storm: Storm, plan: Plan | None, now: datetime) -> None:
        """Read, answer and tap what is due in a storm; `plan` is what trucks drive."""
        driven = {key: truck.path.take_driven_legs() for key, truck in self._trucks.items()}
        if self._off:
            return
        if plan is not None:
            self._note(plan, driven)
        try:
            if self._next_look_at is None or now >= self._next_look_at:
                await self._read(storm, now)
                self._next_look_at = now + LOOKS_EVERY
            await self._answer()
            await self._tap()
            await self._shifts.end_due(self._client, now)
        except SignInRefusedError as refusal:
            self._off = True
            _log.warning("%s: nobody reads what is written to drivers", refusal)

    async def _read(self, storm: Storm, now: datetime) -> None:
        """Read what has come to the phones of drivers who are there."""
        if self._next_look_at is None:
            self._asked |= await asyncio.to_thread(self._asked_before, storm)
        unheard = await asyncio.to_thread(self._unheard, storm, now)
        for message, truck in islice(self._reached(unheard, now), MOST):
            receipt = {"delivered": [message.id], "seen": [message.id]}
            path = f"/api/shifts/{message.shift_id}/messages/heard"
            if message.shift_id is None or (await self._client.post(path, receipt)).is_error:
                continue
            words = answer_to(message.words, misread=truck.troubles.misreads_blade(now))
            if words is not None:
                self._answers.append(_Answer(message.id, message.shift_id, words))

    def _asked_before(self, storm: Storm) -> set[ShiftId]:
        with reading(self._engine) as tx:
            return asked_to_tap(tx, storm.id)

    def _unheard(self, storm: Storm, now: datetime) -> list[Message]:
        with reading(self._engine) as tx:
            return list_unheard(tx, storm.id, now - READS_AFTER)

    def _reached(
        self, messages: Iterable[Message], now: datetime
    ) -> Iterator[tuple[Message, Truck]]:
        """Yield the messages to trucks that nobody drives himself, whose drivers are there."""
        for one in messages:
            truck = None if one.vehicle_id is None else self._trucks.get(one.vehicle_id)
            if truck is not None and truck.driver is None and truck.troubles.reaches_driver(now):
                yield one, truck

    async def _answer(self) -> None:
        """Send the answers; one that the server could not take is sent again."""
        while self._answers:
            message_id, shift_id, words = self._answers[0]
            text = in_language(words, self._language)
            told = {"key": f"simulated-answer-{message_id}", "text": text}
            answer = await self._client.post(f"/api/shifts/{shift_id}/messages", told)
            if answer.is_server_error:
                return
            _note_refused(answer)
            self._answers.popleft()
            if words == BLADE_IS_DOWN:
                self._asked.add(shift_id)

    def _note(self, plan: Plan, driven: Mapping[VehicleId, Sequence[DrivenLeg]]) -> None:
        """Note the taps for what was driven by trucks whose drivers were asked to tap."""
        for route in plan.routes:
            truck = self._trucks.get(route.vehicle_id)
            if truck is None or truck.driver is not None or route.shift_id not in self._asked:
                continue
            for leg, ended_at in driven.get(route.vehicle_id, ()):
                if leg in route.legs:
                    last = route.legs.index(leg)
                    self._taps += self._until(_Tap(plan.id, route.shift_id, last, ended_at), route)

    def _until(self, last: _Tap, route: Route) -> list[_Tap]:
        """Return a tap, after those for legs before it that were too short for a fix."""
        before = self._tapped_last.get(last.shift_id)
        self._tapped_last[last.shift_id] = last
        first = last.leg
        if before is not None:
            first = before.leg + 1 if before.plan_id == last.plan_id else 0
        blocks = self._blocks_met(route.vehicle_id)
        legs = open_legs(route, range(first, last.leg + 1), blocks, last.at)
        return [replace(last, leg=number) for number in legs]

    async def _tap(self) -> None:
        """Tap what is done; what the server could not take is tapped again."""
        while self._taps:
            one = self._taps[0]
            answer = await self._tapped(one)
            if answer.status_code == httpx.codes.CONFLICT and await self._shifts.begin(
                self._client, one.shift_id
            ):
                answer = await self._tapped(one)
            if answer.is_server_error:
                return
            _note_refused(answer)
            self._taps.popleft()

    async def _tapped(self, tap: _Tap) -> httpx.Response:
        path = f"/api/plans/{tap.plan_id}/routes/{tap.shift_id}/legs/{tap.leg}/complete"
        return await self._client.post(path, {"tapped_at": tap.at.isoformat()})


def _note_refused(answer: httpx.Response) -> None:
    if answer.is_error:
        _log.info("a simulated driver was refused: %s", answer.text[:200])
