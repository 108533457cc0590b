"""The live positions of vehicles, and the digestion of stored positions into evidence."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextvars import copy_context
from datetime import datetime
from threading import Event

from api.config.clock import Clock
from api.processes.city_state import CityStateHolder
from api.processes.ingest.evidence_pipeline import Digester
from api.processes.ingest.evidence_process import (
    PERIOD_S,
    Apart,
    DigestingProcesses,
    EvidenceChanges,
)
from api.processes.ingest.reread_views import read_views
from api.processes.periodic_task import PeriodicTask
from data.model import LastPlace, Position, SegmentId, Storm
from data.store.database.engine import Database, is_shared, reading, transaction
from data.store.database.part_locks import count_processes
from data.store.setup.machines import list_vehicles
from data.store.tracking.last_places import list_last_places
from data.store.tracking.positions import list_last, list_unseen
from data.streets.network import StreetNetwork
from fleet.coverage.street_colors import Colors, ReceivedColors
from fleet.tracking.live_filter import LiveFilter
from fleet.tracking.live_fleet import Hub, LiveFleet
from maps.board.board import VehicleView, city_view, live_view

ANNOUNCED = "announced"
"""Kind of changes that servers tell each other: streets whose evidence was stored elsewhere."""

SHOW_S = 0.2
"""Pause before positions that have just come are shown, so that they come in bunches."""


class Consumer(PeriodicTask):
    """Keeps the live fleet, has positions digested and publishes what changed.

    One per city. It digests in a thread of the server, or `apart` in processes of their own.
    `tally` counts digested, dropped and set-aside positions; `digested_s` is the monotonic time of
    the last successful run, of several processes that of the one which ran longest ago. Where all
    processes are on other machines it is when one of these was last seen to go on.
    `kernels_ready` says that each has its kernels: before, a run may last for minutes.
    """

    pause_s = PERIOD_S
    runs_at_once = True

    def __init__(
        self,
        engine: Database,
        clock: Clock,
        city_state: CityStateHolder,
        hub: Hub,
        live: LiveFleet,
        apart: Apart | None = None,
    ) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock
        self._city_holder = city_state
        self._city_state = city_state.now
        self._hub = hub
        self._live = live
        self._vehicles_loaded = False
        self._fresh: list[Position] = []
        self._filter = LiveFilter()
        self._stopping = Event()
        self._digester = Digester(engine, clock, city_state, hub, self._stopping.is_set)
        self._apart = apart
        self._processes = self._new_processes()
        self._colors = ReceivedColors()
        self._reread: dict[str, set[int]] = {}
        self.tally: Counter[str] = self._digester.tally
        self.digested_s = time.monotonic()
        self._digested_s = [self.digested_s] * (apart.processes if apart else 1)
        self.kernels_ready = False
        self._kernels_ready = [False] * len(self._digested_s)
        self._oldest: Position | None = None

    @property
    def apart(self) -> bool:
        """Whether processes of their own digest positions."""
        return self._processes is not None

    @property
    def digests(self) -> bool:
        """Whether this server, or a process of its own, digests positions when it leads."""
        return bool(self._digested_s)

    def _new_processes(self) -> DigestingProcesses | None:
        return (
            DigestingProcesses(self._apart, self._clock, self.take_changes) if self._apart else None
        )

    def lead(self) -> None:
        """Digest positions from now on: this server leads."""
        if self._processes is not None:
            self.digested_s, self.kernels_ready = time.monotonic(), False
            self._digested_s = [self.digested_s] * len(self._digested_s)
            self._kernels_ready = [False] * len(self._digested_s)
            self._processes.start()
        self.wake()

    def give_up(self) -> None:
        """Leave digesting to another server."""
        if self._processes is not None:
            self._processes.stop()
        self._processes = self._new_processes()

    def stop(self) -> None:
        """Stop after the present run; afterwards `run` may be called by hand."""
        self._stopping.set()
        super().stop()
        if self._processes is not None:
            self._processes.stop()
        self._stopping.clear()

    def published_colors(
        self, storm: Storm | None, network: StreetNetwork, since: datetime, until: datetime
    ) -> Mapping[SegmentId, tuple[int, int]] | None:
        """Return the street colors as published to boards; `None` where they are out of date."""
        colors = self._published(storm, network, since, until)
        return None if colors is None else colors.latest

    def published_revision(
        self, storm: Storm | None, network: StreetNetwork, since: datetime, until: datetime
    ) -> int | None:
        """Return a number that changes with `published_colors`; `None` where there are none."""
        colors = self._published(storm, network, since, until)
        return None if colors is None else colors.revision

    def _published(
        self, storm: Storm | None, network: StreetNetwork, since: datetime, until: datetime
    ) -> Colors | ReceivedColors | None:
        colors = self._digester.board.colors if self._processes is None else self._colors
        whole = colors.whole
        return colors if whole and whole.is_of(storm, network, since, until) else None

    def show_and_digest_soon(self, fixes: Iterable[Position]) -> None:
        """Publish new fixes within 0.2 s and wake the task; call it in the server's event loop.

        So the map shows the present, however many positions wait to be digested.
        """
        if not self._fresh:
            asyncio.get_running_loop().call_later(SHOW_S, self._show)
        self._fresh += fixes
        self.wake()

    def _show(self) -> None:
        fresh, self._fresh = self._fresh, []
        believed, _ = self._filter.plausible(fresh)
        self._vehicles_loaded = self._vehicles_loaded and self._live.knows(
            fix.vehicle_id for fix in believed
        )
        moved = self._live.see(believed, self._clock.now())
        self._hub.publish("vehicles", [live_view(one) for one in moved])
        if self._processes is not None:
            self._processes.wake()

    def announce_streets(self, streets: Iterable[SegmentId]) -> None:
        """Publish streets whose evidence was stored elsewhere, at the next run of who leads.

        That may be a process of this server or of another machine, which hears of them through the
        hub.
        """
        announced = [*streets]
        self._announce_here(announced)
        if is_shared(self._engine):
            self._hub.publish(ANNOUNCED, [(int(street),) for street in announced])

    def take_announced(self, rows: Iterable[tuple[int]]) -> None:
        """Take over streets that another server announces, where this one digests."""
        self._announce_here([SegmentId(street) for (street,) in rows])

    def _announce_here(self, streets: Sequence[SegmentId]) -> None:
        if self._processes is not None:
            self._processes.announce_streets(streets)
        elif self._leads():
            self._digester.announce_streets(streets)

    def forget_colors(self) -> None:
        """Use the colors that were received no more: processes of another machine have newer."""
        self._colors = ReceivedColors()

    def take_places(self, places: Sequence[LastPlace]) -> list[VehicleView]:
        """Take over places of vehicles that came to another server; return their views."""
        moved = self._live.take(places)
        if len(moved) < len(places):
            self.reload_vehicles()
        if self._processes is not None:
            self._processes.wake()
        self.wake()
        return [live_view(one) for one in moved]

    def reload_vehicles(self) -> None:
        """Load vehicles and their last places at the next run."""
        self._vehicles_loaded = False

    def step(self) -> float:
        """Run once; return the seconds to rest."""
        if self._processes is not None:
            self._refresh_vehicles(())
            if not self.digests:
                self._look_elsewhere()
            return PERIOD_S
        rest_s = self._digester.rest_s(self.run())
        if not rest_s:
            self.wake()
        return rest_s

    def _look_elsewhere(self) -> None:
        """See whether processes of other machines go on: there are some, and no position stays."""
        with reading(self._engine) as tx:
            unseen, _ = list_unseen(tx, 1)
            processes = count_processes(tx) if is_shared(self._engine) else 0
        oldest = next(iter(unseen), None)
        if processes and (oldest is None or oldest != self._oldest):
            self.digested_s = time.monotonic()
        self._oldest = oldest

    def step_beside(self) -> float:
        """Keep the live fleet; another server digests."""
        self._refresh_vehicles(())
        self.digested_s = time.monotonic()
        return PERIOD_S

    def run(self) -> int:
        """Digest the oldest unseen positions and publish changes; return how many were digested."""
        found = self._digester.digest()
        self._refresh_vehicles(found.believed)
        self.digested_s, self.kernels_ready = time.monotonic(), self._digester.kernels_ready
        return len(found.positions)

    def _refresh_vehicles(self, believed: Sequence[Position]) -> None:
        """Reload the city where it changed; publish vehicles that have moved or fallen silent."""
        self._refresh_city()
        now, positions = self._clock.now(), list(believed)
        if not self._vehicles_loaded or not self._live.knows(fix.vehicle_id for fix in positions):
            self._vehicles_loaded = True
            positions += self._load_vehicles()
        moved = self._live.see(positions, now)
        if self._leads():
            moved += self._live.fall_silent(now)
        self._hub.publish("vehicles", [live_view(one) for one in moved])

    def _load_vehicles(self) -> list[Position]:
        """Load all vehicles with their places as servers know them; return their last positions.

        A server that does not lead looks for these only where no server knows a place.
        """
        with reading(self._engine) as tx:
            self._live.meet(list_vehicles(tx))
            places = list_last_places(tx)
            self._live.take(places)
            return [] if places and not self._leads() else list_last(tx)

    def _refresh_city(self) -> None:
        """Publish the city where its streets or levels of service have changed."""
        self._city_holder.refresh()
        new, old = self._city_holder.now, self._city_state
        if new is not old:
            self._city_state, self._vehicles_loaded = new, False
            self._hub.publish("city", [city_view(new.city)])

    def take_changes(self, news: EvidenceChanges) -> None:
        """Publish what one of the digesting processes found in one run."""
        if news.whole is not None:  # it leads, and colors all streets
            self._colors.receive(dict(news.changes).get("coverage", ()), news.whole)
        for kind, items in news.changes:
            self._hub.publish(kind, items)
        if news.streets:
            self.announce_streets(news.streets)
        self.tally.update(news.tally)
        self._digested_s[news.process] = time.monotonic()
        self._kernels_ready[news.process] = news.kernels_ready
        self.digested_s, self.kernels_ready = min(self._digested_s), all(self._kernels_ready)
        for kind, ids in news.reread.items():
            self._reread.setdefault(kind, set()).update(ids)
        if self._reread:
            copy_context().run(self._publish_reread)  # the version is of these alone

    def _publish_reread(self) -> None:
        """Publish changed views as they are now; they stay for the next run where that fails.

        They are read as a writer reads: then they are as new as the version of that transaction.
        """
        with transaction(self._engine) as tx:
            views = read_views(tx, self._reread, self._city_holder.now.network)
        for kind, found in views.items():
            self._hub.publish(kind, found)
        self._reread.clear()
