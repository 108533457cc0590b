"""Questions about the fleet, proofs and comparing plans: the sample city, and Gothenburg.

Answers of long searches to the same questions are in `what_if_long`.
"""

import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from time import process_time
from typing import Any

from api.simulation.demo_city import DEMO_CITY_FILE
from data.model import Actor, ActorKind, Plan, StormId
from data.samples import TOWN_FILE
from data.setup.fleet_file import URMIA_FLEET
from data.store.database.engine import Tx, create_engine, transaction
from data.store.setup.city import get_policy
from data.store.setup.machines import list_vehicles
from data.store.streets.network import load_network
from data.store.work import list_jobs
from data.streets.network import StreetNetwork
from fleet.planning.plan_comparison import compared
from fleet.planning.plan_lifecycle import PLANNER, publish, store_draft
from fleet.planning.plan_preparation import Prepared, outline, prepare
from fleet.planning.plan_solving import Start, solve_prepared
from fleet.routes.published_plan import Estimates, PublishedPlanCache
from fleet.setup.city_setup import NewCity, add_city, set_fleet
from fleet.storms.storm_start import start_storm
from fleet.what_if.question import SECONDS, ask_what_if
from fleet.what_if.searches import SEARCHES, base_of, with_change
from maps.pages.i18n import translator
from maps.planning.plan_words import gap_of, gap_words
from routing.planning.problem_mapping import problem_from
from routing.planning.proof_mapping import proved
from routing.search.warm_up import warm_up

ACTOR = Actor(ActorKind.SYSTEM, "bench")
NOW = datetime(2026, 12, 21, tzinfo=UTC)
T = translator("en")
TOWN_FLEET = files("data.samples").joinpath("fleet-barfabad.toml").read_text("utf-8")
QUESTIONS = {
    "Barfabad": ({"grader": 2}, {"dump_truck": -2}),
    "Gothenburg": ({"loader": -10},),
}


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield answers and processor times; each fleet is solved on one thread."""
    warm_up()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _city("Barfabad", folder / "town", TOWN_FILE, TOWN_FLEET)
        yield from _city("Gothenburg", folder / "city", DEMO_CITY_FILE, URMIA_FLEET)


def _city(name: str, folder: Path, streets: Path, fleet: str) -> Iterator[tuple[str, str, str]]:
    add_city(folder, NewCity(name.lower(), streets, timezone="UTC"), NOW, ACTOR)
    with transaction(create_engine(folder / "barfrub.sqlite")) as tx:
        network = load_network(tx)
        set_fleet(tx, ACTOR, fleet, network, NOW)
        storm = start_storm(tx, ACTOR, "bench", network, get_policy(tx), NOW)
        prepared = prepare(tx, storm.id, network, NOW)
        yield from _asked(tx, name, storm.id, network, *QUESTIONS[name])
        yield from _answered(prepared, name, *QUESTIONS[name])
        yield from _proved(prepared, name)
        yield from _compared(tx, prepared, name)


def _asked(
    tx: Tx, name: str, storm: StormId, network: StreetNetwork, *changes: Mapping[str, int]
) -> Iterator[tuple[str, str, str]]:
    spent = []
    for change in (*changes, changes[0]):
        began_s = process_time()
        ask_what_if(tx, ACTOR, outline(tx, storm, network, NOW), change, SECONDS, NOW)
        spent.append(process_time() - began_s)
    first_ms, *_, again_ms = (1000 * each for each in spent)
    yield f"{name}: a question asked, CPU", f"{first_ms:.0f} ms", "300 ms"
    yield f"{name}: the same question again, CPU", f"{again_ms:.0f} ms", "300 ms"


def _answered(
    prepared: Prepared, name: str, *changes: Mapping[str, int]
) -> Iterator[tuple[str, str, str]]:
    base = base_of(prepared, _solve)
    machines = base.outcome["machines"]
    what = f"{name}: {len(prepared.jobs):,} jobs, {machines} machines, {SECONDS:.0f} s"
    yield what, _finish(base.outcome), ""
    for change in changes:
        result = with_change(base, change, _solve)
        words = ", ".join(f"{count:+d} {kind}" for kind, count in change.items())
        yield f"{name}: {words}", _finish(result.found), ""


def _solve(prepared: Prepared, seed: int, start: Start | None) -> Plan:
    seconds = SECONDS if start is None else SECONDS / SEARCHES
    return solve_prepared(prepared, seconds, seed, *_UNHEARD, start=start)


def _finish(outcome: Mapping[str, Any]) -> str:
    ends = {name: at and datetime.fromisoformat(at) for name, at in outcome["finish"].items()}
    chance = outcome["spread_min"]
    times = (
        f"{name} {at:%H:%M} (±{chance[name]:.0f} min)" if at else f"{name} not all"
        for name, at in ends.items()
    )
    return f"{', '.join(times)}; {outcome['unserved']} jobs left out"


def _proved(prepared: Prepared, name: str) -> Iterator[tuple[str, str, str]]:
    mapped = problem_from(prepared)
    began_s = process_time()
    count = len(proved(mapped))
    spent_s = process_time() - began_s
    yield f"{name}: proofs of what no plan can do, {count} found, CPU", f"{spent_s:.2f} s", ""


def _compared(tx: Tx, prepared: Prepared, name: str) -> Iterator[tuple[str, str, str]]:
    plans = [
        store_draft(tx, PLANNER, solve_prepared(prepared, 5.0, seed, *_UNHEARD), NOW)
        for seed in (1, 2)
    ]
    began_s = process_time()
    jobs, vehicles = list_jobs(tx, prepared.storm.id), list_vehicles(tx)
    compared(plans[0], plans[1], jobs, vehicles, prepared.network, prepared.policy)
    spent_ms = 1000 * (process_time() - began_s)
    yield f"{name}: two plans compared, CPU", f"{spent_ms:.0f} ms", "300 ms"
    gap = gap_of(plans[0].cost.total, plans[0].bound)
    yield f"{name}: a plan of 5 s", gap_words(gap, T), ""
    began_s = process_time()
    estimates = Estimates(PublishedPlanCache(), prepared.network, prepared.policy)
    publish(tx, ACTOR, plans[0].id, estimates, NOW)
    yield f"{name}: a plan published, CPU", f"{process_time() - began_s:.2f} s", ""
    began_s = process_time()
    again = outline(tx, prepared.storm.id, prepared.network, NOW)
    ask_what_if(tx, ACTOR, again, QUESTIONS[name][-1], SECONDS, NOW)
    spent_ms = 1000 * (process_time() - began_s)
    yield f"{name}: a question beside a published plan, CPU", f"{spent_ms:.0f} ms", "300 ms"


_UNHEARD = (lambda *_: None, lambda: False)
