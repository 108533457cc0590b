"""Incidents of a scenario: what dispatchers are told, streets that are closed or found blocked.

Who tells them is a person who is signed in, as everything in a simulated storm comes in by HTTP.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from api.simulation.drivers.begun_shifts import BegunShifts
from api.simulation.drivers.signed_in_client import SignedInClient, SignInRefusedError
from api.simulation.night_dispatcher import PATIENCE, ROUND
from data.languages import in_language
from data.model import (
    LegKind,
    Plan,
    PlanId,
    Route,
    Segment,
    SegmentId,
    Storm,
    VehicleId,
)
from data.model.work import SkipReason
from data.streets.network import StreetNetwork
from data.training import PLACE, BlockedStreet, ClosedStreet, Scenario, Words
from fleet.simulation.simulated_trucks import Fix
from fleet.simulation.street_blocks import (
    FoundBlock,
    StreetBlock,
    around_blocks,
    street_ahead,
    street_meant,
)
from fleet.simulation.way_ahead import WayAhead
from fleet.storms.closures import REASON_LETTERS
from maps.pages.i18n import Translator
from maps.streets.street import called, street_name

STALE = timedelta(minutes=15)
"""What was due longer than this before a simulation began, another one has told."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Incident:
    """A street of the city for a table of the scenario, its words, and the plan then driven."""

    street: Segment
    words: str
    block: StreetBlock
    plan_id: PlanId | None


