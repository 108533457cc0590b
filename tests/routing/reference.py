"""Plain twins of the kernels, to compare with."""

import heapq
from itertools import permutations, product

import numpy as np

from routing.check.referee import cost_of
from routing.problem.problem import Cost, Solution, TaskVisit


def seconds_between(problem, source, target):
    """Deadhead from the end of one arc to the beginning of another, by Dijkstra."""
    best = {}
    queue = []

    def relax(arc, so_far):
        for turn in range(problem.turn_start[arc], problem.turn_start[arc + 1]):
            onward = int(problem.turn_to[turn])
            seconds = so_far + float(problem.turn_s[turn])
            if seconds < best.get(onward, np.inf):
                best[onward] = seconds
                heapq.heappush(queue, (seconds, onward))

    relax(source, 0.0)
    while queue:
        seconds, arc = heapq.heappop(queue)
        if arc == target:
            return seconds
        if seconds <= best[arc] and not problem.place[arc]:
            relax(arc, seconds + float(problem.drive_s[arc]))
    return np.inf


def least_cost(problem):
    """Cost of the best routes of one vehicle that serves everything, by trying all."""
    nothing = Cost(0.0, 0.0, 0.0, 0.0, 0.0)
    least = np.inf
    modes = [np.flatnonzero(arcs >= 0).tolist() for arcs in problem.mode_arc]
    for order in permutations(range(problem.tasks)):
        for chosen in product(*(modes[task] for task in order)):
            route = tuple(TaskVisit(t, m) for t, m in zip(order, chosen, strict=True))
            cost = cost_of(problem, Solution((route,), {}, nothing, 0.0, 0, 0)).total
            least = min(least, cost)
    return least
