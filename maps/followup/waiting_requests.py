"""The page of the complaints office: lists of waiting requests, and one request in full."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from data.model import ClockedRequest, ClosingReason, Comment, RequestState, ServiceClass, Sighting
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork
from fleet.followup.waiting_requests import WaitingRequest
from fleet.requests.closing import CLOSABLE, CLOSED_AS
from fleet.requests.sla_clocks import ClockStep, Due, class_of, district_of
from maps.requests.requests import RequestView, request_view
from maps.streets.sightings import SightingView, sighting_view

ROWS = 50
"""Requests on one page."""


class WaitingFilter(StrEnum):
    """A filter of the complaints office's list of waiting requests."""

    ESCALATED = "escalated"
    LATE = "late"
    MINE = "mine"
    PLACE = "place"
    DO = "do"
    TELL = "tell"


@dataclass(frozen=True, slots=True)
class DueView:
    """The next step of a request, since when it is due to happen, and its deadline."""

    step: ClockStep
    since: datetime
    due_at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class FollowedView:
    """A request in the list of the office."""

    id: int
    reference: str
    kind: str
    state: RequestState
    address: str
    text: str
    dangers: tuple[str, ...]
    service_class: ServiceClass | None
    district: str
    received_at: datetime
    due: DueView | None
    reopened: int
    assigned_to: str
    escalated_at: datetime | None


@dataclass(frozen=True, slots=True)
class FollowUpView:
    """A page of the list, and the number of requests under each filter."""

    now: datetime
    filter: WaitingFilter
    counts: dict[WaitingFilter, int]
    rows: tuple[FollowedView, ...]
    page: int
    pages: int
    people: tuple[str, ...]


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
class FileView:
    """One request in full; `reasons` are the closing reasons that need no evidence."""

    row: FollowedView
    request: RequestView
    clock: ClockView
    comments: tuple[CommentView, ...]
    sightings: tuple[SightingView, ...]
    reasons: tuple[ClosingReason, ...]


class ListPage(NamedTuple):
    """A page of the list: number, filter, and the reader's login."""

    filter: WaitingFilter
    page: int
    login: str


def followup_view(
    waiting: Sequence[WaitingRequest],
    network: StreetNetwork,
    policy: Policy,
    wanted: ListPage,
    people: Collection[str],
    now: datetime,
) -> FollowUpView:
    """Return a page of the list under a filter; numbers beyond the last give the last."""
    chosen, page, login = wanted
    seen = {
        each: [one for one in waiting if _shows(each, one, login, now)] for each in WaitingFilter
    }
    mine = seen[chosen]
    pages = max(1, -(-len(mine) // ROWS))
    page = min(page, pages)
    shown = mine[(page - 1) * ROWS : page * ROWS]
    rows = tuple(followed_view(one.followed, one.due, network, policy, now) for one in shown)
    counts = {each: len(found) for each, found in seen.items()}
    return FollowUpView(now, chosen, counts, rows, page, pages, tuple(sorted(people)))


def followed_view(
    one: ClockedRequest, due: Due | None, network: StreetNetwork, policy: Policy, now: datetime
) -> FollowedView:
    """Return a request for the list."""
    asked, clock = one.request, one.clock
    return FollowedView(
        id=asked.id,
        reference=asked.reference,
        kind=asked.kind,
        state=asked.state,
        address=asked.address,
        text=asked.text,
        dangers=asked.dangers,
        service_class=class_of(one, network, policy),
        district=district_of(one, network),
        received_at=asked.received_at,
        due=None if due is None else DueView(due.step, due.since, due.due_at, due.due_at < now),
        reopened=clock.reopened,
        assigned_to=clock.assigned_to,
        escalated_at=clock.escalated_at,
    )


def file_view(
    one: ClockedRequest,
    due: Due | None,
    comments: Sequence[Comment],
    sightings: Sequence[Sighting],
    network: StreetNetwork,
    policy: Policy,
    now: datetime,
) -> FileView:
    """Return one request in full."""
    asked, clock = one.request, one.clock
    return FileView(
        row=followed_view(one, due, network, policy, now),
        request=request_view(asked, {}),
        clock=ClockView(
            received_at=asked.received_at,
            placed_at=clock.placed_at,
            planned_at=clock.planned_at,
            done_at=clock.done_at,
            closed_at=clock.closed_at,
            told_at=clock.told_at,
            reopened_at=clock.reopened_at,
        ),
        comments=tuple(CommentView(each.at, each.author, each.text) for each in comments),
        sightings=tuple(sighting_view(each, policy) for each in sightings),
        reasons=_reasons(asked.state),
    )


def _reasons(state: RequestState) -> tuple[ClosingReason, ...]:
    if state not in CLOSABLE:
        return ()
    proved = {RequestState.DONE, RequestState.HANDED_OVER}
    return tuple(reason for reason, ends in CLOSED_AS.items() if ends not in proved)


def _shows(chosen: WaitingFilter, one: WaitingRequest, login: str, now: datetime) -> bool:
    clock = one.followed.clock
    if chosen is WaitingFilter.ESCALATED:
        return clock.escalated_at is not None
    if chosen is WaitingFilter.MINE:
        return clock.assigned_to == login
    if chosen is WaitingFilter.LATE:
        return one.late(now)
    return one.due is not None and one.due.step == chosen.value
