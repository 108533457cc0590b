"""What trackers of trucks at work say, second by second: real streets, noise, blades and salt."""

from collections.abc import Callable, Iterator, Sequence
from math import atan2, degrees

import numpy as np

from data.streets.network import StreetNetwork
from tests.benchmarks.matching.tracks import Driver, Fix, TruckBehavior, lonlat, seen

NOISE_M = 4.0
KNOT_MPS = 1852 / 3600
PLOWING_S = 180
"""A truck plows for so long, then drives on with its blade up for half as long."""


def messages_of(
    network: StreetNetwork, trucks: int, seconds: int, token_of: Callable[[int], str]
) -> Iterator[list[str]]:
    """Yield the queries of each truck: all that it says but the time."""
    driver = Driver(network, TruckBehavior(), seed=1)
    for number in range(trucks):
        track = driver.drive(seconds * 13.0)
        fixes = seen(track, 1.0, NOISE_M, seed=number)[:seconds]
        while len(fixes) < seconds:  # it stood still less often than it drove fast
            fixes.append(fixes[-1])
        yield list(_said(network, fixes, number, token_of(number)))


def _said(network: StreetNetwork, fixes: Sequence[Fix], number: int, token: str) -> Iterator[str]:
    chance = np.random.default_rng(number)
    begin_s, salts, bearing = int(chance.integers(PLOWING_S)), number % 3 == 0, 0.0
    before = fixes[0]
    for second, fix in enumerate(fixes):
        place = lonlat(network, fix.east_m, fix.north_m)
        if fix.speed_mps > 1.0:
            bearing = degrees(atan2(fix.east_m - before.east_m, fix.north_m - before.north_m)) % 360
        before = fix
        down = (begin_s + second) % (PLOWING_S * 3 // 2) < PLOWING_S
        yield (
            f"id={token}&lat={place.lat:.7f}&lon={place.lon:.7f}"
            f"&speed={fix.speed_mps / KNOT_MPS:.3f}&bearing={bearing:.1f}&altitude=12.0"
            f"&accuracy={NOISE_M}&batt=87.0&charge=true&blade={'down' if down else 'up'}"
            f"&spreader={'on' if down and salts else 'off'}"
        )
