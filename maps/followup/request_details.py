"""One request in full, as its page and the complaints office show it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import (
    ByLanguage,
    CallAttempt,
    CallbackReason,
    CallOutcome,
    ClosingReason,
    JobState,
    Notice,
    NoticeKind,
    NoticeState,
    RequestId,
    RequestState,
    ServiceRequest,
    Treatment,
)
from data.model.crews import CrewJob, CrewJobState, CrewWork
from data.model.requests.requests import LIFE_DANGERS
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork
from fleet.followup.request_details import JudgedPromise, PromiseState, RequestDetails, RequestJob
from fleet.requests.closing import CLOSABLE, CLOSED_AS, STILL_OPEN
from fleet.requests.sla_clocks import ClockStep
from maps.followup.referrals import ReferralView, referral_view
from maps.followup.waiting_requests import FollowedView, followed_view
from maps.pages.i18n import Translator
from maps.requests.notices import told
from maps.requests.requests import RequestView, request_view
from maps.streets.sightings import SightingView, sighting_view
from maps.streets.street import called, street_name


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A citizen's photo by its addresses: whole, and small for a list."""

    photo: str
    thumbnail: str


@dataclass(frozen=True, slots=True)
class CommentView:
    """A note on a request."""

    at: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class ClockView:
    """The SLA clock of a request; `None` for steps that have not happened."""

    received_at: datetime
    placed_at: datetime | None
    planned_at: datetime | None
    done_at: datetime | None
    closed_at: datetime | None
    told_at: datetime | None
    reopened_at: datetime | None


@dataclass(frozen=True, slots=True)
class MachineJobView:
    """A machine's job that a request waits for or waited for."""

    id: int
    treatment: Treatment
    state: JobState
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class CrewJobOfRequestView:
    """The crew job that a request became."""

    id: int
    work: CrewWork
    state: CrewJobState
    due_at: datetime


@dataclass(frozen=True, slots=True)
class GivenPromiseView:
    """A time window that the caller was promised, and what became of it."""

    made_at: datetime
    from_at: datetime
    to_at: datetime
    state: PromiseState
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A message to the caller, what it says, and how far it is; `fault` is why it did not go out.

    A letter to an agency says nothing here: its referral does.
    """

    at: datetime
    kind: NoticeKind
    says: str
    state: NoticeState
    told_at: datetime | None
    fault: str


@dataclass(frozen=True, slots=True)
class CallAttemptView:
    """A call back to the caller, and its outcome."""

    at: datetime
    by: str
    news: CallbackReason
    outcome: CallOutcome
    note: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A line of the audit log about a request, as a sentence."""

    at: datetime
    says: str


@dataclass(frozen=True, slots=True)
class AssigneeView:
    """Somebody to whom requests may be assigned; `name` may be empty."""

    login: str
    name: str


@dataclass(frozen=True, slots=True)
class MergedRequestView:
    """A request that asks for the same thing, by its number, with its caller's words."""

    id: int
    reference: str
    text: str


@dataclass(frozen=True, slots=True)
class FileView:
    """One request in full; `reasons` are the closing reasons that need no evidence.

    `kept` is the request that this one was merged into, `duplicates` are those merged into it,
    `people` are those to whom it may be assigned, `names` what colleagues call people, by login.
    `dangers` are those of merged requests too, `life_dangers` those to life, while it waits.
    """

    row: FollowedView
    request: RequestView
    street: ByLanguage | None
    clock: ClockView
    photos: tuple[PhotoView, ...]
    jobs: tuple[MachineJobView, ...]
    crew_job: CrewJobOfRequestView | None
    promises: tuple[GivenPromiseView, ...]
    messages: tuple[NoticeView, ...]
    calls: tuple[CallAttemptView, ...]
    referrals: tuple[ReferralView, ...]
    comments: tuple[CommentView, ...]
    sightings: tuple[SightingView, ...]
    history: tuple[HistoryLine, ...]
    kept: MergedRequestView | None
    duplicates: tuple[MergedRequestView, ...]
    people: tuple[AssigneeView, ...]
    names: dict[str, str]
    reasons: tuple[ClosingReason, ...]
    dangers: tuple[str, ...]
    life_dangers: tuple[str, ...]


