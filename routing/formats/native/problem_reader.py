"""Problems in our own format as arrays: names become numbers, and every reference is checked."""

from dataclasses import dataclass

import numpy as np
from pydantic import ValidationError

from routing.formats.native.names import ProblemIds, names_of
from routing.formats.native.rules import rules_of
from routing.formats.native.schema import LocationEntry, ProblemFile, TaskEntry, VehicleEntry
from routing.formats.native.schema_errors import format_error
from routing.formats.native.turns import FileArcs
from routing.formats.text.format_error import FormatError
from routing.formats.text.strict_json import wrong
from routing.problem.problem import NONE, Floats, Ints, Problem


@dataclass(frozen=True, slots=True, eq=False)
class NativeProblem:
    """A file of ours, as it was and as a problem."""

    file: ProblemFile
    names: ProblemIds
    grid: FileArcs
    problem: Problem


def read_problem(value: object) -> NativeProblem:
    """Return the problem in a JSON value; raise `FormatError` naming the path."""
    try:
        file = ProblemFile.model_validate(value)
    except ValidationError as error:
        raise format_error(error) from error
    names = names_of(file)
    grid = FileArcs(file, names)
    return NativeProblem(file, names, grid, _problem(file, names, grid))


def _problem(file: ProblemFile, names: ProblemIds, grid: FileArcs) -> Problem:
    tasks, vehicles = file.tasks, file.vehicles
    mode_arc = _mode_arc(tasks, grid)
    sites = [
        grid.add_place(site.junction, f"sites[{i}].junction") for i, site in enumerate(file.sites)
    ]
    start, end = _starts_and_ends(vehicles, grid)
    rules = rules_of(file, names, grid, mode_arc)
    kinds = [names.types.of(v.type, f"vehicles[{i}].type") for i, v in enumerate(vehicles)]
    turn_start, turn_to, turn_s = grid.turns()
    try:
        return Problem(
            tail=np.array(grid.tail, np.int32),
            head=np.array(grid.head, np.int32),
            length_m=np.array(grid.length_m),
            drive_s=np.array(grid.drive_s),
            place=grid.place,
            turn_start=turn_start,
            turn_to=turn_to,
            turn_s=turn_s,
            mode_arc=mode_arc,
            service_s=_service_s(file, names),
            material_kg=_floats([task.material_kg for task in tasks]),
            class_index=np.array([task.class_ for task in tasks], np.int32),
            release_s=_floats([task.release_s for task in tasks]),
            due_s=_floats([task.due_s for task in tasks]),
            completion_price=_floats([task.completion_price for task in tasks]),
            lateness_price=_floats([task.lateness_price for task in tasks]),
            unserved_price=_floats([task.unserved_price for task in tasks]),
            pace=_floats([kind.pace for kind in file.vehicle_types]),
            vehicle_type=np.array(kinds, np.int32),
            start_arc=start,
            end_arc=end,
            capacity_kg=_floats([vehicle.capacity_kg for vehicle in vehicles]),
            load_kg=_loads(vehicles),
            shift_start_s=_floats([vehicle.shift_start_s for vehicle in vehicles]),
            shift_end_s=_shift_ends(vehicles),
            price_per_s=_floats([vehicle.price_per_s for vehicle in vehicles]),
            fixed_price=_floats([vehicle.fixed_price for vehicle in vehicles]),
            reload_arc=np.array(sites, np.int32),
            fill_s=_floats([site.fill_s for site in file.sites]),
            rules=rules,
        )
    except FormatError:
        raise
    except ValueError as error:
        raise FormatError(f"rules: {error}") from error


def _floats(values: list[float] | list[float | None]) -> Floats:
    """Return values as an array, infinite where there is none."""
    return np.array([np.inf if value is None else value for value in values], np.float64)


