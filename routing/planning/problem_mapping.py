"""A storm's situation as a problem of numbers, and a solution as a plan of streets and times.

The only module of the optimizer that knows the domain.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from data.model import (
    CostBreakdown,
    DirectedSegment,
    Job,
    JobId,
    Leg,
    LegKind,
    Plan,
    PlanId,
    PlanState,
    Route,
    ServiceClass,
    Treatment,
    Unserved,
    Vehicle,
    WorkPass,
)
from routing.network.deadheads import line_graph, to_arc
from routing.network.route_timing import TimedLeg, TimedRoute, routes_timed_afresh
from routing.planning.closed_turns import closed_arcs, open_shifts_by_vehicle
from routing.planning.directed_passes import (
    DirectedPass,
    covers,
    material_kg,
    numbered,
    passes_of,
)
from routing.planning.due_times import due_s, planned_by_s
from routing.planning.durations import back_s, drive_paces, drive_s, fill_s, service_s, turn_s
from routing.planning.limited_ways import LimitedWays, limited_ways
from routing.planning.machine_kinds import machine_kinds, trucks_of
from routing.planning.running_plan import locked_stops
from routing.planning.situation import PlanningSituation
from routing.planning.unlimited_machines import UnlimitedMachines
from routing.problem.problem import (
    NONE,
    Flags,
    Floats,
    Ints,
    Longs,
    Problem,
    RouteRules,
    Solution,
    TaskRoute,
    turn_rows,
)

SOLVER = "barfrub ruin and recreate"
"""Written into plans."""
SECOND_PRICE = 1.0
"""Price of a second of a vehicle in service; all others are relative to it."""
COMPLETION_PRICE = 0.002
"""Price of a second until a street is done, times its weight: a busy truck has hundreds."""
LATENESS_PRICE = 0.05
"""Price of a second behind what keeps the deadline surely enough, times the street's weight."""
UNSERVED_S = 200_000.0
"""A street left out costs as much as one done this much too late, and ..."""
UNSERVED_PRICE = 10_000.0
"""... this, times its weight, so that nobody leaves out what could be done."""


@dataclass(frozen=True, slots=True, eq=False)
class MappedProblem:
    """A situation and its problem.

    Task numbers index `passes`, vehicle numbers the shifts, vehicle types `machines`, one of each.
    """

    problem: Problem
    situation: PlanningSituation
    passes: tuple[DirectedPass, ...]
    machines: tuple[Vehicle, ...]
    unlimited: UnlimitedMachines | None = None

    def as_driven(self, v: int, route: TaskRoute, timed: TimedRoute) -> TimedRoute:
        """Return a vehicle's route by the ways that it takes where limits concern others."""
        return self.unlimited.route(self.problem, v, route, timed) if self.unlimited else timed

    @property
    def due_s(self) -> Floats:
        """The deadlines of tasks themselves; those of the problem leave time for what may come."""
        return due_s(self.situation, self.passes)

    @property
    def number(self) -> dict[WorkPass, int]:
        """Which task each pass is."""
        return numbered(self.passes)

    def directed(self, arcs: Iterable[int]) -> tuple[DirectedSegment, ...]:
        """Return the streets of arcs, places left out."""
        network = self.situation.network
        streets = len(network.arc_tail)
        return tuple([network.directed(arc) for arc in arcs if arc < streets])


