"""Drives over streets and service ways, in a city that has no service ways among its streets.

What the matching finds without any service way, and with those that every import reads.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from data.model import SegmentId
from data.osm.tags import is_service
from data.streets.network import StreetNetwork, build_network
from fleet.matching.map_matching import StreetMatcher, Trail
from fleet.setup.city_files import read_city_file
from tests.benchmarks.matching.tracks import PLOWING, TRIPS, Driver, Fix, Track, positions, seen

DRIVES = tuple((PLOWING, seed) for seed in range(31_000, 31_020)) + tuple(
    (TRIPS, seed) for seed in range(31_100, 31_104)
)
"""Never used to choose a price."""

NOISES_M = (4.0, 10.0, 20.0)
EVERY_S = (1.0, 5.0, 15.0)
DRIVE_M = 6000.0

Row = tuple[str, str, str]


@dataclass
class _Sums:
    """Fixes, and metres of evidence on streets: `proven` of those driven, `false` of others."""

    fixes: int = 0
    right: int = 0
    driven_m: float = 0.0
    proven_m: float = 0.0
    false_m: float = 0.0

    def told(self) -> str:
        return (
            f"{self.right / self.fixes:.1%} on the true way, {self.proven_m / self.driven_m:.1%} "
            f"of the streets driven, {self.false_m / self.driven_m:.1%} of others"
        )


def service_way_rows(file: Path) -> Iterator[Row]:
    """Yield what is found on drives over all ways of a file, and over its streets alone."""
    draft, whole = read_city_file(file), read_city_file(file, services=True)
    services = {s.key.osm_way_id for s in whole.segments if is_service(s.road_class)}
    streets = build_network(draft.segments, draft.restrictions)
    matchers = {
        "without service ways": StreetMatcher(streets),
        "with them": StreetMatcher(
            build_network(draft.segments, draft.restrictions, draft.service_ways)
        ),
    }
    ways = _ways(streets) | {way.id: way.osm_way_id for way in draft.service_ways}
    every_way = build_network(whole.segments, whole.restrictions)
    for what, network in (("all ways", every_way), ("streets alone", streets)):
        drives = [(seed, Driver(network, habits, seed).drive(DRIVE_M)) for habits, seed in DRIVES]
        for noise_m in NOISES_M:
            for every_s in EVERY_S:
                told = f"{file.name}, drives over {what}, {noise_m:g} m, {every_s:g} s"
                for name, matcher in matchers.items():
                    sums = _Sums()
                    for seed, drive in drives:
                        fixes = seen(drive, every_s, noise_m, 77_000 + seed)
                        _add(sums, matcher, network, drive, fixes, ways, services)
                    yield f"{told}, {name}", sums.told(), ""


def _ways(network: StreetNetwork) -> dict[SegmentId, int]:
    return {segment.id: segment.key.osm_way_id for segment in network.segments}


def _add(
    sums: _Sums,
    matcher: StreetMatcher,
    network: StreetNetwork,
    drive: Track,
    fixes: list[Fix],
    ways: Mapping[SegmentId, int],
    services: set[int],
) -> None:
    truth, trail = _ways(network), Trail()
    matches = matcher.match(trail, positions(network, fixes)) + matcher.settle(trail)
    for match, fix in zip(matches, fixes, strict=True):
        found = None if match.way is None else ways[match.way.segment_id]
        sums.right += found == truth[fix.segment.segment_id]
        sums.fixes += 1
    driven, proven = Counter[int](), Counter[int]()
    for directed, from_m, to_m in drive.stretches:
        way = truth[directed.segment_id]
        driven[way] += 0.0 if way in services else to_m - from_m
    for a, b in pairwise(matches):
        for stretch in matcher.between(a, b):
            proven[ways[stretch.directed.segment_id]] += stretch.to_m - stretch.from_m
    sums.driven_m += sum(driven.values())
    sums.proven_m += sum(min(metres, driven[way]) for way, metres in proven.items())
    sums.false_m += sum(max(metres - driven[way], 0.0) for way, metres in proven.items())