def _mode_arc(tasks: list[TaskEntry], grid: FileArcs) -> Ints:
    """Return int32[T, M], the arcs on which each task can be done."""
    modes = [_modes(task, f"tasks[{i}]", grid) for i, task in enumerate(tasks)]
    width = max([2, *map(len, modes)])
    rows = [[*arcs, *[NONE] * (width - len(arcs))] for arcs in modes]
    return np.array(rows, np.int32).reshape(-1, width)


def _modes(task: TaskEntry, path: str, grid: FileArcs) -> list[int]:
    ways = (task.street, task.junction, task.any_of)
    if sum(way is not None for way in ways) != 1:
        raise FormatError(f"{path}: expected one of street, junction and any_of")
    if task.junction is not None:
        return [grid.add_place(task.junction, f"{path}.junction")]
    if task.street is not None:
        backs = {"forward": (False,), "back": (True,), "either": (False, True)}[task.direction]
        return [_directed(grid, task.street, path, back=back) for back in backs]
    arcs = [
        grid.arc(drive.street, f"{path}.any_of[{i}]", back=drive.back)
        for i, drive in enumerate(task.any_of or [])
    ]
    if not arcs or len(set(arcs)) < len(arcs):
        raise FormatError(f"{path}.any_of: expected one street or more, none of them twice")
    return arcs


def _directed(grid: FileArcs, street: str, path: str, *, back: bool) -> int:
    number = grid.names.streets.of(street, f"{path}.street")
    if back and number not in grid.back:
        raise wrong(f"{path}.direction", f'"forward", {street} is a one-way street', "back")
    return grid.arc(street, path, back=back)


def _starts_and_ends(vehicles: list[VehicleEntry], grid: FileArcs) -> tuple[Ints, Ints]:
    """Return the arcs where vehicles start and end; vehicles at one junction share its place."""
    places: dict[str, int] = {}

    def arc_of(where: LocationEntry, path: str) -> int:
        if (where.junction is None) == (where.street is None):
            raise FormatError(f"{path}: expected either a junction or a street")
        if where.junction is None:
            return grid.arc(str(where.street), path, back=where.back)
        if where.junction not in places:
            places[where.junction] = grid.add_place(where.junction, f"{path}.junction")
        return places[where.junction]

    starts, ends = [], []
    for i, vehicle in enumerate(vehicles):
        starts.append(arc_of(vehicle.start, f"vehicles[{i}].start"))
        ends.append(NONE if vehicle.end is None else arc_of(vehicle.end, f"vehicles[{i}].end"))
    return np.array(starts, np.int32), np.array(ends, np.int32)


def _service_s(file: ProblemFile, names: ProblemIds) -> Floats:
    """Return float64[T, K], infinite where a type is not able."""
    seconds = np.empty((len(file.tasks), len(file.vehicle_types)))
    for i, task in enumerate(file.tasks):
        seconds[i] = task.service_s
        for kind, own_s in task.service_s_by_type.items():
            column = names.types.of(kind, f"tasks[{i}].service_s_by_type")
            seconds[i, column] = np.inf if own_s is None else own_s
    return seconds


def _loads(vehicles: list[VehicleEntry]) -> Floats:
    for i, vehicle in enumerate(vehicles):
        if vehicle.load_kg is not None and vehicle.load_kg > vehicle.capacity_kg:
            limit = f"at most capacity_kg, {vehicle.capacity_kg:g}"
            raise wrong(f"vehicles[{i}].load_kg", limit, vehicle.load_kg)
    return _floats([v.capacity_kg if v.load_kg is None else v.load_kg for v in vehicles])


def _shift_ends(vehicles: list[VehicleEntry]) -> Floats:
    for i, vehicle in enumerate(vehicles):
        if vehicle.shift_end_s is not None and vehicle.shift_end_s < vehicle.shift_start_s:
            limit = f"at least shift_start_s, {vehicle.shift_start_s:g}"
            raise wrong(f"vehicles[{i}].shift_end_s", limit, vehicle.shift_end_s)
    return _floats([vehicle.shift_end_s for vehicle in vehicles])
