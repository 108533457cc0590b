"""The data that a plan is made from, as the optimizer reads them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from data.model import Depot, Job, PlanId, Present, ReloadSite, Shift, Storm, Vehicle
from data.model.planning.paces import Pace
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork


class PlanningSituation(Protocol):
    """What a plan is made from."""

    @property
    def storm(self) -> Storm:
        """The storm."""
        ...

    @property
    def network(self) -> StreetNetwork:
        """Streets."""
        ...

    @property
    def policy(self) -> Policy:
        """Levels of service; says how much salt a street takes."""
        ...

    @property
    def jobs(self) -> Sequence[Job]:
        """Open jobs."""
        ...

    @property
    def shifts(self) -> Sequence[Shift]:
        """Shifts that are not over."""
        ...

    @property
    def vehicles(self) -> Sequence[Vehicle]:
        """At least those of the shifts."""
        ...

    @property
    def depots(self) -> Sequence[Depot]:
        """At least those of the vehicles."""
        ...

    @property
    def reload_sites(self) -> Sequence[ReloadSite]:
        """Where hoppers are filled."""
        ...

    @property
    def parent_id(self) -> PlanId | None:
        """The published plan, if any."""
        ...

    @property
    def now(self) -> datetime:
        """When the plan starts to hold; second 0 of the problem."""
        ...

    @property
    def present(self) -> Present:
        """What has been done and begun, and what is closed, forbidden or locked."""
        ...

    @property
    def pace(self) -> Pace:
        """How long everything takes against what is assumed, as storms taught."""
        ...
