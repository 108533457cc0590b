"""Urgent tasks in running routes that have no time left: less important work is left out for them.

Only vehicles that would be there first are tried, and of each the least important work that it has
still ahead is left out until the urgent tasks have a place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from routing.problem.problem import Floats, TaskRoute
from routing.problem.route_repair import without, without_idle_end
from routing.problem.stops import tasks_of
from routing.replanning.batch_insertion import InsertTasks
from routing.replanning.running_routes import RunningRoutes
from routing.replanning.urgent_insertion import UrgentTask

NEAREST = 5
"""Vehicles that are tried, by when they could be there."""

MOST = 16
"""Groups of tasks that one vehicle leaves out at most."""


@dataclass(frozen=True, slots=True, eq=False)
class DisplaceTasks:
    """Insert urgent tasks, and leave out groups of tasks for them on the route that takes them.

    `groups` are tasks that are left out together, by whichever vehicles, the least important ones
    first; those are kept of which one is pinned or begins before the insertion may. As few of a
    vehicle's first groups are left out as make room, and of all vehicles the one is taken for which
    routes and what is left out cost least. The urgent tasks must end before `before_s`.
    """

    insert: InsertTasks
    groups: Sequence[tuple[int, ...]]
    before_s: float = np.inf

    def apply(self, running: RunningRoutes) -> RunningRoutes | None:
        """Return the routes with the urgent tasks; `None` where leaving out does not help."""
        found = [one for v in self._vehicles(running) if (one := self._on(running, v)) is not None]
        return min(found, key=lambda one: one.cost.total, default=None)

    def _vehicles(self, running: RunningRoutes) -> list[int]:
        """Return the vehicles that could be at the first urgent task first."""
        there_s = _earliest_s(running, self.insert.urgent[0], self.insert.begun_s)
        able = [v for v in np.argsort(there_s, kind="stable").tolist() if np.isfinite(there_s[v])]
        return [v for v in able if v not in self.insert.forbidden][:NEAREST]

    def _on(self, running: RunningRoutes, v: int) -> RunningRoutes | None:
        """Return the routes with the urgent tasks on one vehicle's; `None` where it has no room.

        How many groups must go is found by doubling, then by going back.
        """
        own = list(self._own_groups(running, v))[:MOST]
        fits, least, tried = None, 0, 1
        while fits is None and least < len(own):
            tried = min(tried, len(own))
            fits = self._with(running, v, own[:tried])
            least, tried = (least, tried) if fits is not None else (tried, 2 * tried)
        while fits is not None and tried - least > 1:
            half = (least + tried) // 2
            fewer = self._with(running, v, own[:half])
            least, tried, fits = (least, half, fewer) if fewer is not None else (half, tried, fits)
        return fits

    def _in_time(self, after: RunningRoutes, shift_end_s: float) -> bool:
        first = after.problem.tasks - len(self.insert.urgent)
        ends_s = max(leg.ends_s for timed in after.timed for leg in timed.legs if leg.task >= first)
        return ends_s < self.before_s and ends_s <= shift_end_s

    def _own_groups(self, running: RunningRoutes, v: int) -> Iterator[tuple[int, ...]]:
        """Yield the groups of which a vehicle has a part ahead, and no vehicle one behind it."""
        begun_s = self.insert.begun_s
        ahead = {u: _ahead(running, u, begun_s) for u in range(running.problem.vehicles)}
        whole = set[int]().union(*ahead.values())
        for group in self.groups:
            if not ahead[v].isdisjoint(group) and whole.issuperset(group):
                yield group

    def _with(
        self, running: RunningRoutes, v: int, groups: Sequence[tuple[int, ...]]
    ) -> RunningRoutes | None:
        """Return the routes with the urgent tasks on one vehicle's, which leaves groups out.

        The urgent ones end in its shift. It may be home as late as before: what it leaves out must
        not make its day shorter.
        """
        problem, out = running.problem, [task for group in groups for task in group]
        shift_end_s = np.maximum(problem.shift_end_s, [timed.ends_s for timed in running.timed])
        routes: list[TaskRoute] = list(running.routes)
        for u in set(running.doers(out).values()):
            routes[u] = without_idle_end(problem, u, without(routes[u], set(out)))
        roomy = running.changed(replace(problem, shift_end_s=shift_end_s), routes, out)
        others = tuple(other for other in range(problem.vehicles) if other != v)
        forbidden = (*self.insert.forbidden, *others)
        after = replace(self.insert, forbidden=forbidden).apply(roomy)
        if after is None or not self._in_time(after, float(problem.shift_end_s[v])):
            return None
        whole = replace(after.problem, shift_end_s=problem.shift_end_s)
        return running.changed(whole, after.routes, out)


def _ahead(running: RunningRoutes, v: int, begun_s: float) -> set[int]:
    """Return the tasks of a vehicle that are not pinned and begin later."""
    pinned = set(tasks_of(running.problem.rules.pin(v)))
    legs = running.timed[v].legs
    return {leg.task for leg in legs if leg.kind == "work" and leg.starts_s >= begun_s} - pinned


def _earliest_s(running: RunningRoutes, urgent: UrgentTask, begun_s: float) -> Floats:
    """Return float64[vehicles] when each could be at a task; infinite where it cannot do it."""
    problem, places = running.problem, running.positions
    kind = problem.vehicle_type[places.vehicle]
    there_s = np.full(problem.vehicles, np.inf)
    for arc in urgent.mode_arc:
        if arc < 0:
            continue
        toward_s, _ = running.trees.seconds(arc)
        at_s = places.leaves_s + toward_s[places.before] * problem.pace[kind]
        at_s[places.leaves_s + places.drive_s < begun_s] = np.inf
        at_s[~np.isfinite(urgent.service_s[kind])] = np.inf
        np.minimum.at(there_s, places.vehicle, at_s)
    return there_s
