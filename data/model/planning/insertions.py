"""Urgent work put into routes that are driven: an offer to the dispatcher, who takes it or not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model.ids import JobId, PlanId, ShiftId, StormId, VehicleId
from data.model.planning.plans import Leg
from data.model.work import Job


@dataclass(frozen=True, slots=True)
class Delay:
    """A job that is done later than it would be."""

    job_id: JobId
    before_at: datetime
    after_at: datetime

    @property
    def late(self) -> timedelta:
        """How much later."""
        return self.after_at - self.before_at


@dataclass(frozen=True, slots=True)
class ChangedRoute:
    """The rest of a shift's route as it would be: its legs from `after_leg` of the plan on."""

    shift_id: ShiftId
    vehicle_id: VehicleId
    after_leg: int
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class UrgentInsertion:
    """The best place for a job in the routes that are driven, without those routes.

    Attributes
    ----------
    key
        Under which whoever found it keeps the routes as they would be.
    job
        What is to be done; its id is 0 where it becomes a job only when this is accepted.
    done_at
        When the last pass of it ends, by the truck `vehicle_id`.
    more
        How much longer all trucks are out for it.
    delays
        Other jobs that come a minute or more later, the most delayed first.
    pushed
        Less important jobs that are left out for it and wait for the next plan.
    """

    key: str
    storm_id: StormId
    plan_id: PlanId
    job: Job
    vehicle_id: VehicleId
    done_at: datetime
    more: timedelta
    delays: tuple[Delay, ...]
    pushed: tuple[JobId, ...] = ()
