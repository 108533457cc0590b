"""Several tasks of one street put into running routes at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from routing.check.referee import broken_rules
from routing.problem.route_repair import without
from routing.replanning.urgent_insertion import RunningRoutes, UrgentTask, with_task

TRIED, TRIED_AGAIN = 5, 3
"""Places of which the exact cost is computed, for the first task and for each other one."""


@dataclass(frozen=True, slots=True, eq=False)
class BatchInsertion:
    """Running routes with tasks put in: before and after, and the vehicle of the first one.

    The new tasks of the problem `after` are its last ones, in the order they were given.
    """

    before: RunningRoutes
    after: RunningRoutes
    vehicle: int

    @property
    def changed(self) -> list[int]:
        """The vehicles whose routes are others than before."""
        pairs = zip(self.before.routes, self.after.routes, strict=True)
        return [v for v, (one, other) in enumerate(pairs) if one != other]

    @property
    def more_s(self) -> float:
        """How much longer all vehicles are in service."""
        timed = zip(self.before.timed, self.after.timed, strict=True)
        return sum(other.service_s - one.service_s for one, other in timed)


def broken_by(one: BatchInsertion) -> list[str]:
    """Return which rules an insertion breaks, by the referee; empty if it holds.

    A vehicle that is late already may be home as late as it was.
    """
    problem = one.after.problem
    homes_s = [timed.ends_s for timed in one.before.timed]
    latest_s = np.maximum(problem.shift_end_s, homes_s)
    new = range(one.before.problem.tasks, problem.tasks)
    vehicles = {*one.after.doers(new).values(), *one.changed}
    found = broken_rules(replace(problem, shift_end_s=latest_s), one.after.routes, vehicles)
    missing = set(new) - one.after.doers(new).keys()
    return found + [f"task {task} is in no route" for task in sorted(missing)]


def inserted(
    running: RunningRoutes,
    urgent: Sequence[UrgentTask],
    instead: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    begun_s: float = 0.0,
    tried: int = TRIED,
) -> BatchInsertion | None:
    """Return the routes with tasks put in; `None` where some of them has no place.

    They take the place of the tasks `instead`, which come out first. `forbidden` vehicles do none
    of them, and stops that begin before `begun_s` are not put off. Of `tried` places for the first
    one, and fewer for the others, the exact cost is computed.
    """
    taken = set(instead)
    held = list(running.routes)
    for v in set(running.doers(instead).values()):
        held[v] = without(held[v], taken)
    routes = running.changed(running.problem, held) if taken else running
    vehicle: int | None = None
    for one in urgent:
        places = tried if vehicle is None else min(tried, TRIED_AGAIN)
        found = routes.best_insertion(one, forbidden, begun_s, places)
        if found is None:
            return None
        vehicle = found.vehicle if vehicle is None else vehicle
        routes = routes.changed(with_task(routes.problem, one), found.into(routes.routes))
    return None if vehicle is None else BatchInsertion(running, routes, vehicle)
