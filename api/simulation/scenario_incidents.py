"""Incidents of a scenario: what dispatchers are told, streets that are closed or found blocked.

Who tells them is a person who is signed in, as everything in a simulated storm comes in by HTTP.
"""

import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from api.simulation.night_dispatcher import PATIENCE, ROUND
from api.simulation.signed_in_client import SignedInClient, SignInRefusedError
from data.languages import in_language
from data.model import Plan, Route, Segment, SegmentId, ShiftId, Storm, VehicleId
from data.model.work import SkipReason
from data.streets.network import StreetNetwork
from data.training import PLACE, BlockedStreet, ClosedStreet, Scenario, StreetKind, Words
from fleet.simulation.simulated_trucks import Fix
from fleet.simulation.street_blocks import (
    FoundBlock,
    StreetBlock,
    around_blocks,
    drawn_street,
    street_ahead,
)
from fleet.storms.closures import REASON_LETTERS
from maps.pages.i18n import Translator
from maps.streets.street import called, street_name

STALE = timedelta(minutes=15)
"""What was due longer than this before a simulation began, another one has told."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Incident:
    """A street of the city for a table of the scenario, and the words for it."""

    street: Segment
    words: str
    block: StreetBlock


class Incidents:
    """Plays what a scenario says beside snow and callers; without a client, on the streets alone.

    `scenario` may be replaced by one with more in it while the storm goes on. While a person has
    relieved the dispatcher, streets are closed by nobody else; who drives one of the `driven`
    vehicles himself reports what he comes to.
    """

    def __init__(
        self,
        scenario: Scenario,
        network: StreetNetwork,
        seed: int,
        t: Translator,
        client: SignedInClient | None,
    ) -> None:
        self.scenario = scenario
        self.relieved = False
        self.driven: Collection[VehicleId] = ()
        self._network = network
        self._seed = seed
        self._t = t
        self._client = client
        self._since: datetime | None = None
        self._next_round_at: datetime | None = None
        self._known: dict[str, _Incident] = {}
        self._told: set[str] = set()
        self._closed: set[SegmentId] = set()
        self._found: list[tuple[VehicleId, FoundBlock]] = []
        self._started: dict[ShiftId, datetime] = {}

    def around(self, vehicle_id: VehicleId, fixes: Iterable[Fix]) -> Iterator[Fix]:
        """Yield the fixes of a vehicle that drives around what is blocked."""
        return around_blocks(fixes, self._network, self._blocks, partial(self._note, vehicle_id))

    def _blocks(self) -> list[StreetBlock]:
        return [one.block for one in self._known.values()]

    def _note(self, vehicle_id: VehicleId, found: FoundBlock) -> None:
        self._found.append((vehicle_id, found))

    async def act(self, storm: Storm, plan: Plan | None, now: datetime) -> None:
        """Do what is due in a storm; `plan` is what trucks drive."""
        self._since = self._since or now
        self._choose_streets(storm, plan, now)
        if self._client is None:
            return
        try:
            await self._tell(self._client, storm, now)
            if plan is not None:
                await self._report(self._client, plan, now)
            if self._next_round_at is None or now >= self._next_round_at:
                self._next_round_at = now + ROUND
                await self._close(self._client, storm, now)
                await self._end_shifts(self._client, now)
        except SignInRefusedError as refusal:
            self._client = None
            _log.warning("%s: nobody tells of the scenario's incidents", refusal)

    def _choose_streets(self, storm: Storm, plan: Plan | None, now: datetime) -> None:
        """Choose streets for what has begun; one that is to be blocked, once routes lead there."""
        tables: tuple[BlockedStreet | ClosedStreet, ...] = (
            *self.scenario.blocked,
            *self.scenario.closure,
        )
        for number, table in enumerate(tables):
            if repr(table) in self._known or not table.within(now - storm.started_at):
                continue
            seed = self._seed + number
            if isinstance(table, ClosedStreet):
                street = drawn_street(self._network, table.street, seed)
            else:
                routes = plan.routes if plan else ()
                street = street_ahead(routes, self._network, table.street, now, seed)
            if street is not None:
                begins, ends = storm.started_at + table.from_h, storm.started_at + table.until_h
                words = self._said(table.words, street)
                block = StreetBlock(street.id, begins, ends)
                self._known[repr(table)] = _Incident(street, words, block)

    def _said(self, words: Words, street: Segment | None) -> str:
        text = in_language(words, self._t.language)
        return text.replace(PLACE, called(street_name(street), self._t)) if street else text

    async def _tell(self, client: SignedInClient, storm: Storm, now: datetime) -> None:
        """Write as a note what somebody tells the dispatchers."""
        path = f"/api/storms/{storm.id}/handover-notes"
        for key, at, text in self._due(storm.started_at, now):
            if self._since is None or at >= self._since - STALE:
                known = (await client.get(path)).json()
                if text not in [note["text"] for note in known]:
                    answer = await client.post(path, {"text": text})
                    if answer.is_server_error:
                        return
            self._told.add(key)

    def _due(self, began_at: datetime, now: datetime) -> list[tuple[str, datetime, str]]:
        """Return the words that are due and were not told yet, with their tables and times."""
        words: list[tuple[str, datetime, str]] = []
        for number, one in enumerate(self.scenario.message):
            street = drawn_street(self._network, StreetKind.MAIN, self._seed + number)
            words.append((repr(one), began_at + one.at_h, self._said(one.words, street)))
        for table in self.scenario.closure:
            closed = self._known.get(repr(table))
            if closed is not None:
                lasts = self._t.times(closed.block.from_at, closed.block.until_at)
                text = f"{closed.words} ({lasts})"
                words.append((repr(table), closed.block.from_at, text))
        return [one for one in words if one[0] not in self._told and one[1] <= now]

    async def _close(self, client: SignedInClient, storm: Storm, now: datetime) -> None:
        """Close the streets that no dispatcher has closed within his time."""
        waiting = [
            self._known[repr(one)] for one in self.scenario.closure if repr(one) in self._known
        ]
        waiting = [one for one in waiting if one.street.id not in self._closed]
        late = [one for one in waiting if one.block.holds_at(now - PATIENCE)]
        if self.relieved or not late:
            return
        listed = (await client.get("/api/closures")).json()
        self._closed |= {SegmentId(one["segment_id"]) for one in listed}
        for one in late:
            if one.street.id in self._closed or not one.block.holds_at(now):
                continue
            body = {
                "segment_id": one.street.id,
                "until_at": one.block.until_at.isoformat(),
                "reason": one.words[:REASON_LETTERS],
            }
            answer = await client.post(f"/api/storms/{storm.id}/closures", body)
            if not answer.is_server_error:
                self._closed.add(one.street.id)

    async def _report(self, client: SignedInClient, plan: Plan, now: datetime) -> None:
        """Report what drivers have come to, as a dispatcher does who hears it by radio.

        Of streets that are closed, dispatchers were told.
        """
        due = [one for one in self._found if one[1].at <= now]
        self._found = [one for one in self._found if one[1].at > now]
        routes = {route.vehicle_id: route for route in plan.routes}
        for vehicle_id, found in due:
            blocked = [self._known.get(repr(one)) for one in self.scenario.blocked]
            told = [one for one in blocked if one is not None and one.block == found.block]
            route = routes.get(vehicle_id)
            leg = _leg_on(route, found.block.segment_id) if route else None
            if route is None or leg is None or not told or vehicle_id in self.driven:
                continue
            started = await client.post(f"/api/shifts/{route.shift_id}/start", {})
            if not started.is_error:
                ends_at = datetime.fromisoformat(started.json()["ends_at"])
                self._started[route.shift_id] = ends_at
            body = {
                "plan_id": plan.id,
                "leg": leg,
                "reason": SkipReason.BLOCKED,
                "lon": found.place.lon,
                "lat": found.place.lat,
                "text": told[0].words,
            }
            answer = await client.post(f"/api/shifts/{route.shift_id}/blockages", body)
            if answer.is_error:
                _log.info("a blocked street was not reported: %s", answer.text[:200])

    async def _end_shifts(self, client: SignedInClient, now: datetime) -> None:
        """End the shifts that were begun here for a report, at their time."""
        for shift_id in [each for each, ends_at in self._started.items() if ends_at <= now]:
            del self._started[shift_id]
            await client.post(f"/api/shifts/{shift_id}/end", {})


def _leg_on(route: Route, segment_id: SegmentId) -> int | None:
    """Return the first leg of a route that leads over a street."""
    over = (
        number
        for number, leg in enumerate(route.legs)
        if any(step.segment_id == segment_id for step in leg.path)
    )
    return next(over, None)
