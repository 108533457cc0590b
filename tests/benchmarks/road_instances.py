"""Classical CARP instances of any size from real streets, as text in the format of the public sets.

`python -m tests.benchmarks.road_instances streets.osm.pbf 3500 40 >streets-3500.dat`
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from pathlib import Path

from data.model import Segment
from fleet.setup.city_files import read_city_file


def instance_text(name: str, segments: Sequence[Segment], edges: int, per_route: float) -> str:
    """Return the streets nearest to the middle as a CARP: metres as costs, demand about length.

    Every street is required and may be done in either direction. The depot is where a third of
    the streets are nearer to the middle; `per_route` streets of mean demand fill a vehicle.
    """
    chosen = _nearest(segments, edges)
    if len(chosen) < edges:
        raise ValueError(f"edges: expected at most the {len(chosen)} connected, got {edges}")
    number: dict[int, int] = {}
    for segment in chosen:
        for node in (segment.start, segment.end):
            number.setdefault(node, len(number) + 1)
    demand = [max(1, round(segment.length_m / 10)) for segment in chosen]
    capacity = max(round(per_route * sum(demand) / edges), max(demand))
    lines = [
        f"NOMBRE : {name}",
        f"VERTICES : {len(number)}",
        f"ARISTAS_REQ : {edges}",
        "ARISTAS_NOREQ : 0",
        f"VEHICULOS : {-(-sum(demand) // capacity)}",
        f"CAPACIDAD : {capacity}",
        "LISTA_ARISTAS_REQ :",
    ]
    for segment, need in zip(chosen, demand, strict=True):
        ends = f"{number[segment.start]}, {number[segment.end]}"
        lines.append(f"( {ends}) coste {max(1, round(segment.length_m))} demanda {need}")
    depot = number[chosen[edges // 3].start]
    return "\n".join((*lines, f"DEPOSITO : {depot}", ""))


def _nearest(segments: Sequence[Segment], edges: int) -> list[Segment]:
    """Return streets by distance from the one in the middle, loops left out."""
    at: dict[int, list[Segment]] = defaultdict(list)
    for segment in segments:
        if segment.start != segment.end:
            at[segment.start].append(segment)
            at[segment.end].append(segment)
    return list(_reached(at, _middle(segments)))[:edges]


def _middle(segments: Sequence[Segment]) -> int:
    points = [segment.geometry[0] for segment in segments]
    lon = sorted(point.lon for point in points)[len(points) // 2]
    lat = sorted(point.lat for point in points)[len(points) // 2]
    away = [(point.lon - lon) ** 2 + (2 * (point.lat - lat)) ** 2 for point in points]
    return segments[away.index(min(away))].start


def _reached(at: dict[int, list[Segment]], middle: int) -> Iterator[Segment]:
    heap = [(0.0, middle)]
    seen: set[int] = set()
    taken: set[int] = set()
    while heap:
        far_m, node = heappop(heap)
        if node in seen:
            continue
        seen.add(node)
        for segment in at[node]:
            if segment.id not in taken:
                taken.add(segment.id)
                yield segment
            other = segment.end if segment.start == node else segment.start
            heappush(heap, (far_m + segment.length_m, other))


if __name__ == "__main__":
    streets = Path(sys.argv[1])
    print(
        instance_text(
            streets.stem, read_city_file(streets).segments, int(sys.argv[2]), float(sys.argv[3])
        )
    )
