"""How well and how fast fixes find their streets, on drives whose truth is known."""

import os
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import shapely

from data.model import DirectedSegment, Match
from data.network import StreetNetwork, build_network
from fleet.city_files import read_city_file
from fleet.matching import StreetMatcher, Trail
from fleet.ways import Spot
from tests.benchmarks.matching.tracks import Driver, Fix, Habits, Track, positions, seen

CITIES = ("syracuse-streets", "tehran-d6-south", "botosani")
NOISES_M = (4.0, 10.0, 20.0)
EVERY_S = (1.0, 5.0, 15.0, 30.0, 60.0)
DRIVES, DRIVE_M = 4, 6000.0
BIN_M = 5.0
SAME_M = 3.0
"""A matched point so near to the true street is on it: at junctions streets meet."""


def rows() -> Iterator[tuple[str, str, str]]:
    folder = Path(os.environ.get("BARFRUB_SHARED_DATA", "../shared/data")) / "osm"
    for name in CITIES:
        file = folder / f"{name}.osm.pbf"
        if file.is_file():
            draft = read_city_file(file)
            yield from _city(name, build_network(draft.segments, draft.restrictions))


def _city(name: str, network: StreetNetwork) -> Iterator[tuple[str, str, str]]:
    matcher = StreetMatcher(network)
    drives = [Driver(network, Habits(), seed).drive(DRIVE_M) for seed in range(DRIVES)]
    for noise_m in NOISES_M:
        for every_s in EVERY_S:
            right = fixes = added = missed = true = 0
            spent_s = 0.0
            for seed, drive in enumerate(drives):
                log = seen(drive, every_s, noise_m, 1000 + seed)
                sent, trail = positions(network, log), Trail()
                begun_s = time.process_time()
                matches = matcher.match(trail, sent) + matcher.settle(trail)
                spent_s += time.process_time() - begun_s
                right += sum(_right(network, *pair) for pair in zip(matches, log, strict=True))
                fixes += len(log)
                wanted, got = _true_bins(drive), _bins(matcher, matches)
                added, missed = added + len(got - wanted), missed + len(wanted - got)
                true += len(wanted)
            what = f"{name}, {noise_m:g} m, {every_s:g} s"
            share, mismatch = right / fixes, (added + missed) / true
            speed = f"{fixes / spent_s:,.0f} fixes a second"
            yield what, f"{share:.1%} of fixes right, mismatch {mismatch:.1%}, {speed}", ""


def _right(network: StreetNetwork, match: Match, fix: Fix) -> bool:
    if match.segment is None or fix.segment is None:
        return match.segment is fix.segment
    if match.segment.segment_id == fix.segment.segment_id:
        return True
    place = network.point_at(match.segment.segment_id, match.offset_m)
    line = network.lines[network.index_of(fix.segment.segment_id)]
    point = shapely.Point(*network.projection.plane(place))
    return bool(shapely.distance(line, point) < SAME_M)


def _true_bins(drive: Track) -> set[tuple[DirectedSegment, int]]:
    return {
        (directed, number)
        for directed, from_m, to_m in drive.stretches
        for number in range(round(from_m / BIN_M), round(to_m / BIN_M))
    }


def _bins(matcher: StreetMatcher, matches: Sequence[Match]) -> set[tuple[DirectedSegment, int]]:
    """Return what was driven by the likeliest way between all matches, in short bins."""
    found = set()
    for a, b in pairwise(matches):
        if a.segment is None or b.segment is None:
            continue
        for stretch in matcher.ways.stretches(_spot(matcher, a), _spot(matcher, b)):
            numbers = range(round(stretch.from_m / BIN_M), round(stretch.to_m / BIN_M))
            found |= {(stretch.directed, number) for number in numbers}
    return found


def _spot(matcher: StreetMatcher, match: Match) -> Spot:
    assert match.segment is not None
    length_m = matcher.ways.arc_length_m[matcher.ways.arc(match.segment)]
    return Spot(
        match.segment, match.offset_m if match.segment.forward else length_m - match.offset_m
    )
