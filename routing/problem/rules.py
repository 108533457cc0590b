"""Rules of a storm beyond streets, tasks and vehicles; without them a problem is the plain one."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from graphlib import CycleError, TopologicalSorter
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from routing.problem.stops import ReloadStop, TaskRoute, TaskVisit, tasks_of


def _no_numbers() -> NDArray[np.int32]:
    return np.zeros(0, np.int32)


def _no_values() -> NDArray[np.float64]:
    return np.zeros(0)


def _no_flags() -> NDArray[np.bool_]:
    return np.zeros(0, np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class RouteRules:
    """Order, tandems, pins and prices; T tasks, V vehicles, P pairs of passes, F forbidden pairs.

    A vehicle never waits of its own will: it waits at a street for its release and for the passes
    that come `earlier`, and nowhere else.

    Attributes
    ----------
    strict_classes
        In every route, behind what is pinned, the class index never falls.
    earlier, later
        int32[P]: pass `later` begins work no sooner than pass `earlier` ends, whoever does them.
        Is the earlier one left out, so is the later one.
    within_s
        float64[P]: the later one begins at most so long after that (a tandem), infinite for any.
    begin_by_s
        float64[T] or empty: latest beginning of work, infinite for any; hard, unlike `due_s`.
    forbidden_task, forbidden_vehicle
        int32[F]: this vehicle must not do this task.
    pinned
        Empty, or for each vehicle the stops that its route begins with. They are not judged by
        class order and forbidden pairs, and a route of nothing else may end after its shift.
    published_vehicle
        int32[T] or empty: who has the task in the published plan, -1 for nobody.
    change_price
        float64[T] or empty: price when somebody else does a task that is somebody's there.
    break_after_s, break_s
        float64[V] or empty: before the first stop (task, reload or way home) that would end more
        than `break_after_s` after the shift's start the vehicle rests once where it stands.
    price_per_m
        float64[V] or empty: price of a metre of work or deadhead. Vehicles drive the way that
        takes least time, and of equal ones the shortest (least of seconds and 1e-9 times metres).
    underway
        bool[V] or empty: is out already, so it drives home and costs even without a task.
    worked_s
        float64[V] or empty: time in service before `shift_start_s`, counts for the balance.
    last_home_price
        Price of a second until the last used vehicle is home.
    balance_price
        Price of a second between the longest and the shortest time in service of all vehicles,
        0 for those not used.
    """

    strict_classes: bool = False
    earlier: NDArray[np.int32] = field(default_factory=_no_numbers)
    later: NDArray[np.int32] = field(default_factory=_no_numbers)
    within_s: NDArray[np.float64] = field(default_factory=_no_values)
    begin_by_s: NDArray[np.float64] = field(default_factory=_no_values)
    forbidden_task: NDArray[np.int32] = field(default_factory=_no_numbers)
    forbidden_vehicle: NDArray[np.int32] = field(default_factory=_no_numbers)
    pinned: tuple[TaskRoute, ...] = ()
    published_vehicle: NDArray[np.int32] = field(default_factory=_no_numbers)
    change_price: NDArray[np.float64] = field(default_factory=_no_values)
    break_after_s: NDArray[np.float64] = field(default_factory=_no_values)
    break_s: NDArray[np.float64] = field(default_factory=_no_values)
    price_per_m: NDArray[np.float64] = field(default_factory=_no_values)
    underway: NDArray[np.bool_] = field(default_factory=_no_flags)
    worked_s: NDArray[np.float64] = field(default_factory=_no_values)
    last_home_price: float = 0.0
    balance_price: float = 0.0

    def __post_init__(self) -> None:
        """Freeze the arrays; what they must fit is checked by the problem."""
        for one in fields(self):
            values = getattr(self, one.name)
            if isinstance(values, np.ndarray):
                values.setflags(write=False)

    def rest_s(self, vehicle: int) -> float:
        """Return how long a vehicle rests once a shift."""
        return float(self.break_s[vehicle]) if len(self.break_s) else 0.0

    def rest_after_s(self, vehicle: int) -> float:
        """Return how long after its shift's start a vehicle has to rest, infinite for never."""
        return float(self.break_after_s[vehicle]) if self.rest_s(vehicle) > 0 else np.inf

    def per_m(self, vehicle: int) -> float:
        """Return the price of a metre of a vehicle."""
        return float(self.price_per_m[vehicle]) if len(self.price_per_m) else 0.0

    @property
    def steering(self) -> bool:
        """Whether the search itself must heed any of them; pins are cut off before."""
        return bool(
            self.strict_classes
            or len(self.earlier)
            or len(self.forbidden_task)
            or self.change_price.any()
            or self.break_s.any()
            or self.metres_count
            or np.isfinite(self.begin_by_s).any()
            or self.last_home_price
            or self.balance_price
        )

    @property
    def metres_count(self) -> bool:
        """Whether metres have a price at all."""
        return bool(self.price_per_m.any())

    def is_out(self, vehicle: int) -> bool:
        """Return whether a vehicle is out already."""
        return bool(self.underway[vehicle]) if len(self.underway) else False

    def before_s(self, vehicle: int) -> float:
        """Return how long a vehicle has been in service before its start."""
        return float(self.worked_s[vehicle]) if len(self.worked_s) else 0.0

    def begin_by(self, task: int) -> float:
        """Return when work on a task begins at the latest."""
        return float(self.begin_by_s[task]) if len(self.begin_by_s) else np.inf

    def before(self) -> dict[int, list[tuple[int, float]]]:
        """Return the earlier passes of each later one, and how long after each it may begin."""
        found: dict[int, list[tuple[int, float]]] = {}
        triples = zip(
            self.earlier.tolist(), self.later.tolist(), self.within_s.tolist(), strict=True
        )
        for earlier, later, within_s in triples:
            found.setdefault(later, []).append((earlier, within_s))
        return found

    def pin(self, vehicle: int) -> TaskRoute:
        """Return the stops that a vehicle's route begins with."""
        return self.pinned[vehicle] if self.pinned else ()

    def forbidden(self) -> set[tuple[int, int]]:
        """Return the pairs of task and vehicle that must not meet."""
        tasks, vehicles = self.forbidden_task.tolist(), self.forbidden_vehicle.tolist()
        return set(zip(tasks, vehicles, strict=True))

    def change(self, task: int, vehicle: int) -> float:
        """Return the price of a task done by a vehicle against the published plan."""
        if not (len(self.published_vehicle) and len(self.change_price)):
            return 0.0
        published = int(self.published_vehicle[task])
        return 0.0 if published in (-1, vehicle) else float(self.change_price[task])


