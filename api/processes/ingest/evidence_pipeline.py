"""From stored positions to evidence: reads unseen ones, matches them, publishes what they prove."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from itertools import batched
from threading import Thread

from api.config.clock import Clock
from api.processes.city_state import CityStateHolder
from api.processes.ingest.board_publisher import BoardPublisher
from api.processes.ingest.part_ownership import Ownership, PartsLostError
from data.errors import ConflictError
from data.model import Actor, ActorKind, SegmentId, VehicleId
from data.store.database.engine import Database, DatabaseUnavailable, Tx, reading
from data.store.database.vehicle_parts import LEADING_PART
from data.store.requests.requests import get_request
from data.store.storms.storms import find_active_storm, find_storm_ended_since
from data.store.tracking.positions import find_oldest_unseen_at, list_unseen, mark_seen_until
from data.store.tracking.tracker_state import add_faults
from fleet.context import CityContext
from fleet.evidence.driver_confirmations import prove_taps, taps_wait
from fleet.evidence.evidence_pipeline import Digest, OpenTracks, follow, keep, unseal_fixes
from fleet.evidence.quarantine import set_aside
from fleet.matching.warm_up import warm_up
from fleet.tracking.live_fleet import Hub
from maps.requests.requests import request_view

AT_ONCE = 10_000
"""Positions of one run: enough to catch up after an outage, since several fixes of a vehicle cost
little more than one."""

WINDOWS_AT_ONCE = 10
"""Vehicles' half hours in one transaction: meanwhile trackers wait."""

MARKED_AT_ONCE = 1_000
"""Positions marked as seen in one transaction."""

PAUSE_S = 0.003
"""Pause between two transactions: other writers go first anyway, but may need the processor too."""

REST_S = 0.2
"""Pause between two runs, so that positions come in bunches."""

LONG_RESTS_S = ((1_500, 4.0), (200, 1.5))
"""Pause (s) after a run over so many: of four fixes of a vehicle together, one costs less than half
as much as alone."""

STOP_S = 0.2
"""How soon a stop is obeyed while kernels are compiled."""

MOST_SUSPECTS = 2
"""Vehicles whose positions may fail in a row; above it the fault is not theirs, and all wait."""

WAITS_FOR = timedelta(days=1)
"""So long after the end of a storm positions of it may still wait, and with them drivers' taps."""

TRACKING = Actor(ActorKind.SYSTEM, "tracking")
"""The actor in the audit log where a position is set aside."""

_log = logging.getLogger(__name__)


