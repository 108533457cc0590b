"""The answer to a caller about a place: its street, evidence, work, and expected time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model import (
    Coverage,
    Job,
    JobId,
    JobState,
    Oneway,
    RequestKind,
    Segment,
    ServiceClass,
    ServiceRequest,
    Snap,
    Storm,
    VehicleId,
)
from data.store.coverage.coverage import list_coverage
from data.store.database.engine import Tx
from data.store.requests.promises import find_promise, list_promise_outcomes
from data.store.requests.requests import count_requests_of_job
from data.store.storms.storms import find_active_storm
from data.store.work import get_job
from fleet.requests.intake import TREATMENTS
from fleet.requests.promises import (
    REMEMBERED,
    PromiseWindow,
    TrackRecord,
    late_share,
    track_record,
    window_to_tell,
)
from fleet.requests.request_lookup import deadlines
from fleet.routes.arrivals import Arrivals, PlannedVisit
from fleet.routes.published_plan import Estimates
from fleet.work.crew_jobs import CREW_KINDS
from fleet.work.duplicate_jobs import covering_job


class Outlook(StrEnum):
    """What is known of when a truck comes.

    `NEXT_PLAN`: the published plan was made before this work, or the truck's shift ended before it.
    `PASSED`: its trucks are past the street and no evidence shows it done. `BEHIND`: the truck is
    too late for any promise. `CLOSED`: nobody can drive there now.
    `CREW`: crews do such work, from lists of their own. `NO_TRUCK`: nor do they.
    """

    PLANNED = "planned"
    BEHIND = "behind"
    CLOSED = "closed"
    PASSED = "passed"
    UNSERVED = "unserved"
    NEXT_PLAN = "next_plan"
    NO_PLAN = "no_plan"
    NO_STORM = "no_storm"
    CREW = "crew"
    NO_TRUCK = "no_truck"


@dataclass(frozen=True, slots=True)
class Prospect:
    """The expected time of a job, as far as the published plan has it.

    `reason` says why a plan leaves the job undone. `record` is `None` without a history.
    """

    outlook: Outlook
    visit: PlannedVisit | None = None
    window: PromiseWindow | None = None
    record: TrackRecord | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Cleared:
    """Evidence of work on a street in this storm.

    `last_at` is the older of its directions' last passes, `None` where one had none; `whole` says
    whether every pass that it needs was seen since then.
    """

    last_at: datetime | None
    some_at: datetime | None
    driven_at: datetime | None
    whole: bool


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """The answer while a caller is on the line.

    `job` is the open work that the request would join and `waiting` how many wait for it already;
    `due_at` is when the city wants it done, by the street's class and when the request came.
    """

    segment: Segment
    snap: Snap
    service_class: ServiceClass
    storm: Storm | None
    cleared: Cleared
    job: Job | None
    waiting: int
    due_at: datetime | None
    prospect: Prospect

    @property
    def vehicle_id(self) -> VehicleId | None:
        """The truck that has the job in its route."""
        return self.prospect.visit.vehicle_id if self.prospect.visit else None


def answer_call(
    tx: Tx,
    snap: Snap,
    kind: RequestKind,
    estimates: Estimates,
    now: datetime,
    asked: ServiceRequest | None = None,
    *,
    join: bool = True,
    danger: bool = False,
) -> CallAnswer:
    """Return the answer for a place; `asked` is the request, once it is stored.

    Without `join` it is said of work that would be added, whatever is open on the street. Until it
    is stored `danger` says whether somebody is in danger, for whom it is wanted sooner.
    """
    network, policy = estimates.network, estimates.policy
    segment = network.segment(snap.segment_id)
    rule, storm = policy.rule_of(segment), find_active_storm(tx)
    treatment = TREATMENTS.get(kind)
    job = None
    if storm is not None and treatment is not None:
        job = _own_job(tx, asked)
        if job is None and join:
            job = covering_job(tx, storm.id, snap, treatment, network, policy)
    coverages = list_coverage(tx, storm.id, [segment.id]) if storm else []
    return CallAnswer(
        segment=segment,
        snap=snap,
        service_class=rule.service_class,
        storm=storm,
        cleared=cleared_of(coverages, segment),
        job=job,
        waiting=count_requests_of_job(tx, job.id, asked.id if asked else None) if job else 0,
        due_at=(
            _due_at(tx, asked, kind, segment, estimates, max(now, storm.snow_at), danger=danger)
            if storm and treatment
            else None
        ),
        prospect=(
            prospect_of(tx, storm, job, rule.service_class, estimates, now, asked)
            if treatment is not None
            else Prospect(Outlook.CREW if kind in CREW_KINDS and storm else Outlook.NO_TRUCK)
        ),
    )


def prospect_of(
    tx: Tx,
    storm: Storm | None,
    job: Job | None,
    service_class: ServiceClass,
    estimates: Estimates,
    now: datetime,
    asked: ServiceRequest | None = None,
) -> Prospect:
    """Return the prospect of a job, or of one that is still to be made.

    Who `asked` is told the window that was promised, as long as it can be kept.
    """
    if storm is None:
        return Prospect(Outlook.NO_STORM)
    arrivals = estimates.arrivals(tx, storm.id, now)
    if arrivals is None:
        return Prospect(Outlook.NO_PLAN)
    if job is None:
        return Prospect(Outlook.NEXT_PLAN)
    return _in_plan(tx, arrivals, job, service_class, asked)


def cleared_of(coverages: Iterable[Coverage], segment: Segment) -> Cleared:
    """Return the evidence of work on a street, all directions together."""
    wanted = [True, False] if segment.oneway is Oneway.NO else [segment.oneway is Oneway.FORWARD]
    known = {one.forward: one for one in coverages}
    rows = [known.get(forward) for forward in wanted]
    passes = [row.last_pass_at if row else None for row in rows]
    seen = [at for at in passes if at is not None]
    driven = [row.driven_at for row in known.values() if row.driven_at is not None]
    return Cleared(
        last_at=min(seen) if len(seen) == len(passes) else None,
        some_at=max(seen, default=None),
        driven_at=max(driven, default=None),
        whole=all(row is not None and row.passes_done >= row.passes_needed for row in rows),
    )


def _due_at(
    tx: Tx,
    asked: ServiceRequest | None,
    kind: RequestKind,
    segment: Segment,
    estimates: Estimates,
    since: datetime,
    *,
    danger: bool,
) -> datetime:
    """Return by when the work of a stored request is wanted, else of one that counts `since`."""
    network, policy = estimates.network, estimates.policy
    stored = deadlines(tx, [asked], network, policy) if asked else {}
    if asked is not None and asked.id in stored:
        return stored[asked.id]
    rule = policy.rule_of(segment)
    target = policy.followup.work_target(kind, rule.service_class, rule.deadline, danger=danger)
    return since + target


def _own_job(tx: Tx, asked: ServiceRequest | None) -> Job | None:
    """Return the open job of a stored request."""
    if asked is None or asked.job_id is None:
        return None
    job = get_job(tx, asked.job_id)
    return job if job.state is JobState.OPEN else None


def _in_plan(
    tx: Tx,
    arrivals: Arrivals,
    job: Job,
    service_class: ServiceClass,
    asked: ServiceRequest | None,
) -> Prospect:
    if job.id in arrivals.index.unserved:
        return Prospect(Outlook.UNSERVED, reason=arrivals.index.unserved[job.id])
    if job.id not in arrivals.index.legs_for:
        return Prospect(Outlook.NEXT_PLAN)
    visit = arrivals.visit(job.id)
    if visit is None:
        return Prospect(_without_time(arrivals, job.id))
    now = arrivals.now
    outcomes = list_promise_outcomes(tx, REMEMBERED, now)
    given = find_promise(tx, asked.id) if asked else None
    window = window_to_tell(given, job.id, visit, late_share(outcomes, now), now)
    if window is None:
        return Prospect(Outlook.BEHIND, visit)
    return Prospect(Outlook.PLANNED, visit, window, track_record(outcomes, service_class, now))


def _without_time(arrivals: Arrivals, job_id: JobId) -> Outlook:
    """Return why no truck is expected for a job that the plan has."""
    if arrivals.ahead(job_id):
        return Outlook.CLOSED
    return Outlook.NEXT_PLAN if arrivals.left_by_shift(job_id) else Outlook.PASSED
