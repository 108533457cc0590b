"""Waiting requests: what is late, who is assigned, comments and on-site reports."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from data.errors import InvalidError
from data.model import (
    Actor,
    ActorKind,
    ClockedRequest,
    ClosingReason,
    Evidence,
    EvidenceKind,
    LonLat,
    Pass,
    RequestId,
    Role,
    SegmentId,
    ServiceRequest,
    Sighting,
    Storm,
    User,
)
from data.model.requests.followup import InspectionFault
from data.policy.city_policy import Policy
from data.policy.evidence_rules import Grade
from data.store.accounts.accounts import find_user_by_login
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.followup.comments import add_comment
from data.store.followup.followup import get_followed, list_followed
from data.store.followup.sightings import add_sighting, list_sightings_on_segment
from data.store.requests.requests import get_request
from data.store.requests.sla_clocks import get_clock, set_assigned, set_escalated
from data.store.storms.storms import find_active_storm
from data.store.work import get_job
from data.streets.network import StreetNetwork
from data.training.players import is_simulated
from fleet.context import CityContext
from fleet.coverage.street_coverage import wanted_directions
from fleet.evidence.proof_store import store_evidence
from fleet.requests.closing import CLOSABLE, close_by_evidence
from fleet.requests.intake import no_place, subject_of, wrong_state
from fleet.requests.sla_clocks import Due, next_due
from fleet.work.crew_jobs import drop_job_of_request

WATCH = Actor(ActorKind.SYSTEM, "followup")
"""Who the audit log names where a clock alone made a request the supervisor's."""

LOOKS_AFTER = frozenset({Role.ADMINISTRATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.OPERATOR})
"""Who a request may be given to."""

NOTE_LETTERS = 2000

AT_ONCE = 200
"""Requests that clocks escalate at one look."""

NOT_YET = 0
"""Id of a sighting that the database has not numbered yet."""


SEEN_THERE, SEEN_ELSEWHERE = 0.9, 0.5
"""Confidence in what somebody saw, by where the photo was taken."""


@dataclass(frozen=True, slots=True)
class OnSiteReport:
    """An on-site report with the photo that shows it; `seen_at` is now where none is given."""

    clear: bool
    photo: str
    location: LonLat | None = None
    text: str = ""
    seen_at: datetime | None = None
    faults: tuple[InspectionFault, ...] = ()


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """A request and its next step; `due` is `None` while it waits for snow."""

    followed: ClockedRequest
    due: Due | None

    def late(self, now: datetime) -> bool:
        """Whether its target has passed."""
        return self.due is not None and self.due.passed(now)


def list_waiting(tx: Tx, network: StreetNetwork, policy: Policy) -> list[WaitingRequest]:
    """Return every request that waits for a step, earliest due first."""
    storm = find_active_storm(tx)
    waiting = [
        WaitingRequest(one, next_due(one, network, policy, storm)) for one in list_followed(tx)
    ]
    return sorted(waiting, key=_urgency)


def count_late(tx: Tx, network: StreetNetwork, policy: Policy, now: datetime) -> int:
    """Return how many requests of the office's list are past their targets."""
    return sum(each.late(now) for each in list_waiting(tx, network, policy))


def escalate(tx: Tx, actor: Actor, request_id: RequestId, why: str, now: datetime) -> None:
    """Escalate a request to the supervisor; `why` becomes a comment."""
    asked = get_request(tx, request_id)
    if get_clock(tx, request_id).escalated_at is not None:
        raise wrong_state(asked)
    _escalate(tx, actor, asked, now)
    if why.strip():
        add_comment(tx, request_id, actor.id, _noted(why), now)


def list_overdue(
    tx: Tx, network: StreetNetwork, policy: Policy, now: datetime, most: int = AT_ONCE
) -> list[RequestId]:
    """Return overdue requests that are not escalated yet; `at most` so many, earliest due first."""
    late = (
        each.followed.request.id
        for each in list_waiting(tx, network, policy)
        if _overdue(each, policy, now)
    )
    return list(islice(late, most))