type _Given = NDArray[Any]


class ProblemShape(Protocol):
    """What rules must fit: a problem."""

    @property
    def mode_arc(self) -> NDArray[np.int32]:
        """Arcs of each task's modes."""
        ...

    @property
    def service_s(self) -> NDArray[np.float64]:
        """Seconds of work by vehicle type."""
        ...

    @property
    def vehicle_type(self) -> NDArray[np.int32]:
        """Type of each vehicle."""
        ...

    @property
    def sites(self) -> int:
        """Number of reload sites."""
        ...


def check_rules(rules: RouteRules, problem: ProblemShape) -> None:
    """Reject rules that do not fit the tasks and vehicles of a problem."""
    tasks, vehicles = len(problem.service_s), len(problem.vehicle_type)
    _check_lengths(rules, tasks, vehicles)
    for name, end in (
        ("earlier", tasks),
        ("later", tasks),
        ("forbidden_task", tasks),
        ("forbidden_vehicle", vehicles),
    ):
        _check_range(name, getattr(rules, name), 0, end)
    _check_range("published_vehicle", rules.published_vehicle, -1, vehicles)
    for name in (
        "within_s",
        "change_price",
        "break_after_s",
        "break_s",
        "price_per_m",
        "worked_s",
        "last_home_price",
        "balance_price",
    ):
        if not np.all(np.asarray(getattr(rules, name)) >= 0):
            raise ValueError(f"{name}: expected no negative value, got {getattr(rules, name)}")
    _check_order(zip(rules.earlier.tolist(), rules.later.tolist(), strict=True))
    _check_pins(rules, problem)


def _check_lengths(rules: RouteRules, tasks: int, vehicles: int) -> None:
    for name, length in (
        ("later", len(rules.earlier)),
        ("within_s", len(rules.earlier)),
        ("forbidden_vehicle", len(rules.forbidden_task)),
    ):
        if len(getattr(rules, name)) != length:
            raise ValueError(f"{name}: expected length {length}, got {len(getattr(rules, name))}")
    for name, length in (
        ("published_vehicle", tasks),
        ("change_price", tasks),
        ("begin_by_s", tasks),
        ("break_s", vehicles),
        ("break_after_s", vehicles),
        ("price_per_m", vehicles),
        ("pinned", vehicles),
        ("underway", vehicles),
        ("worked_s", vehicles),
    ):
        found = len(getattr(rules, name))
        if found not in (0, length):
            raise ValueError(f"{name}: expected none or {length}, got {found}")
    if len(rules.break_s) != len(rules.break_after_s):
        raise ValueError("break_s: expected as many as break_after_s")


def _check_range(name: str, values: _Given, first: int, end: int) -> None:
    if len(values) and not (first <= values.min() and values.max() < end):
        raise ValueError(
            f"{name}: expected {first} to {end - 1}, got {values.min()}, {values.max()}"
        )


def _check_order(pairs: Iterable[tuple[int, int]]) -> None:
    sorter: TopologicalSorter[int] = TopologicalSorter()
    for earlier, later in pairs:
        sorter.add(later, earlier)
    try:
        sorter.prepare()
    except CycleError as circle:
        raise ValueError(f"earlier, later: expected no circle, got {circle.args[1]}") from circle


def _check_pins(rules: RouteRules, problem: ProblemShape) -> None:
    """Reject pins that no route could begin with."""
    seen: set[int] = set()
    for v, route in enumerate(rules.pinned):
        for stop in route:
            _check_stop(stop, v, problem)
        tasks = tasks_of(route)
        again = seen.intersection(tasks) or len(tasks) > len(set(tasks))
        if again:
            raise ValueError(f"pinned: expected each task once, got {tasks} of vehicle {v} again")
        seen.update(tasks)
    for earlier, later in zip(rules.earlier.tolist(), rules.later.tolist(), strict=True):
        if later in seen and earlier not in seen:
            raise ValueError(f"pinned: expected task {earlier} too, as {later} comes after it")


def _check_stop(stop: TaskVisit | ReloadStop, vehicle: int, problem: ProblemShape) -> None:
    if isinstance(stop, ReloadStop):
        if not 0 <= stop.site < problem.sites:
            raise ValueError(f"pinned: expected reload sites that exist, got {stop}")
        return
    tasks, modes = problem.mode_arc.shape
    exists = 0 <= stop.task < tasks and 0 <= stop.mode < modes
    if not exists or problem.mode_arc[stop.task, stop.mode] < 0:
        raise ValueError(f"pinned: expected tasks and modes that exist, got {stop}")
    if not np.isfinite(problem.service_s[stop.task, problem.vehicle_type[vehicle]]):
        raise ValueError(f"pinned: expected tasks that vehicle {vehicle} can do, got {stop}")
