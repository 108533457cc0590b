"""The complaints office of a city with 10,000 requests that wait and as many that were answered."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from api.config.clock import Clock
from api.simulation.demo_city import DEMO_CITY_FILE
from data.model import (
    Actor,
    ActorKind,
    RequestKind,
    RequestState,
    ServiceRequest,
    Side,
    Snap,
)
from data.store.database.city_database import database_of
from data.store.database.engine import Database, Tx, reading, transaction
from data.store.followup.followup import list_received_between
from data.store.requests.requests import add_request, next_request_id
from data.store.requests.sla_clocks import mark_placed, stop_clock
from data.store.setup.city import get_policy
from data.store.storms.storms import list_storms
from data.store.streets.network import load_network
from data.streets.network import StreetNetwork
from fleet.followup.office_report import office_report, storm_of
from fleet.followup.waiting_requests import escalate_overdue, list_overdue, list_waiting
from fleet.setup.city_setup import NewCity, add_city
from fleet.storms.storm_start import start_storm

EACH = 10_000
"""Requests that wait, and requests that were answered."""

TIMES = 5

ACTOR = Actor(ActorKind.SYSTEM, "bench")


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield the median of some runs on one database."""
    with tempfile.TemporaryDirectory() as folder:
        engine, network = _busy_city(Path(folder) / "demo")
        with reading(engine) as tx:
            yield from _measured(tx, network)
        with transaction(engine) as tx:
            began = time.process_time()
            policy, now = get_policy(tx), Clock().now() + timedelta(days=1)
            found = list_overdue(tx, network, policy, now)
            late = escalate_overdue(tx, found, network, policy, now)
            took_s = time.process_time() - began
        what = f"escalate {len(late):,} at once, each with its event, processor time"
        yield what, f"{took_s * 1000:.0f} ms", ""
        engine.dispose()


def _measured(tx: Tx, network: StreetNetwork) -> Iterator[tuple[str, str, str]]:
    policy, storms, now = get_policy(tx), list_storms(tx), Clock().now()
    period = storm_of(storms[0], storms, now)

    def report() -> None:
        received = list_received_between(tx, period.since, period.until)
        office_report(period, received, [], network, policy, storms, now)

    waiting = _median_ms(lambda: list_waiting(tx, network, policy))
    yield (
        f"clocks of {EACH:,} requests that wait, in order, processor time",
        f"{waiting:.0f} ms",
        "200 ms",
    )
    yield (
        f"report of a storm with {2 * EACH:,} requests, processor time",
        f"{_median_ms(report):.0f} ms",
        "",
    )


def _median_ms(task: Callable[[], object]) -> float:
    took_s: list[float] = []
    for _ in range(TIMES):
        began = time.process_time()
        task()
        took_s.append(time.process_time() - began)
    return statistics.median(took_s) * 1000


def _busy_city(folder: Path) -> tuple[Database, StreetNetwork]:
    now = Clock().now()
    add_city(folder, NewCity("demo", DEMO_CITY_FILE, timezone="Europe/Stockholm"), now, ACTOR)
    engine = database_of(folder)
    with transaction(engine) as tx:
        network = load_network(tx)
        began = now - timedelta(hours=6)
        start_storm(tx, ACTOR, "bench", network, get_policy(tx), began)
        for number in range(2 * EACH):
            _add(tx, network, number, answered=number >= EACH)
    return engine, network


def _add(tx: Tx, network: StreetNetwork, number: int, *, answered: bool) -> None:
    now = Clock().now()
    street = network.segments[number * 7 % len(network.segments)]
    asked = ServiceRequest(
        id=next_request_id(tx),
        reference=f"B-{number:05d}",
        received_at=now - timedelta(seconds=18_000 - number // 2),
        channel="phone",
        text="snow",
        kind=RequestKind.PLOW,
        state=RequestState.DONE if answered else RequestState.OPEN,
        snap=Snap(street.id, Side.RIGHT, 1.0, 1.0),
    )
    add_request(tx, asked)
    mark_placed(tx, asked.id, now)
    if answered:
        stop_clock(tx, asked.id, now, now)
