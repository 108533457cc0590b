"""Urgent work and replans in a storm that is on: Gothenburg with 66 machines, two hours in.

From the question to the answer of the process that has everything in memory, as the server asks it;
and through the server itself, in processes of its own.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from statistics import median, quantiles
from time import perf_counter, process_time, sleep

import httpx
import numpy as np

from api.access.auth import hash_password
from api.config.settings import Settings
from api.processes.workers.dispatch_worker import GarbageSweeper
from data.errors import ConflictError
from data.files.json_records import to_plain
from data.model import Job, ReplanCause, ReplanWish, Role, UrgentInsertion
from data.store.accounts.accounts import add_user
from data.store.database.engine import transaction
from data.store.storms.storms import find_active_storm
from data.store.streets.network import load_network
from fleet.planning.plan_difference import difference, still_ahead
from fleet.planning.plan_lifecycle import store_draft
from fleet.planning.plan_preparation import Prepared, prepare
from fleet.replanning.cycles import snow_again
from fleet.replanning.replan_requests import FEW_TRUCKS, SECONDS
from fleet.replanning.replan_solving import replanned
from fleet.replanning.running_plan import best_insertion, running_plan
from fleet.routes.published_plan import PublishedPlanCache
from routing.replanning.path_cache import LineGraphCache
from routing.search.warm_up import warm_up
from tests.benchmarks.routing.city_probe import ACTOR
from tests.benchmarks.running_city import LATER, running
from tests.benchmarks.served import client_of, serving

CITY, DISPATCHER = "gothenburg", "dispatcher"
PLAN_S = 60.0
URGENT = 60
THREADS = 2
SEED = 1
PAUSE_S = 0.3


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield times in Gothenburg, whose plan was searched for a minute before."""
    warm_up()
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(var=Path(name))
        settings.city_folder(CITY).parent.mkdir()
        engine = running(CITY, settings.city_folder(CITY), PLAN_S, THREADS)
        desk = PublishedPlanCache()
        with transaction(engine) as tx:
            network, storm = load_network(tx), find_active_storm(tx)
            if storm is None:
                raise RuntimeError("expected a storm, found none")
            prepare(tx, storm.id, network, LATER, desk)  # as the process does again and again
            prepared = prepare(tx, storm.id, network, LATER, desk)
        known = LineGraphCache()
        for what in ("driven plan made ready", "the same once its streets are known"):
            began_s = perf_counter()
            running_plan(prepared, known)
            yield what, f"{perf_counter() - began_s:.2f} s", "beside the answers"
        yield _insertions(prepared, known)
        with transaction(engine) as tx:
            add_user(tx, DISPATCHER, [Role.DISPATCHER], "en", hash_password(token_hex()))
        with serving(settings, CITY, "--clock", LATER.isoformat()):
            yield through_http(settings, CITY, prepared.jobs)
        ahead = still_ahead(prepared.check) if prepared.check else ()
        sweeper = GarbageSweeper()  # as in the worker
        for wish in _wishes(prepared):
            sweeper.run()
            if wish.cause is ReplanCause.SNOWFALL:
                with transaction(engine) as tx:
                    snow_again(tx, ACTOR, storm, network, wish, LATER)
            began_s, began_cpu_s = perf_counter(), process_time()
            with transaction(engine) as tx:
                now = prepare(tx, storm.id, network, LATER, desk)
            stop = (SECONDS, SEED, lambda: False, THREADS, known)
            plan = replanned(_without(now, wish), wish, *stop)
            with transaction(engine) as tx:
                store_draft(tx, ACTOR, plan, LATER)
            spent_s, cpu_s = perf_counter() - began_s, process_time() - began_cpu_s
            found = difference(ahead, plan.routes)
            moves = sum(truck.next_moves_change for truck in found.trucks)
            told = (
                f"{spent_s:.1f} s (CPU {cpu_s:.1f} s), {moves} trucks, {len(found.dropped)} streets"
                f" dropped, {len(found.added)} come in"
            )
            yield f"{wish.cause}, at most {wish.budget} other trucks", told, "5 s"


