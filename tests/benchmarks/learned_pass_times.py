"""How long real plows took for each street: told by the other of two days of Syracuse.

Their trackers say nothing of blades, so all their drives count as plowing at the speed of the
sample fleet's trucks. What is learned from one day tells the seconds of each drive of the other,
and of half an hour of them in a row.
"""

import csv
import gzip
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from data.model import (
    DeviceId,
    Evidence,
    EvidenceKind,
    LonLat,
    Pass,
    Position,
    StormId,
    Treatment,
    VehicleId,
)
from data.model.planning.paces import AS_ASSUMED, Pace
from data.osm.osm_reader import read_osm
from data.streets.network import StreetNetwork, build_network
from fleet.coverage.route_expectations import FleetExpectations
from fleet.coverage.track_windows import TrackWindow, windows_reading
from fleet.learning.paces import learned_pace
from fleet.learning.plan_pace import pace_from
from fleet.learning.street_drives import StormDrives, StormFacts, StreetDrive, drives_of, turn_s
from fleet.learning.street_effects import HOURS
from fleet.learning.stretches import rows_of
from fleet.matching.map_matching import StreetMatcher
from tests import village as v

SHARED = Path(os.environ.get("BARFRUB_SHARED_DATA", "../shared/data"))
LOG = SHARED / "gps/syracuse-plows-2020-02-27_28.csv.gz"
STREETS = SHARED / "osm/syracuse-streets.osm.pbf"
ZONE = ZoneInfo("America/New_York")
IN_A_ROW_S = 1800.0
"""Half an hour as assumed: what a route is made of."""

TRUCK = v.a_vehicle(work_speed_mps={Treatment.PLOW: 30 / 3.6}, drive_speed_mps=40 / 3.6)
AT_WORK = Evidence(EvidenceKind.SPEED, 0.9)

type Floats = NDArray[np.float64]


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield the error of seconds on each day, as assumed and as learned from the other."""
    if not LOG.is_file():
        return
    draft = read_osm(STREETS)
    network = build_network(draft.segments, draft.restrictions)
    days = _days(network)
    for day, drives in days.items():
        others = [one for other, its in days.items() if other != day for one in its]
        learned = learned_pace(StormDrives(tuple(others)))
        whole = pace_from(learned, [TRUCK], network.segments, None, HOURS, ())
        pace = replace(whole, stops={})
        turns_s = {one.kind: one.seconds for one in learned.turns}
        true_s = np.array([one.seconds for one in drives])
        told = {
            "as assumed": _told_s(drives, network, AS_ASSUMED, {}),
            "all by one factor": _by_one_factor(others, drives),
            "as learned": _told_s(drives, network, pace, turns_s),
        }
        yield f"Syracuse, {day:%d %B}: drives along streets", f"{len(drives):,}", ""
        for name, told_s in told.items():
            yield f"Syracuse, {day:%d %B}: seconds {name}", _errors(drives, true_s, told_s), ""


def _told_s(
    drives: Sequence[StreetDrive], network: StreetNetwork, pace: Pace, turns_s: Mapping[str, float]
) -> Floats:
    """Return the seconds that a plan would give each drive."""
    told = []
    for one in drives:
        turn = turn_s(one.turn)
        if one.turn is not None:
            turn = turns_s.get(one.turn.name.lower(), turn)
        street = network.segment(one.segment_id)
        told.append(one.assumed_s * pace.factor(one.movement, one.machine, street) + turn)
    return np.array(told)


def _by_one_factor(others: Sequence[StreetDrive], drives: Sequence[StreetDrive]) -> Floats:
    seconds = sum(one.seconds for one in others) / sum(one.assumed_s for one in others)
    return np.array([one.assumed_s * seconds for one in drives])


def _errors(drives: Sequence[StreetDrive], true_s: Floats, told_s: Floats) -> str:
    """Return the usual error of drives, and the mean one of half hours of drives in a row."""
    usual = float(np.median(np.exp(np.abs(np.log(told_s / true_s))))) - 1.0
    rows = _in_a_row(drives)
    off = [abs(float(told_s[row].sum() - true_s[row].sum())) for row in rows]
    long_s = float(np.mean([true_s[row].sum() for row in rows]))
    return (
        f"{usual:.0%} off a street (median), {float(np.mean(off)) / long_s:.0%} off"
        f" {len(rows)} half hours, all together {told_s.sum() / true_s.sum() - 1:+.0%}"
    )


def _in_a_row(drives: Sequence[StreetDrive]) -> list[list[int]]:
    """Return the drives of each truck in runs of half an hour, by number."""
    by_truck: dict[VehicleId, list[int]] = defaultdict(list)
    for i, one in enumerate(drives):
        by_truck[one.vehicle_id].append(i)
    runs = []
    for known in by_truck.values():
        run, long_s = list[int](), 0.0
        for i in sorted(known, key=lambda i: drives[i].started_at):
            run.append(i)
            long_s += drives[i].assumed_s
            if long_s >= IN_A_ROW_S:
                runs.append(run)
                run, long_s = [], 0.0
    return runs


def _days(network: StreetNetwork) -> dict[datetime, list[StreetDrive]]:
    """Return the drives of both days, by local day."""
    fixes = _fixes()
    facts = StormFacts(
        StormId(1),
        network,
        {vehicle_id: replace(TRUCK, id=vehicle_id) for vehicle_id in fixes},
        local_hour=lambda at: at.astimezone(ZONE).hour + at.minute / 60,
    )
    matcher = StreetMatcher(network)
    passes = [one for each in fixes.values() for one in _passes(each, network, matcher)]
    days: dict[datetime, list[StreetDrive]] = defaultdict(list)
    for one in drives_of(rows_of(passes, facts.machines), facts).drives:
        here = one.started_at.astimezone(ZONE)
        day = here.replace(hour=0, minute=0, second=0, microsecond=0)
        days[day].append(replace(one, storm_id=StormId(day.day)))
    return {day: its for day, its in sorted(days.items()) if len(its) >= LEAST_DRIVES}


LEAST_DRIVES = 500
"""The night before has only a few."""


def _passes(
    fixes: Sequence[Position], network: StreetNetwork, matcher: StreetMatcher
) -> Iterator[Pass]:
    nobody = FleetExpectations({}, {})
    by_window: dict[int, list[Position]] = defaultdict(list)
    for fix in fixes:
        for number in windows_reading(fix.fixed_at):
            by_window[number].append(fix)
    for number, its in sorted(by_window.items()):
        window = TrackWindow(fixes[0].vehicle_id, number)
        window.feed(matcher, network, nobody, its)
        window.finish(matcher, network, nobody)
        for way in [*window.proved]:
            for one in window.passes(way):
                yield replace(one, treatment=Treatment.PLOW, evidence=AT_WORK)


def _fixes() -> dict[VehicleId, list[Position]]:
    """Return each truck's fixes; many were written down twice, under two names."""
    places: dict[str, dict[datetime, LonLat]] = defaultdict(dict)
    with gzip.open(LOG, "rt") as file:
        for row in csv.DictReader(file):
            at, name = datetime.fromisoformat(row["time_utc"]), row["truck"].removesuffix(".0")
            places[name].setdefault(at, LonLat(float(row["lon"]), float(row["lat"])))
    return {
        VehicleId(n): [
            Position(DeviceId(n), VehicleId(n), "api", at, at, place)
            for at, place in sorted(each.items())
        ]
        for n, (_, each) in enumerate(sorted(places.items()), 1)
    }
