"""Look-up of requests by number, text, street or job, and their due times."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched

from data.model import (
    BoardRequest,
    Delay,
    JobId,
    LonLat,
    Promise,
    QueueOrder,
    RequestFilter,
    RequestId,
    SegmentId,
    ServiceRequest,
    Sighting,
    Stage,
)
from data.model.requests.request_queue import DeadlineRules
from data.policy.city_policy import Policy
from data.store.database.engine import Tx
from data.store.followup.sightings import list_sightings
from data.store.requests.duplicates import find_kept
from data.store.requests.promises import list_last_promises
from data.store.requests.request_search import (
    ClassOfRoad,
    count_waiting,
    list_waiting,
    search_requests,
)
from data.store.requests.requests import (
    get_request,
    list_open_within,
    list_requests_by_id,
    list_requests_of_jobs,
    list_requests_on_segment,
)
from data.store.requests.sla_clocks import list_clocks
from data.store.storms.storms import find_active_storm
from data.streets.network import StreetNetwork
from data.streets.projection import distance_m, moved
from fleet.requests.sla_clocks import deadline_rules, work_deadline

WAITING = frozenset({Stage.UNPLACED, Stage.PLACED, Stage.OPEN})
"""Stages of requests that wait for work."""

ASKED_AT_ONCE = 500
"""Jobs or requests named in one question to the database."""

NEAR_M = 60.0
"""What is farther from a place than this is reported about another one."""

SHOWN = 3
"""So many are told of at most: whoever asks stands at one place, and reads no list of a city."""


def known_request(tx: Tx, request_id: RequestId) -> ServiceRequest:
    """Return a request; raise `NotFoundError`."""
    return get_request(tx, request_id)


def standing_for(tx: Tx, asked: ServiceRequest) -> ServiceRequest:
    """Return the request that a duplicate was merged into, else the request itself."""
    return find_kept(tx, asked.id) or asked


def inspections_of(tx: Tx, request_id: RequestId) -> list[Sighting]:
    """Return what people of the city saw on the spot about a request, oldest first."""
    return list_sightings(tx, request_id)


def requests_by_id(tx: Tx, ids: Iterable[RequestId]) -> dict[RequestId, ServiceRequest]:
    """Return those of these requests that exist."""
    return list_requests_by_id(tx, list(ids))


def requests_of_street(tx: Tx, segment_id: SegmentId, most: int) -> list[ServiceRequest]:
    """Return the newest requests about a street."""
    return list_requests_on_segment(tx, segment_id, most)


def reported_nearby(tx: Tx, place: LonLat, at: datetime | None = None) -> list[ServiceRequest]:
    """Return what waits for work near a place, the nearest first; what did at a moment, if given.

    Of several about the same on one street the first is told of, which the others came to.
    """
    southwest, northeast = moved(place, -NEAR_M, -NEAR_M), moved(place, NEAR_M, NEAR_M)
    found = list_open_within(tx, *southwest, *northeast, at)
    away_m = {each.id: distance_m(place, each.location) for each in found if each.location}
    near = [each for each in found if away_m.get(each.id, NEAR_M) < NEAR_M]
    first = {(each.kind, each.snap and each.snap.segment_id): each for each in reversed(near)}
    return sorted(first.values(), key=lambda each: away_m[each.id])[:SHOWN]


def requests_of_jobs(tx: Tx, job_ids: Sequence[JobId]) -> list[ServiceRequest]:
    """Return all requests that ask for these jobs."""
    return [
        each
        for first in range(0, len(job_ids), ASKED_AT_ONCE)
        for each in list_requests_of_jobs(tx, job_ids[first : first + ASKED_AT_ONCE])
    ]


def requests_delayed(
    tx: Tx, delays: Sequence[Delay]
) -> tuple[list[ServiceRequest], dict[RequestId, Promise]]:
    """Return the requests of delayed jobs, with their last promises."""
    asked = requests_of_jobs(tx, [one.job_id for one in delays])
    return asked, list_last_promises(tx, [each.id for each in asked])


def waiting_requests(tx: Tx, policy: Policy) -> list[BoardRequest]:
    """Return all requests that wait for work, the oldest first."""
    return list_waiting(tx, policy.classes, queue_deadlines(tx, policy))


def waiting_count(tx: Tx) -> int:
    """Return how many requests wait for work."""
    return count_waiting(tx)


def waiting_with_text(tx: Tx, words: str, classes: ClassOfRoad, most: int) -> list[ServiceRequest]:
    """Return the oldest waiting requests with these words in their text or place."""
    wanted = RequestFilter(stages=WAITING, words=words, by_phone=False)
    found = search_requests(tx, wanted, classes, QueueOrder.OLDEST, most)
    return [each.request for each in found]


def queue_deadlines(tx: Tx, policy: Policy) -> DeadlineRules:
    """Return by which rules requests of the queue are late now."""
    return deadline_rules(policy, find_active_storm(tx))


def deadlines(
    tx: Tx, asked: Iterable[ServiceRequest], network: StreetNetwork, policy: Policy
) -> dict[RequestId, datetime]:
    """Return by when the work of those of these requests that have a machine's job is wanted.

    It is the time of the complaints office, by when each was received; a job that was there before
    may be due sooner.
    """
    working = [each for each in asked if each.job_id is not None]
    storm, found = find_active_storm(tx), dict[RequestId, datetime]()
    for some in batched(working, ASKED_AT_ONCE, strict=False):
        clocks = list_clocks(tx, [each.id for each in some])
        for each in some:
            due_at = work_deadline(each, clocks[each.id], network, policy, storm)
            if due_at is not None:
                found[each.id] = due_at
    return found