def escalate_overdue(
    tx: Tx,
    request_ids: Iterable[RequestId],
    network: StreetNetwork,
    policy: Policy,
    now: datetime,
) -> list[ServiceRequest]:
    """Escalate those of these requests that are still overdue, and return them; once a wait.

    Who found them has read thousands, so that it was done before others had to wait.
    """
    storm = find_active_storm(tx)
    late: list[ServiceRequest] = []
    for request_id in request_ids:
        one = get_followed(tx, request_id)
        if _overdue(WaitingRequest(one, next_due(one, network, policy, storm)), policy, now):
            _escalate(tx, WATCH, one.request, now)
            late.append(one.request)
    return late


def _overdue(one: WaitingRequest, policy: Policy, now: datetime) -> bool:
    return one.late(now - policy.followup.escalate) and one.followed.clock.escalated_at is None


def settle(tx: Tx, actor: Actor, request_id: RequestId, now: datetime) -> None:
    """End the escalation of a request."""
    asked, clock = get_request(tx, request_id), get_clock(tx, request_id)
    if clock.escalated_at is None:
        raise wrong_state(asked)
    set_escalated(tx, request_id, None)
    before = {"escalated_at": clock.escalated_at.isoformat()}
    add_event(tx, now, actor, "request.settled", subject_of(asked), before)


def looks_after(someone: User) -> bool:
    """Whether requests may be assigned to somebody."""
    is_here = not someone.disabled and not is_simulated(someone)
    return is_here and bool(LOOKS_AFTER & set(someone.roles))


def assign(
    tx: Tx,
    actor: Actor,
    request_id: RequestId,
    login: str,
    due_at: datetime | None,
    now: datetime,
) -> None:
    """Assign a request to somebody, to nobody for "", with a due time where the target is too far.

    Raises `InvalidError` for somebody who may not look after requests, or a time that is past.
    """
    asked, clock = get_request(tx, request_id), get_clock(tx, request_id)
    if login:
        someone = find_user_by_login(tx, login)
        if someone is None or not looks_after(someone):
            raise InvalidError("login", login, "somebody who looks after requests")
    if due_at is not None and due_at <= now:
        raise InvalidError("due_at", due_at.isoformat(), "a time to come")
    set_assigned(tx, request_id, login, due_at)
    before = {"to": clock.assigned_to, "due_at": _iso(clock.due_at)}
    after = {"to": login, "due_at": _iso(due_at)}
    add_event(tx, now, actor, "request.assigned", subject_of(asked), before, after)


def comment(tx: Tx, actor: Actor, request_id: RequestId, text: str, now: datetime) -> None:
    """Add a comment to a request; the audit log has who commented, not the text."""
    asked = get_request(tx, request_id)
    if not text.strip():
        raise InvalidError("text", "", "a value")
    add_comment(tx, request_id, actor.id, _noted(text), now)
    add_event(tx, now, actor, "request.commented", subject_of(asked))


def sight(city: CityContext, actor: Actor, request_id: RequestId, spot: OnSiteReport) -> Sighting:
    """Store an on-site report; where the policy lets it close requests, a clear street does.

    It is evidence of the kind inspection for the street that the request's job is about: it colors
    it, and closes the job and all who asked for it. How far from the street it was taken is kept
    with it. Raises `ConflictError` where the request is closed already, or has no place.
    """
    asked = get_request(city.tx, request_id)
    if asked.state not in CLOSABLE:
        raise wrong_state(asked)
    if asked.location is None:
        raise no_place(asked)
    kept = keep_sighting(city, actor, asked, spot)
    if kept.clear:
        _count_as_seen(city, actor, asked, kept)
    return kept


