"""What the optimizer is asked and what it answers: arrays of numbers, validated once."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from routing.problem.rules import RouteRules, check_rules
from routing.problem.stops import ReloadStop, TaskRoute, TaskVisit

__all__ = [
    "NONE",
    "Cost",
    "Flags",
    "Floats",
    "Floats32",
    "Ints",
    "Longs",
    "Problem",
    "Reason",
    "ReloadStop",
    "RouteRules",
    "Solution",
    "TaskRoute",
    "TaskVisit",
    "turn_rows",
]

type Floats = NDArray[np.float64]
type Floats32 = NDArray[np.float32]
type Ints = NDArray[np.int32]
type Longs = NDArray[np.int64]
type Flags = NDArray[np.bool_]
type Random = NDArray[np.uint64]
"""State of a stream of random numbers, one entry."""

Reason = Literal["capacity", "time", "unreachable", "no_vehicle", "order"]
"""Why a task is not in any route; order: its earlier pass is left out, or comes too late or early.

Too early or late for it are the last places of all routes that otherwise could take it.
"""

NONE = -1
"""No arc: a mode that does not exist, or a vehicle that may end its shift anywhere."""


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Streets, tasks and vehicles; A arcs, M turns, T tasks, K vehicle types, V vehicles, R sites.

    Streets are directed arcs. A turn from arc `a` to arc `b` is allowed when `b` stands in
    `turn_to[turn_start[a]:turn_start[a + 1]]`, and costs the `turn_s` beside it; what is not
    listed is forbidden. A *place* (depot, reload site) is an arc of no length with
    `tail == head`: routes start, end and stop there, and no route drives through it.

    Driving time of a vehicle is `pace[type]` times that of the arcs and turns. A vehicle stands
    at the end of `start_arc` at `shift_start_s`. Times count in seconds from one common origin.

    Cost is the sum over used vehicles of `fixed_price` and `price_per_s` times the duration, plus
    for each served task `completion_price` times its end and `lateness_price` times what that is
    behind `due_s`, plus `unserved_price` of the others, plus what the rules put a price on. The
    prices are the order of the goals.

    A street served is a task whose modes are arcs of streets, driven while working; a point (gate,
    bus stop) is a task whose only mode is a place, a stop. A vehicle may start at any arc, with
    any load, and end at another place or anywhere.

    Attributes
    ----------
    tail, head
        int32[A], junctions of each arc.
    length_m, drive_s
        float64[A].
    place
        bool[A].
    turn_start, turn_to, turn_s
        int64[A + 1], int32[M] and float64[M], allowed turns in compressed rows.
    mode_arc
        int32[T, M], arc driven when the task is done in this mode, -1 for none; M is 2 or more.
    service_s
        float64[T, K], seconds of work, infinite where this type may not do it.
    material_kg, class_index, release_s, due_s
        [T]; classes count from 0, the most urgent.
    completion_price, lateness_price, unserved_price
        float64[T].
    pace
        float64[K].
    vehicle_type, start_arc, end_arc
        int32[V].
    capacity_kg, load_kg, shift_start_s, shift_end_s, price_per_s, fixed_price
        float64[V].
    reload_arc, fill_s
        int32[R] and float64[R]; a visit fills the hopper.
    rules
        What else must hold or costs; nothing by default.
    """

    tail: Ints
    head: Ints
    length_m: Floats
    drive_s: Floats
    place: Flags
    turn_start: Longs
    turn_to: Ints
    turn_s: Floats
    mode_arc: Ints
    service_s: Floats
    material_kg: Floats
    class_index: Ints
    release_s: Floats
    due_s: Floats
    completion_price: Floats
    lateness_price: Floats
    unserved_price: Floats
    pace: Floats
    vehicle_type: Ints
    start_arc: Ints
    end_arc: Ints
    capacity_kg: Floats
    load_kg: Floats
    shift_start_s: Floats
    shift_end_s: Floats
    price_per_s: Floats
    fixed_price: Floats
    reload_arc: Ints
    fill_s: Floats
    rules: RouteRules = field(default_factory=RouteRules)

    def __post_init__(self) -> None:
        """Reject arrays that do not fit together, and freeze them."""
        _check_shapes(self)
        _check_values(self)
        check_rules(self.rules, self)
        for one in fields(self):
            values = getattr(self, one.name)
            if isinstance(values, np.ndarray):
                values.setflags(write=False)

    @property
    def arcs(self) -> int:
        """Number of arcs, places included."""
        return len(self.tail)

    @property
    def tasks(self) -> int:
        """Number of tasks."""
        return len(self.mode_arc)

    @property
    def modes(self) -> int:
        """Largest number of modes of a task, at least 2."""
        return int(self.mode_arc.shape[1])

    @property
    def vehicles(self) -> int:
        """Number of vehicles."""
        return len(self.vehicle_type)

    @property
    def sites(self) -> int:
        """Number of reload sites."""
        return len(self.reload_arc)


