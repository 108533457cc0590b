"""A plan edited by hand in a storm that is on: Gothenburg with 66 machines, two hours in.

From the question to the answer of the process that has the draft in memory, the database read too.
"""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import numpy as np

from api.config.clock import Clock
from api.processes.workers.draft_cache import DraftCache
from data.files.json_records import to_plain
from data.model import EditKind, EditWish, PlanId, SegmentId, VehicleId
from data.store.database.engine import Database, transaction
from data.store.planning.plans import find_published_plan_id, get_plan
from data.store.storms.storms import find_active_storm
from data.store.streets.network import load_network
from data.streets.network import StreetNetwork
from routing.search.warm_up import warm_up
from tests.benchmarks.routing.city_probe import ACTOR
from tests.benchmarks.running_city import LATER, running

PLAN_S = 60.0
CHANGES = 40
SEED = 1


class _At(Clock):
    """A clock that stands still two hours into the storm."""

    def now(self) -> datetime:
        """Return that moment."""
        return LATER


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield times in Gothenburg, whose plan was searched for a minute before."""
    warm_up()
    with tempfile.TemporaryDirectory() as name:
        yield from timed(running("gothenburg", Path(name) / "gothenburg", PLAN_S))


def timed(engine: Database) -> Iterator[tuple[str, str, str]]:
    """Yield times of a city whose plan is driven."""
    with transaction(engine) as tx:
        network, storm = load_network(tx), find_active_storm(tx)
        driven = None if storm is None else find_published_plan_id(tx, storm.id)
    if driven is None:
        raise RuntimeError("expected a driven plan, found none")
    desk = DraftCache(engine, _At())
    began_s = perf_counter()
    draft = desk.answer({"ask": "hand_begin", "plan": driven, "by": ACTOR.id}, network)["plan"]
    yield "draft by hand begun", f"{perf_counter() - began_s:.1f} s", "beside the answers"
    wishes = list(_wishes(engine, PlanId(draft)))
    looked = [_look(desk, network, draft, wish) for wish in wishes]
    yield (
        f"look at one of {CHANGES} moves with the referee, median, p95",
        _cuts(looked),
        "300 ms",
    )
    seen = [_ask(desk, network, draft, wish) for wish in wishes[: CHANGES // 2]]
    yield "trucks that could take a street, median, p95", _cuts(seen), "300 ms"


def _wishes(engine: Database, draft: PlanId) -> Iterator[EditWish]:
    """Yield moves of streets to other trucks that work."""
    with transaction(engine) as tx:
        routes = [route for route in get_plan(tx, draft).routes if route.legs]
    random = np.random.default_rng(SEED)
    for _ in range(CHANGES):
        giver, taker = random.choice(len(routes), 2, replace=False)
        legs = [leg for leg in routes[giver].legs if leg.works]
        street = legs[int(random.integers(len(legs)))].path[0].segment_id
        yield EditWish(EditKind.MOVE, SegmentId(street), VehicleId(routes[taker].vehicle_id))


def _look(desk: DraftCache, network: StreetNetwork, draft: int, wish: EditWish) -> float:
    plain = to_plain(EditWish, wish)
    question = {"ask": "hand_edit", "plan": draft, "wish": plain}
    began_s = perf_counter()
    desk.answer(question, network)
    return perf_counter() - began_s


def _ask(desk: DraftCache, network: StreetNetwork, draft: int, wish: EditWish) -> float:
    began_s = perf_counter()
    question = {"ask": "hand_takers", "plan": draft, "segment": wish.segment_id}
    desk.answer(question, network)
    return perf_counter() - began_s


def _cuts(taken_s: list[float]) -> str:
    cuts = quantiles(taken_s, n=20, method="inclusive")
    return f"{cuts[9] * 1000:.0f} ms, {cuts[18] * 1000:.0f} ms"
