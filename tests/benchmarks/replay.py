"""A recorded log made into history: two real storm days, and the same again until it is long.

Needs the city's log, which is not ours to ship; without it nothing is measured. `TIMES=21` makes a
log of a million lines.
"""

import csv
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from api.config.clock import Clock
from api.config.console import CONSOLE, open_city_database
from api.config.garbage import uncollected
from api.simulation.log_import import close_storm_of_log, make_ready, take_in
from data.store.database.engine import Database, reading
from data.store.setup.city import get_policy
from data.store.storms.storms import list_storms
from data.store.streets.network import load_network
from fleet.replay.storm_history import StormHistory
from fleet.setup.city_setup import NewCity, add_city
from fleet.setup.log_import import positions_of_log
from fleet.tracking.track_files import read_log
from fleet.tracking.track_fixes import LoggedFix

SHARED = Path(os.environ.get("BARFRUB_SHARED_DATA", "../shared/data"))
STREETS = SHARED / "osm/syracuse-streets.osm.pbf"
LOG = SHARED / "gps/syracuse-plows-2020-02-27_28.csv.gz"

TIMES = int(os.environ.get("TIMES", "1"))
"""How often the log is taken, two days apart; 21 make a million lines."""

WARM_LINES = 3_000
"""Lines taken in before, so that compiled kernels are loaded."""

Row = tuple[str, str, str]


def rows() -> Iterator[Row]:
    """Yield times from a file on the disk to a storm that can be played."""
    if not LOG.exists():
        yield "the log of Syracuse is not here", "–", ""
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for _ in _measured(folder / "warm", _log(folder / "warm.csv", 1, WARM_LINES)):
            pass
        yield from _measured(folder / "whole", _log(folder / "whole.csv", TIMES))


class _Watch:
    """Wall and processor seconds of what is done one after the other."""

    def __init__(self) -> None:
        self.wall_s = self.busy_s = 0.0

    def of[Result](self, work: Callable[[], Result]) -> tuple[Result, str]:
        """Do it; return what came of it, and the seconds in words."""
        wall_s, busy_s = time.monotonic(), time.process_time()
        result = work()
        wall_s, busy_s = time.monotonic() - wall_s, time.process_time() - busy_s
        self.wall_s, self.busy_s = self.wall_s + wall_s, self.busy_s + busy_s
        return result, _words(wall_s, busy_s)


def _words(wall_s: float, busy_s: float) -> str:
    return f"{wall_s:.1f} s, processor {busy_s:.1f} s"


def _measured(folder: Path, log: Path) -> Iterator[Row]:
    add_city(
        folder, NewCity("Syracuse", STREETS, timezone="America/New_York"), Clock().now(), CONSOLE
    )
    engine, watch, history = open_city_database(folder), _Watch(), StormHistory()
    with uncollected():
        fixes, told = watch.of(lambda: read_log(log))
        yield f"{len(fixes):,} lines read", told, ""
        stored, told = watch.of(lambda: _taken(engine, fixes))
    yield f"{stored:,} fixes stored, matched, made into passes and coverage", told, ""
    changes, told = watch.of(lambda: _story(engine, history))
    yield f"history of the storm, {changes:,} changes of color", told, ""
    wanted = "10 s" if TIMES == 1 else "60 s for a million"
    yield "the whole way until it can be played", _words(watch.wall_s, watch.busy_s), wanted
    _, told = watch.of(lambda: _hour(engine, history))
    yield "tracks of one hour along the streets", told, ""
    engine.dispose()


def _taken(engine: Database, fixes: Sequence[LoggedFix]) -> int:
    """Make a storm of fixes; return how many were stored."""
    now, names = Clock().now(), {fix.vehicle for fix in fixes}
    first_at, last_at = min(f.fixed_at for f in fixes), max(f.fixed_at for f in fixes)
    ready = make_ready(engine, names, first_at, now, storm="Snow", create=True)
    positions, _ = positions_of_log(fixes, ready.vehicles, ready.devices, now)
    outcome = take_in(engine, ready, positions, lambda _: None)
    assert ready.storm is not None
    close_storm_of_log(engine, ready.storm, last_at)
    return outcome.stored


def _story(engine: Database, history: StormHistory) -> int:
    """Read the whole storm as the page does; return how often colors changed."""
    with reading(engine) as tx:
        network, policy, (storm,) = load_network(tx), get_policy(tx), list_storms(tx)
        return len(history.timeline(tx, storm, network, policy, Clock().now()).changes.at_s)


def _hour(engine: Database, history: StormHistory) -> None:
    with reading(engine) as tx:
        network, (storm,) = load_network(tx), list_storms(tx)
        history.tracks(tx, storm, network, 12)


def _log(file: Path, times: int, most: int | None = None) -> Path:
    """Write the first lines of the city's log so many times, two days apart."""
    fixes = read_log(LOG)[:most]
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(("vehicle", "time", "lat", "lon"))
        for lap in range(times):
            later = timedelta(days=2 * lap)
            for fix in fixes:
                at, place = (fix.fixed_at + later).isoformat(), fix.location
                rows.writerow((fix.vehicle, at, place.lat, place.lon))
    return file
