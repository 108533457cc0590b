"""Report ingest: public reports are stored, then placed and promised, then answered.

Reports share a transaction, which only stores them: to find a street takes longer than to write a
row, and nobody may wait for a stranger's words to be understood. Right after the batch its requests
are placed one by one, by the same function as everywhere, and whoever sent one is answered when it
is. In a flood, or where placing takes long, the answer comes first and tells no time yet.
"""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from api.access.auth import TooManyError
from api.processes.city_state import CityStateHolder
from api.processes.ingest.group_commit import CommitLimits, GroupCommit
from data.errors import BarfrubError
from data.model import Actor, ActorKind, RequestId, RequestState, ServiceRequest
from data.store.database.engine import Database, DatabaseUnavailable, reading, transaction
from data.store.requests.duplicates import find_kept
from data.store.requests.request_photos import add_request_photo
from data.store.requests.requests import find_request_by_key, get_request
from data.store.requests.tracking_codes import find_tracking_code, list_unplaced
from fleet.context import CityContext
from fleet.followup.duplicates import follow
from fleet.requests.intake import Report, receive
from fleet.requests.placing import locate
from fleet.routes.published_plan import PublishedPlanCache

CHANNEL = "web"
"""The channel of reports from the public form."""

CITIZEN = Actor(ActorKind.SYSTEM, "citizen")
"""The actor in the audit log of public reports."""

LIMITS = CommitLimits(gather_s=0.01, waiting=1_000, together=100)
"""So few share a transaction that others can write in between; above `waiting`, senders must
try again."""

SHARE = 0.25
"""Largest share of time spent on placing: operators work at the same time."""

PATIENCE_S = 1.0
"""Longest time that an answer waits for its request to be placed."""

RETRY_S = 1.0
"""Pause before a request is placed again, where the database takes nothing."""

FLOOD = 3
"""With more unplaced requests than this, no answer waits for its own."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A public report with the file of its photo; equal `keys` mark the same report sent twice.

    `kept_id` is the open request that it joins.
    """

    report: Report
    photo: str
    now: datetime
    keys: tuple[str, ...]
    kept_id: RequestId | None = None


class StoredReport(NamedTuple):
    """A request and the code that opens its page; not `new` where the same was sent before.

    `kept` is the request that it joined.
    """

    asked: ServiceRequest
    code: str
    new: bool
    kept: ServiceRequest | None = None


class ReportIngest:
    """Stores reports in group commits, then places them one by one.

    `tally` counts what came in, for monitoring.
    """

    def __init__(
        self,
        engine: Database,
        city_state: CityStateHolder,
        clock: Callable[[], datetime],
        announce: Callable[[Sequence[ServiceRequest]], None],
        plans: PublishedPlanCache,
    ) -> None:
        self._engine = engine
        self._city_state = city_state
        self._clock = clock
        self.announce = announce
        self._plans = plans
        self._thread = ThreadPoolExecutor(1, "reports")
        self._commits = GroupCommit(self._commit, self._stored, self._thread, LIMITS)
        self._unplaced: deque[RequestId] = deque()
        self._answers: dict[RequestId, asyncio.Event] = {}
        self._arrived = asyncio.Event()
        self._placing: asyncio.Task[None] | None = None
        self._stopping = False
        self._idle = asyncio.Event()
        self.tally: Counter[str] = Counter()

    def start(self) -> None:
        """Start storing and placing; call it in the event loop of the server."""
        self._commits.start()
        self._placing = asyncio.create_task(self._place())

    async def stop(self) -> None:
        """Write what is pending, then end; unplaced requests are placed after the next start."""
        await self._commits.stop()
        self._stopping = True
        self._arrived.set()
        if self._placing is not None:
            await self._placing
        for answer in self._answers.values():
            answer.set()
        self._thread.shutdown()

    async def store(self, arrival: Arrival) -> StoredReport:
        """Store a report; return its request and tracking code once it is on the disk.

        Except in a flood it is placed and promised by then. Raises `TooManyError` where more wait
        than can be written soon.
        """
        try:
            stored = await self._commits.store(arrival, wait_for_room=False)
        except TooManyError:
            self.tally["refused"] += 1
            raise
        placed = self._answers.get(stored.asked.id)
        if placed is not None and len(self._unplaced) <= FLOOD:
            with suppress(TimeoutError):
                await asyncio.wait_for(placed.wait(), PATIENCE_S)
        return stored

    async def settled(self) -> None:
        """Wait until every stored request is placed or left to a dispatcher."""
        await self._idle.wait()

    def _stored(self, _: Sequence[Arrival], stored: Sequence[StoredReport]) -> None:
        fresh = [one.asked for one in stored if one.new]
        joined = {one.kept.id: one.kept for one in stored if one.kept is not None}
        self.tally["stored"] += len(fresh)
        self.tally["repeated"] += len(stored) - len(fresh)
        if fresh:
            self._unplaced.extend(asked.id for asked in fresh)
            self._answers |= {asked.id: asyncio.Event() for asked in fresh}
            self._idle.clear()
            self._arrived.set()
        self.announce([*fresh, *joined.values()])

    def _commit(self, arrivals: Sequence[Arrival]) -> list[StoredReport]:
        with transaction(self._engine) as tx:
            stored = []
            for arrival in arrivals:
                known = [find_request_by_key(tx, key) for key in arrival.keys]
                asked = next(filter(None, known), None)
                new, kept = asked is None, None
                if asked is None:
                    asked = receive(tx, CITIZEN, arrival.report, arrival.now)
                    if arrival.photo:
                        add_request_photo(tx, asked.id, arrival.photo, arrival.now)
                    if arrival.kept_id is not None:
                        asked = follow(tx, CITIZEN, asked, arrival.kept_id, arrival.now)
                        kept = find_kept(tx, asked.id)
                code = find_tracking_code(tx, asked.id) or ""
                stored.append(StoredReport(asked, code, new, kept))
            return stored

    async def _place(self) -> None:
        with reading(self._engine) as tx:
            self._unplaced.extendleft(reversed(list_unplaced(tx, CHANNEL)))  # of a killed server
        while not self._stopping:
            while self._unplaced and not self._stopping:
                began_s = time.monotonic()
                request_id = self._unplaced.popleft()
                try:
                    await asyncio.to_thread(self._place_one, request_id)
                except DatabaseUnavailable:
                    _log.warning("requests are placed later: the database takes nothing")
                    self._unplaced.appendleft(request_id)
                    await asyncio.sleep(RETRY_S)
                    continue
                if (answer := self._answers.pop(request_id, None)) is not None:
                    answer.set()
                await asyncio.sleep((time.monotonic() - began_s) * (1 - SHARE) / SHARE)
            self._arrived.clear()
            self._idle.set()
            if not self._stopping:
                await self._arrived.wait()

    def _place_one(self, request_id: RequestId) -> None:
        city_state = self._city_state.now
        try:
            with transaction(self._engine) as tx:
                asked = get_request(tx, request_id)
                if asked.state is not RequestState.NEW or asked.snap is not None:
                    return
                city = CityContext(tx, city_state.network, city_state.policy, self._clock())
                placed = locate(city, CITIZEN, request_id, city_state.geocoder, self._plans)
        except DatabaseUnavailable:
            raise
        except BarfrubError as error:
            _log.warning("request %d waits for a human: %s", request_id, error)
        except Exception:  # whatever one report does, the others must be placed
            _log.exception("request %d could not be placed", request_id)
        else:
            self.announce([placed])
