"""Answers about other machines held against long searches: Gothenburg, clocked by the processor.

A question beside a plan of `PLAN_S` is answered as a worker does it, in `SECONDS` of the processor.
The same fleets, with and without the change, are then searched from nothing for `LONG_S` each.
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import process_time
from typing import Any

from api.simulation.demo_city import DEMO_CITY_FILE
from data.model import Plan
from data.setup.fleet_file import URMIA_FLEET
from data.store.database.engine import create_engine, transaction
from data.store.setup.city import get_policy
from data.store.streets.network import load_network
from fleet.planning.plan_lifecycle import PLANNER, publish, store_draft
from fleet.planning.plan_preparation import Prepared, prepare
from fleet.planning.plan_solving import Start, solve_until
from fleet.routes.published_plan import Estimates, PublishedPlanCache
from fleet.setup.city_setup import NewCity, add_city, set_fleet
from fleet.storms.storm_start import start_storm
from fleet.what_if.answer import outcome_json
from fleet.what_if.question import SECONDS, changed
from fleet.what_if.searches import base_of, with_change
from routing.problem.stopping import ShareOfRest, heed
from routing.replanning.path_cache import LineGraphCache
from routing.search.warm_up import warm_up
from tests.benchmarks.what_if import ACTOR, NOW

PLAN_S = 60.0
LONG_S = 600.0
LONG_SEED = 7
CHANGES: tuple[Mapping[str, int], ...] = ({"blade_truck": 2}, {"loader": -10})


@dataclass(slots=True)
class MaxProcessorTime:
    """Stop after so many seconds of the processor: other programs do not change the answer."""

    seconds: float
    _began_s: float | None = field(default=None, init=False)

    def progress(self, iterations: int, *, feasible: bool) -> float:
        """Return seconds spent over the limit."""
        if self._began_s is None:
            self._began_s = process_time()
        return (process_time() - self._began_s) / self.seconds


@dataclass(slots=True)
class Heard:
    """Hears of progress, and keeps when it came first."""

    began_s: float = field(default_factory=process_time)
    first_s: float | None = None

    def __call__(self, *_: float) -> None:
        """Hear of progress."""
        self.first_s = self.first_s or process_time() - self.began_s


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield the answers, and by class how far they are from those of long searches."""
    warm_up()
    with tempfile.TemporaryDirectory() as name:
        prepared = prepared_city(Path(name) / "city")
    for change in CHANGES:
        words = ", ".join(f"{count:+d} {kind}" for kind, count in change.items())
        heard = Heard()
        result = answered(prepared, change, heard)
        spent_s = process_time() - heard.began_s
        yield f"{words}: first progress, CPU", f"{heard.first_s or 0.0:.1f} s", "2 s"
        yield f"{words}: answer, CPU", f"{spent_s:.1f} s", "20 s"
        long_base = long_outcome(prepared, LONG_S)
        long_found = long_outcome(changed(prepared, change)[0], LONG_S)
        for row in held_against(result, (long_base, long_found)):
            yield f"{words}: {row[0]}", row[1], ""


def prepared_city(folder: Path) -> Prepared:
    """Return what is asked about: Gothenburg with the machines of Urmia and a plan in force."""
    add_city(folder, NewCity("gothenburg", DEMO_CITY_FILE, timezone="UTC"), NOW, ACTOR)
    with transaction(create_engine(folder / "barfrub.sqlite")) as tx:
        network = load_network(tx)
        set_fleet(tx, ACTOR, URMIA_FLEET, network, NOW)
        storm = start_storm(tx, ACTOR, "bench", network, get_policy(tx), NOW)
        prepared = prepare(tx, storm.id, network, NOW)
        plan = solve_until(prepared, MaxProcessorTime(PLAN_S), 1, lambda *_: None)
        estimates = Estimates(PublishedPlanCache(), network, prepared.policy)
        publish(tx, ACTOR, store_draft(tx, PLANNER, plan, NOW).id, estimates, NOW)
        return prepare(tx, storm.id, network, NOW)


def answered(
    prepared: Prepared, change: Mapping[str, int], heard: Heard
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the outcomes of both fleets as a worker finds them."""

    whole, streets = MaxProcessorTime(SECONDS), LineGraphCache()
    heed(whole)

    def solve(given: Prepared, seed: int, start: Start | None, share: float) -> Plan:
        return solve_until(given, ShareOfRest(whole, share), seed, heard, 1, start, streets)

    result = with_change(base_of(prepared, solve), change, solve)
    return result.base, result.found


def long_outcome(prepared: Prepared, seconds: float) -> Mapping[str, Any]:
    """Return the outcome of a fleet after a long search from nothing."""
    plan = solve_until(prepared, MaxProcessorTime(seconds), LONG_SEED, lambda *_: None)
    return outcome_json(plan, prepared)


def held_against(
    short: tuple[Mapping[str, Any], Mapping[str, Any]],
    long: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> Iterator[tuple[str, str]]:
    """Yield by class what a change brings by the answer and by long searches, in minutes."""
    for name in short[0]["finish"]:
        told, true = (_sooner(name, *pair) for pair in (short, long))
        noise_min = short[1]["spread_min"].get(name, 0.0)
        yield (
            name,
            f"answer {told} (noise {noise_min:.0f} min), long searches {true};"
            f" finished {_at(short[0], name)} and {_at(long[0], name)} without the change",
        )


def _sooner(name: str, base: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    one, other = base["finish"].get(name), found["finish"].get(name)
    if one is None or other is None:
        return "not finished by both"
    gained = datetime.fromisoformat(one) - datetime.fromisoformat(other)
    return f"{gained.total_seconds() / 60:+.0f} min"


def _at(outcome: Mapping[str, Any], name: str) -> str:
    at = outcome["finish"].get(name)
    return "not at all" if at is None else f"{datetime.fromisoformat(at):%H:%M}"