class Digester:
    """Digests unseen positions into evidence and publishes the changes to a hub.

    The only writer of what positions of its parts of the vehicles prove. It reads from the database
    rather than from a queue of its own, so that a restart loses nothing. It waits for kernels to
    compile, unless `interrupted`. What is of the whole city is published where it `leads`, which
    the owner of the leading part does; others leave it the streets that `take_streets` returns.

    `tally` counts digested, dropped and set-aside positions; `behind` says that the last run left
    positions that it could have taken; `board` is what publishes for the whole city.
    """

    def __init__(
        self,
        engine: Database,
        clock: Clock,
        city_state: CityStateHolder,
        hub: Hub,
        interrupted: Callable[[], bool],
        ownership: Ownership | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._city_holder = city_state
        self._city_state = city_state.now
        self._hub = hub
        self._interrupted = interrupted
        self._ownership = ownership or Ownership()
        self._parts = self._ownership.parts
        self._warming: Thread | None = None
        self._suspects: set[VehicleId] = set()
        self.board = BoardPublisher(hub, city_state.now)
        self._streets: set[SegmentId] = set()
        self.behind = False
        self.tally: Counter[str] = Counter()
        self._begin_tracks()

    @property
    def leads(self) -> bool:
        """Whether the leading part is among the parts of this digester."""
        return LEADING_PART in self._parts

    @property
    def kernels_ready(self) -> bool:
        """Whether the kernels were compiled, which the first positions are waiting for."""
        return self._warming is not None and not self._warming.is_alive()

    def announce_streets(self, streets: Iterable[SegmentId]) -> None:
        """Publish streets whose evidence was stored elsewhere, at the next run.

        Who does not lead yet will repaint all of them.
        """
        if self.leads:
            self.board.announce_streets(streets)

    def take_streets(self) -> frozenset[SegmentId]:
        """Return the streets whose evidence was stored and is to be published by who leads."""
        streets, self._streets = frozenset(self._streets), set()
        return streets

    def digest(self) -> Digest:
        """Digest the oldest unseen positions, publish what changed, and return the result."""
        self._take_parts()
        if not self._parts:
            return Digest()
        self._refresh_city()
        ready = self._something_waits() and self._warmed_up()
        now = self._clock.now()  # not from before a compilation: lines of the audit log get it
        found = self._digest(now) if ready else Digest()
        self._publish(found, now)
        self._take_taps(now)
        return found

    def _take_parts(self) -> None:
        """Go on with the parts that are ours by now; tracks begin anew, as after a restart."""
        self._ownership.claim()
        if self._ownership.parts != self._parts:
            led, self._parts = self.leads, self._ownership.parts
            self._begin_tracks()
            if self.leads and not led:
                self.board.repaint_soon()

    def rest_s(self, seen: int) -> float:
        """Return the pause in seconds after a run over `seen` positions."""
        if self.behind or seen == AT_ONCE:
            return 0.0
        return next((rest_s for many, rest_s in LONG_RESTS_S if seen >= many), REST_S)

    def _something_waits(self) -> bool:
        with reading(self._engine) as tx:
            unseen, _ = list_unseen(tx, 1, self._parts)
        return bool(unseen) or self._tracks.waits(self._clock.now())

    def _warmed_up(self) -> bool:
        """Wait for the kernels to compile unless interrupted; return whether they are ready.

        The first compilation ever takes the better part of a minute.
        """
        if self._warming is None:
            self._warming = Thread(target=warm_up, name="warming", daemon=True)
            self._warming.start()
        while self._warming.is_alive() and not self._interrupted():
            self._warming.join(STOP_S)
        return self.kernels_ready

    def _refresh_city(self) -> None:
        """Switch to new streets or levels of service where the city has changed.

        Tracks begin anew on new streets: vehicles are matched from their next fixes.
        """
        self._city_holder.refresh()
        new = self._city_holder.now
        if new is not self._city_state:
            self._city_state = new
            self._begin_tracks()
            self.board.use_city_state(new)

    def _begin_tracks(self) -> None:
        self._tracks = OpenTracks(self._city_state.matcher, self._parts)

    def _digest(self, now: datetime) -> Digest:
        """Digest the oldest positions; halve the portion after each failure.

        A single position that fails is set aside. Tracks begin anew after each failure, since it
        may have left them half updated. Where the streets have changed meanwhile, the next run does
        it all.
        """
        portion = AT_ONCE
        while True:
            self.behind = portion < AT_ONCE
            try:
                return self._digest_portion(portion, now)
            except (*DatabaseUnavailable, PartsLostError):
                self._begin_tracks()
                raise
            except Exception as error:  # whatever one position does, the others must go on
                self._begin_tracks()
                if isinstance(error, ConflictError) and error.reason == "streets_changed":
                    return Digest()
                if portion == 1:
                    self._set_aside(error, now)
                    return Digest()
                _log.warning("of %d positions one cannot be digested: %r", portion, error)
            portion //= 2

    def _digest_portion(self, portion: int, now: datetime) -> Digest:
        city_state, tracks = self._city_state, self._tracks
        with reading(self._engine) as tx:
            storm = find_active_storm(tx)  # it may have begun while kernels compiled
            unseen, last = list_unseen(tx, portion, self._parts)
            heard_until = unseen[-1].received_at if len(unseen) == portion else now
            followed = follow(tx, city_state.network, tracks, unseen, storm, now, heard_until)
        found = Digest()
        for number, part in enumerate(followed.parts(WINDOWS_AT_ONCE)):
            time.sleep(PAUSE_S if number else 0.0)
            with self._writing() as tx:
                found += keep(
                    CityContext(tx, city_state.network, city_state.policy, now), tracks, part
                )
        faults = found.faults
        for fixes in batched(unseen, MARKED_AT_ONCE, strict=False):
            with self._writing() as tx:
                unseal_fixes(tx, fixes)
                mark_seen_until(tx, last, len(fixes), self._parts)
                add_faults(tx, faults, now)
            faults = Counter()
        if unseen:
            self._suspects.clear()
        self.tally["digested"] += len(found.positions)
        self.tally += Counter({f"dropped:{why}": n for why, n in found.dropped.items()})
        if found.dropped:
            _log.info("positions dropped: %s", dict(found.dropped))
        return found

    def _writing(self) -> AbstractContextManager[Tx]:
        return self._ownership.writing(self._engine)

    def _take_taps(self, now: datetime) -> None:
        """Store as evidence the legs that drivers marked done and can no longer undo.

        Where positions wait for matching, those of the time before: the others are judged by where
        the vehicle was, too. So it may be that their storm has ended by then.
        """
        with reading(self._engine) as tx:
            storms = find_active_storm(tx), find_storm_ended_since(tx, now - WAITS_FOR)
            heard_until = find_oldest_unseen_at(tx, self._parts) or now
            waiting = [
                storm
                for storm in storms
                if storm is not None and taps_wait(tx, storm, heard_until, self._parts)
            ]
        for storm in waiting:
            with self._writing() as tx:
                city_state = self._city_state
                city = CityContext(tx, city_state.network, city_state.policy, now)
                cache = None if storm.ended_at else self._tracks.coverage_cache
                proof = prove_taps(city, storm, cache, self._parts, heard_until)
            self._publish(Digest(proof=proof), now)

    def _set_aside(self, error: Exception, now: datetime) -> None:
        """Set the oldest position aside; raise the error where positions are not the cause.

        They are not the cause when positions of several vehicles fail in a row.
        """
        with self._writing() as tx:
            fix = set_aside(tx, TRACKING, type(error).__name__, now, self._parts)
            if fix is None:
                return
            add_faults(tx, {(fix.device_id, "set_aside"): 1}, now)
            self._suspects.add(fix.vehicle_id)
            if len(self._suspects) > MOST_SUSPECTS:
                raise error
        self.tally["set_aside"] += 1
        _log.error("a position of vehicle %s is set aside", fix.vehicle_id, exc_info=error)

    def _publish(self, found: Digest, now: datetime) -> None:
        with reading(self._engine) as tx:
            answered = [get_request(tx, one) for one in found.requests]
            network = self._city_holder.now.network
            self._hub.publish("requests", [request_view(one, {}, network) for one in answered])
            if self.leads:
                self.board.publish(tx, found, now)
            else:
                self._streets |= found.streets
