"""66 trucks that send a position each second, from a log to a storm that can be played.

The demo city, imported as `city add` does: service ways are known to the matching alone. Each
truck has a drive of one hour over its streets, and drives it again each hour; an hour's positions
are taken in at a time. `HOURS=24` for a whole day (ten minutes).
"""

import os
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from api.config.clock import Clock
from api.config.console import CONSOLE, open_city_database
from api.simulation.demo_city import DEMO_CITY_FILE
from api.simulation.log_import import close_storm_of_log, make_ready, take_in
from data.model import Position
from data.store.database.city_database import size_bytes
from data.store.database.engine import Database, reading
from data.store.setup.city import get_policy
from data.store.storms.storms import list_storms
from data.store.streets.network import load_network
from data.streets.network import StreetNetwork
from fleet.matching.map_matching import StreetMatcher, Trail
from fleet.matching.warm_up import warm_up
from fleet.replay.storm_history import StormHistory
from fleet.setup.city_setup import NewCity, add_city
from tests.benchmarks.matching.tracks import PLOWING, STARTS, Driver, positions, seen

HOURS = int(os.environ.get("HOURS", "1"))
TRUCKS = int(os.environ.get("TRUCKS", "66"))
HOUR_S = 3600
NOISE_M = 4.0
DRIVE_M = 40_000.0
"""Longer than any truck drives in an hour at 4 to 13 m/s with its stops."""

Row = tuple[str, str, str]


def rows() -> Iterator[Row]:
    """Yield the processor time of the matching, of the evidence and of the pages."""
    warm_up()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "city"
        add_city(folder, NewCity("Gothenburg", DEMO_CITY_FILE), Clock().now(), CONSOLE)
        engine = open_city_database(folder)
        with reading(engine) as tx:
            network = load_network(tx)
        hour = _an_hour(network)
        yield _matching(network, hour)
        yield from _taken(engine, hour)
        yield from _played(engine)
        engine.dispose()
    most_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield "memory at most", f"{most_mb:,.0f} MB", ""


def _an_hour(network: StreetNetwork) -> list[list[Position]]:
    """Return the fixes of each truck in an hour."""
    fixes = []
    for truck in range(1, TRUCKS + 1):
        drive = Driver(network, PLOWING, 21_000 + truck).drive(DRIVE_M)
        log = [fix for fix in seen(drive, 1.0, NOISE_M, truck) if fix.at_s < HOUR_S]
        fixes.append(positions(network, log, truck))
    return fixes


def _matching(network: StreetNetwork, hour: Sequence[Sequence[Position]]) -> Row:
    matcher, count, on_way = StreetMatcher(network), 0, 0
    began_s = time.process_time()
    for fixes in hour:
        trail = Trail()
        matches = matcher.match(trail, fixes) + matcher.settle(trail)
        for a, b in pairwise(matches):
            matcher.between(a, b)
        count += len(matches)
        on_way += sum(match.segment is not None for match in matches)
    spent_s = time.process_time() - began_s
    what = f"{count:,} fixes of an hour matched, with what was driven between"
    return what, f"{spent_s:.1f} s, {on_way / count:.1%} on streets", ""


def _taken(engine: Database, hour: Sequence[Sequence[Position]]) -> Iterator[Row]:
    names = {str(fixes[0].vehicle_id): fixes for fixes in hour}
    ready = make_ready(engine, names, STARTS, Clock().now(), storm="Snow", create=True)
    ids = {name: ready.vehicles[name].id for name in names}
    sent = sorted(
        (
            replace(fix, vehicle_id=ids[name], device_id=ready.devices[ids[name]])
            for name, fixes in names.items()
            for fix in fixes
        ),
        key=lambda fix: fix.fixed_at,
    )
    spent, stored = [], 0
    for number in range(HOURS):
        later = timedelta(hours=number)
        batch = [
            replace(fix, fixed_at=fix.fixed_at + later, received_at=fix.received_at + later)
            for fix in sent
        ]
        began_s = time.process_time()
        stored += take_in(engine, ready, batch, lambda _: None).stored
        spent.append(time.process_time() - began_s)
    assert ready.storm is not None
    close_storm_of_log(engine, ready.storm, batch[-1].fixed_at)
    whole_s = sum(spent)
    share = whole_s / HOURS / HOUR_S
    yield (
        f"{stored:,} fixes of {HOURS} h stored, matched, made into passes and coverage",
        f"{whole_s:.0f} s, {stored / whole_s:,.0f} a second, {share:.2%} of a core",
        "",
    )
    yield "first hour, last hour", f"{spent[0]:.1f} s, {spent[-1]:.1f} s", ""
    yield "size of the city's database", f"{size_bytes(engine) / 1e6:,.0f} MB", ""


def _played(engine: Database) -> Iterator[Row]:
    history = StormHistory()
    with reading(engine) as tx:
        network, policy, (storm,) = load_network(tx), get_policy(tx), list_storms(tx)
        began_s = time.process_time()
        changes = len(history.timeline(tx, storm, network, policy, Clock().now()).changes.at_s)
        yield (
            f"history of the storm, {changes:,} changes of color",
            f"{time.process_time() - began_s:.1f} s",
            "",
        )
        began_s = time.process_time()
        history.tracks(tx, storm, network, HOURS // 2)
        yield "tracks of one hour along the streets", f"{time.process_time() - began_s:.1f} s", ""
