"""The door for reports of strangers: on the disk before they are acknowledged, placed after.

In a flood everybody is answered within moments, and finding streets takes what time is left.
"""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from api.access.auth import TooManyError
from api.processes.city_state import GroundKeeper
from api.processes.ingest.group_commit import CommitLimits, GroupCommit
from data.errors import BarfrubError
from data.model import Actor, ActorKind, RequestId, RequestState, ServiceRequest
from data.store.database.engine import Database, reading, transaction
from data.store.requests.request_photos import add_request_photo
from data.store.requests.requests import find_request_by_key, get_request
from data.store.requests.tracking_codes import find_tracking_code, list_unplaced
from fleet.requests.intake import Report, locate, receive

CHANNEL = "web"
"""Where reports of the public form come from."""

CITIZEN = Actor(ActorKind.SYSTEM, "citizen")
"""Who the storm book names where a stranger asked."""

LIMITS = CommitLimits(gather_s=0.01, waiting=1_000, together=100)
"""So few share a transaction that others get in between; when too many wait for the writer, whoever
comes is asked to come again."""

SHARE = 0.25
"""Share of the time that streets are looked for, at most: operators work at the same time."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A report of a stranger with its photo's file; `keys` tell the same report sent twice."""

    report: Report
    photo: str
    now: datetime
    keys: tuple[str, ...]


type Taken = tuple[ServiceRequest, str]
"""A request and the code that opens its page."""


class IntakeDoor:
    """Writes reports in shared transactions, then places them one after the other.

    `tally` counts what came in, for monitoring.
    """

    def __init__(
        self,
        engine: Database,
        ground: GroundKeeper,
        clock: Callable[[], datetime],
        announce: Callable[[Sequence[ServiceRequest]], None],
    ) -> None:
        self._engine = engine
        self._ground = ground
        self._clock = clock
        self.announce = announce
        self._thread = ThreadPoolExecutor(1, "reports")
        self._commits = GroupCommit(self._commit, self._stored, self._thread, LIMITS)
        self._unplaced: deque[RequestId] = deque()
        self._arrived = asyncio.Event()
        self._placing: asyncio.Task[None] | None = None
        self._stopping = False
        self._idle = asyncio.Event()
        self.tally: Counter[str] = Counter()

    def start(self) -> None:
        """Begin to write and to place; call it in the event loop of the server."""
        self._commits.start()
        self._placing = asyncio.create_task(self._place())

    async def stop(self) -> None:
        """Write what waits, then end; what is not placed is placed after the next start."""
        await self._commits.stop()
        self._stopping = True
        self._arrived.set()
        if self._placing is not None:
            await self._placing
        self._thread.shutdown()

    async def store(self, arrival: Arrival) -> Taken:
        """Return the request of a report once it is on the disk, and its code.

        Raises `TooManyError` where more wait than can be written soon.
        """
        try:
            taken, _ = await self._commits.store(arrival, wait_for_room=False)
        except TooManyError:
            self.tally["refused"] += 1
            raise
        return taken

    async def settled(self) -> None:
        """Return once everything that came so far was looked at: placed, or left to a human."""
        await self._idle.wait()

    def _stored(self, _: Sequence[Arrival], stored: Sequence[tuple[Taken, bool]]) -> None:
        fresh = [asked for (asked, _), new in stored if new]
        self.tally["stored"] += len(fresh)
        self.tally["repeated"] += len(stored) - len(fresh)
        if fresh:
            self._unplaced.extend(asked.id for asked in fresh)
            self._idle.clear()
            self._arrived.set()
        self.announce(fresh)

    def _commit(self, arrivals: Sequence[Arrival]) -> list[tuple[Taken, bool]]:
        with transaction(self._engine) as tx:
            stored = []
            for arrival in arrivals:
                known = [find_request_by_key(tx, key) for key in arrival.keys]
                asked = next(filter(None, known), None)
                new = asked is None
                if asked is None:
                    asked = receive(tx, CITIZEN, arrival.report, arrival.now)
                    if arrival.photo:
                        add_request_photo(tx, asked.id, arrival.photo, arrival.now)
                code = find_tracking_code(tx, asked.id) or ""
                stored.append(((asked, code), new))
            return stored

    async def _place(self) -> None:
        with reading(self._engine) as tx:
            self._unplaced.extendleft(reversed(list_unplaced(tx, CHANNEL)))
        while not self._stopping:
            while self._unplaced and not self._stopping:
                began_s = time.monotonic()
                await asyncio.to_thread(self._place_next)
                await asyncio.sleep((time.monotonic() - began_s) * (1 - SHARE) / SHARE)
            self._arrived.clear()
            self._idle.set()
            if not self._stopping:
                await self._arrived.wait()

    def _place_next(self) -> None:
        ground, request_id = self._ground.now, self._unplaced.popleft()
        try:
            with transaction(self._engine) as tx:
                asked = get_request(tx, request_id)
                if asked.state is not RequestState.NEW or asked.snap is not None:
                    return
                placed = locate(
                    tx,
                    CITIZEN,
                    request_id,
                    ground.network,
                    ground.geocoder,
                    ground.policy,
                    self._clock(),
                )
        except BarfrubError as error:
            _log.warning("request %d waits for a human: %s", request_id, error)
        except Exception:  # whatever one report does, the others must be placed
            _log.exception("request %d could not be placed", request_id)
        else:
            self.announce([placed])
