"""A generated metropolis of 100,000 streets: crooked blocks, a river with few bridges, nine depots.

Blocks are small in the middle and large outside; one residential block in eight is missing.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import osmium
from osmium.osm.mutable import Node, Way

from data.setup.fleet_file import URMIA_FLEET

SIDE = 238
"""Streets each way; 2 x 238 x 237 blocks, of which an eighth of the small ones is missing."""
WEST_DEG, SOUTH_DEG = 51.2, 35.6
REACH_DEG = 0.11
"""From the middle to the edge."""
ARTERIAL, COLLECTOR = 12, 4
"""Every so many streets there is one of these."""
GAP_SHARE = 0.13
MACHINES = 330
"""Five times those of Urmia."""


def write_metropolis(path: Path, side: int = SIDE, seed: int = 1) -> None:
    """Write the streets as OpenStreetMap data."""
    random = np.random.default_rng(seed)
    writer = osmium.SimpleWriter(str(path), 16 * 1024 * 1024)
    try:
        for number, place in enumerate(_junctions(side, random).reshape(-1, 2).tolist(), 1):
            writer.add_node(Node(id=number, location=tuple(place)))
        for way in _blocks(side, random):
            writer.add_way(way)
    finally:
        writer.close()


def _junctions(side: int, random: np.random.Generator) -> np.ndarray:
    """Return float64[side, side, 2], longitude and latitude of each junction."""
    along = np.linspace(-1.0, 1.0, side)
    along = np.sign(along) * np.abs(along) ** 1.3
    east, north = np.meshgrid(along, along)
    step = np.gradient(along)
    east += random.uniform(-0.3, 0.3, (side, side)) * step[None, :]
    north += random.uniform(-0.3, 0.3, (side, side)) * step[:, None]
    bent = north + 0.05 * np.sin(6.0 * east)
    middle = np.array([WEST_DEG + REACH_DEG, SOUTH_DEG + REACH_DEG])
    return middle + REACH_DEG * np.stack((east, bent), axis=2)


def _blocks(side: int, random: np.random.Generator) -> Iterator[Way]:
    """Yield a way for each block, named by its street."""
    river = (0.4 * side + 0.04 * side * np.sin(np.arange(side) / 17.0)).astype(int)
    number = 0
    for east in (True, False):
        for street in range(side):
            road = _road(street)
            oneway = "yes" if road == "residential" and street % 7 == 3 else "no"
            name = f"Street {street}" if east else f"Avenue {street}"
            tags = {"highway": road, "oneway": oneway, "name": name}
            for at in range(side - 1):
                number += 1
                missing = road == "residential" and random.random() < GAP_SHARE
                wet = not east and at == river[street] and road != "primary"
                if missing or wet:
                    continue
                row, column = (street, at) if east else (at, street)
                first = row * side + column + 1
                yield Way(id=number, nodes=[first, first + (1 if east else side)], tags=tags)


def _road(street: int) -> str:
    if street % ARTERIAL == 0:
        return "primary"
    return "tertiary" if street % COLLECTOR == 0 else "residential"


def metropolis_fleet(machines: int = MACHINES) -> str:
    """Return a fleet.toml: so many machines in Urmia's shares, shared out among nine depots."""
    yards = [(east, north) for north in (-1, 0, 1) for east in (-1, 0, 1)]
    text = [
        f'[[{kind}]]\nname = "Yard {n}"\nlon = {WEST_DEG + REACH_DEG * (1 + 0.5 * east)}\n'
        f"lat = {SOUTH_DEG + REACH_DEG * (1 + 0.5 * north)}\n"
        for kind in ("depot", "reload")
        for n, (east, north) in enumerate(yards)
    ]
    kinds = tomllib.loads(URMIA_FLEET)["vehicle"]
    counts = np.array([machine["count"] for machine in kinds])
    ends = np.cumsum(counts) * machines // counts.sum()
    for machine, count in zip(kinds, np.diff(ends, prepend=0).tolist(), strict=True):
        each = np.bincount(np.arange(count) % len(yards), minlength=len(yards)).tolist()
        for yard, here in enumerate(each):
            if here:
                text.append(_machines(machine, yard, here))
    return "\n".join(text)


def _machines(machine: dict, yard: int, count: int) -> str:
    work = ", ".join(f"{what} = {kmh}" for what, kmh in machine["work_kmh"].items())
    own = {
        key: value
        for key, value in machine.items()
        if key not in {"name", "count", "work_kmh", "type", "assumed"}
    }
    rest = "".join(f"{key} = {value}\n" for key, value in own.items())
    return (
        f'[[vehicle]]\nname = "{machine["name"]} of yard {yard}"\ncount = {count}\n'
        f'type = "{machine["type"]}"\nwork_kmh = {{ {work} }}\ndepot = "Yard {yard}"\n{rest}'
    )
