"""The routes that machines were to drive in a storm, and when they were to, pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import DirectedSegment, Route, ShiftId, VehicleId


@dataclass(frozen=True, slots=True)
class PublishedRoute:
    """A route since it was published; `skipped` are the legs that its driver left out."""

    since: datetime
    route: Route
    skipped: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class DutyTime:
    """Who drives a shift, "" where nobody said it, and from when to when he keeps to routes.

    He does not once he was called back.
    """

    driver: str
    spans: Sequence[tuple[datetime, datetime]]

    def holds_at(self, moment: datetime) -> bool:
        """Whether the driver keeps to routes at a moment."""
        return any(since <= moment < until for since, until in self.spans)


@dataclass(frozen=True, slots=True)
class DrivenRoutes:
    """The routes of each machine, oldest first, its duty, and which streets were shut when."""

    routes: Mapping[VehicleId, Sequence[PublishedRoute]]
    duty: Mapping[ShiftId, DutyTime]
    shut: Callable[[DirectedSegment, datetime], bool]

    def at(self, vehicle_id: VehicleId, moment: datetime) -> PublishedRoute | None:
        """Return the route that a machine was to drive at a moment; `None` without one."""
        return next(
            (
                one
                for one in reversed(self.routes.get(vehicle_id, ()))
                if one.since <= moment and self.on_duty(one.route, moment)
            ),
            None,
        )

    def on_duty(self, route: Route, moment: datetime) -> bool:
        """Whether the shift of a route goes on at a moment, and was not called back."""
        duty = self.duty.get(route.shift_id)
        return duty is not None and duty.holds_at(moment)

    def driver_of(self, route: Route) -> str:
        """Return who drives a route, "" where nobody said it."""
        return self.duty[route.shift_id].driver