class _Report(NamedTuple):
    """A blocked street, and the vehicle that has come to it."""

    segment_id: SegmentId
    vehicle_id: VehicleId


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
        self._tongues = [replace(t, language=one.code) for one in t.languages()]
        self._client = client
        self._since: datetime | None = None
        self._next_round_at: datetime | None = None
        self._known: dict[str, _Incident] = {}
        self._told: set[str] = set()
        self._closed: set[SegmentId] = set()
        self._found: list[tuple[VehicleId, FoundBlock]] = []
        self._shifts = BegunShifts()
        self._ways: dict[VehicleId, WayAhead] = {}
        self._met: defaultdict[VehicleId, set[StreetBlock]] = defaultdict(set)

    def around(self, vehicle_id: VehicleId, fixes: Iterable[Fix]) -> Iterator[Fix]:
        """Yield the fixes of a vehicle that drives around what is blocked."""
        way = self._ways[vehicle_id] = WayAhead(fixes)
        return around_blocks(way, self._network, self._blocks, partial(self._note, vehicle_id))

    def _blocks(self) -> list[StreetBlock]:
        return [one.block for one in self._known.values()]

    def met_by(self, vehicle_id: VehicleId) -> Collection[StreetBlock]:
        """Return the blocks that a vehicle has come to."""
        return self._met[vehicle_id]

    def _note(self, vehicle_id: VehicleId, found: FoundBlock) -> None:
        self._met[vehicle_id].add(found.block)
        self._found.append((vehicle_id, found))

    async def act(self, storm: Storm, plan: Plan | None, now: datetime) -> None:
        """Do what is due in a storm; `plan` is what trucks drive."""
        self._since = self._since or now
        looks = self._next_round_at is None or now >= self._next_round_at
        if looks:
            self._next_round_at = now + ROUND
        try:
            if looks:
                await self._choose_streets(storm, plan, now)
            if self._client is None:
                return
            await self._tell(self._client, storm, now)
            if plan is not None:
                await self._report(self._client, plan, now)
            if looks:
                await self._close(self._client, storm, now)
                await self._shifts.end_due(self._client, now)
        except SignInRefusedError as refusal:
            self._client = None
            _log.warning("%s: nobody tells of the scenario's incidents", refusal)

    async def _choose_streets(self, storm: Storm, plan: Plan | None, now: datetime) -> None:
        """Choose streets for what has begun; one to be blocked, once trucks come there soon."""
        tables: tuple[tuple[int, BlockedStreet | ClosedStreet], ...] = (
            *enumerate(self.scenario.blocked),
            *enumerate(self.scenario.closure),
        )
        for number, table in tables:
            if not table.within(now - storm.started_at) or self._is_settled(table, plan):
                continue
            seed = self._seed + number
            if isinstance(table, ClosedStreet):
                street = street_meant(self._network, table, number, self._seed)
            else:
                street = await self._told_before(table) or self._ahead(table, plan, now, seed)
            if street is not None:
                begins, ends = storm.started_at + table.from_h, storm.started_at + table.until_h
                words = _said(table.words, street, self._t)
                block = StreetBlock(street.id, begins, ends)
                self._known[repr(table)] = _Incident(
                    street, words, block, plan.id if plan else None
                )

    def _is_settled(self, table: BlockedStreet | ClosedStreet, plan: Plan | None) -> bool:
        """Whether a street is chosen; to one that nobody has met, a newer plan may not lead."""
        known = self._known.get(repr(table))
        if known is None or isinstance(table, ClosedStreet):
            return known is not None
        if any(known.block in met for met in self._met.values()):
            return True
        return plan is None or known.plan_id == plan.id

    async def _told_before(self, table: BlockedStreet) -> Segment | None:
        """Return the street that was reported before this simulation began in the middle."""
        if self._client is None or repr(table) in self._known:
            return None
        words = in_language(table.words, self._t.language)
        listed = await self._listed(self._client, words)
        return self._network.segment(listed[0].segment_id) if listed else None

    def _ahead(
        self, table: BlockedStreet, plan: Plan | None, now: datetime, seed: int
    ) -> Segment | None:
        """Return a street that the machines' own trucks come to soon on their routes."""
        ways = [
            (self._ways[route.vehicle_id], _streets_of(route))
            for route in (plan.routes if plan else ())
            if route.vehicle_id in self._ways and route.vehicle_id not in self.driven
        ]
        return street_ahead(ways, self._network, table.street, now, seed)

    async def _tell(self, client: SignedInClient, storm: Storm, now: datetime) -> None:
        """Write as a note what somebody tells the dispatchers."""
        path = f"/api/storms/{storm.id}/handover-notes"
        for key, at, texts in self._due(storm.started_at, now):
            text = texts[self._t.language]
            if self._since is None or at >= self._since - STALE:
                known = (await client.get(path)).json()
                if text not in [note["text"] for note in known]:
                    answer = await client.post(path, {"text": text, "texts": texts})
                    if answer.is_server_error:
                        return
            self._told.add(key)

    def _due(self, began_at: datetime, now: datetime) -> list[tuple[str, datetime, dict[str, str]]]:
        """Return what is due and was not told yet, by language, with its table and time."""
        due: list[tuple[str, datetime, dict[str, str]]] = []
        for number, one in enumerate(self.scenario.message):
            street = street_meant(self._network, one, number, self._seed)
            texts = {t.language: _said(one.words, street, t) for t in self._tongues}
            due.append((repr(one), began_at + one.at_h, texts))
        for table in self.scenario.closure:
            closed = self._known.get(repr(table))
            if closed is not None:
                begins, ends = closed.block.from_at, closed.block.until_at
                texts = {
                    t.language: f"{_said(table.words, closed.street, t)} ({t.times(begins, ends)})"
                    for t in self._tongues
                }
                due.append((repr(table), begins, texts))
        return [one for one in due if one[0] not in self._told and one[1] <= now]

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
        routes = {route.vehicle_id: route for route in plan.routes}
        for one in [one for one in self._found if one[1].at <= now]:
            vehicle_id, found = one
            blocked = [self._known.get(repr(table)) for table in self.scenario.blocked]
            told = next((each for each in blocked if each and each.block == found.block), None)
            route = routes.get(vehicle_id)
            if route is not None and told is not None and vehicle_id not in self.driven:
                listed = await self._listed(client, told.words)
                if _Report(found.block.segment_id, vehicle_id) not in listed:
                    await self._say(client, plan.id, route, found, told.words)
            self._found.remove(one)

    async def _listed(self, client: SignedInClient, words: str) -> list[_Report]:
        """Return who has reported a street with these words, also before a set-back."""
        listed = (await client.get("/api/blockages")).json()
        return [
            _Report(SegmentId(one["segment_id"]), VehicleId(one["vehicle_id"]))
            for one in listed
            if one["text"] == words
        ]

    async def _say(
        self, client: SignedInClient, plan_id: PlanId, route: Route, found: FoundBlock, words: str
    ) -> None:
        """Report a blocked street for the first leg over it that is not over."""
        await self._shifts.begin(client, route.shift_id)
        place = {"lon": found.place.lon, "lat": found.place.lat}
        for leg in _legs_on(route, found.block.segment_id):
            body = {"plan_id": plan_id, "leg": leg, "reason": SkipReason.BLOCKED, "text": words}
            answer = await client.post(f"/api/shifts/{route.shift_id}/blockages", body | place)
            if not answer.is_error:
                return
            _log.info("a blocked street was not reported: %s", answer.text[:200])


def _said(words: Words, street: Segment | None, t: Translator) -> str:
    text = in_language(words, t.language)
    return text.replace(PLACE, called(street_name(street), t)) if street else text


def _legs_on(route: Route, segment_id: SegmentId) -> list[int]:
    """Return the legs of a route that lead over a street, those that work on it first."""
    over = [
        number
        for number, leg in enumerate(route.legs)
        if any(step.segment_id == segment_id for step in leg.path)
    ]
    return sorted(over, key=lambda number: route.legs[number].kind is not LegKind.WORK)


def _streets_of(route: Route) -> frozenset[SegmentId]:
    return frozenset(step.segment_id for leg in route.legs for step in leg.path)