def keep_sighting(
    city: CityContext, actor: Actor, asked: ServiceRequest, spot: OnSiteReport
) -> Sighting:
    """Store what was seen, without consequences; its time is within the request's and now."""
    seen_at = spot.seen_at if spot.seen_at is not None else city.now
    seen = Sighting(
        id=NOT_YET,
        request_id=asked.id,
        seen_at=min(max(seen_at, asked.received_at), city.now),
        author=actor.id,
        clear=spot.clear,
        photo=spot.photo,
        location=spot.location,
        away_m=_away_m(city.network, asked, spot.location),
        text=_noted(spot.text),
        faults=spot.faults,
    )
    kept = add_sighting(city.tx, seen)
    after = noted_sighting(kept)
    add_event(city.tx, city.now, actor, "request.seen", subject_of(asked), after=after)
    return kept


def noted_sighting(kept: Sighting) -> dict[str, object]:
    """Return what the audit log has of a sighting: no words."""
    facts = {"sighting": kept.id, "clear": kept.clear, "photo": kept.photo, "away_m": kept.away_m}
    return facts | ({"faults": list(kept.faults)} if kept.faults else {})


def _away_m(network: StreetNetwork, asked: ServiceRequest, place: LonLat | None) -> float | None:
    if place is None or asked.snap is None or network.find(asked.snap.segment_id) is None:
        return None
    return round(network.away_m(asked.snap.segment_id, place), 1)


def _count_as_seen(city: CityContext, actor: Actor, asked: ServiceRequest, seen: Sighting) -> None:
    """Close what an on-site report of a clear street may close, and color the street."""
    evidence = sighting_evidence(city.policy, seen)
    reopened_at = get_clock(city.tx, asked.id).reopened_at
    is_of_now = reopened_at is None or seen.seen_at >= reopened_at
    if is_of_now and city.policy.evidence.grade_of(evidence) is Grade.CLOSES:
        close_by_evidence(city.tx, actor, asked, ClosingReason.INSPECTED, seen.seen_at, city.now)
        drop_job_of_request(city.tx, actor, asked.id, city.now)
    job = None if asked.job_id is None else get_job(city.tx, asked.job_id)
    storm, segment = (
        find_active_storm(city.tx),
        None if job is None else city.network.find(job.segment_id),
    )
    if job is None or segment is None or storm is None or job.storm_id != storm.id:
        return
    passes = [
        Pass(
            segment_id=segment.id,
            forward=way.forward,
            from_m=0.0,
            to_m=segment.length_m,
            vehicle_id=None,
            started_at=seen.seen_at,
            ended_at=seen.seen_at,
            treatment=job.treatment,
            evidence=evidence,
        )
        for way in wanted_directions(job, segment)
    ]
    store_evidence(city, storm, passes, actor)


def sighting_evidence(policy: Policy, seen: Sighting) -> Evidence:
    """Return the confidence of an on-site report: less where its photo was taken elsewhere."""
    elsewhere = seen.away_m is not None and seen.away_m > policy.followup.spot_m
    return Evidence(EvidenceKind.INSPECTION, SEEN_ELSEWHERE if elsewhere else SEEN_THERE)


def _escalate(tx: Tx, actor: Actor, asked: ServiceRequest, now: datetime) -> None:
    set_escalated(tx, asked.id, now)
    after = {"escalated_at": now.isoformat()}
    add_event(tx, now, actor, "request.escalated", subject_of(asked), after=after)


def _noted(text: str) -> str:
    if len(text) > NOTE_LETTERS:
        raise InvalidError("text", f"{len(text)} letters", f"at most {NOTE_LETTERS} letters")
    return text.strip()


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _urgency(each: WaitingRequest) -> tuple[bool, datetime]:
    due = each.due
    return (due is None, each.followed.request.received_at if due is None else due.due_at)


def sightings_of_street(tx: Tx, segment_id: SegmentId, storm: Storm | None) -> list[Sighting]:
    """Return the on-site reports of a street since a storm began."""
    return list_sightings_on_segment(tx, segment_id, storm.started_at) if storm else []
