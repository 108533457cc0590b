"""Time and memory of importing a city of 50,000 junctions, in a process of its own."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Relation, Way

SIDE = 224
"""Streets each way: 224 x 224 = 50,176 junctions."""

STEP_DEG = 0.001
BENDS = 3
"""Points between two junctions, as real streets have them."""

LIMIT_S = 120
LIMIT_GB = 4

_PROBE = """
import json, resource, sys, time
from datetime import UTC, datetime
from pathlib import Path
start = time.perf_counter()
from data.model import Actor, ActorKind
from fleet.setup.city_setup import NewCity, add_city
folder, file = Path(sys.argv[1]), Path(sys.argv[2])
actor = Actor(ActorKind.SYSTEM, "bench")
report = add_city(folder, NewCity("grid", file), datetime(2026, 12, 21, tzinfo=UTC), actor)
peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
report |= {"seconds": time.perf_counter() - start, "peak_gb": peak_kib * 1024 / 1e9}
print(json.dumps(report))
"""


def rows() -> list[tuple[str, str, str]]:
    """Return what was measured and what was promised."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "grid.osm.pbf"
        write_grid(file)
        command = [sys.executable, "-c", _PROBE, str(Path(name) / "grid"), str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    report = json.loads(done.stdout)
    kept = ("junctions", "segments", "restrictions", "addresses")
    return [
        ("city import: size", ", ".join(f"{report[key]:,} {key}" for key in kept), ""),
        ("city import: time", f"{report['seconds']:.1f} s", f"under {LIMIT_S} s"),
        ("city import: peak memory", f"{report['peak_gb']:.2f} GB", f"under {LIMIT_GB} GB"),
    ]


def write_grid(path: Path, side: int = SIDE) -> None:
    """Write a town of crossing streets: names, house numbers, one-ways, turn signs."""
    writer = osmium.SimpleWriter(str(path), 16 * 1024 * 1024)
    try:
        for node in _nodes(side):
            writer.add_node(node)
        for way in _ways(side):
            writer.add_way(way)
        for relation in _relations(side):
            writer.add_relation(relation)
    finally:
        writer.close()


def _junction(side: int, column: int, row: int) -> int:
    return row * side + column + 1


def _bend(side: int, column: int, row: int, *, east: bool, nth: int) -> int:
    return ((2 + east) * side * side + _junction(side, column, row)) * BENDS + nth


def _house(side: int, column: int, row: int) -> int:
    return 50 * side * side + _junction(side, column, row)


def _nodes(side: int) -> Iterator[Node]:
    for row in range(side):
        for column in range(side):
            east, north = 45 + column * STEP_DEG, 37 + row * STEP_DEG
            yield Node(id=_junction(side, column, row), location=(east, north))
            address = {"addr:street": f"خیابان {row}", "addr:housenumber": str(column)}
            yield Node(
                id=_house(side, column, row), location=(east + 3e-4, north + 1e-4), tags=address
            )
            for nth in range(BENDS):
                share = STEP_DEG * (nth + 1) / (BENDS + 1)
                along = _bend(side, column, row, east=True, nth=nth)
                across = _bend(side, column, row, east=False, nth=nth)
                yield Node(id=along, location=(east + share, north + 2e-5))
                yield Node(id=across, location=(east + 2e-5, north + share))


def _ways(side: int) -> Iterator[Way]:
    for number in range(side):
        road = "primary" if number % 20 == 0 else "residential"
        oneway = "yes" if number % 7 == 3 else "no"
        for east in (True, False):
            nodes: list[int] = []
            for at in range(side):
                column, row = (at, number) if east else (number, at)
                nodes.append(_junction(side, column, row))
                if at < side - 1:
                    nodes += [_bend(side, column, row, east=east, nth=nth) for nth in range(BENDS)]
            yield from _blocks(side, nodes, number, {"highway": road, "oneway": oneway}, east=east)


def _blocks(
    side: int, nodes: list[int], number: int, tags: dict[str, str], *, east: bool
) -> Iterator[Way]:
    """Yield a street as one way per block, as mappers leave it after years of edits."""
    name = f"خیابان {number}" if east else f"کوچه {number}"
    names = {"name": name, "name:fa": name, "name:en": f"Street {number}"}
    step = BENDS + 1
    for block, first in enumerate(range(0, len(nodes) - 1, step)):
        number_of_way = ((number * 2 + east) * side + block) + 1
        yield Way(id=number_of_way, nodes=nodes[first : first + step + 1], tags=tags | names)


def _relations(side: int) -> Iterator[Relation]:
    for n, number in enumerate(range(2, side - 2, 2)):
        for block in range(2, side - 2, 20):
            came = ((number * 2 + 1) * side + block - 1) + 1
            goes = ((block * 2) * side + number) + 1
            members = [
                ("w", came, "from"),
                ("n", _junction(side, block, number), "via"),
                ("w", goes, "to"),
            ]
            tags = {"type": "restriction", "restriction": "no_left_turn"}
            yield Relation(id=n * side + block, members=members, tags=tags)
