"""When some tasks can all be done at the earliest, by work against the time of machines.

Work is shared out in fractions, so no plan is sooner. Any prices of machine seconds prove a time
(weak duality); a small linear program only finds good ones.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack
from scipy.sparse.csgraph import dijkstra

from routing.bounds.relaxation import IntArray
from routing.network.deadheads import LineGraph, from_arc, to_arc
from routing.network.single_task_feasibility import SLACK_KG, SingleTaskFeasibility
from routing.problem.problem import NONE, Flags, Floats, Problem
from routing.problem.row_minima import row_minima

ROUNDS = 4
"""Times that prices are found for the time just proved."""
_RATIO = 0.05
"""Tasks whose seconds by type have the same ratios, within this, are one to the linear program."""
_HALVINGS = 60
_SAFE = 1e-9
_TINY_S = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class AbleVehicles:
    """Vehicles of each able kind (type and hopper), C kinds, and what tasks take of their time.

    Attributes
    ----------
    kind
        int64[V], kind of each vehicle, -1 where it can do none of the tasks.
    begin_s, end_s
        float64[V], between these a vehicle is free for the tasks and the ways between them.
    need_s
        float64[T, C], work, the shortest way there from any stop, and the share of a reload,
        infinite where not able.
    laden_s
        float64[C], reloads spared by what is in the hoppers at the start, in seconds.
    """

    kind: IntArray
    begin_s: Floats
    end_s: Floats
    need_s: Floats
    laden_s: Floats

    def free_s(self, by_s: float) -> Floats:
        """Return float64[C], seconds that the vehicles of each kind have until a time."""
        able = self.kind != NONE
        some_s = np.maximum(np.minimum(self.end_s, by_s) - self.begin_s, 0.0)[able]
        total_s = np.bincount(self.kind[able], some_s, minlength=len(self.laden_s))
        return total_s + self.laden_s


@dataclass(frozen=True, slots=True)
class CompletionBound:
    """No plan has done all tasks before `earliest_s`; infinite: never.

    Seconds are those of the most useful kind of vehicle: `work_s` the tasks need at least, and
    `free_s` the vehicles have by the time asked about.
    """

    earliest_s: float
    vehicles: int
    work_s: float
    free_s: float


class FleetAccess:
    """Travel times of all vehicles to all tasks and home, to bound what subsets of tasks take."""

    def __init__(self, problem: Problem, line: LineGraph, alone: SingleTaskFeasibility) -> None:
        self.problem = problem
        self.fit = alone.fit()
        self._line = line
        self._there: dict[int, Floats] = {}
        self._home: dict[int, Floats] = {}
        approach_s = _approach_s(problem)
        self._approach_s = _least_of_modes(problem, approach_s)

    def team(self, tasks: Flags) -> AbleVehicles:
        """Return the vehicles for some tasks, given as bool[T]; only those that fit count."""
        problem = self.problem
        chosen = np.flatnonzero(tasks & self.fit)
        begin_s, end_s = np.full(problem.vehicles, np.inf), np.full(problem.vehicles, -np.inf)
        for vehicles in _alike(problem):
            first = vehicles[0]
            begin_s[vehicles], end_s[vehicles] = self._between(first, chosen)
        able = begin_s <= end_s
        table = np.column_stack((problem.vehicle_type, problem.capacity_kg))[able]
        kinds, of_able = np.unique(table, axis=0, return_inverse=True)
        kind = np.full(problem.vehicles, NONE)
        kind[able] = of_able.ravel()
        need_s = np.full((len(chosen), len(kinds)), np.inf)
        laden_s = np.zeros(len(kinds))
        for c, (machine, capacity_kg) in enumerate(kinds.tolist()):
            per_kg_s = self._reload_s(capacity_kg)
            pace = problem.pace[int(machine)]
            need_s[:, c] = problem.service_s[chosen, int(machine)]
            need_s[:, c] += self._approach_s[chosen] * pace
            need_s[:, c] += problem.material_kg[chosen] * per_kg_s
            need_s[problem.material_kg[chosen] > self._lift_kg(kind == c), c] = np.inf
            laden_s[c] = float(problem.load_kg[kind == c].sum()) * per_kg_s
        return AbleVehicles(kind, begin_s, end_s, need_s, laden_s)

    def _lift_kg(self, vehicles: Flags) -> float:
        """Return what the largest hopper of some vehicles can hold for one task."""
        problem = self.problem
        hopper_kg = problem.capacity_kg if problem.sites else problem.load_kg
        return float(np.maximum(hopper_kg, problem.load_kg)[vehicles].max()) + SLACK_KG

    def _reload_s(self, capacity_kg: float) -> float:
        """Return the seconds of reloading that a kilogram takes at least, 0 if not known."""
        fill_s = self.problem.fill_s
        return float(fill_s.min()) / capacity_kg if len(fill_s) and capacity_kg > 0 else 0.0

    def _between(self, v: int, chosen: IntArray) -> tuple[float, float]:
        """Return from when to when a vehicle is free for some tasks and the ways into them."""
        problem = self.problem
        kind = problem.vehicle_type[v]
        able = chosen[np.isfinite(problem.service_s[chosen, kind])]
        start, end = int(problem.start_arc[v]), int(problem.end_arc[v])
        pace = float(problem.pace[kind])
        arrive_s = problem.shift_start_s[v] + self._ways_there(start)[able] * pace
        if self._reload_s(float(problem.capacity_kg[v])) == 0.0:
            # Who waits for a release may reload meanwhile, so only others lose that time.
            arrive_s = np.maximum(arrive_s, problem.release_s[able])
        begin_s = arrive_s - self._approach_s[able] * pace
        home_s = self._ways_home(end)[able] * pace
        reached = np.isfinite(begin_s) & np.isfinite(home_s)
        if not np.any(reached):
            return np.inf, -np.inf
        return float(begin_s[reached].min()), float(problem.shift_end_s[v] - home_s[reached].min())

    def _ways_there(self, start: int) -> Floats:
        if start not in self._there:
            seconds = from_arc(self.problem, self._line, start)
            self._there[start] = _least_of_modes(self.problem, seconds)
        return self._there[start]

    def _ways_home(self, end: int) -> Floats:
        if end not in self._home:
            seconds = np.zeros(self.problem.arcs)
            if end != NONE:
                seconds = to_arc(self.problem, self._line, end)
            self._home[end] = _least_of_modes(self.problem, seconds)
        return self._home[end]


def earliest_finish(team: AbleVehicles, by_s: float) -> CompletionBound:
    """Return when the tasks of a team are all done at the earliest.

    Parameters
    ----------
    by_s
        A time to say of how much work there is and how much the vehicles have by then.
    """
    vehicles = int(np.sum(team.kind != NONE))
    if not len(team.need_s):
        return CompletionBound(-np.inf, vehicles, 0.0, 0.0)
    if not vehicles:
        return CompletionBound(np.inf, 0, 0.0, 0.0)
    best, price = -np.inf, np.ones(len(team.laden_s))
    best_price = price
    groups = _groups(team.need_s)
    for _ in range(ROUNDS):
        earliest_s = _earliest_s(team, price)
        if earliest_s <= best + _TINY_S:
            break
        best, best_price = earliest_s, price
        found = _prices(team, groups, best)
        if found is None:
            break
        price = found
    best_price = best_price / best_price.max()
    work_s = _work_s(team, best_price)
    return CompletionBound(best, vehicles, work_s, float(best_price @ team.free_s(by_s)))


def most_done(team: AbleVehicles, worth: Floats, by_s: float) -> float:
    """Return what the tasks of a team that are done by a time are worth together at most.

    `worth` float64[T]. With any prices of vehicle seconds no plan does more than all seconds cost,
    and what tasks are worth above their own cheapest seconds.
    """
    least_s = row_minima(team.need_s)
    can = np.isfinite(least_s) & (worth > 0)
    free_s = team.free_s(by_s)
    if not can.any() or not (free_s > 0).any():
        return 0.0
    need_s, worth, least_s = team.need_s[can], worth[can], least_s[can]
    best = float(worth.sum())
    price = _prices_of_most(need_s, worth, np.log(np.maximum(least_s, _TINY_S) / worth), free_s)
    if price is not None:
        known = np.isfinite(need_s)
        cheapest = row_minima(np.where(known, np.where(known, need_s, 0.0) * price, np.inf))
        above = np.maximum(worth - cheapest, 0.0).sum()
        best = min(best, float(price @ free_s + above) * (1.0 + _SAFE))
    return best


def _prices_of_most(
    need_s: Floats, worth: Floats, seconds_per_worth: Floats, free_s: Floats
) -> Floats | None:
    """Return float64[C], what a second of each kind is worth if as much as can be is done.

    Dual values of the linear program that shares out alike tasks in fractions.
    """
    group = alike(need_s, np.round(seconds_per_worth / _RATIO)[:, None])
    sums_s = np.column_stack([np.bincount(group, column) for column in need_s.T])
    of_group, kind = np.nonzero(np.isfinite(sums_s))
    each = np.arange(len(kind))
    load = csr_matrix((sums_s[of_group, kind], (kind, each)), shape=(len(free_s), len(each)))
    share = csr_matrix((np.ones(len(each)), (of_group, each)), shape=(len(sums_s), len(each)))
    found = linprog(
        -np.bincount(group, worth)[of_group],
        A_ub=vstack((load, share)),
        b_ub=np.concatenate((free_s, np.ones(len(sums_s)))),
        method="highs-ds",
    )
    if found.status != 0:
        return None
    price: Floats = np.maximum(-found.ineqlin.marginals[: len(free_s)], 0.0)
    return price


def _work_s(team: AbleVehicles, price: Floats) -> float:
    """Return the least price of all tasks; what nobody of the team can do costs nothing."""
    known = np.isfinite(team.need_s)
    paid = row_minima(np.where(known, np.where(known, team.need_s, 0.0) * price, np.inf))
    return float(paid[np.isfinite(paid)].sum())


def _earliest_s(team: AbleVehicles, price: Floats) -> float:
    """Return the last time by which the vehicles have less than the tasks need, so priced."""
    work = _work_s(team, price) * (1.0 - _SAFE)
    able = team.kind != NONE
    low, high = float(team.begin_s[able].min()), float(team.end_s[able].max())
    if np.isinf(high):
        high = float(team.begin_s[able].max()) + work / price[price > 0].min()
    elif price @ team.free_s(high) < work:
        return np.inf
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if price @ team.free_s(middle) < work:
            low = middle
        else:
            high = middle
    return low


def alike(need_s: Floats, marks: Floats) -> IntArray:
    """Return int64[N], groups of tasks with equal marks and alike ratios between kinds.

    Parameters
    ----------
    need_s, marks
        float64[N, C] and float64[N, any].
    """
    least_s = np.maximum(row_minima(need_s)[:, None], _TINY_S)
    ratio = np.where(np.isfinite(need_s), np.log(np.maximum(need_s, _TINY_S) / least_s), -1.0)
    table = np.column_stack((np.round(ratio / _RATIO), marks))
    group: IntArray = np.unique(table, axis=0, return_inverse=True)[1].ravel()
    return group


def _groups(need_s: Floats) -> Floats:
    """Return the sums of alike tasks, float64[G, C]."""
    group = alike(need_s, np.empty((len(need_s), 0)))
    return np.column_stack([np.bincount(group, column) for column in need_s.T])


def _prices(team: AbleVehicles, groups: Floats, by_s: float) -> Floats | None:
    """Return float64[C], what a second of each kind is worth if all is to be done by a time.

    Dual values of the linear program that shares out work so that all kinds are as little
    overloaded as can be.
    """
    free_s = team.free_s(by_s)
    group, kind = np.nonzero(np.isfinite(groups) & (free_s > 0))
    if len(np.unique(group)) < len(groups):
        return None
    count = len(group)
    each = np.arange(count)
    rows = np.concatenate((kind, np.arange(len(free_s))))
    columns = np.concatenate((each, np.full(len(free_s), count)))
    values = np.concatenate((groups[group, kind], -free_s))
    load = csr_matrix((values, (rows, columns)), shape=(len(free_s), count + 1))
    shares = csr_matrix((np.ones(count), (group, each)), shape=(len(groups), count + 1))
    cost = np.zeros(count + 1)
    cost[count] = 1.0
    found = linprog(
        cost,
        A_ub=load,
        b_ub=np.zeros(len(free_s)),
        A_eq=shares,
        b_eq=np.ones(len(groups)),
        method="highs-ds",
    )
    if found.status != 0:
        return None
    price: Floats = np.maximum(-found.ineqlin.marginals, 0.0)
    return price if price.max() > 0 else None


def _alike(problem: Problem) -> list[IntArray]:
    """Return the vehicles of one kind with the same start, end, hopper and shift together."""
    columns = (
        problem.vehicle_type,
        problem.start_arc,
        problem.end_arc,
        problem.capacity_kg,
        problem.shift_start_s,
        problem.shift_end_s,
    )
    _, alike = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
    return [np.flatnonzero(alike == kind) for kind in np.unique(alike)]


def _approach_s(problem: Problem) -> Floats:
    """Return float64[A], seconds to the beginning of each arc from the nearest stop or start."""
    stops = np.concatenate((problem.mode_arc.ravel(), problem.reload_arc, problem.start_arc))
    stops = np.unique(stops)
    stops = stops[stops != NONE]
    leaving = np.repeat(np.arange(problem.arcs), np.diff(problem.turn_start))
    first = np.isin(leaving, stops)
    onward = ~problem.place[leaving]
    rows = np.concatenate((leaving[onward], np.full(int(first.sum()), problem.arcs)))
    columns = np.concatenate((problem.turn_to[onward], problem.turn_to[first]))
    weights = np.concatenate(
        (problem.drive_s[leaving[onward]] + problem.turn_s[onward], problem.turn_s[first])
    )
    return _nearest(rows, columns, weights, problem.arcs)


def _nearest(rows: IntArray, columns: IntArray, weights: Floats, arcs: int) -> Floats:
    """Return float64[A], distances from one more vertex behind all; several edges are the least."""
    order = np.lexsort((weights, columns, rows))
    rows, columns, weights = rows[order], columns[order], weights[order]
    first = np.concatenate(([True], (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])))
    # A weight of nothing would be no edge at all.
    graph = csr_matrix(
        (np.maximum(weights[first], 1e-12), (rows[first], columns[first])),
        shape=(arcs + 1, arcs + 1),
    )
    away_s: Floats = dijkstra(graph, indices=arcs)[:arcs]
    return np.where(np.isfinite(away_s), np.maximum(away_s - 1e-6, 0.0), 0.0)


def _least_of_modes(problem: Problem, seconds: Floats) -> Floats:
    """Return float64[T], the least over the arcs of a task's modes."""
    return row_minima(np.where(problem.mode_arc == NONE, np.inf, seconds[problem.mode_arc]))
