"""What a position costs when it comes alone, as the live door hands them on."""

import time
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from data.streets.network import StreetNetwork
from fleet.matching.map_matching import StreetMatcher, Trail
from tests.benchmarks.matching.tracks import Track, positions, seen


def live_rows(
    name: str, network: StreetNetwork, matcher: StreetMatcher, drive: Track
) -> Iterator[tuple[str, str, str]]:
    """Match one drive a fix at a time, with what was driven between, as the tracking does."""
    sent, trail, last, spent = positions(network, seen(drive, 1.0, 4.0, 1)), Trail(), [], []
    for fix in sent:
        begun_s = time.perf_counter()
        matches = last + matcher.match(trail, [fix])
        for a, b in pairwise(matches):
            matcher.between(a, b)
        spent.append(time.perf_counter() - begun_s)
        last = matches[-1:]
    middle, most = (np.percentile(spent, share) * 1000 for share in (50, 95))
    yield f"{name}, live, one fix at a time", f"p50 {middle:.3f} ms, p95 {most:.3f} ms", "0.2 ms"
