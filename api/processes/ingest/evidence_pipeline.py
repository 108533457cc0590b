"""From stored positions to evidence: reads unseen ones, matches them, publishes what they prove."""

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import batched
from threading import Thread

from api.config.clock import Clock
from api.processes.city_state import CitySnapshot, CityStateHolder
from data.model import (
    PLAN_KINDS,
    Actor,
    ActorKind,
    Coverage,
    RunKind,
    SegmentId,
    Storm,
    VehicleId,
)
from data.store.coverage.coverage import list_coverage
from data.store.database.engine import Database, DatabaseUnavailable, Tx, reading, transaction
from data.store.planning.plan_runs import count_ahead, list_runs
from data.store.requests.requests import get_request
from data.store.storms.storms import find_active_storm, get_storm
from data.store.tracking.positions import list_unseen, mark_seen_until
from data.store.tracking.tracker_state import add_faults
from fleet.context import CityContext
from fleet.coverage.street_colors import Colors
from fleet.evidence.driver_confirmations import prove_taps, taps_wait
from fleet.evidence.evidence_pipeline import Digest, OpenTracks, follow, keep, unseal_fixes
from fleet.evidence.quarantine import set_aside
from fleet.matching.warm_up import warm_up
from fleet.tracking.live_fleet import Hub
from maps.board.board import RunView, run_view, storm_view
from maps.requests.requests import request_view
from maps.what_if import QuestionNews

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

MANY, LONG_REST_S = 200, 1.5
"""Pause (s) after a run over so many: several fixes of a vehicle cost little more than one."""

STOP_S = 0.2
"""How soon a stop is obeyed while kernels are compiled."""

REPAINT = timedelta(seconds=15)
"""How often all streets are repainted for their age, by the storm's clock."""

REPAINT_S = 5.0
"""Least time between two repaints, in real seconds."""

MOST_SUSPECTS = 2
"""Vehicles whose positions may fail in a row; above it the fault is not theirs, and all wait."""

RUNS = 20
"""Plan runs whose progress is published, the newest."""

TRACKING = Actor(ActorKind.SYSTEM, "tracking")
"""The actor in the audit log where a position is set aside."""

_log = logging.getLogger(__name__)


