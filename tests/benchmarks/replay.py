"""A recorded log made into history: two real storm days, and the same again until it is long.

Needs the city's log, which is not ours to ship; without it nothing is measured.
"""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from api.clock import Clock
from api.console import CONSOLE, open_city_database
from api.log_replay import close_storm_of_log, make_ready, take_in
from data.store.cities import get_policy
from data.store.engine import reading
from data.store.network import load_network
from data.store.storms import list_storms
from fleet.cities import add_city
from fleet.log_files import read_log
from fleet.log_fixes import LoggedFix
from fleet.log_replay import positions_of_log
from fleet.storm_history import StormHistory

SHARED = Path(os.environ.get("BARFRUB_SHARED_DATA", "../shared/data"))
STREETS = SHARED / "osm/syracuse-streets.osm.pbf"
LOG = SHARED / "gps/syracuse-plows-2020-02-27_28.csv.gz"

TIMES = int(os.environ.get("TIMES", "1"))
"""How often the log is taken, two days apart; 21 make a million lines."""

WARM_FIXES = 3_000
"""Fixes taken in before, so that compiled kernels are loaded."""


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield processor times: taking the log in, and reading its history."""
    if not LOG.exists():
        yield "the log of Syracuse is not here", "–", ""
        return
    with tempfile.TemporaryDirectory() as folder:
        fixes = read_log(LOG)
        _taken(Path(folder) / "warm", fixes[:WARM_FIXES])
        days = [
            replace(fix, fixed_at=fix.fixed_at + timedelta(days=2 * lap))
            for lap in range(TIMES)
            for fix in fixes
        ]
        yield from _taken(Path(folder) / "whole", days)


def _taken(folder: Path, fixes: Sequence[LoggedFix]) -> list[tuple[str, str, str]]:
    now = Clock().now()
    add_city(folder, "Syracuse", STREETS, now, CONSOLE, timezone="America/New_York")
    engine = open_city_database(folder)
    first_at, last_at = min(f.fixed_at for f in fixes), max(f.fixed_at for f in fixes)
    began_s = time.process_time()
    names = {fix.vehicle for fix in fixes}
    ready = make_ready(engine, names, first_at, now, storm="Snow", create=True)
    positions, _ = positions_of_log(fixes, ready.vehicles, ready.devices, now)
    outcome = take_in(engine, ready, positions, str)
    assert ready.storm is not None
    close_storm_of_log(engine, ready.storm, last_at)
    taken_s = time.process_time() - began_s
    with reading(engine) as tx:
        network, policy, (storm,) = load_network(tx), get_policy(tx), list_storms(tx)
        history, began_s = StormHistory(), time.process_time()
        story = history.story(tx, storm, network, policy, now)
        told_s, began_s = time.process_time() - began_s, time.process_time()
        history.tracks(tx, storm, network, policy, 12)
        hour_s = time.process_time() - began_s
    engine.dispose()
    wanted = "10 s" if TIMES == 1 else "60 s for a million"
    lines = f"{len(fixes):,} lines, {outcome.stored:,} fixes"
    return [
        (f"{lines}: stored, matched, passes and coverage", f"{taken_s:.1f} s", wanted),
        (
            f"history of the storm, {len(story.changes.at_s):,} changes of color",
            f"{told_s:.2f} s",
            "4 s",
        ),
        ("tracks of one hour along the streets", f"{hour_s:.2f} s", ""),
    ]
