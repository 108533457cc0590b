"""What is true of simulated trucks: which alarms hold, and which events should raise one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from data.model import (
    Alert,
    AlertKind,
    DeviceId,
    Job,
    JobId,
    LegKind,
    Plan,
    Route,
    VehicleId,
)
from data.policy.alert_rules import AlertRules
from data.streets.network import StreetNetwork
from fleet.simulation.simulated_trucks import Traversal

FORGETS_FROM = STANDS_FROM = datetime(2026, 12, 21, 1, tzinfo=UTC)
FORGETS_FOR, STANDS_FOR = timedelta(minutes=15), timedelta(minutes=30)
LOOKS_FOR = timedelta(minutes=20)
"""A street that is due soon and will be late is known for so long, or no alarm can be missed."""
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Truck:
    """A truck of a storm with what it truly did, and what is wrong with it.

    It forgets its blade, stands, or has a sensor that never says "down".
    """

    route: Route
    truth: Sequence[Traversal]
    device_id: DeviceId
    shift_ends_at: datetime
    forgets: bool
    stands: bool
    dead: bool

    def forgetting(self, at: datetime) -> bool:
        """Whether the truck drives with its blade up where it believes to plow."""
        return self.forgets and FORGETS_FROM <= at < FORGETS_FROM + FORGETS_FOR


@dataclass(frozen=True, slots=True)
class Event:
    """What was wrong with a truck since a time, and between which times an alarm is of use."""

    kind: AlertKind
    vehicle_id: VehicleId
    since: datetime
    from_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class _Done:
    """Work of a job that its truck did at a time, `NEVER` with the blade up."""

    job: Job
    at: datetime

    @property
    def late(self) -> timedelta:
        return self.at - self.job.due_at


class AlarmTruth:
    """What the simulator knows of a storm."""

    def __init__(
        self, network: StreetNetwork, plan: Plan, trucks: Sequence[Truck], jobs: Sequence[Job]
    ) -> None:
        self._network = network
        self._trucks = {truck.route.vehicle_id: truck for truck in trucks}
        self._left = {one.job_id for one in plan.unserved}
        self._jobs = {job.id: job for job in jobs}
        self._done = {truck.route.vehicle_id: self._work_of(truck) for truck in trucks}

    def holds(self, alert: Alert, rules: AlertRules, over: datetime) -> bool:
        """Whether what an alarm says is so.

        One of streets that nobody is on the way to holds where at least half of them are never
        done, or too late.
        """
        truck = self._trucks.get(alert.vehicle_id) if alert.vehicle_id is not None else None
        if alert.kind is AlertKind.AT_RISK and truck is None:
            until = (alert.until or over) + rules.risk
            late = sum(job.due_at <= until for job in self._late_jobs())
            return 2 * late >= int(alert.facts["count"])
        if truck is None:
            return False
        if alert.kind is AlertKind.BLADE_UP:
            return truck.forgetting(alert.since)
        if alert.kind is AlertKind.BLADE_SENSOR:
            return truck.dead
        if alert.kind is AlertKind.LONG_STOP:
            return truck.stands and alert.since >= STANDS_FROM - timedelta(minutes=2)
        if alert.kind is AlertKind.HOURS:
            return truck.truth[-1].ended_at > truck.shift_ends_at
        if alert.kind is AlertKind.AT_RISK:
            mine = self._done[truck.route.vehicle_id]
            return any(one.late > timedelta(0) and one.job.due_at >= alert.since for one in mine)
        return False  # every truck loads where its route says, keeps to it, and reports

    def events(self, truck: Truck, rules: AlertRules, over: datetime) -> Iterator[Event]:
        """Yield what was wrong with a truck by so much, before the end, that rules should see it.

        An alarm helps within ten minutes after a blade was forgotten for no longer, while a truck
        stands, and before work is due that will be late.
        """
        vehicle_id = truck.route.vehicle_id
        up = [one for one in truck.truth if one.blade and truck.forgetting(one.started_at)]
        if sum(map(self._length_m, up)) >= 2 * rules.blade_up_m:
            since = up[0].started_at
            until = FORGETS_FROM + FORGETS_FOR + timedelta(minutes=10)
            yield Event(AlertKind.BLADE_UP, vehicle_id, since, since, until)
        if truck.dead:
            downs = [one for one in truck.truth if one.blade and one.started_at < over]
            if downs:
                since = downs[0].started_at
                yield Event(AlertKind.BLADE_SENSOR, vehicle_id, since, since, over)
        if truck.stands and truck.truth[-1].ended_at > STANDS_FROM + STANDS_FOR:
            ends_at = STANDS_FROM + STANDS_FOR
            yield Event(AlertKind.LONG_STOP, vehicle_id, STANDS_FROM, STANDS_FROM, ends_at)
        late = [
            one.job.due_at
            for one in self._done[vehicle_id]
            if rules.risk_late <= one.late
            and one.at < NEVER
            and one.job.due_at - rules.risk + LOOKS_FOR <= over
        ]
        if late:
            first = min(late)
            yield Event(AlertKind.AT_RISK, vehicle_id, first, first - rules.risk, min(first, over))

    def _length_m(self, one: Traversal) -> float:
        return self._network.segment(one.directed.segment_id).length_m

    def _work_of(self, truck: Truck) -> list[_Done]:
        found: list[_Done] = []
        gone = 0
        for leg in truck.route.legs:
            gone += len(leg.path)
            if leg.kind is not LegKind.WORK or not leg.path:
                continue
            one = truck.truth[min(gone, len(truck.truth)) - 1]
            up = leg.blade and truck.forgetting(one.started_at)
            at = NEVER if up else one.ended_at
            found += [_Done(self._jobs[job_id], at) for job_id in leg.job_ids]
        return found

    def _late_jobs(self) -> Iterator[Job]:
        """Yield the jobs that nobody is planned for, or that are done too late."""
        at: dict[JobId, datetime] = {}
        for one in (one for mine in self._done.values() for one in mine):
            at[one.job.id] = max(one.at, at.get(one.job.id, one.at))
        for job in self._jobs.values():
            if job.id in self._left or at.get(job.id, NEVER) > job.due_at:
                yield job
