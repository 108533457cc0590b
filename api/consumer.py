"""The one consumer of positions: from the database through the tracking to the board."""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Thread

from api.clock import Clock
from api.ground import Ground, GroundKeeper
from data.model import (
    PLAN_KINDS,
    Actor,
    ActorKind,
    Coverage,
    Position,
    RunKind,
    SegmentId,
    Storm,
    VehicleId,
)
from data.network import StreetNetwork
from data.store.coverage import list_coverage
from data.store.engine import Database, DatabaseUnavailable, Tx, reading, transaction
from data.store.fleet import list_vehicles
from data.store.plan_runs import count_ahead, list_runs
from data.store.positions import list_last, list_unseen, mark_seen_until
from data.store.requests import get_request
from data.store.storms import find_active_storm, get_storm
from data.store.trackers import add_faults
from fleet.colors import Colors
from fleet.faults import set_aside
from fleet.live import Hub, LiveFleet
from fleet.sieve import Sieve
from fleet.taps import prove_taps, taps_wait
from fleet.tracking import Digest, TrackBook, follow, keep
from fleet.warming import warm_up
from maps.views import RunView, ground_view, live_view, request_view, run_view, storm_view
from maps.what_if import QuestionNews

AT_ONCE = 2_000
"""Positions of one look."""

WINDOWS_AT_ONCE = 20
"""Vehicles' half hours in one transaction: while it lasts, the door has to wait."""

TURN_S = 0.002
"""Pause between two such transactions, in which the door takes its turn."""

REST_S = 0.2
"""Pause between two looks, so that positions come in bunches."""

MANY, LONG_REST_S = 200, 1.5
"""Pause after a look at so many: several fixes of a vehicle cost little more than one."""

SHOW_S = 0.2
"""Pause before positions that have just come are shown, so that they too come in bunches."""

LOOK_S = 1.0
"""Longest time between two looks: for what came before a restart, and for plan runs."""

STOP_S = 0.2
"""How soon a stop of the server is heard while kernels are compiled."""

REPAINT = timedelta(seconds=15)
"""How often all streets grow older on the map, by the storm's clock."""

REPAINT_S = 5.0
"""But not more often than this, by the wall."""

MOST_SUSPECTS = 2
"""Vehicles whose positions may fail in a row before the mistake must be ours: then all wait."""

RUNS = 20
"""Plan runs watched."""

TRACKING = Actor(ActorKind.SYSTEM, "tracking")
"""Who the storm book names where a position is set aside."""

_log = logging.getLogger(__name__)