def problem_from(situation: PlanningSituation) -> MappedProblem:
    """Return the problem of a situation: directed passes as tasks, shifts as vehicles.

    A machine drives at its own speed where the street allows more; the problem has one pace per
    machine type, the mean over the city.
    """
    trucks, (machines, kind) = trucks_of(situation), machine_kinds(situation)
    passes = [one for job in situation.jobs for one in passes_of(job, situation)]
    nodes = _Nodes(situation, trucks)
    rules = _rules(situation, passes)
    start_s, end_s = _shift_s(situation)
    release_s = [(p.job.starts_at - situation.now).total_seconds() for p in passes]
    weight = np.array([p.job.weight for p in passes], np.float64)
    hopper_kg = np.array([truck.hopper_kg for truck in trucks], np.float64)
    rank = {code: number for number, code in enumerate(classes_of(situation))}
    count = len(trucks)
    problem = Problem(
        *_streets(situation, nodes, limited_ways(situation)),
        mode_arc=np.array([(p.arc, NONE) for p in passes], np.int32).reshape(-1, 2),
        service_s=service_s(situation, passes, machines),
        material_kg=np.array([material_kg(situation, p) for p in passes], np.float64),
        class_index=np.array([rank[p.job.service_class] for p in passes], np.int32),
        release_s=np.maximum(np.array(release_s, np.float64), 0.0),
        due_s=planned_by_s(situation, passes, start_s),
        completion_price=COMPLETION_PRICE * weight,
        lateness_price=LATENESS_PRICE * weight,
        unserved_price=(UNSERVED_PRICE + UNSERVED_S * LATENESS_PRICE) * weight,
        pace=drive_paces(situation, machines),
        vehicle_type=kind,
        start_arc=nodes.start_arc,
        end_arc=nodes.end_arc,
        capacity_kg=hopper_kg,
        load_kg=_load_kg(situation, hopper_kg),
        shift_start_s=start_s,
        shift_end_s=end_s,
        price_per_s=np.full(count, SECOND_PRICE),
        fixed_price=np.zeros(count),
        reload_arc=nodes.reload_arc,
        fill_s=fill_s(situation),
        rules=rules,
    )
    if situation.present.closed and situation.present.starts:
        problem = _with_cut_off(problem)
    unlimited = _unlimited(situation, problem, nodes, trucks)
    return MappedProblem(problem, situation, tuple(passes), machines, unlimited)


def _unlimited(
    situation: PlanningSituation, problem: Problem, nodes: "_Nodes", trucks: Sequence[Vehicle]
) -> UnlimitedMachines | None:
    """Return the machines that no limit concerns; `None` where that changes no way of theirs."""
    limited = limited_ways(situation)
    free = frozenset(v for v, truck in enumerate(trucks) if truck.type not in limited.types)
    if not free or not limited.narrow:
        return None
    graph = dict(zip(GRAPH, _streets(situation, nodes, LimitedWays()), strict=True))
    return UnlimitedMachines(problem, graph, free)


def _with_cut_off(problem: Problem) -> Problem:
    """Return the problem in which vehicles that closures cut off from home end where they are."""
    line = line_graph(problem)
    home_s = {end: to_arc(problem, line, end) for end in np.unique(problem.end_arc).tolist()}
    starts, ends = problem.start_arc.tolist(), problem.end_arc.tolist()
    cut = [
        start != end and not np.isfinite(home_s[end][start])
        for start, end in zip(starts, ends, strict=True)
    ]
    return replace(problem, end_arc=np.where(cut, NONE, problem.end_arc).astype(np.int32))


def classes_of(situation: PlanningSituation) -> list[ServiceClass]:
    """Return the classes in the order in which `Problem.class_index` counts them."""
    codes = {job.service_class for job in situation.jobs}
    return situation.policy.in_order(codes.union(situation.policy.rules))


def _shift_s(situation: PlanningSituation) -> tuple[Floats, Floats]:
    starts = situation.present.starts
    start_s = [
        (
            (starts[shift.id].ready_at if shift.id in starts else shift.starts_at) - situation.now
        ).total_seconds()
        for shift in situation.shifts
    ]
    full = situation.present.full
    end_s = [
        0.0 if shift.id in full else (shift.ends_at - situation.now).total_seconds()
        for shift in situation.shifts
    ]
    return np.maximum(np.array(start_s, np.float64), 0.0), np.array(end_s, np.float64)


def _load_kg(situation: PlanningSituation, hopper_kg: Floats) -> Floats:
    """Return float64[V], what each hopper holds; all are full at the start of a shift."""
    starts = situation.present.starts
    known = [starts.get(shift.id) for shift in situation.shifts]
    load_kg = [full if s is None else s.load_kg for s, full in zip(known, hopper_kg, strict=True)]
    return np.clip(np.array(load_kg, np.float64), 0.0, hopper_kg)


