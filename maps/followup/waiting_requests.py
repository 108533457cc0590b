"""The list of the complaints office: waiting requests under filters, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from data.model import ClockedRequest, RequestState, ServiceClass
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork
from fleet.followup.waiting_requests import WaitingRequest
from fleet.requests.sla_clocks import ClockStep, Due, class_of, district_of

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
    """A page of the list, and the number of requests under each filter.

    `names` are what colleagues call people, by login.
    """

    now: datetime
    filter: WaitingFilter
    counts: dict[WaitingFilter, int]
    rows: tuple[FollowedView, ...]
    page: int
    pages: int
    names: dict[str, str]


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
    names: Mapping[str, str],
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
    return FollowUpView(now, chosen, counts, rows, page, pages, dict(names))


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
        district=district_of(one, network) or "",
        received_at=asked.received_at,
        due=None if due is None else DueView(due.step, due.since, due.due_at, due.passed(now)),
        reopened=clock.reopened,
        assigned_to=clock.assigned_to,
        escalated_at=clock.escalated_at,
    )


def _shows(chosen: WaitingFilter, one: WaitingRequest, login: str, now: datetime) -> bool:
    clock = one.followed.clock
    if chosen is WaitingFilter.ESCALATED:
        return clock.escalated_at is not None
    if chosen is WaitingFilter.MINE:
        return clock.assigned_to == login
    if chosen is WaitingFilter.LATE:
        return one.late(now)
    return one.due is not None and one.due.step == chosen.value