def _insertions(prepared: Prepared, known: LineGraphCache) -> tuple[str, str, str]:
    plan, taken_s, refused = running_plan(prepared, known), [], 0
    chosen = np.random.default_rng(SEED).choice(len(prepared.jobs), URGENT, replace=False)
    for job in (prepared.jobs[i] for i in chosen.tolist()):
        began_s = perf_counter()
        try:
            to_plain(UrgentInsertion, best_insertion(plan, job, "", LATER).insertion)
        except ConflictError:
            refused += 1  # it is planned, and nobody comes sooner: an answer too
        taken_s.append(perf_counter() - began_s)
    cuts = quantiles(taken_s, n=20)
    told = f"{cuts[9] * 1000:.0f} ms, {cuts[18] * 1000:.0f} ms ({refused} not sooner than planned)"
    return f"place for one of {URGENT} urgent streets, median, p95", told, "200 ms"


def through_http(settings: Settings, city: str, jobs: Sequence[Job]) -> tuple[str, str, str]:
    """Ask the served city for places, as a dispatcher's page does, once its worker is there."""
    chosen = np.random.default_rng(SEED).choice(len(jobs), URGENT, replace=False)
    wanted = [{"job_id": jobs[i].id} for i in chosen.tolist()]
    taken_ms, refused = [], 0
    with client_of(settings, city, DISPATCHER) as client:
        while _asked(client, wanted[0]) == httpx.codes.SERVICE_UNAVAILABLE:
            sleep(PAUSE_S)
        for one in wanted:
            sleep(PAUSE_S)
            began_s = perf_counter()
            refused += _asked(client, one) == httpx.codes.CONFLICT
            taken_ms.append((perf_counter() - began_s) * 1000)
    cuts = quantiles(taken_ms, n=20)
    told = (
        f"{median(taken_ms):.0f} ms, {cuts[18]:.0f} ms, {max(taken_ms):.0f} ms"
        f" ({refused} not sooner than planned)"
    )
    return "the same through HTTP, median, p95, slowest", told, "200 ms"


def _asked(client: httpx.Client, wanted: Mapping[str, int]) -> int:
    answer = client.post("/api/insertions", json=wanted)
    known = {httpx.codes.OK, httpx.codes.CONFLICT, httpx.codes.SERVICE_UNAVAILABLE}
    assert answer.status_code in known, answer.text
    return answer.status_code


def _wishes(prepared: Prepared) -> Iterator[ReplanWish]:
    """Yield what happens to the truck with the most to do, and to nobody."""
    check = prepared.check
    ahead = {route.vehicle_id: len(route.legs) for route in still_ahead(check)} if check else {}
    busiest = max(ahead, key=ahead.__getitem__)
    yield ReplanWish(ReplanCause.BREAKDOWN, FEW_TRUCKS, busiest)
    yield ReplanWish(ReplanCause.LATE, FEW_TRUCKS, busiest)
    yield ReplanWish(ReplanCause.CLOSURE, FEW_TRUCKS, segment_id=prepared.jobs[0].segment_id)
    idle = next(s.vehicle_id for s in prepared.shifts if not ahead.get(s.vehicle_id))
    yield ReplanWish(ReplanCause.NEW_MACHINE, FEW_TRUCKS, idle)
    yield ReplanWish(ReplanCause.SNOWFALL, FEW_TRUCKS)


def _without(prepared: Prepared, wish: ReplanWish) -> Prepared:
    """Return the situation without a truck that has broken down."""
    if wish.cause is not ReplanCause.BREAKDOWN:
        return prepared
    present = prepared.present
    shifts = tuple(one for one in prepared.shifts if one.vehicle_id != wish.vehicle_id)
    left = {shift.id for shift in shifts}
    starts = {key: start for key, start in present.starts.items() if key in left}
    return replace(prepared, shifts=shifts, present=replace(present, starts=starts))
