"""How well and how fast fixes find their streets, on drives whose truth is known.

Beside Valhalla's Meili where pyvalhalla is installed (`make bench PEERS=1 ONLY=matching`). The
drives are not those that the prices were fitted on.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from data.streets.network import StreetNetwork, build_network
from fleet.matching.map_matching import StreetMatcher, Trail
from fleet.matching.warm_up import warm_up
from fleet.setup.city_files import read_city_file
from tests.benchmarks.matching.live import live_rows
from tests.benchmarks.matching.measures import Score, bins_of, driven, is_right
from tests.benchmarks.matching.meili import SETTINGS, Meili, is_installed
from tests.benchmarks.matching.service_ways import service_way_rows
from tests.benchmarks.matching.tracks import PLOWING, TRIPS, Driver, Track, positions, seen

CITIES = ("syracuse-streets", "tehran-d6-south", "botosani")
NOISES_M = (4.0, 10.0, 20.0)
EVERY_S = (1.0, 5.0, 15.0, 30.0, 60.0)
DRIVE_M = 6000.0
DRIVES = tuple((PLOWING, seed) for seed in range(9300, 9310)) + tuple(
    (TRIPS, seed) for seed in range(9400, 9404)
)

Row = tuple[str, str, str]


def rows() -> Iterator[Row]:
    warm_up()
    folder = Path(os.environ.get("BARFRUB_SHARED_DATA", "../shared/data")) / "osm"
    for name in CITIES:
        file = folder / f"{name}.osm.pbf"
        if file.is_file():
            draft = read_city_file(file)
            with TemporaryDirectory() as tiles:
                network = build_network(draft.segments, draft.restrictions, draft.service_ways)
                yield from _city(name, file, network, tiles)
            if draft.service_ways:
                yield from service_way_rows(file)


def _city(name: str, file: Path, network: StreetNetwork, tiles: str) -> Iterator[Row]:
    matcher = StreetMatcher(network)
    meili = Meili(file, network, Path(tiles)) if is_installed() else None
    drives = [(seed, Driver(network, habits, seed).drive(DRIVE_M)) for habits, seed in DRIVES]
    for noise_m in NOISES_M:
        for every_s in EVERY_S:
            yield _cell(name, network, matcher, meili, drives, noise_m, every_s)
    yield from live_rows(name, network, matcher, drives[0][1])


def _cell(
    name: str,
    network: StreetNetwork,
    matcher: StreetMatcher,
    meili: Meili | None,
    drives: list[tuple[int, Track]],
    noise_m: float,
    every_s: float,
) -> Row:
    ours, theirs, spent_s = Score(), [Score() for _ in SETTINGS], 0.0
    for seed, drive in drives:
        log = seen(drive, every_s, noise_m, 77_000 + seed)
        sent, trail = positions(network, log), Trail()
        begun_s = time.process_time()
        matches = matcher.match(trail, sent) + matcher.settle(trail)
        spent_s += time.process_time() - begun_s
        ours.fixes += len(log)
        ours.right += sum(is_right(network, *pair) for pair in zip(matches, log, strict=True))
        ours.route(bins_of(drive.stretches), driven(matcher, matches))
        for score, setting in zip(theirs, SETTINGS, strict=True) if meili else ():
            meili.score(score, log, drive, setting, noise_m)
    what = f"{name}, {noise_m:g} m, {every_s:g} s"
    measured = f"{ours.share:.1%} of fixes right, mismatch {ours.mismatch:.1%}"
    speed = f"{ours.fixes / spent_s:,.0f} fixes a second"
    wanted = "; ".join(
        f"Meili {setting} {score.share:.1%}, {score.mismatch:.1%}"
        for score, setting in zip(theirs, SETTINGS, strict=True)
        if meili
    )
    return what, f"{measured}, {speed}", wanted
