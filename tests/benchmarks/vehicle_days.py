"""Vehicles' day: kilometres against odometers of real plows, and the page of a whole storm."""

import csv
import gzip
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sqlalchemy import insert, literal, select

from data.model import DeviceId, LonLat, Position, Vehicle, VehicleId
from data.model.periods import Period, PeriodKind
from data.osm.osm_reader import read_osm
from data.store.accounts.accounts import add_device
from data.store.database.engine import Tx, reading, transaction
from data.store.schema import log_part
from data.store.setup.machines import save_fleet
from data.store.tracking.positions import add_positions, list_unseen, mark_seen_until
from data.streets.network import StreetNetwork, build_network
from fleet.logbook.activities import Spell, spells_of
from fleet.logbook.log_cache import LogMemory
from fleet.logbook.log_store import (
    AFTER,
    BEFORE,
    PART,
    LogAccess,
    LogFilter,
    note_fixes,
    part_of,
    read_parts,
)
from fleet.logbook.trips import Doing, VehicleLog, log_of
from fleet.logbook.vehicle_days import vehicle_days
from fleet.matching.map_matching import Matcher, StreetMatcher
from fleet.tracking.fix_filters import FORGET_AFTER
from maps.logbook.vehicle_days import LogPeriod, days_view
from maps.logbook.vehicle_tables import days_csv
from maps.pages.i18n import translator
from tests import village as v
from tests.fleet.drives import a_drive, a_fix
from tests.village_database import FLEET, POLICY, a_village_database

SHARED = Path(__file__).parents[3] / "shared/data"
LOG = SHARED / "gps/syracuse-plows-2020-02-27_28.csv.gz"
STREETS = SHARED / "osm/syracuse-streets.osm.pbf"

MILE_KM = 1.609344
FAR_KM = 20.0
"""Only trucks that drove farther say anything of kilometres."""

VEHICLES, HOURS = 66, 24


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield what real plows drove against their odometers, and what a page costs."""
    if LOG.is_file():
        yield from _odometers()
    yield from _whole_storm()


def _odometers() -> Iterator[tuple[str, str, str]]:
    draft = read_osm(STREETS)
    network = build_network(draft.segments, draft.restrictions)
    matcher = StreetMatcher(network)
    fixes, counters_km = _trucks()
    told_km = {name: max(each.values()) - min(each.values()) for name, each in counters_km.items()}
    began = time.process_time()
    logs = {name: _log(each, matcher, network) for name, each in fixes.items()}
    took_s = time.process_time() - began
    far = [name for name in logs if told_km.get(name, 0.0) >= FAR_KM]
    ours = {name: logs[name].figures.sums.moved_m / 1000 for name in far}
    off = [abs(ours[name] / told_km[name] - 1) * 100 for name in far]
    all_km = sum(told_km[name] for name in far)
    whole = (sum(ours.values()) / all_km - 1) * 100
    silent_km = sum(_in_silence_km(counters_km[name]) for name in far)
    what = f"Syracuse, {len(far)} names of trucks: off their odometers, median"
    yield what, f"{statistics.median(off):.1f} %", ""
    yield f"all their {all_km:,.0f} km together", f"{whole:+.1f} %", ""
    silent = f"{silent_km:.0f} km ({silent_km / all_km:.1%})"
    yield "of these, driven in silence of more than five minutes", silent, ""
    stops = sum(log.figures.visits[Doing.STOP] for log in logs.values())
    stood_h = sum(log.figures.stood_s[Doing.STOP] for log in logs.values()) / 3600
    yield "stops of three minutes and more", f"{stops} in {stood_h:.0f} h", ""
    count = sum(len(each) for each in fixes.values())
    yield f"{count:,} fixes read, processor time", f"{took_s:.1f} s", ""


def _trucks() -> tuple[dict[str, list[Position]], dict[str, dict[datetime, float]]]:
    """Return each truck's fixes, and its odometer in kilometres at their times."""
    places: dict[str, dict[datetime, LonLat]] = defaultdict(dict)
    counters_km: dict[str, dict[datetime, float]] = defaultdict(dict)
    with gzip.open(LOG, "rt") as file:
        for row in csv.DictReader(file):
            at = datetime.fromisoformat(row["time_utc"])
            places[row["truck"]].setdefault(at, LonLat(float(row["lon"]), float(row["lat"])))
            if row["odometer_mi"]:
                counters_km[row["truck"]][at] = float(row["odometer_mi"]) * MILE_KM
    fixes = {
        name: [
            Position(DeviceId(1), VehicleId(1), "api", at, at, place)
            for at, place in sorted(each.items())
        ]
        for name, each in places.items()
    }
    return fixes, counters_km