def photo_views(request_id: RequestId, names: Iterable[str]) -> tuple[PhotoView, ...]:
    """Return the photos of a request for a page."""
    where = f"/api/requests/{request_id}/photos"
    return tuple(PhotoView(f"{where}/{name}", f"{where}/{name}/thumbnail") for name in names)


def file_view(
    file: RequestDetails,
    history: Sequence[HistoryLine],
    network: StreetNetwork,
    policy: Policy,
    t: Translator,
    now: datetime,
) -> FileView:
    """Return one request in full, in the reader's language."""
    one = file.followed
    asked, clock = one.request, one.clock
    segment = network.find(asked.snap.segment_id) if asked.snap else None
    street = street_name(segment) if segment else None
    due, has_job = file.due, asked.job_id is not None
    due_at = {asked.id: due.due_at} if due and due.step is ClockStep.DO and has_job else {}
    named = called(street, t) if street else ""
    return FileView(
        row=followed_view(one, file.due, network, policy, now),
        request=request_view(asked, due_at, network),
        street=street,
        clock=ClockView(
            received_at=asked.received_at,
            placed_at=clock.placed_at,
            planned_at=clock.planned_at,
            done_at=clock.done_at,
            closed_at=clock.closed_at,
            told_at=clock.told_at,
            reopened_at=clock.reopened_at,
        ),
        photos=photo_views(asked.id, file.photos),
        jobs=tuple(_job(each) for each in file.jobs),
        crew_job=None if file.crew_job is None else _crew_job(file.crew_job),
        promises=tuple(_promise(each) for each in file.promises),
        messages=tuple(_message(each, named, t, now) for each in file.notices),
        calls=tuple(_call(each) for each in file.calls),
        referrals=tuple(referral_view(*each, None) for each in file.referrals),
        comments=tuple(CommentView(each.at, each.author, each.text) for each in file.comments),
        sightings=tuple(sighting_view(each, policy) for each in file.sightings),
        history=tuple(history),
        names={login: name for login, name in file.people_names.items() if login in _shown(file)},
        kept=None if file.kept is None else _merged(file.kept),
        duplicates=tuple(_merged(each) for each in file.duplicates),
        people=tuple(AssigneeView(each.login, each.name) for each in file.people),
        reasons=_reasons(asked.state),
        dangers=file.dangers,
        life_dangers=_life_dangers(file),
    )


def _shown(file: RequestDetails) -> set[str]:
    """Return the logins that stand in a request's file."""
    noted = {each.author for each in file.comments}
    seen = {each.author for each in file.sightings}
    called_back = {each.by for each in file.calls}
    return noted | seen | called_back | {file.followed.clock.assigned_to}


def _life_dangers(file: RequestDetails) -> tuple[str, ...]:
    if file.followed.request.state not in STILL_OPEN:
        return ()
    return tuple(one for one in file.dangers if one in LIFE_DANGERS)


def _merged(one: ServiceRequest) -> MergedRequestView:
    return MergedRequestView(one.id, one.reference, one.text)


def _job(one: RequestJob) -> MachineJobView:
    job = one.job
    return MachineJobView(job.id, job.treatment, job.state, one.done_at)


def _crew_job(job: CrewJob) -> CrewJobOfRequestView:
    return CrewJobOfRequestView(job.id, job.work, job.state, job.due_at)


def _promise(one: JudgedPromise) -> GivenPromiseView:
    made = one.outcome.promise
    return GivenPromiseView(made.made_at, made.from_at, made.to_at, one.state, one.outcome.done_at)


def _message(one: Notice, street: str, t: Translator, now: datetime) -> NoticeView:
    read_at = one.told_at or now
    says = "" if one.kind is NoticeKind.LETTER else told(one.kind, one.facts, street, t, read_at)
    return NoticeView(one.written_at, one.kind, says, one.state, one.told_at, one.fault)


def _call(one: CallAttempt) -> CallAttemptView:
    return CallAttemptView(one.at, one.by, one.news, one.outcome, one.note)


def _reasons(state: RequestState) -> tuple[ClosingReason, ...]:
    if state not in CLOSABLE:
        return ()
    proved = {RequestState.DONE, RequestState.HANDED_OVER}
    return tuple(reason for reason, ends in CLOSED_AS.items() if ends not in proved)