_BY_ARC = ("head", "length_m", "drive_s", "place")
_BY_TASK = (
    "material_kg",
    "class_index",
    "release_s",
    "due_s",
    "completion_price",
    "lateness_price",
    "unserved_price",
)
_BY_VEHICLE = (
    "start_arc",
    "end_arc",
    "capacity_kg",
    "load_kg",
    "shift_start_s",
    "shift_end_s",
    "price_per_s",
    "fixed_price",
)
_NOT_NEGATIVE = (
    "length_m",
    "drive_s",
    "turn_s",
    "service_s",
    "material_kg",
    "completion_price",
    "lateness_price",
    "unserved_price",
    "capacity_kg",
    "load_kg",
    "price_per_s",
    "fixed_price",
    "fill_s",
    "pace",
)


def _check_shapes(problem: Problem) -> None:
    expected: dict[str, tuple[int, ...]] = dict.fromkeys(_BY_ARC, (problem.arcs,))
    expected |= dict.fromkeys(_BY_TASK, (problem.tasks,))
    expected |= dict.fromkeys(_BY_VEHICLE, (problem.vehicles,))
    expected |= {
        "turn_start": (problem.arcs + 1,),
        "turn_s": (len(problem.turn_to),),
        "mode_arc": (problem.tasks, max(problem.mode_arc.shape[-1], 2)),
        "service_s": (problem.tasks, len(problem.pace)),
        "fill_s": (problem.sites,),
    }
    for name, shape in expected.items():
        found = getattr(problem, name).shape
        if found != shape:
            raise ValueError(f"{name}: expected shape {shape}, got {found}")


def _check_values(problem: Problem) -> None:
    for name in _NOT_NEGATIVE:
        values = getattr(problem, name)
        if not np.all(values >= 0):
            raise ValueError(f"{name}: expected no negative value, got {values.min()}")
    _check_range("turn_to", problem.turn_to, 0, problem.arcs)
    _check_range("mode_arc", problem.mode_arc, NONE, problem.arcs)
    _check_range("start_arc", problem.start_arc, 0, problem.arcs)
    _check_range("end_arc", problem.end_arc, NONE, problem.arcs)
    _check_range("reload_arc", problem.reload_arc, 0, problem.arcs)
    _check_range("vehicle_type", problem.vehicle_type, 0, len(problem.pace))
    if np.any(problem.mode_arc[:, 0] == NONE):
        raise ValueError("mode_arc: expected a first mode for every task")
    if problem.turn_start[0] != 0 or problem.turn_start[-1] != len(problem.turn_to):
        raise ValueError("turn_start: expected to run from 0 to the number of turns")


def _check_range(name: str, values: Ints, first: int, end: int) -> None:
    if len(values) and not (first <= values.min() and values.max() < end):
        raise ValueError(
            f"{name}: expected {first} to {end - 1}, got {values.min()}, {values.max()}"
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """What a solution costs, by goal."""

    time: float
    vehicles: float
    completion: float
    lateness: float
    unserved: float
    distance: float = 0.0
    last_home: float = 0.0
    balance: float = 0.0
    change: float = 0.0

    @property
    def total(self) -> float:
        """Sum of all parts."""
        return sum(float(getattr(self, part.name)) for part in fields(self))


@dataclass(frozen=True, slots=True)
class Solution:
    """A route for each vehicle, empty where it stays, and the tasks left out with the reason."""

    routes: tuple[TaskRoute, ...]
    unserved: dict[int, Reason]
    cost: Cost
    bound: float
    iterations: int
    seed: int


def turn_rows(
    arcs: int, turns: Sequence[tuple[int, int, float]] | NDArray[np.float64]
) -> tuple[Longs, Ints, Floats]:
    """Return `turn_start, turn_to, turn_s` of allowed turns given as (from, to, seconds)."""
    table = np.asarray(turns, dtype=np.float64).reshape(-1, 3)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    starts = np.searchsorted(table[:, 0], np.arange(arcs + 1)).astype(np.int64)
    return starts, table[:, 1].astype(np.int32), table[:, 2].copy()
