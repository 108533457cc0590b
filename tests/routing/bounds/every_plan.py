"""The truth about small problems: all routes of all vehicles, tried one by one."""

import heapq

import numpy as np


def ways_from(problem, source, per_m=1e-9):
    """Seconds and metres from the end of an arc to the beginning of every other, by Dijkstra.

    Of equally fast ways the shortest.
    """
    best = {}
    queue = []

    def relax(arc, seconds, metres):
        for turn in range(problem.turn_start[arc], problem.turn_start[arc + 1]):
            onward = int(problem.turn_to[turn])
            after = seconds + float(problem.turn_s[turn])
            if after + per_m * metres < best.get(onward, (np.inf,))[0]:
                best[onward] = (after + per_m * metres, after, metres)
                heapq.heappush(queue, (after + per_m * metres, after, metres, onward))

    relax(source, 0.0, 0.0)
    while queue:
        weight, seconds, metres, arc = heapq.heappop(queue)
        if weight <= best[arc][0] and not problem.place[arc]:
            relax(arc, seconds + float(problem.drive_s[arc]), metres + float(problem.length_m[arc]))
    return {arc: (seconds, metres) for arc, (_, seconds, metres) in best.items()}


class EveryRoute:
    """Tries every route of one vehicle: orders, modes, reloads, tasks left to others."""

    def __init__(self, problem, vehicle):
        self.problem = problem
        self.vehicle = vehicle
        stops = {*problem.mode_arc.ravel().tolist(), *problem.reload_arc.tolist()}
        stops |= {int(problem.start_arc[vehicle])}
        self.paths = {arc: ways_from(problem, arc) for arc in stops - {-1}}
        self.pace = float(problem.pace[problem.vehicle_type[vehicle]])
        self.forbidden = problem.rules.forbidden()
        self.cost = {frozenset(): 0.0}
        self.done_s = {}
        start_s, load_kg = float(problem.shift_start_s[vehicle]), float(problem.load_kg[vehicle])
        self._go(int(problem.start_arc[vehicle]), start_s, load_kg, 0.0, {}, reloads=1)

    def _go(self, here, clock_s, load_kg, extra, done, reloads):
        problem = self.problem
        if done:
            self._home(here, clock_s, extra, done)
        for task in set(range(problem.tasks)) - set(done):
            self._serve(here, clock_s, load_kg, extra, done, task)
        for site in range(problem.sites if reloads else 0):
            arc = int(problem.reload_arc[site])
            if arc in self.paths[here]:
                seconds, metres = self.paths[here][arc]
                filled_s = clock_s + seconds * self.pace + float(problem.fill_s[site])
                full_kg = float(problem.capacity_kg[self.vehicle])
                paid = extra + problem.rules.per_m(self.vehicle) * metres
                self._go(arc, filled_s, full_kg, paid, done, reloads - 1)

    def _serve(self, here, clock_s, load_kg, extra, done, task):
        problem, v = self.problem, self.vehicle
        work_s = float(problem.service_s[task, problem.vehicle_type[v]])
        left_kg = load_kg - float(problem.material_kg[task])
        if not np.isfinite(work_s) or left_kg < -1e-9 or (task, v) in self.forbidden:
            return
        for arc in problem.mode_arc[task].tolist():
            if arc < 0 or arc not in self.paths[here]:
                continue
            seconds, metres = self.paths[here][arc]
            begins_s = max(clock_s + seconds * self.pace, float(problem.release_s[task]))
            metres += float(problem.length_m[arc])
            paid = extra + problem.rules.per_m(v) * metres
            ends_s = begins_s + work_s
            self._go(arc, ends_s, left_kg, paid, {**done, task: ends_s}, reloads=1)

    def _home(self, here, clock_s, extra, done):
        problem, v = self.problem, self.vehicle
        end = int(problem.end_arc[v])
        if end >= 0 and end not in self.paths[here]:
            return
        seconds, metres = self.paths[here][end] if end >= 0 else (0.0, 0.0)
        ends_s = clock_s + seconds * self.pace
        if ends_s > problem.shift_end_s[v] + 1e-9:
            return
        cost = extra + problem.rules.per_m(v) * metres + float(problem.fixed_price[v])
        cost += float(problem.price_per_s[v]) * (ends_s - float(problem.shift_start_s[v]))
        for task, done_s in done.items():
            cost += float(problem.completion_price[task]) * done_s
            late_s = max(0.0, done_s - float(problem.due_s[task]))
            cost += float(problem.lateness_price[task]) * late_s if late_s else 0.0
            self.done_s[task] = min(done_s, self.done_s.get(task, np.inf))
        served = frozenset(done)
        self.cost[served] = min(cost, self.cost.get(served, np.inf))
        last_s = max(done.values())
        key = ("last", served)
        self.done_s[key] = min(last_s, self.done_s.get(key, np.inf))


def least_cost_of_any_plan(problem):
    """Cost of the best plan, tasks left out at their price."""
    best = {frozenset(): 0.0}
    for vehicle in range(problem.vehicles):
        mine = EveryRoute(problem, vehicle).cost
        joined = {}
        for served, cost in best.items():
            for more, extra in mine.items():
                if not served & more:
                    key = served | more
                    joined[key] = min(cost + extra, joined.get(key, np.inf))
        best = joined
    everything = frozenset(range(problem.tasks))
    return min(
        cost + float(problem.unserved_price[list(everything - served)].sum())
        for served, cost in best.items()
    )


def earliest_end_of_all(problem, tasks):
    """When `tasks` can all be done at the earliest, by any vehicles; infinite for never."""
    best = {frozenset(): -np.inf}
    for vehicle in range(problem.vehicles):
        ends = EveryRoute(problem, vehicle).done_s
        mine = {key[1]: end for key, end in ends.items() if isinstance(key, tuple)}
        mine[frozenset()] = -np.inf
        joined = {}
        for served, last_s in best.items():
            for more, end_s in mine.items():
                key = served | more
                joined[key] = min(max(last_s, end_s), joined.get(key, np.inf))
        best = joined
    wanted = frozenset(tasks)
    return min((end for served, end in best.items() if served >= wanted), default=np.inf)
