"""Inspections on a phone: what somebody of the city should look at, and what comes of it."""

from dataclasses import dataclass
from datetime import timedelta

from data.errors import InvalidError, Need
from data.model import Actor, ClockedRequest, RequestId, RequestState, SegmentId, Sighting
from data.store.followup.followup import list_done_since
from data.store.requests.requests import get_request
from data.store.requests.sla_clocks import get_clock
from fleet.context import CityContext
from fleet.followup.waiting_requests import (
    OnSiteReport,
    keep_sighting,
    list_waiting,
    sight,
)
from fleet.requests.closing import CLOSABLE, reopen_request
from fleet.requests.sla_clocks import Due

DONE_WITHIN = timedelta(hours=24)
"""What was said to be done longer ago is snowed on again."""

MOST = 100
"""Places on one phone; nobody looks at more in a shift."""


@dataclass(frozen=True, slots=True)
class PlaceToInspect:
    """A request with a place that nobody has seen as it is now; `due` is its next step's target."""

    followed: ClockedRequest
    due: Due | None

    @property
    def segment_id(self) -> SegmentId | None:
        """The street that it is about, where that is known."""
        snap = self.followed.request.snap
        return snap.segment_id if snap else None


def places_to_inspect(city: CityContext, login: str) -> list[PlaceToInspect]:
    """Return what to look at: somebody's own and what is escalated first, then late, then the rest.

    Complaints that wait, and what was said to be done by machines or crews.
    """
    waiting = [
        PlaceToInspect(one.followed, one.due)
        for one in list_waiting(city.tx, city.network, city.policy)
        if one.followed.request.state in CLOSABLE
    ]
    done = list_done_since(city.tx, city.now - DONE_WITHIN)
    found = [*waiting, *(PlaceToInspect(one, None) for one in done)]
    placed = [one for one in found if one.followed.request.location is not None]
    return sorted(placed, key=lambda one: _rank(one, login, city))[:MOST]


def inspect(city: CityContext, actor: Actor, request_id: RequestId, spot: OnSiteReport) -> Sighting:
    """Store what was seen at a place: in order or not, with the consequences of that.

    A waiting request that is in order is closed; one that was said to be done and is not is
    reopened, unless somebody looked before it was done. Raises `InvalidError` where nobody says
    what is not in order, `ConflictError` for a request that ended in another way.
    """
    require_fault(spot)
    asked = get_request(city.tx, request_id)
    if asked.state is not RequestState.DONE:
        return sight(city, actor, request_id, spot)
    seen = keep_sighting(city, actor, asked, spot)
    closed_at = get_clock(city.tx, asked.id).closed_at
    if not seen.clear and (closed_at is None or seen.seen_at >= closed_at):
        reopen_request(city.tx, actor, request_id, spot.text, city.now)
    return seen


def require_fault(spot: OnSiteReport) -> None:
    """Raise `InvalidError` where nobody says what is not in order."""
    if not spot.clear and not spot.faults and not spot.text.strip():
        raise InvalidError("text", "", Need("what is not in order"))


def _rank(one: PlaceToInspect, login: str, city: CityContext) -> tuple[bool, bool, bool, bool]:
    clock = one.followed.clock
    return (
        clock.assigned_to != login,
        clock.escalated_at is None,
        not one.followed.request.dangers,
        one.due is None or not one.due.passed(city.now),
    )