def _in_silence_km(counter_km: Mapping[datetime, float]) -> float:
    """Return what an odometer counted between fixes that are too far apart to be joined."""
    pairs = pairwise(sorted(counter_km.items()))
    return sum(km - was_km for (since, was_km), (at, km) in pairs if at - since > FORGET_AFTER)


def _log(fixes: list[Position], matcher: Matcher, network: StreetNetwork) -> VehicleLog:
    first, last = fixes[0].fixed_at, fixes[-1].fixed_at
    at, spells = part_of(first), list[Spell]()
    while at <= last:
        near = [fix for fix in fixes if at - BEFORE <= fix.fixed_at <= at + PART + AFTER]
        spells += spells_of(near, matcher, network, at, at + PART)
        at += PART
    return log_of(spells, (), first, last + timedelta(seconds=1))


def _whole_storm() -> Iterator[tuple[str, str, str]]:
    """Yield what a page of a fleet costs whose parts are read: one busy day, for each vehicle."""
    machines = tuple(v.a_vehicle(n) for n in range(1, VEHICLES + 1))
    engine = a_village_database()
    shelf = LogAccess(
        lambda: reading(engine),
        lambda: transaction(engine),
        v.village(),
        StreetMatcher(v.village()),
    )
    until = v.NOW + timedelta(hours=HOURS)
    with transaction(engine) as tx:
        save_fleet(tx, replace(FLEET, vehicles=machines))
        add_device(tx, "tracker", machines[0].id, "hash")
        add_positions(tx, list(_busy()))
        mark_seen_until(tx, list_unseen(tx, 10_000_000)[1])
    noted = note_fixes(shelf)
    began = time.process_time()
    read = read_parts(shelf, LogFilter(None, until), until, 1_000_000)
    read_s = time.process_time() - began
    yield "a quarter of an hour of a vehicle read", f"{read_s / read * 1000:.1f} ms", ""
    yield f"that is, of {noted:,} fixes, a second", f"{noted / read_s:,.0f}", ""
    with transaction(engine) as tx:
        _give_to_all(tx, machines)
    period, memory, fa = Period(PeriodKind.STORM, v.NOW, until), LogMemory(), translator("fa")
    for look in ("first look", "again"):
        began = time.process_time()
        with reading(engine) as tx:
            days = vehicle_days(tx, memory, period, POLICY.hours)
        days_view(LogPeriod(period, until), days, POLICY, "", 1, fa)
        took_s = time.process_time() - began
        what = f"page of {len(days)} vehicles x {HOURS} h, {look}, processor time"
        yield what, f"{took_s:.2f} s", "0.3 s"
    began = time.process_time()
    days_csv(LogPeriod(period, until), days, POLICY, fa)
    yield "their table for a spreadsheet", f"{time.process_time() - began:.2f} s", ""


def _give_to_all(tx: Tx, machines: Sequence[Vehicle]) -> None:
    """Copy the parts of the first vehicle to all others."""
    columns = [column for column in log_part.c if column.name != "vehicle_id"]
    names = ["vehicle_id", *(column.name for column in columns)]
    for machine in machines[1:]:
        copy = select(literal(machine.id), *columns).where(log_part.c.vehicle_id == machines[0].id)
        tx.execute(insert(log_part).from_select(names, copy))


def _busy() -> Iterator[Position]:
    """Yield a day's fixes, one in five seconds: rounds at work, with a stop after each."""
    start_s = 0.0
    while start_s < HOURS * 3600 - 900:
        way = ((0, 0), (400, 0), (400, 150), (0, 150), (0, 0), (600, 0))
        drive = a_drive(*way, start_s=start_s, blade=True, spreader=True, noise_m=3.0)
        yield from drive
        start_s += 5.0 * len(drive)
        for _ in range(60):
            yield a_fix(v.at_m(600, 0), start_s, blade=False, spreader=False)
            start_s += 5.0
