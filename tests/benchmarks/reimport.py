"""Re-import of a city of 20,000 segments in the middle of a storm, from an edited file.

The file is the grid of `city_import`, smaller, after a year of mappers: blocks cut by new lanes,
streets drawn anew, renamed, closed and built, each a few per cent.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way

from tests.benchmarks import city_import

SIDE = 100
"""Streets each way: 2 x 100 x 99 = 19,800 blocks."""

EVERY = 25
"""Of each kind of edit, one block in so many."""

_NEW = 10**9
"""First id of what the edits add."""

_PROBE = """
import json, resource, sys, time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from data.model import Actor, ActorKind, Override, RequestKind, ServiceClass
from data.geocode import Geocoder
from data.store.setup.city import get_policy
from data.store.database.engine import create_engine, reading, transaction
from data.store.streets.service_levels import save_overrides
from data.store.streets.network import load_network
from fleet.context import CityContext
from fleet.routes.published_plan import PublishedPlanCache
from fleet.setup.city_setup import NewCity, add_city
from fleet.requests.intake import Report, receive
from fleet.requests.placing import locate
from fleet.setup.street_update import compare, take_over
from fleet.storms.storm_start import start_storm
folder, old, new = (Path(word) for word in sys.argv[1:])
actor, now = Actor(ActorKind.SYSTEM, "bench"), datetime(2026, 12, 21, tzinfo=UTC)
add_city(folder, NewCity("grid", old), now, actor)
database = create_engine(folder / "barfrub.sqlite")
with transaction(database) as tx:
    network, policy = load_network(tx), get_policy(tx)
    start_storm(tx, actor, "bench", network, policy, now)
    save_overrides(tx, [Override(s.id, ServiceClass("P2")) for s in network.segments[::50]])
    geocoder = Geocoder(network, [])
    for segment in network.segments[::40]:
        place = network.point_at(segment.id, segment.length_m / 2)
        asked = receive(tx, actor, Report("phone", RequestKind.PLOW, location=place), now)
        city = CityContext(tx, network, policy, now)
        locate(city, actor, asked.id, geocoder, PublishedPlanCache())
start = time.perf_counter()
with reading(database) as tx:
    newer = compare(tx, new)
compare_s = time.perf_counter() - start
steps = []
report = lambda step: steps.append((step, time.perf_counter()))
start = time.perf_counter()
told = take_over(database, folder, newer, now + timedelta(hours=1), actor, report=report)
end = time.perf_counter()
told |= {"before": len(network.segments), "compare_s": compare_s, "take_over_s": end - start}
told |= {"locked_s": end - steps[-1][1]}
told["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
print(json.dumps(told))
"""


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield what was measured, in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        old, new = Path(name) / "old.osm.pbf", Path(name) / "new.osm.pbf"
        city_import.write_grid(old, SIDE)
        write_edited(old, new)
        command = [sys.executable, "-c", _PROBE, str(Path(name) / "grid"), str(old), str(new)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    streets = ", ".join(f"{found[key]:,} {key}" for key in ("kept", "changed", "new", "gone"))
    work = ("jobs_cancelled", "requests_placed", "overrides_passed_on")
    yield f"re-import of {found['before']:,} segments", streets, ""
    moved = ", ".join(f"{found[key]:,} {key.replace('_', ' ')}" for key in work)
    yield "re-import: work moved", moved, ""
    yield "re-import: dry run", f"{found['compare_s']:.1f} s", ""
    yield "re-import: take-over", f"{found['take_over_s']:.1f} s", ""
    yield "re-import: of it, others wait to write", f"{found['locked_s']:.1f} s", "15 s"
    yield "re-import: peak memory", f"{found['peak_gb']:.2f} GB", ""


def write_edited(old: Path, new: Path) -> None:
    """Write a file again with edits; whole ways pass through five kinds of hands."""
    writer = osmium.SimpleWriter(str(new))
    places: dict[int, tuple[float, float]] = {}
    try:
        for thing in osmium.FileProcessor(str(old)):
            if thing.is_node():
                places[thing.id] = (thing.lon, thing.lat)
                writer.add_node(thing)
            elif thing.is_way():
                for edited in _edited(thing, places):
                    (writer.add_node if isinstance(edited, Node) else writer.add_way)(edited)
            else:
                writer.add_relation(thing)
    finally:
        writer.close()


def _edited(way: osmium.osm.Way, places: dict[int, tuple[float, float]]) -> Iterator[Node | Way]:
    nodes, tags = [node.ref for node in way.nodes], {tag.k: tag.v for tag in way.tags}
    kind = way.id % EVERY
    if kind == 0:  # closed to cars
        return
    if kind == 1:  # cut by a new lane
        lon, lat = places[nodes[2]]
        yield Node(id=_NEW + way.id, location=(lon + 3e-4, lat + 3e-4))
        lane = tags | {"highway": "residential", "name": "کوچهٔ نو"}
        yield Way(id=_NEW + way.id, nodes=[nodes[2], _NEW + way.id], tags=lane)
    if kind == 2:  # drawn anew
        lon, lat = places[nodes[2]]
        nodes[2] = _NEW + way.id
        yield Node(id=nodes[2], location=(lon + 2e-5, lat + 2e-5))
    if kind == 3:  # renamed
        tags["name"] = f"خیابان شهید {way.id}"
    number = _NEW + way.id if kind == 4 else way.id  # way taken apart and put together
    yield Way(id=number, nodes=nodes, tags=tags)
