"""The periodic task that compares routes with progress, and opens and closes alerts."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from api.config.clock import Clock
from api.processes.city_state import CityStateHolder
from api.processes.periodic_task import CityTask
from data.model import Alert, SegmentId, ShiftId, Storm
from data.store.database.engine import Database, reading, transaction
from data.store.storms.storms import find_active_storm
from fleet.alerts.alert_conditions import clock_signs
from fleet.alerts.alert_monitor import AlertMonitor, MonitorResult
from fleet.alerts.alert_register import WATCH
from fleet.context import CityContext
from fleet.learning.plan_pace import ScatterInForce
from fleet.messages.sos import SosListener, call_for_help
from fleet.routes.published_plan import PublishedPlanCache
from fleet.routes.route_progress import PlanCheck
from fleet.routes.truck_states import TruckStatus
from fleet.tracking.live_fleet import Hub, LiveFleet
from fleet.tracking.tracker_clocks import TrackerClocks
from maps.alerts import alert_view
from maps.routes.end_window import EndsAhead
from maps.routes.plan_vs_actual import (
    CheckView,
    TruckStateView,
    check_views,
    truck_state_views,
)

PERIOD_S = 2.0
"""Pause between two runs."""

KINDS_READ = frozenset({"evidence", "legs"})
"""Changes that bear on route progress: new passes by street, taps by shift."""


@dataclass(frozen=True, slots=True)
class DriverSignals:
    """What trackers tell apart from places: calls for help, and how their clocks differ."""

    sos_listener: SosListener
    clocks: TrackerClocks


@dataclass(frozen=True, slots=True)
class _Look:
    """What one check found, of which storm and when; `unchanged` where no stored alert differs."""

    at: datetime
    storm: Storm | None
    found: MonitorResult
    ends: EndsAhead
    unchanged: bool


class AlertTask(CityTask):
    """Checks the driven plan and the trucks every 2 seconds, and keeps alerts.

    A server that does not lead checks the plan for its own pages, and opens alerts of the calls
    for help that came to it. `check` is the plan's progress as of the last run, `None` while no
    plan is driven, `trucks` is what each truck does, and `ends` how sure their ends are: all are
    immutable, so that any thread may read them.
    """

    pause_s = PERIOD_S

    def __init__(
        self,
        engine: Database,
        clock: Clock,
        city_state: CityStateHolder,
        hub: Hub,
        live: LiveFleet,
        signals: DriverSignals,
        plans: PublishedPlanCache,
    ) -> None:
        super().__init__(engine, clock, city_state, hub)
        self._live = live
        self._sos_listener, self._clocks = signals.sos_listener, signals.clocks
        self._plans = plans
        self._monitor = AlertMonitor(plans)
        self._news = hub.subscribe(lambda: None, KINDS_READ, own=True)
        self._published: dict[int, CheckView] = {}
        self._states: dict[int, TruckStateView] = {}
        self._one_at_a_time = Lock()
        self.check: PlanCheck | None = None
        self.trucks: tuple[TruckStatus, ...] = ()
        self._scatter = ScatterInForce()
        self.ends = EndsAhead(None, clock.now())

    def get_ready(self) -> None:
        """Load the progress of the driven plan so far; the first run publishes it."""
        now, city_state = self._clock.now(), self._city_state.now
        with self._one_at_a_time, reading(self._engine) as tx:
            storm = find_active_storm(tx)
            if storm is not None:
                network, policy = city_state.network, city_state.policy
                self.check = self._monitor.get_ready(CityContext(tx, network, policy, now), storm)

    def run(self) -> int:
        """Check once, publish what changed; return how many alerts changed."""
        with self._one_at_a_time:
            return self._run_locked()

    def step_beside(self) -> float:
        """Check once without storing what was found, but for calls for help."""
        with self._one_at_a_time:
            seen = self._look()
            self._take(seen)
            self._changed_checks()
            self._changed_states()
            self._publish_alerts(self._open_sos_alerts(seen.storm, seen.at))
        return 0.0

    def _run_locked(self) -> int:
        seen = self._look()
        changed = self._open_sos_alerts(seen.storm, seen.at)
        if not seen.unchanged:
            rules = self._city_state.now.policy.alerts
            with transaction(self._engine) as tx:
                changed += self._monitor.store(tx, seen.found, rules, seen.at)
        self._take(seen)
        self._hub.publish("checks", self._changed_checks())
        self._hub.publish("trucks", self._changed_states())
        self._publish_alerts(changed)
        return len(changed)

    def _take(self, seen: _Look) -> None:
        self.check, self.trucks, self.ends = seen.found.check, seen.found.trucks, seen.ends

    def _look(self) -> _Look:
        """Check the plan by what is known now."""
        now, city_state = self._clock.now(), self._city_state.now
        news = dict(self._news.take())
        streets = [SegmentId(row[0]) for row in news.get("evidence", ())]
        shifts = [ShiftId(view.id) for view in news.get("legs", ())]
        try:
            with reading(self._engine) as tx:
                storm, live = find_active_storm(tx), self._live.picture()
                city = CityContext(tx, city_state.network, city_state.policy, now)
                found = self._monitor.check(city, storm, live, streets, shifts)
                off = self._clocks.disagreement(now, time.monotonic())
                found = replace(found, signs=(*found.signs, *clock_signs(off)))
                ends = EndsAhead(self._scatter.odds(tx, city_state.policy), now)
                return _Look(now, storm, found, ends, self._monitor.is_unchanged(tx, found, now))
        except BaseException:
            self._plans.forget()  # the changes are lost: read all anew next time
            self._monitor = AlertMonitor(self._plans)
            raise

    def _open_sos_alerts(self, storm: Storm | None, now: datetime) -> list[Alert]:
        """Open alerts for trackers' SOS signals; none without a storm, when no board shows any."""
        calls = self._sos_listener.take()
        if not calls or storm is None:
            return []
        try:
            with transaction(self._engine) as tx:
                opened = [call_for_help(tx, WATCH, storm.id, one, now) for one in calls]
        except BaseException:
            self._sos_listener.put_back(calls)
            raise
        return [one for one in opened if one is not None]

    def _changed_checks(self) -> list[CheckView]:
        """Return the routes whose state differs from the one published last, by any server."""
        views = check_views(self.check, self.trucks, self.ends) if self.check else []
        fresh = [view for view in views if self._published.get(view.id) != view]
        self._published = {view.id: view for view in views}
        return fresh

    def _changed_states(self) -> list[TruckStateView]:
        """Return the trucks that do something else than was published last, by any server."""
        views = truck_state_views(self.trucks)
        fresh = [view for view in views if self._states.get(view.id) != view]
        self._states = {view.id: view for view in views}
        return fresh

    def _publish_alerts(self, changed: Sequence[Alert]) -> None:
        network = self._city_state.now.network
        self._hub.publish("alerts", [alert_view(one, network) for one in changed])