class _Nodes:
    """Junctions where vehicles start, end and reload, each as an arc behind those of streets.

    A vehicle that is out starts from the street where it is.
    """

    def __init__(self, situation: PlanningSituation, trucks: Sequence[Vehicle]) -> None:
        network, starts = situation.network, situation.present.starts
        depot = {d.id: network.nearest_node(d.location) for d in situation.depots}
        ends = [depot[truck.depot_id] for truck in trucks]
        sites = [network.nearest_node(site.location) for site in situation.reload_sites]
        self.nodes = sorted({*ends, *sites})
        arc_of = {node: len(network.arc_tail) + i for i, node in enumerate(self.nodes)}
        self.end_arc: Ints = np.array([arc_of[node] for node in ends], np.int32)
        self.reload_arc: Ints = np.array([arc_of[node] for node in sites], np.int32)
        self.start_arc = self.end_arc.copy()
        for v, shift in enumerate(situation.shifts):
            at = starts[shift.id].at if shift.id in starts else None
            arc = None if at is None else network.arc(at)
            self.start_arc[v] = self.start_arc[v] if arc is None else arc


def _rules(situation: PlanningSituation, passes: Sequence[DirectedPass]) -> RouteRules:
    """Return the rules of routes; none at the start of a storm."""
    present, shifts = situation.present, situation.shifts
    if not (present.starts or present.forbidden or present.locked or present.full):
        return RouteRules()
    starts = [present.starts.get(shift.id) for shift in shifts]
    worked_s = [
        (start.ready_at - shift.starts_at).total_seconds() if start and start.underway else 0.0
        for shift, start in zip(shifts, starts, strict=True)
    ]
    bans = [
        (t, v)
        for v, shift in enumerate(shifts)
        for t, work in enumerate(passes if present.forbidden else ())
        if (shift.vehicle_id, work.job.segment_id) in present.forbidden
    ]
    locked = locked_stops(situation, numbered(passes) if present.locked else {})
    return RouteRules(
        forbidden_task=np.array([t for t, _ in bans], np.int32),
        forbidden_vehicle=np.array([v for _, v in bans], np.int32),
        pinned=locked if any(locked) else (),
        underway=np.array([start is not None and start.underway for start in starts]),
        worked_s=np.maximum(np.array(worked_s, np.float64), 0.0),
    )


GRAPH = ("tail", "head", "length_m", "drive_s", "place", "turn_start", "turn_to", "turn_s")
"""Fields of a problem that are its streets."""

type _Graph = tuple[Ints, Ints, Floats, Floats, Flags, Longs, Ints, Floats]


def _streets(situation: PlanningSituation, places: _Nodes, limited: LimitedWays) -> _Graph:
    """Return the graph fields of a problem: streets, then places that touch their junction."""
    network = situation.network
    streets = len(network.arc_tail)
    nodes = np.array(places.nodes, np.int32)
    nothing = np.zeros(len(nodes))
    shut = closed_arcs(network, situation.present.closed)
    seconds = turn_s(situation), back_s(situation)
    table = [open_shifts_by_vehicle(network, *seconds, shut, limited.turns)]
    for i, node in enumerate(nodes):
        leaving = np.setdiff1d(np.flatnonzero(network.arc_tail == node), shut)
        coming = np.flatnonzero(network.arc_head == node)
        place = streets + i
        table.append(np.column_stack((np.full(len(leaving), place), leaving, 0.0 * leaving)))
        table.append(np.column_stack((coming, np.full(len(coming), place), 0.0 * coming)))
    return (
        np.concatenate((network.arc_tail, nodes)).astype(np.int32),
        np.concatenate((network.arc_head, nodes)).astype(np.int32),
        np.concatenate((network.arc_length_m, nothing)),
        np.concatenate((drive_s(situation), nothing)),
        np.isin(np.arange(streets + len(nodes)), sorted(limited.through))
        | (np.arange(streets + len(nodes)) >= streets),
        *turn_rows(streets + len(nodes), np.concatenate(table)),
    )


