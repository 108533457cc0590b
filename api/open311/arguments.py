"""Query arguments of Open311; an empty argument counts as absent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Query

from data.errors import InvalidError, Need, NotFoundError
from data.files.moment_text import read_moment
from data.model import RequestKind, RequestState
from data.store.requests.public_requests import PublicRequestFilter
from maps.requests.open311 import CLOSED, CLOSED_STATES, OPEN

MOST = 1_000
"""Requests or updates in one answer."""

USUAL_PAGE = 50
MOST_PAGES = 1_000_000
LONGEST = timedelta(days=90)
MOST_NUMBERS = 200


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list."""

    limit: int
    offset: int


def page_of(
    page: Annotated[str, Query(description="Which page, from 1")] = "",
    page_size: Annotated[str, Query(description="How many in a page, at most 1,000")] = "",
) -> Page:
    """Return the requested page; by default the first 1,000 entries."""
    if not page.strip() and not page_size.strip():
        return Page(MOST, 0)
    size = _number("page_size", page_size, MOST) or USUAL_PAGE
    return Page(size, ((_number("page", page, MOST_PAGES) or 1) - 1) * size)


def wanted_of(
    now: datetime, numbers: str, services: str, status: str, start_date: str, end_date: str
) -> PublicRequestFilter:
    """Return the filter for requests; numbers override all other arguments."""
    references = tuple(_parts(numbers))
    if len(references) > MOST_NUMBERS:
        raise InvalidError(
            "service_request_id", len(references), Need("at most {le}", le=MOST_NUMBERS)
        )
    if references:
        return PublicRequestFilter(references=references)
    start, end = period_of(now, start_date, end_date)
    return PublicRequestFilter(kinds=_kinds(services), states=_states(status), start=start, end=end)


def period_of(now: datetime, start_date: str, end_date: str) -> tuple[datetime, datetime]:
    """Return the requested period, at most 90 days; by default the last 90 days."""
    start = read_moment("start_date", start_date.strip()) if start_date.strip() else None
    end = read_moment("end_date", end_date.strip()) if end_date.strip() else None
    if start is not None and end is not None and end - start > LONGEST:
        raise InvalidError("end_date", end_date, "at most 90 days after start_date")
    if start is None:
        end = end or now
        return end - LONGEST, end
    return start, end or start + LONGEST


def _kinds(services: str) -> tuple[RequestKind, ...]:
    wanted = _parts(services)
    unknown = next((code for code in wanted if code not in set(RequestKind)), None)
    if unknown is not None:
        raise NotFoundError("service", unknown)
    return tuple(map(RequestKind, wanted))


def _states(status: str) -> tuple[RequestState, ...]:
    wanted = {part.lower() for part in _parts(status)}
    if not wanted <= {OPEN, CLOSED}:
        raise InvalidError("status", status, "open, closed")
    return tuple(state for state in RequestState if not wanted or (_word(state) in wanted))


def _word(state: RequestState) -> str:
    return CLOSED if state in CLOSED_STATES else OPEN


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _number(name: str, text: str, most: int) -> int | None:
    if not text.strip():
        return None
    number = int(text) if text.strip().isdecimal() and len(text) < 10 else 0
    if not 1 <= number <= most:
        raise InvalidError(name, text, Need("a whole number from 1 to {most}", most=most))
    return number


WantedPage = Annotated[Page, Depends(page_of)]
Words = Annotated[str, Query()]
