"""Several tasks of one street inserted into running routes at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from routing.check.referee import broken_rules
from routing.problem.route_repair import without
from routing.replanning.changed_routes import ChangedRoutes
from routing.replanning.running_routes import RunningRoutes
from routing.replanning.urgent_insertion import UrgentTask, best_insertion, with_task

TRIED, TRIED_AGAIN = 5, 3
"""Positions of which the exact cost is computed, for the first task and for each other one."""


@dataclass(frozen=True, slots=True, eq=False)
class InsertTasks:
    """Insert new tasks one after the other, each at its best position; all else keeps its order.

    They take the place of the tasks `instead`, which come out first. `forbidden` vehicles do none
    of them, and stops that begin before `begun_s` are not put off. Of `tried` positions for the
    first one, and fewer for the others, the exact cost is computed; with `each_vehicle`, where none
    of them holds, of the best one of every vehicle.
    """

    urgent: Sequence[UrgentTask]
    instead: Sequence[int] = ()
    forbidden: Sequence[int] = ()
    begun_s: float = 0.0
    tried: int = TRIED
    each_vehicle: bool = False

    def apply(self, running: RunningRoutes) -> RunningRoutes | None:
        """Return the routes with the tasks; `None` where some of them has no place."""
        routes = _without(running, self.instead)
        for n, task in enumerate(self.urgent):
            tried = self.tried if n == 0 else min(self.tried, TRIED_AGAIN)
            found = best_insertion(
                routes, task, self.forbidden, self.begun_s, tried, each_vehicle=self.each_vehicle
            )
            if found is None:
                return None
            routes = routes.changed(with_task(routes.problem, task), found.into(routes.routes))
        return routes if self.urgent else None


def broken_by(one: ChangedRoutes) -> list[str]:
    """Return which rules an insertion breaks, by the referee; empty if it holds.

    A vehicle that is late already may be home as late as it was.
    """
    problem = one.after.problem
    homes_s = [timed.ends_s for timed in one.before.timed]
    latest_s = np.maximum(problem.shift_end_s, homes_s)
    new = range(one.before.problem.tasks, problem.tasks)
    doers = one.after.doers(new)
    vehicles = {*doers.values(), *one.vehicles}
    found = broken_rules(replace(problem, shift_end_s=latest_s), one.after.routes, vehicles)
    missing = set(new) - doers.keys()
    return found + [f"task {task} is in no route" for task in sorted(missing)]


def _without(running: RunningRoutes, tasks: Sequence[int]) -> RunningRoutes:
    if not tasks:
        return running
    routes = list(running.routes)
    for v in set(running.doers(tasks).values()):
        routes[v] = without(routes[v], set(tasks))
    return running.changed(running.problem, routes)
