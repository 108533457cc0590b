"""Solutions of problems in our own format: written, and read again to begin from."""

from dataclasses import fields

from pydantic import ValidationError

from routing.formats.native.problem_reader import NativeProblem
from routing.formats.native.rules import stop_of
from routing.formats.native.schema import PlannedStopEntry
from routing.formats.native.schema_errors import format_error
from routing.formats.text.format_error import FormatError
from routing.formats.text.strict_json import items, text_in, wrong
from routing.network.route_timing import TimedLeg, TimedRoute, routes_timed_afresh
from routing.problem.problem import Solution, TaskRoute
from routing.problem.stops import tasks_of

FORMAT = "barfrub-solution"
"""What the `format` of a solution says."""


def own_solution_json(own: NativeProblem, solution: Solution, seconds: float) -> dict[str, object]:
    """Return a solution with stops, refills, times and the walk of each vehicle that is used."""
    problem, cost = own.problem, solution.cost
    timed = routes_timed_afresh(problem, solution.routes)
    bound = min(solution.bound, cost.total)
    return {
        "format": FORMAT,
        "version": 1,
        "name": own.file.name,
        "cost": _tidy(cost.total),
        "cost_parts": {part.name: _tidy(getattr(cost, part.name)) for part in fields(cost)},
        "lower_bound": _tidy(bound),
        "gap": round(cost.total / bound - 1.0, 6) if bound > 0 else None,
        "routes": [
            _route_json(own, vehicle, route) for vehicle, route in enumerate(timed) if route.used
        ],
        "unserved": [
            {"task": own.file.tasks[task].id, "reason": reason}
            for task, reason in sorted(solution.unserved.items())
        ],
        "seed": solution.seed,
        "iterations": solution.iterations,
        "seconds": round(seconds, 3),
    }


def _route_json(own: NativeProblem, vehicle: int, route: TimedRoute) -> dict[str, object]:
    driven = [arc for leg in route.legs for arc in leg.arcs if arc < own.grid.driven]
    return {
        "vehicle": own.file.vehicles[vehicle].id,
        "ends_s": _tidy(route.ends_s),
        "cost": _tidy(route.cost),
        "stops": [_stop_json(own, leg) for leg in route.legs if leg.kind != "drive"],
        "walk": [own.grid.drive(arc) for arc in driven],
    }


def _stop_json(own: NativeProblem, leg: TimedLeg) -> dict[str, object]:
    """Return work, a refill or a rest with its times and what is in the hopper after it."""
    what: dict[str, object] = {"rest": True}
    if leg.kind == "work":
        what = {"task": own.file.tasks[leg.task].id}
        what |= own.grid.drive(leg.arcs[-1]) if leg.arcs[-1] < own.grid.driven else {}
    elif leg.kind == "reload":
        what = {"site": own.file.sites[leg.site].id}
    times = {"starts_s": leg.starts_s, "ends_s": leg.ends_s, "load_kg": leg.load_kg}
    return what | {name: _tidy(value) for name, value in times.items()}


def _tidy(value: float) -> float:
    """Return a number without the noise of sums."""
    return round(value, 6)


def own_start(own: NativeProblem, value: object) -> tuple[TaskRoute, ...]:
    """Return the routes of a solution of ours, one for each vehicle of the file.

    Tasks may be missing. Raise `FormatError` where a name is not in the file, or a task or vehicle
    comes twice. What does not fit in time or load is left for the search to mend.
    """
    routes: list[TaskRoute] = [() for _ in own.file.vehicles]
    done: set[int] = set()
    for entry, path in items(value, "", "routes"):
        name = text_in(entry, path, "vehicle")
        vehicle = own.names.vehicles.of(name, f"{path}.vehicle")
        if routes[vehicle]:
            raise wrong(f"{path}.vehicle", "a vehicle that no other route has", name)
        routes[vehicle] = tuple(
            stop_of(_planned(stop, at), at, own.names, grid=own.grid, mode_arc=own.problem.mode_arc)
            for stop, at in items(entry, path, "stops")
            if not (isinstance(stop, dict) and "rest" in stop)
        )
        for task in tasks_of(routes[vehicle]):
            if task in done:
                raise wrong(f"{path}.stops", "no task twice", own.file.tasks[task].id)
            done.add(task)
    return tuple(routes)


def _planned(value: object, path: str) -> PlannedStopEntry:
    """Return a stop without its times."""
    if not isinstance(value, dict):
        raise wrong(path, "an object", value)
    kept = {key: value[key] for key in ("task", "street", "back", "site") if key in value}
    try:
        return PlannedStopEntry.model_validate(kept)
    except ValidationError as error:
        raise FormatError(f"{path}.{format_error(error)}") from error
