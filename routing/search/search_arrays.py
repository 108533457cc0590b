"""A problem as the search sees it: numbered ends, records, near tasks, and empty routes."""

import numpy as np

from routing.kernels.arrays.route_arrays import (
    FAR_S,
    ROW,
    SITE,
    SPOT,
    STOP,
    TASK,
    VEHICLE,
    DeadheadTable,
    ProblemArrays,
    Records,
    RouteArrays,
    TaskPlaces,
    TaskStarts,
)
from routing.kernels.graph import neighbor_lists
from routing.kernels.rows.intermediate_facilities import COLUMNS
from routing.network.deadheads import DeadheadEnds, LineGraph
from routing.problem.problem import (
    NONE,
    Flags,
    Ints,
    Longs,
    Problem,
    ReloadStop,
    TaskRoute,
    TaskVisit,
)
from routing.search.rule_arrays import begin_s, equality_by_rules, fill_vehicle_rules, search_rules

NEIGHBORS = 100
"""Tasks that count as near."""


def route_room(problem: Problem) -> int:
    """Return how many tasks one route may have: generous, but not all on each of many."""
    fair = -(-problem.tasks // max(problem.vehicles, 1))
    return max(1, min(problem.tasks, 6 * fair + 400))


def problem_arrays(
    problem: Problem, line: LineGraph, ends: DeadheadEnds, deadheads: DeadheadTable, next_end: Ints
) -> tuple[ProblemArrays, TaskStarts]:
    """Return what never changes, and which tasks begin where."""
    end = np.where(problem.mode_arc == NONE, NONE, ends.number[problem.mode_arc]).astype(np.int32)
    of_kind = np.bincount(problem.vehicle_type, minlength=problem.service_s.shape[1])
    able = (np.isfinite(problem.service_s) @ of_kind).astype(np.int32)
    index = TaskStarts(*_tasks_at_ends(end, len(ends.arc)), next_end, able)
    task = _records(problem, TASK, problem.tasks)
    vehicle = _records(problem, VEHICLE, problem.vehicles)
    vehicle["kind"] = problem.vehicle_type
    vehicle["pace"] = problem.pace[problem.vehicle_type]
    vehicle["start"] = ends.number[problem.start_arc]
    vehicle["finish"] = np.where(problem.end_arc == NONE, NONE, ends.number[problem.end_arc])
    vehicle["group"] = _groups(problem)
    fill_vehicle_rules(problem, vehicle)
    site = _records(problem, SITE, problem.sites)
    site["end"] = ends.number[problem.reload_arc]
    near = _near(end, deadheads, index)
    service_s = np.minimum(problem.service_s, FAR_S)
    terms = search_rules(problem, line, ends, deadheads)
    return ProblemArrays(
        task, vehicle, site, end, service_s, near, (0,) * end.shape[1], terms
    ), index


def _records(problem: Problem, dtype: np.dtype[np.void], count: int) -> Records:
    """Return records with the fields that a problem has under the same name."""
    records = np.zeros(count, dtype)
    for name in dtype.names or ():
        values = getattr(problem, name, None)
        if values is not None and len(values) == count:
            records[name] = values
    return records


def _tasks_at_ends(end: Ints, ends: int) -> tuple[Longs, Ints, Ints]:
    task, mode = np.nonzero(end != NONE)
    order = np.argsort(end[task, mode], kind="stable")
    task, mode = task[order], mode[order]
    at_start = np.searchsorted(end[task, mode], np.arange(ends + 1)).astype(np.int64)
    return at_start, task.astype(np.int32), mode.astype(np.int32)


def _near(end: Ints, deadheads: DeadheadTable, index: TaskStarts) -> Ints:
    """Return int32[T, Q], the tasks near each task, nearest first."""
    tasks = len(end)
    width = min(max(tasks - 1, 1), NEIGHBORS)
    near = np.full((tasks, width), NONE, np.int32)
    if index.next_end.shape[1]:
        neighbor_lists.near_tasks(end, index.next_end, index.at_start, index.at_task, near)
    elif tasks > 1:
        leave = np.where(end == NONE, NONE, deadheads.leave[end])
        enter = np.where(end == NONE, NONE, deadheads.enter[end])
        back = np.ascontiguousarray(deadheads.dense.T)
        neighbor_lists.near_by_all(leave, enter, deadheads.dense, back, float(FAR_S), near)
    return near


def _groups(problem: Problem) -> Ints:
    """Return int32[V], equal for vehicles that are alike."""
    columns = (
        problem.vehicle_type,
        problem.start_arc,
        problem.end_arc,
        problem.capacity_kg,
        problem.load_kg,
        problem.shift_start_s,
        problem.shift_end_s,
        problem.price_per_s,
        problem.fixed_price,
        *equality_by_rules(problem),
    )
    table = np.column_stack([np.asarray(column, np.float64) for column in columns])
    _, group = np.unique(table, axis=0, return_inverse=True)
    return np.asarray(group, np.int32).reshape(-1)


def empty_routes(problem: Problem, room: int, vehicles: int | None = None) -> RouteArrays:
    """Return empty routes with room for so many tasks, one for every vehicle unless said."""
    count = problem.vehicles if vehicles is None else vehicles
    shape = (count, room + 1)
    return RouteArrays(
        stop=np.zeros(shape, STOP),
        row=np.zeros(count, ROW),
        link=np.zeros((*shape, problem.modes**2), np.float32),
        ahead=np.zeros((*shape, problem.modes)),
        behind=np.zeros((*shape, problem.modes)),
        reload=np.zeros((shape[0], shape[1] + 1, COLUMNS if problem.sites else 1)),
        begin_s=begin_s(problem),
    )


def task_places(problem: Problem, fit: Flags) -> TaskPlaces:
    """Return all tasks as absent; `fit` bool[T] says which somebody can do."""
    spot = np.zeros(problem.tasks, SPOT)
    spot["route"] = NONE
    spot["fit"] = fit
    return TaskPlaces(spot)


def stops_of(routes: RouteArrays, vehicle: int) -> TaskRoute:
    """Return a vehicle's route as stops: tasks in their modes, and reloads before them."""
    stops: list[TaskVisit | ReloadStop] = []
    rows = routes.stop[vehicle, : routes.row["size"][vehicle]]
    columns = (rows[name].tolist() for name in ("task", "mode", "reload"))
    for task, mode, reload in zip(*columns, strict=True):
        if reload:
            stops.append(ReloadStop(int(reload) - 1))
        stops.append(TaskVisit(task, mode))
    return tuple(stops)