class Consumer:
    """Digests positions that nobody has seen, and tells the hub what changed.

    One per city, and the only writer of what positions prove and of the live fleet. It looks into
    the database rather than into a queue of its own, so that a restart loses nothing. `tally`
    counts what became of positions, `looked_s` is the monotonic time of the last look that
    succeeded.
    """

    def __init__(
        self,
        engine: Database,
        clock: Clock,
        ground: GroundKeeper,
        hub: Hub,
        live: LiveFleet,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._keeper = ground
        self._hub = hub
        self._live = live
        self._stand_on(ground.now)
        self._repainted: tuple[datetime, float] | None = None
        self._storm: Storm | None = None
        self._runs: dict[int, RunView] = {}
        self._questions: dict[int, QuestionNews] = {}
        self._fresh: list[Position] = []
        self._sieve = Sieve()
        self._awake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._behind = False
        self._warming: Thread | None = None
        self._suspects: set[VehicleId] = set()
        self._told_of: deque[SegmentId] = deque()
        self.tally: Counter[str] = Counter()
        self.looked_s = time.monotonic()

    def start(self) -> None:
        """Begin to look; call it in the event loop of the server."""
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop after the present look; who wants to may look by hand from then on."""
        self._stopping.set()
        self._awake.set()
        if self._task is not None:
            await self._task
        self._stopping.clear()

    def colors_told(
        self, storm: Storm | None, network: StreetNetwork, since: datetime, until: datetime
    ) -> dict[SegmentId, tuple[int, int]] | None:
        """Return the colors that all boards have been told; `None` where they are not of now."""
        return self._colors.told(storm, network, since, until)

    def hear(self, fixes: Iterable[Position]) -> None:
        """Show soon where vehicles are, and look soon. For the server's own event loop.

        So the map is of now, however many positions wait to be digested.
        """
        if not self._fresh:
            asyncio.get_running_loop().call_later(SHOW_S, self._show)
        self._fresh += fixes
        self._awake.set()

    def _show(self) -> None:
        fresh, self._fresh = self._fresh, []
        believed, _ = self._sieve.sift(fresh)
        moved = self._live.see(believed, self._clock.now())
        self._hub.publish("vehicles", [live_view(one) for one in moved])

    def tell_of(self, streets: Iterable[SegmentId]) -> None:
        """Publish streets of which somebody else stored evidence, at the next look."""
        self._told_of.extend(streets)

    async def _watch(self) -> None:
        while not self._stopping.is_set():
            self._awake.clear()
            rest_s = REST_S
            try:
                seen = await asyncio.to_thread(self.look)
                if seen == AT_ONCE or self._behind:
                    continue
                rest_s = LONG_REST_S if seen >= MANY else REST_S
            except Exception:  # the next look may succeed, and the board must not stand still
                _log.exception("positions could not be digested")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), rest_s)
            if not self._stopping.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._awake.wait(), LOOK_S)

    def look(self) -> int:
        """Digest the oldest unseen positions, publish what changed, return how many they were."""
        now = self._clock.now()
        self._follow_ground()
        with reading(self._engine) as tx:
            storm = find_active_storm(tx)
            runs = _run_views(tx, storm) if storm else []
            questions = _questions(tx, storm) if storm else []
            waiting = bool(list_unseen(tx, 1)[0]) or self._tracks.waits(now)
        found = self._digest(now) if waiting and self._warmed_up() else Digest()
        with reading(self._engine) as tx:
            self._publish_vehicles(tx, found, now)
            self._publish_requests(tx, found)
            self._publish_colors(tx, storm, found, now)
            changed = {one.segment_id for one in found.passes}
            changed |= {row.segment_id for row in found.coverage}
            self._hub.publish("evidence", [(street,) for street in changed])
            self._publish_storm(tx, storm)
            self._publish_told(tx, storm, now)
        self._publish_runs(runs)
        self._publish_questions(questions)
        self.looked_s = time.monotonic()
        self._take_taps(storm, now)
        return len(found.positions)

    def _warmed_up(self) -> bool:
        """Wait until the kernels are there, and return whether they are: a stop comes first.

        The first time ever they are compiled for the better part of a minute.
        """
        if self._warming is None:
            self._warming = Thread(target=warm_up, name="warming", daemon=True)
            self._warming.start()
        while self._warming.is_alive() and not self._stopping.is_set():
            self._warming.join(STOP_S)
        return not self._warming.is_alive()

    def _follow_ground(self) -> None:
        """Go on with new streets or levels of service when somebody has set them.

        Tracks begin anew on new streets: vehicles are matched from their next fixes.
        """
        self._keeper.refresh()
        new, old = self._keeper.now, self._ground
        if new is not old:
            self._stand_on(new)
            self._repainted = None
            self._hub.publish("ground", [ground_view(new.city)])

    def _stand_on(self, ground: Ground) -> None:
        self._ground = ground
        self._tracks = TrackBook(ground.matcher)
        self._colors = Colors(ground.network, ground.policy)

    def _digest(self, now: datetime) -> Digest:
        """Digest the oldest positions: fewer and fewer, where one of them cannot be digested.

        That one is set aside. Tracks begin anew after each failure, since it left them half-way.
        """
        portion = AT_ONCE
        while True:
            self._behind = portion < AT_ONCE
            try:
                return self._digest_portion(portion, now)
            except DatabaseUnavailable:
                self._tracks = TrackBook(self._ground.matcher)
                raise
            except Exception as error:  # whatever one position does, the others must go on
                self._tracks = TrackBook(self._ground.matcher)
                if portion == 1:
                    self._set_aside(error, now)
                    return Digest()
                _log.warning("of %d positions one cannot be digested: %r", portion, error)
            portion //= 2

    def _digest_portion(self, portion: int, now: datetime) -> Digest:
        ground, tracks = self._ground, self._tracks
        with reading(self._engine) as tx:
            storm = find_active_storm(tx)  # it may have begun while the kernels were compiled
            unseen, last = list_unseen(tx, portion)
            followed = follow(tx, ground.network, tracks, unseen, storm, now)
        *parts, rest = followed.parts(WINDOWS_AT_ONCE)
        found = Digest()
        for part in parts:
            with transaction(self._engine) as tx:
                found += keep(tx, ground.network, tracks, part, ground.policy, now)
            time.sleep(TURN_S)
        with transaction(self._engine) as tx:
            found += keep(tx, ground.network, tracks, rest, ground.policy, now)
            mark_seen_until(tx, last)
            add_faults(tx, found.faults, now)
        if unseen:
            self._suspects.clear()
        self.tally["digested"] += len(found.positions)
        self.tally += Counter({f"dropped:{why}": n for why, n in found.dropped.items()})
        if found.dropped:
            _log.info("positions dropped: %s", dict(found.dropped))
        return found

    def _take_taps(self, storm: Storm | None, now: datetime) -> None:
        """Take as evidence what drivers tapped as done and can no longer take back."""
        if storm is None:
            return
        with reading(self._engine) as tx:
            if not taps_wait(tx, storm, now):
                return
        with transaction(self._engine) as tx:
            proof = prove_taps(tx, storm, self._ground.network, self._ground.policy, now)
        with reading(self._engine) as tx:
            self._publish_requests(tx, Digest(proof=proof))
        self._publish_proved(proof.coverage, now)

    def _publish_told(self, tx: Tx, storm: Storm | None, now: datetime) -> None:
        streets = {self._told_of.popleft() for _ in range(len(self._told_of))}
        if storm is not None and streets:
            self._publish_proved(list_coverage(tx, storm.id, streets), now)

    def _publish_proved(self, coverage: Sequence[Coverage], now: datetime) -> None:
        self._colors.cover(coverage)
        streets = {row.segment_id for row in coverage}
        self._hub.publish("evidence", [(street,) for street in streets])
        self._hub.publish("coverage", self._colors.changed(now, streets))

    def _set_aside(self, error: Exception, now: datetime) -> None:
        """Set the oldest position aside; raise the error where positions are not to blame.

        They are not when those of several vehicles fail in a row, and nothing succeeds between.
        """
        with transaction(self._engine) as tx:
            fix = set_aside(tx, TRACKING, type(error).__name__, now)
            if fix is None:
                return
            add_faults(tx, {(fix.device_id, "set_aside"): 1}, now)
            self._suspects.add(fix.vehicle_id)
            if len(self._suspects) > MOST_SUSPECTS:
                raise error
        self.tally["set_aside"] += 1
        _log.error("a position of vehicle %s is set aside", fix.vehicle_id, exc_info=error)

    def _publish_vehicles(self, tx: Tx, found: Digest, now: datetime) -> None:
        positions = list(found.believed)
        if self._repainted is None or not self._live.knows(fix.vehicle_id for fix in positions):
            self._live.meet(list_vehicles(tx))
            positions += list_last(tx)
        moved = [*self._live.see(positions, now), *self._live.fall_silent(now)]
        self._hub.publish("vehicles", [live_view(one) for one in moved])

    def _publish_requests(self, tx: Tx, found: Digest) -> None:
        answered = [get_request(tx, one) for one in found.requests]
        self._hub.publish("requests", [request_view(one, {}) for one in answered])

    def _publish_colors(self, tx: Tx, storm: Storm | None, found: Digest, now: datetime) -> None:
        self._colors.cover(found.coverage)
        if self._due(storm, now):
            self._colors.load(tx, storm)
            self._repainted = (now, time.monotonic())
            rows = self._colors.changed(now)
        else:
            rows = self._colors.changed(now, {row.segment_id for row in found.coverage})
        self._hub.publish("coverage", rows)

    def _due(self, storm: Storm | None, now: datetime) -> bool:
        """Whether all streets are to be painted anew: they age, a storm begins, ends or changes."""
        if self._repainted is None or storm != self._storm:
            return True
        at, at_s = self._repainted
        return now - at >= REPAINT and time.monotonic() - at_s >= REPAINT_S

    def _publish_storm(self, tx: Tx, storm: Storm | None) -> None:
        if storm != self._storm:
            told = storm or (get_storm(tx, self._storm.id) if self._storm else None)
            self._hub.publish("storm", [storm_view(told)] if told else [])
        self._storm = storm

    def _publish_runs(self, runs: Iterable[RunView]) -> None:
        changed = [run for run in runs if self._runs.get(run.id) != run]
        self._runs |= {run.id: run for run in changed}
        self._hub.publish("runs", changed)

    def _publish_questions(self, questions: Iterable[QuestionNews]) -> None:
        changed = [one for one in questions if self._questions.get(one.id) != one]
        self._questions |= {one.id: one for one in changed}
        self._hub.publish("what_ifs", changed)


def _questions(tx: Tx, storm: Storm) -> list[QuestionNews]:
    runs = list_runs(tx, storm.id, RUNS, [RunKind.WHATIF])
    return [QuestionNews(run.id, run.state, count_ahead(tx, run)) for run in runs]


def _run_views(tx: Tx, storm: Storm) -> list[RunView]:
    runs = list_runs(tx, storm.id, RUNS, PLAN_KINDS)
    return [run_view(run, count_ahead(tx, run)) for run in runs]