class Digester:
    """Digests unseen positions into evidence and publishes the changes to a hub.

    One per city, and the only writer of what positions prove. It reads from the database rather
    than from a queue of its own, so that a restart loses nothing. It waits for kernels to compile,
    unless `interrupted`. `tally` counts digested, dropped and set-aside positions; `behind` says
    that the last run left positions that it could have taken; `colors` are those published last.
    """

    def __init__(
        self,
        engine: Database,
        clock: Clock,
        city_state: CityStateHolder,
        hub: Hub,
        interrupted: Callable[[], bool],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._city_holder = city_state
        self._hub = hub
        self._interrupted = interrupted
        self._use_city_state(city_state.now)
        self._repainted: tuple[datetime, float] | None = None
        self._storm: Storm | None = None
        self._runs: dict[int, RunView] = {}
        self._questions: dict[int, QuestionNews] = {}
        self._warming: Thread | None = None
        self._suspects: set[VehicleId] = set()
        self._announced_streets: deque[SegmentId] = deque()
        self.behind = False
        self.tally: Counter[str] = Counter()

    def announce_streets(self, streets: Iterable[SegmentId]) -> None:
        """Publish streets whose evidence was stored elsewhere, at the next run."""
        self._announced_streets.extend(streets)

    def digest(self) -> Digest:
        """Digest the oldest unseen positions, publish what changed, and return the result."""
        now = self._clock.now()
        self._refresh_city()
        with reading(self._engine) as tx:
            storm = find_active_storm(tx)
            runs = _run_views(tx, storm) if storm else []
            questions = _questions(tx, storm) if storm else []
            waiting = bool(list_unseen(tx, 1)[0]) or self._tracks.waits(now)
        found = self._digest(now) if waiting and self._warmed_up() else Digest()
        with reading(self._engine) as tx:
            self._publish_requests(tx, found)
            self._publish_colors(tx, storm, found, now)
            self._hub.publish("evidence", [(street,) for street in found.streets])
            self._publish_storm(tx, storm)
            self._publish_announced(tx, storm, now)
        self._publish_runs(runs)
        self._publish_questions(questions)
        self._take_taps(storm, now)
        return found

    def rest_s(self, seen: int) -> float:
        """Return the pause in seconds after a run over `seen` positions."""
        if self.behind or seen == AT_ONCE:
            return 0.0
        return LONG_REST_S if seen >= MANY else REST_S

    def _warmed_up(self) -> bool:
        """Wait for the kernels to compile unless interrupted; return whether they are ready.

        The first compilation ever takes the better part of a minute.
        """
        if self._warming is None:
            self._warming = Thread(target=warm_up, name="warming", daemon=True)
            self._warming.start()
        while self._warming.is_alive() and not self._interrupted():
            self._warming.join(STOP_S)
        return not self._warming.is_alive()

    def _refresh_city(self) -> None:
        """Switch to new streets or levels of service where the city has changed.

        Tracks begin anew on new streets: vehicles are matched from their next fixes.
        """
        self._city_holder.refresh()
        new = self._city_holder.now
        if new is not self._city_state:
            self._use_city_state(new)
            self._repainted = None

    def _use_city_state(self, city_state: CitySnapshot) -> None:
        self._city_state = city_state
        self._tracks = OpenTracks(city_state.matcher)
        self.colors = Colors(city_state.network, city_state.policy)

    def _digest(self, now: datetime) -> Digest:
        """Digest the oldest positions; halve the portion after each failure.

        A single position that fails is set aside. Tracks begin anew after each failure, since it
        may have left them half updated.
        """
        portion = AT_ONCE
        while True:
            self.behind = portion < AT_ONCE
            try:
                return self._digest_portion(portion, now)
            except DatabaseUnavailable:
                self._tracks = OpenTracks(self._city_state.matcher)
                raise
            except Exception as error:  # whatever one position does, the others must go on
                self._tracks = OpenTracks(self._city_state.matcher)
                if portion == 1:
                    self._set_aside(error, now)
                    return Digest()
                _log.warning("of %d positions one cannot be digested: %r", portion, error)
            portion //= 2

    def _digest_portion(self, portion: int, now: datetime) -> Digest:
        city_state, tracks = self._city_state, self._tracks
        with reading(self._engine) as tx:
            storm = find_active_storm(tx)  # it may have begun while kernels compiled
            unseen, last = list_unseen(tx, portion)
            heard_until = unseen[-1].received_at if len(unseen) == portion else now
            followed = follow(tx, city_state.network, tracks, unseen, storm, now, heard_until)
        found = Digest()
        for number, part in enumerate(followed.parts(WINDOWS_AT_ONCE)):
            time.sleep(PAUSE_S if number else 0.0)
            with transaction(self._engine) as tx:
                found += keep(
                    CityContext(tx, city_state.network, city_state.policy, now), tracks, part
                )
        faults = found.faults
        for fixes in batched(unseen, MARKED_AT_ONCE, strict=False):
            with transaction(self._engine) as tx:
                unseal_fixes(tx, fixes)
                mark_seen_until(tx, last, len(fixes))
                add_faults(tx, faults, now)
            faults = Counter()
        if unseen:
            self._suspects.clear()
        self.tally["digested"] += len(found.positions)
        self.tally += Counter({f"dropped:{why}": n for why, n in found.dropped.items()})
        if found.dropped:
            _log.info("positions dropped: %s", dict(found.dropped))
        return found

    def _take_taps(self, storm: Storm | None, now: datetime) -> None:
        """Store as evidence the legs that drivers marked done and can no longer undo."""
        if storm is None:
            return
        with reading(self._engine) as tx:
            if not taps_wait(tx, storm, now):
                return
        with transaction(self._engine) as tx:
            city_state, cache = self._city_state, self._tracks.coverage_cache
            proof = prove_taps(
                CityContext(tx, city_state.network, city_state.policy, now), storm, cache
            )
        with reading(self._engine) as tx:
            self._publish_requests(tx, Digest(proof=proof))
        self._publish_proved(proof.coverage, now)

    def _publish_announced(self, tx: Tx, storm: Storm | None, now: datetime) -> None:
        streets = {self._announced_streets.popleft() for _ in range(len(self._announced_streets))}
        if storm is not None and streets:
            self._publish_proved(list_coverage(tx, storm.id, streets), now)

    def _publish_proved(self, coverage: Sequence[Coverage], now: datetime) -> None:
        self.colors.cover(coverage)
        streets = {row.segment_id for row in coverage}
        self._hub.publish("evidence", [(street,) for street in streets])
        self._hub.publish("coverage", self.colors.changed(now, streets))

    def _set_aside(self, error: Exception, now: datetime) -> None:
        """Set the oldest position aside; raise the error where positions are not the cause.

        They are not the cause when positions of several vehicles fail in a row.
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

    def _publish_requests(self, tx: Tx, found: Digest) -> None:
        answered = [get_request(tx, one) for one in found.requests]
        self._hub.publish("requests", [request_view(one, {}) for one in answered])

    def _publish_colors(self, tx: Tx, storm: Storm | None, found: Digest, now: datetime) -> None:
        self.colors.cover(found.coverage)
        if self._due(storm, now):
            self.colors.load(tx, storm)
            self._repainted = (now, time.monotonic())
            rows = self.colors.changed(now)
        else:
            rows = self.colors.changed(now, {row.segment_id for row in found.coverage})
        self._hub.publish("coverage", rows)

    def _due(self, storm: Storm | None, now: datetime) -> bool:
        """Whether to repaint all streets: after a while, or where the storm has changed."""
        if self._repainted is None or storm != self._storm:
            return True
        at, at_s = self._repainted
        return now - at >= REPAINT and time.monotonic() - at_s >= REPAINT_S

    def _publish_storm(self, tx: Tx, storm: Storm | None) -> None:
        if storm != self._storm:
            changed_storm = storm or (get_storm(tx, self._storm.id) if self._storm else None)
            self._hub.publish("storm", [storm_view(changed_storm)] if changed_storm else [])
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
