"""Metrics for monitoring, in the Prometheus format."""

import secrets
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from api.web.checked_route import CheckedRoute
from api.web.context import App, app_of
from data.errors import ForbiddenError
from data.model import RunState
from data.store.backup.backup import last_backup_at
from data.store.database.city_database import size_bytes
from data.store.database.engine import reading
from data.store.planning.plan_runs import count_held, count_runs, oldest_waiting_at
from data.store.tracking.positions import count_unseen
from data.store.tracking.tracker_state import count_faults
from fleet.weather.weather_feeds import forecast_since

LOOPBACK = ("127.0.0.1", "::1")

FORWARDED = ("forwarded", "x-forwarded-for")
"""Headers of a request that a proxy on this machine has forwarded."""

OUTCOMES = ("stored", "repeated", "early", "rejected", "unknown_trackers", "digested", "set_aside")
"""Outcomes of positions, apart from `dropped:REASON`; reported even at zero."""

router = APIRouter(route_class=CheckedRoute)


@router.get("/metrics")
def get_metrics(request: Request) -> Response:
    """Return the metrics to holders of the token; without a token set, to this machine only."""
    app = app_of(request)
    require_monitor(request, app.settings.metrics_token)
    state = CollectorRegistry()
    state.register(StateOfServer(app, datetime.now(UTC)))
    lines = generate_latest(app.meters.registry) + generate_latest(state)
    return Response(lines, media_type=CONTENT_TYPE_LATEST)


def require_monitor(request: Request, token: str) -> None:
    """Raise `ForbiddenError` for all but monitoring, which has the token or is on this machine."""
    if token:
        _, _, sent = request.headers.get("authorization", "").partition(" ")
        allowed = secrets.compare_digest(sent.encode(), token.encode())
    else:
        passed_on = any(name in request.headers for name in FORWARDED)
        allowed = not passed_on and request.client is not None and request.client.host in LOOPBACK
    if not allowed:
        raise ForbiddenError("figures are for monitoring only")


class MetricsByCity(Collector):
    """The metrics of several cities, each figure with the label `city`."""

    def __init__(self, apps: Mapping[str, App], now: datetime) -> None:
        self._apps = apps
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics, those of one name together."""
        families: dict[str, Metric] = {}
        for name, app in self._apps.items():
            for metric in chain(
                app.meters.registry.collect(), StateOfServer(app, self._now).collect()
            ):
                family = families.setdefault(
                    metric.name, Metric(metric.name, metric.documentation, metric.type)
                )
                for each in metric.samples:
                    family.samples.append(each._replace(labels={"city": name, **each.labels}))
        yield from families.values()


class StateOfServer(Collector):
    """Metrics that are read from the server and its database at each scrape."""

    def __init__(self, app: App, now: datetime) -> None:
        self._app = app
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics."""
        yield InfoMetricFamily(
            "barfrub_city", "The city of these figures", value={"city": self._app.city.name}
        )
        yield from self._positions()
        yield from self._work()
        yield from self._disk()
        yield from self._forecast()

    def _positions(self) -> Iterator[Metric]:
        received, consumer = self._app.position_ingest.tally, self._app.consumer
        came = CounterMetricFamily(
            "barfrub_positions", "Positions by what became of them", labels=["outcome"]
        )
        for outcome in sorted({*OUTCOMES, *received, *consumer.tally}):
            came.add_metric([outcome], received[outcome] + consumer.tally[outcome])
        yield came
        self._app.position_ingest.tracker_stats.write()
        with reading(self._app.engine) as tx:
            waiting, oldest_at = count_unseen(tx)
            faults = count_faults(tx)
        wrong = CounterMetricFamily(
            "barfrub_tracker_faults",
            "Positions that were not believed, by tracker and reason",
            labels=["tracker", "reason"],
        )
        for (name, reason), times in sorted(faults.items()):
            wrong.add_metric([name, reason], times)
        yield wrong
        yield _gauge("positions_waiting", "Positions that are stored and not digested", waiting)
        lag_s = (self._app.clock.now() - oldest_at).total_seconds() if oldest_at else 0.0
        yield _gauge("digest_lag_seconds", "Age of the oldest of these", lag_s)
        quiet_s = time.monotonic() - consumer.digested_s
        yield _gauge("digest_quiet_seconds", "Time since the last look at positions", quiet_s)

    def _work(self) -> Iterator[Metric]:
        leads = self._app.leadership.leads()
        yield _gauge("leads", "Whether the server does the city's background work", leads)
        yield _gauge("streams", "Streams of changes that somebody reads", self._app.hub.listeners)
        with reading(self._app.engine) as tx:
            counts = count_runs(tx)
            oldest_at, held = oldest_waiting_at(tx, self._now), count_held(tx, self._now)
        runs = GaugeMetricFamily("barfrub_plan_runs", "Plan runs by state", labels=["state"])
        for state in RunState:
            runs.add_metric([state], counts.get(state, 0))
        yield runs
        wait_s = (self._app.clock.now() - oldest_at).total_seconds() if oldest_at else 0.0
        yield _gauge("plan_wait_seconds", "Age of the oldest plan run that no worker has", wait_s)
        yield _gauge("plan_runs_held", "Plan runs that a worker is at", held)

    def _disk(self) -> Iterator[Metric]:
        taken = size_bytes(self._app.engine)
        yield _gauge("database_bytes", "Size of the database and its log", taken)
        saved_at = last_backup_at(self._app.folder)
        if saved_at is not None:
            age_s = (self._now - saved_at).total_seconds()
            yield _gauge("last_backup_age_seconds", "Time since the city was last saved", age_s)

    def _forecast(self) -> Iterator[Metric]:
        rules, now = self._app.policy.weather_feed, self._app.clock.now()
        with reading(self._app.engine) as tx:
            since = forecast_since(tx, rules, now)
        if since is not None:
            age_s = (now - since).total_seconds()
            yield _gauge("forecast_age_seconds", "Age of the newest forecast of a feed", age_s)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"barfrub_{name}", what, value=value)
