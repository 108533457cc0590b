"""All that is stored about one request, for its page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.errors import NotFoundError
from data.model import (
    CallAttempt,
    ClockedRequest,
    Comment,
    Danger,
    Event,
    Job,
    JobState,
    Notice,
    PromiseOutcome,
    RequestId,
    ServiceRequest,
    Sighting,
    User,
)
from data.model.crews import CrewJob
from data.model.people import SubjectName
from data.policy.city_policy import Policy
from data.store.audit.audit_log import list_events
from data.store.audit.subject_names import names_of
from data.store.crews.crew_jobs import find_crew_job_of_request
from data.store.database.engine import Tx
from data.store.followup.callbacks import list_call_attempts
from data.store.followup.comments import list_comments
from data.store.followup.followup import get_followed
from data.store.followup.referrals import ReferredRequest, list_referrals_of
from data.store.followup.sightings import list_sightings
from data.store.requests.duplicates import find_kept, list_duplicates
from data.store.requests.notices import list_notices
from data.store.requests.promises import list_promises_of_request
from data.store.requests.request_photos import find_photographed, list_request_photos
from data.store.requests.requests import find_request_by_reference
from data.store.storms.storms import find_active_storm
from data.store.work import find_done_at, list_jobs_by_id
from data.streets.network import StreetNetwork
from fleet.accounts.people import all_people, names_by_login
from fleet.followup.waiting_requests import looks_after
from fleet.requests.intake import subject_of
from fleet.requests.promises import was_kept
from fleet.requests.sla_clocks import Due, next_due
from fleet.requests.tracking_codes import plain_reference


class PromiseState(StrEnum):
    """What became of a promise; `REPLACED` by a newer one, `VOID` where nothing was to be done."""

    PENDING = "pending"
    KEPT = "kept"
    BROKEN = "broken"
    REPLACED = "replaced"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class JudgedPromise:
    """A promise and what became of it."""

    outcome: PromiseOutcome
    state: PromiseState


@dataclass(frozen=True, slots=True)
class RequestJob:
    """A machine's job that a request waits for or waited for; `done_at` by evidence only."""

    job: Job
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class RequestDetails:
    """All that is stored about a request but its caller, who is read apart; lists oldest first.

    `due` is its next step, `photos` are names of files that citizens sent, `names` those of the
    subjects of `history`. `kept` is the request that this one was merged into, `duplicates` are
    those merged into it. `people` are those to whom it may be assigned, and `people_names` what
    colleagues call everybody, by login.
    """

    followed: ClockedRequest
    due: Due | None
    photos: tuple[str, ...]
    jobs: tuple[RequestJob, ...]
    crew_job: CrewJob | None
    promises: tuple[JudgedPromise, ...]
    notices: tuple[Notice, ...]
    calls: tuple[CallAttempt, ...]
    referrals: tuple[ReferredRequest, ...]
    comments: tuple[Comment, ...]
    sightings: tuple[Sighting, ...]
    history: tuple[Event, ...]
    names: Mapping[str, SubjectName]
    kept: ServiceRequest | None
    duplicates: tuple[ServiceRequest, ...]
    people: tuple[User, ...]
    people_names: Mapping[str, str]

    @property
    def dangers(self) -> tuple[Danger, ...]:
        """What endangers people, told by itself or by requests that were merged into it."""
        told = {one for each in (self.followed.request, *self.duplicates) for one in each.dangers}
        return tuple(one for one in Danger if one in told)


def request_details(
    tx: Tx,
    request_id: RequestId,
    network: StreetNetwork,
    policy: Policy,
    now: datetime,
    *,
    assigns: bool,
) -> RequestDetails:
    """Return all about a request, open or closed; raise `NotFoundError`.

    Only who `assigns` requests is told to whom they may be assigned.
    """
    followed = get_followed(tx, request_id)
    asked = followed.request
    promised = list_promises_of_request(tx, request_id)
    return RequestDetails(
        followed=followed,
        due=next_due(followed, network, policy, find_active_storm(tx)),
        photos=photos_of(tx, request_id),
        jobs=_jobs(tx, asked, promised),
        crew_job=find_crew_job_of_request(tx, request_id),
        promises=_judged(promised, now),
        notices=tuple(list_notices(tx, request_id)),
        calls=tuple(list_call_attempts(tx, request_id)),
        referrals=tuple(list_referrals_of(tx, asked)),
        comments=tuple(list_comments(tx, request_id)),
        sightings=tuple(list_sightings(tx, request_id)),
        history=tuple(list_events(tx, subject_of(asked))),
        names=names_of(tx, [subject_of(asked)]),
        kept=find_kept(tx, request_id),
        duplicates=tuple(list_duplicates(tx, request_id)),
        people=tuple(each for each in all_people(tx) if assigns and looks_after(each)),
        people_names=names_by_login(tx),
    )


def photos_of(tx: Tx, request_id: RequestId) -> tuple[str, ...]:
    """Return the names of the photos that citizens sent with a request, oldest first."""
    return tuple(list_request_photos(tx, [request_id]).get(request_id, ()))


def request_photo(tx: Tx, request_id: RequestId, name: str) -> str:
    """Return a photo's name; raise `NotFoundError` where it is no photo of this request."""
    if find_photographed(tx, name) != request_id:
        raise NotFoundError("photo", request_id)
    return name


def numbered_request(tx: Tx, number: str) -> ServiceRequest | None:
    """Return the request of a number as people write it: "B-0012", "b12", "۱۲"."""
    return find_request_by_reference(tx, plain_reference(number))


def _jobs(tx: Tx, asked: ServiceRequest, promised: list[PromiseOutcome]) -> tuple[RequestJob, ...]:
    """Return the job that a request waits for now, and those that it was promised before."""
    ids = {one.promise.job_id for one in promised} | ({asked.job_id} if asked.job_id else set())
    jobs = sorted(list_jobs_by_id(tx, ids), key=lambda job: job.id)
    return tuple(
        RequestJob(job, find_done_at(tx, job.id) if job.state is JobState.DONE else None)
        for job in jobs
    )


def _judged(promised: list[PromiseOutcome], now: datetime) -> tuple[JudgedPromise, ...]:
    last = promised[-1] if promised else None
    return tuple(JudgedPromise(one, _state(one, now, last=one is last)) for one in promised)


def _state(one: PromiseOutcome, now: datetime, *, last: bool) -> PromiseState:
    kept = was_kept(one, now)
    if kept is not None:
        return PromiseState.KEPT if kept else PromiseState.BROKEN
    if not last:
        return PromiseState.REPLACED
    return PromiseState.PENDING if one.closed_for is None else PromiseState.VOID