def plan_from(
    mapped: MappedProblem, solution: Solution, timed: Sequence[TimedRoute] | None = None
) -> Plan:
    """Return a solution as a draft, with a route for every shift and exact times.

    Who has `timed` its routes already gives them.
    """
    situation, problem = mapped.situation, mapped.problem
    known = timed or routes_timed_afresh(problem, solution.routes)
    if mapped.unlimited:
        known = mapped.unlimited.timed(problem, solution.routes, known)
    routes = []
    for shift, route in zip(situation.shifts, known, strict=True):
        start = situation.present.starts.get(shift.id)
        begun = (start.finishing,) if start and start.finishing else ()
        routes.append(Route(shift.id, shift.vehicle_id, (*begun, *legs_of(mapped, route))))
    cost = solution.cost
    return Plan(
        id=PlanId(0),
        storm_id=situation.storm.id,
        parent_id=situation.parent_id,
        revision=0,
        made_at=situation.now,
        network_version=situation.network.version,
        routes=tuple(routes),
        unserved=left_out(mapped, solution.unserved),
        cost=CostBreakdown(
            total=cost.total,
            lateness=cost.lateness,
            completion=cost.completion,
            travel=cost.total - cost.lateness - cost.completion - cost.unserved,
            unserved=cost.unserved,
        ),
        bound=solution.bound,
        solver=SOLVER,
        seed=solution.seed,
        state=PlanState.DRAFT,
    )


def legs_of(mapped: MappedProblem, timed: TimedRoute) -> tuple[Leg, ...]:
    """Return legs of a plan; a turn or wait between two of them belongs to the later one."""
    legs: list[Leg] = []
    begins_s: float | None = None
    for leg in timed.legs:
        if begins_s is None:
            begins_s = leg.starts_s
        path = mapped.directed(leg.arcs)
        if leg.kind == "drive" and not path:
            continue
        legs.append(_leg(mapped, leg, path, begins_s))
        begins_s = None
    return tuple(legs)


def _leg(
    mapped: MappedProblem, leg: TimedLeg, path: tuple[DirectedSegment, ...], begins_s: float
) -> Leg:
    now = mapped.situation.now
    work = mapped.passes[leg.task] if leg.task != NONE else None
    return Leg(
        kind=LegKind(leg.kind),
        path=path,
        starts_at=now + timedelta(seconds=begins_s),
        ends_at=now + timedelta(seconds=leg.ends_s),
        length_m=sum(map(mapped.problem.length_m.item, leg.arcs)),
        pass_index=work.work.pass_index if work else 0,
        blade=work is not None and work.job.treatment is Treatment.PLOW,
        spreader=work is not None and work.job.treatment is Treatment.SALT,
        job_ids=(work.job.id,) if work else (),
        load_kg=max(leg.load_kg, 0.0),
    )


def left_out(mapped: MappedProblem, unserved: Mapping[int, str]) -> tuple[Unserved, ...]:
    """Return each job with a pass left out, once; `unserved` says why of each task.

    A job with a closed direction is closed, one against every one-way is unreachable.
    """
    reasons: dict[JobId, str] = {}
    for task in sorted(unserved):
        reasons.setdefault(mapped.passes[task].job.id, unserved[task])
    situation = mapped.situation
    planned = {work.job.id for work in mapped.passes}
    planned |= {work.job_id for work in situation.present.done}
    shut = bool(situation.present.closed)
    for job in situation.jobs:
        if shut and _closed(job, situation):
            reasons[job.id] = "closed"
        elif job.id not in planned:
            reasons[job.id] = "unreachable"
    return tuple(Unserved(job_id, reason) for job_id, reason in reasons.items())


def _closed(job: Job, situation: PlanningSituation) -> bool:
    """Whether a direction that a job still wants is closed."""
    present = situation.present
    return any(
        covers(job, forward=step.forward)
        and any(WorkPass(job.id, step.forward, i) not in present.done for i in range(job.passes))
        for step in (DirectedSegment(job.segment_id, f) for f in (True, False))
        if step in present.closed
    )
