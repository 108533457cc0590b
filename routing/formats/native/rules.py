"""Rules of our own format as those of a problem."""

import numpy as np

from routing.formats.native.names import ProblemIds
from routing.formats.native.schema import PlannedStopEntry, ProblemFile, VehicleEntry
from routing.formats.native.turns import FileArcs
from routing.formats.text.format_error import FormatError
from routing.formats.text.strict_json import wrong
from routing.problem.problem import NONE, Floats, Ints, ReloadStop, TaskRoute, TaskVisit
from routing.problem.rules import RouteRules


def rules_of(file: ProblemFile, names: ProblemIds, grid: FileArcs, mode_arc: Ints) -> RouteRules:
    """Return the rules of a file; raise `FormatError` at the first name that nothing has."""
    rules = file.rules
    published, price = _published(file, names)
    pairs = [
        (
            names.tasks.of(pair.task, f"rules.forbidden[{i}].task"),
            names.vehicles.of(pair.vehicle, f"rules.forbidden[{i}].vehicle"),
        )
        for i, pair in enumerate(rules.forbidden)
    ]
    forbidden = np.array(pairs, np.int32).reshape(-1, 2)
    order = _order(file, names)
    vehicles = file.vehicles
    return RouteRules(
        strict_classes=rules.strict_classes,
        earlier=order[:, 0].astype(np.int32),
        later=order[:, 1].astype(np.int32),
        within_s=order[:, 2].copy(),
        forbidden_task=forbidden[:, 0].copy(),
        forbidden_vehicle=forbidden[:, 1].copy(),
        pinned=_pinned(file, names, grid, mode_arc),
        published_vehicle=published,
        change_price=price,
        break_after_s=_rests_after_s(vehicles),
        break_s=_some([vehicle.break_s for vehicle in vehicles]),
        price_per_m=_some([vehicle.price_per_m for vehicle in vehicles]),
        underway=np.array([vehicle.underway for vehicle in vehicles], np.bool_),
        worked_s=_some([vehicle.worked_s for vehicle in vehicles]),
        last_home_price=rules.last_home_price,
        balance_price=rules.balance_price,
    )


def _some(values: list[float]) -> Floats:
    """Return values as an array, empty where all are 0."""
    return np.array(values, np.float64) if any(values) else np.zeros(0)


def _rests_after_s(vehicles: list[VehicleEntry]) -> Floats:
    """Return when each vehicle has to rest, empty where none has to."""
    if not any(vehicle.break_s for vehicle in vehicles):
        return np.zeros(0)
    return np.array([vehicle.break_after_s for vehicle in vehicles], np.float64)


def _order(file: ProblemFile, names: ProblemIds) -> Floats:
    """Return float64[P, 3]: the number of the earlier and the later task, and seconds between."""
    rows = []
    for i, order in enumerate(file.rules.order):
        path = f"rules.order[{i}]"
        earlier = names.tasks.of(order.earlier, f"{path}.earlier")
        later = names.tasks.of(order.later, f"{path}.later")
        rows.append((earlier, later, np.inf if order.within_s is None else order.within_s))
    return np.array(rows, np.float64).reshape(-1, 3)


def _published(file: ProblemFile, names: ProblemIds) -> tuple[Ints, Floats]:
    """Return who does each task in the published plan, and the price of a change."""
    given = file.rules.published
    if not given:
        return np.zeros(0, np.int32), np.zeros(0)
    vehicle = np.full(len(file.tasks), NONE, np.int32)
    price = np.zeros(len(file.tasks))
    for i, one in enumerate(given):
        path = f"rules.published[{i}]"
        task = names.tasks.of(one.task, f"{path}.task")
        if vehicle[task] != NONE:
            raise wrong(f"{path}.task", "a task that no other entry names", one.task)
        vehicle[task] = names.vehicles.of(one.vehicle, f"{path}.vehicle")
        price[task] = one.change_price
    return vehicle, price


def _pinned(
    file: ProblemFile, names: ProblemIds, grid: FileArcs, mode_arc: Ints
) -> tuple[TaskRoute, ...]:
    routes: list[TaskRoute] = [() for _ in file.vehicles]
    if not file.rules.pinned:
        return ()
    for i, pin in enumerate(file.rules.pinned):
        path = f"rules.pinned[{i}]"
        vehicle = names.vehicles.of(pin.vehicle, f"{path}.vehicle")
        if routes[vehicle]:
            raise wrong(f"{path}.vehicle", "a vehicle that no other entry names", pin.vehicle)
        routes[vehicle] = tuple(
            stop_of(stop, f"{path}.stops[{k}]", names, grid, mode_arc)
            for k, stop in enumerate(pin.stops)
        )
    return tuple(routes)


def stop_of(
    stop: PlannedStopEntry, path: str, names: ProblemIds, grid: FileArcs, mode_arc: Ints
) -> TaskVisit | ReloadStop:
    """Return a stop of a file as that of a route."""
    if (stop.task is None) == (stop.site is None):
        raise FormatError(f"{path}: expected either a task or a site")
    if stop.site is not None:
        return ReloadStop(names.sites.of(stop.site, f"{path}.site"))
    task = names.tasks.of(str(stop.task), f"{path}.task")
    modes = mode_arc[task][mode_arc[task] != NONE].tolist()
    if stop.street is None:
        if len(modes) > 1:
            raise FormatError(f"{path}.street: is missing, the task can be done in several ways")
        return TaskVisit(task, 0)
    arc = grid.arc(stop.street, path, back=stop.back)
    if arc not in modes:
        raise wrong(
            f"{path}.street", "a street and direction in which the task is done", stop.street
        )
    return TaskVisit(task, modes.index(arc))
