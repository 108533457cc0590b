"""Outcome of a plan by class, pure: work in time, and when the last of it is done."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import Directions, Job, JobId, Plan, ServiceClass, WorkPass
from data.streets.network import StreetNetwork

HOPELESS = frozenset({"unreachable", "no_vehicle", "capacity"})
"""Reasons for which no plan of the same machines could do a job."""


@dataclass(frozen=True, slots=True)
class ClassOutcome:
    """Outcome of a plan for a class.

    `finish_at` is `None` where some job is left undone that machines could do; what none of them
    can do does not hold it up. Shares are of metres, all jobs and each pass in each direction.
    """

    jobs: int
    in_time_share: float
    finish_at: datetime | None
    worst_lateness: timedelta


def class_outcomes(
    plan: Plan, jobs: Iterable[Job], network: StreetNetwork
) -> dict[ServiceClass, ClassOutcome]:
    """Return a plan's outcome for the classes of these jobs; others are left out.

    Passes that were done before the plan was made are not in it, and none of its work.
    """
    ends = _ends(plan)
    left = {each.job_id: each.reason for each in plan.unserved}
    by_class: dict[ServiceClass, list[Job]] = defaultdict(list)
    for job in jobs:
        if job.id in ends or job.id in left:
            by_class[job.service_class].append(job)
    return {each: _outcome(by_class[each], ends, left, network) for each in by_class}


type _Ends = Mapping[JobId, Mapping[WorkPass, datetime]]


def _ends(plan: Plan) -> _Ends:
    """Return when the plan does each pass of each job."""
    ends: dict[JobId, dict[WorkPass, datetime]] = {}
    for route in plan.routes:
        for leg in route.legs:
            for work in leg.works:
                ends.setdefault(work.job_id, {})[work] = leg.ends_at
    return ends


def _outcome(
    jobs: Sequence[Job], ends: _Ends, left: Mapping[JobId, str], network: StreetNetwork
) -> ClassOutcome:
    all_m = in_time_m = 0.0
    moments: list[datetime] = []
    late = timedelta(0)
    for job in jobs:
        each_m = network.segment(job.segment_id).length_m
        done = ends.get(job.id, {})
        wanted = _passes(job) if job.id in left else len(done)
        all_m += each_m * max(wanted, len(done))
        in_time_m += each_m * sum(at <= job.due_at for at in done.values())
        moments += done.values()
        late = max([late, *(at - job.due_at for at in done.values())])
    unfinished = any(job.id in left and left[job.id] not in HOPELESS for job in jobs)
    return ClassOutcome(
        jobs=len(jobs),
        in_time_share=in_time_m / all_m if all_m else 1.0,
        finish_at=None if unfinished else max(moments, default=None),
        worst_lateness=late,
    )


def _passes(job: Job) -> int:
    return job.passes * (2 if job.directions is Directions.BOTH else 1)
