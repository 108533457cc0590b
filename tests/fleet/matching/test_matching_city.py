"""Drives over a real city, whose truth is known since they were made up."""

from functools import cache
from pathlib import Path

import pytest

from data.streets.network import StreetNetwork, build_network
from fleet.matching.map_matching import StreetMatcher, Trail
from fleet.setup.city_files import read_city_file
from tests.benchmarks.matching.measures import Score, bins_of, driven, is_right
from tests.benchmarks.matching.tracks import PLOWING, Driver, TruckBehavior, positions, seen

AGAINST_AND_BACK = TruckBehavior(against=0.3, reverse=0.1, turn_round=0.05)
YARDS = TruckBehavior(yard=0.15, stop=0.05)


@cache
def city(folder: Path) -> tuple[StreetNetwork, StreetMatcher]:
    draft = read_city_file(folder / "osm" / "botosani.osm.pbf")
    network = build_network(draft.segments, draft.restrictions)
    return network, StreetMatcher(network)


@pytest.mark.parametrize(
    ("habits", "every_s", "noise_m", "least", "most"),
    [
        (PLOWING, 5.0, 4.0, 0.94, 0.03),
        (PLOWING, 15.0, 10.0, 0.85, 0.12),
        (AGAINST_AND_BACK, 3.0, 4.0, 0.90, 0.20),
        (YARDS, 5.0, 4.0, 0.90, 0.20),
    ],
    ids=["fixes each 5 s", "fixes each 15 s", "wrong ways and backing up", "yards"],
)
def test_most_fixes_of_a_drive_find_their_street(
    shared_data: Path,
    habits: TruckBehavior,
    every_s: float,
    noise_m: float,
    least: float,
    most: float,
) -> None:
    (network, matcher), score = city(shared_data), Score()
    for seed in (41, 42):
        drive = Driver(network, habits, seed).drive(5000.0)
        log, trail = seen(drive, every_s, noise_m, seed), Trail()
        matches = matcher.match(trail, positions(network, log)) + matcher.settle(trail)
        score.right += sum(is_right(network, *pair) for pair in zip(matches, log, strict=True))
        score.fixes += len(log)
        score.route(bins_of(drive.stretches), driven(matcher, matches))
    assert score.share >= least
    assert score.mismatch <= most
