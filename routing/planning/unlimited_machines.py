"""Machines that no limit concerns: they drive all streets, though a search has one graph."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from routing.check.referee import broken_rules
from routing.network.deadheads import line_graph
from routing.network.route_timing import TimedRoute, legs_between, timed_route
from routing.network.shortest_deadheads import PathCache, PathFinder
from routing.problem.problem import Problem
from routing.problem.stops import TaskRoute


@dataclass(frozen=True, eq=False)
class UnlimitedMachines:
    """Vehicles that no limit concerns, and what their graph has otherwise than the problem's.

    Their routes come from a search in which nobody drives what any machine in service cannot. By
    the quickest way over all streets they take no longer, so nothing that held breaks.
    """

    problem: Problem
    graph: Mapping[str, Any]
    vehicles: frozenset[int]

    def timed(
        self, problem: Problem, routes: Sequence[TaskRoute], timed: Sequence[TimedRoute]
    ) -> list[TimedRoute]:
        """Return timed routes, those of these vehicles by the ways over all streets."""
        mine = [route if v in self.vehicles else () for v, route in enumerate(routes)]
        self._paths.learn(legs_between(problem, mine))
        return [
            self.route(problem, v, route, before)
            for v, (route, before) in enumerate(zip(routes, timed, strict=True))
        ]

    def route(
        self, problem: Problem, vehicle: int, route: TaskRoute, before: TimedRoute
    ) -> TimedRoute:
        """Return one route, as it was `before` where a limit concerns its vehicle."""
        if vehicle not in self.vehicles:
            return before
        return timed_route(problem, self._paths, vehicle, route)

    def broken(self, problem: Problem, routes: tuple[TaskRoute, ...]) -> list[str]:
        """Return what the referee finds wrong with the routes of these vehicles there."""
        return broken_rules(replace(problem, **self.graph), routes, self.vehicles)

    @cached_property
    def _paths(self) -> PathCache:
        own = replace(self.problem, **self.graph)
        return PathCache(PathFinder(own, line_graph(own)))
