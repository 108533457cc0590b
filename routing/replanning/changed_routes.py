"""The one way to change running routes: a strategy makes other routes of them, and both are told.

Strategies: `InsertTasks` for urgent work, `RearrangeNearby` and `RearrangeAll` for what happens on
the road, `GiveTasks`, `PlaceTasks` and `TakeOutTasks` for edits by hand. The referee is asked
apart.
"""

from dataclasses import dataclass
from typing import Protocol

from routing.replanning.running_routes import RunningRoutes


class ChangeStrategy(Protocol):
    """Makes other routes of running ones."""

    def apply(self, running: RunningRoutes) -> RunningRoutes | None:
        """Return the routes as they would be; `None` where some task has no place."""


@dataclass(frozen=True, slots=True, eq=False)
class ChangedRoutes:
    """Running routes before and after a change; new tasks are the last ones of `after.problem`."""

    before: RunningRoutes
    after: RunningRoutes

    @property
    def vehicles(self) -> list[int]:
        """The vehicles whose routes are others than before."""
        pairs = zip(self.before.routes, self.after.routes, strict=True)
        return [v for v, (one, other) in enumerate(pairs) if one != other]

    @property
    def takers(self) -> dict[int, int]:
        """The vehicle of each task that is new on its route."""
        doer = self.before.doer_of_all()
        return {task: v for task, v in self.after.doer_of_all().items() if doer.get(task) != v}

    @property
    def more_cost(self) -> float:
        """How much more the routes and the tasks left out cost."""
        return self.after.cost.total - self.before.cost.total

    @property
    def more_s(self) -> float:
        """How much longer all vehicles are in service."""
        timed = zip(self.before.timed, self.after.timed, strict=True)
        return sum(other.service_s - one.service_s for one, other in timed)


def change(running: RunningRoutes, strategy: ChangeStrategy) -> ChangedRoutes | None:
    """Return what a strategy makes of running routes; `None` where some task has no place."""
    after = strategy.apply(running)
    return None if after is None else ChangedRoutes(running, after)
