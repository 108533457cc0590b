"""Promises to callers: time windows, how well earlier ones were kept, and storing them.

A promise is kept when evidence shows the work done by the end of its window; sooner is no breach.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import inf
from typing import NamedTuple

from data.model import (
    Actor,
    ClosingReason,
    JobId,
    JobState,
    Promise,
    PromiseOutcome,
    RequestState,
    ServiceClass,
    ServiceRequest,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.requests.promises import (
    AwaitingPromise,
    add_promises,
    find_promise,
    list_awaiting_promise,
    list_promise_outcomes,
)
from fleet.routes.arrivals import Arrivals, Expected
from fleet.work.totals import quantile

EARLY_SHARE, LATE_SHARE = 0.15, 0.35
"""Width of a window before and after the expected moment, in shares of the time until then."""

EARLY_LEAST, LATE_LEAST = timedelta(minutes=10), timedelta(minutes=20)
"""Width that even a truck around the corner gets."""

WIDEST_SHARE = 2.0
"""However badly promises were kept, a window is not wider than this: it would say nothing."""

LEAST_LEAD = timedelta(minutes=30)
"""Times until the work count as this long at least where delays are measured against them."""

STEP = timedelta(minutes=5)
"""Windows begin and end on five minutes, as people say times."""

SAID_APART, SAID_APART_SHARE = timedelta(minutes=15), 0.5
"""A window that was said before its request was stored holds if each end is so near to the one of
now, or by this share of its width where that is more: the moment of far-off work moves by more
while people talk. Farther off it was said of other work, or too long ago."""

FARTHEST_LATE = timedelta(hours=2)
"""A truck that is later than this follows no plan any more, and nothing is promised."""

REMEMBERED = 1000
"""Promises that the record is measured on, the newest."""

LEAST_RECORD = 20
"""Decided promises from which a record says something; of one class, else of the city."""

KEPT_SHARE = 0.9
"""Share of earlier promises that a window must have been wide enough for."""


VOID = frozenset(ClosingReason) - {
    ClosingReason.PLOWED,
    ClosingReason.INSPECTED,
    ClosingReason.CREW,
    ClosingReason.MELTED,
}
"""Endings that make a promise void: there was nothing for us to do. Melted snow is no excuse."""


@dataclass(frozen=True, slots=True)
class PromiseWindow:
    """The expected time of the work, and the time window to promise."""

    expected_at: datetime
    from_at: datetime
    to_at: datetime


class SaidWindow(NamedTuple):
    """A window that the caller was told on the phone, before the request was stored."""

    from_at: datetime
    to_at: datetime


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """Number of kept promises of `measured`; `service_class` is `None` for the whole city."""

    kept: int
    measured: int
    service_class: ServiceClass | None

    @property
    def share(self) -> float:
        """Share of kept promises."""
        return self.kept / self.measured


def track_record(
    outcomes: Sequence[PromiseOutcome], service_class: ServiceClass, now: datetime
) -> TrackRecord | None:
    """Return the record of a class, else of the city; `None` with too little history."""
    for name in (service_class, None):
        of_class = [one for one in outcomes if name in (None, one.service_class)]
        decided = [kept for one in of_class if (kept := was_kept(one, now)) is not None]
        if len(decided) >= LEAST_RECORD:
            return TrackRecord(sum(decided), len(decided), name)
    return None


def was_kept(one: PromiseOutcome, now: datetime) -> bool | None:
    """Whether a promise was kept; `None` while it is open or where it became void."""
    promise = one.promise
    if one.done_at is not None:
        return one.done_at <= promise.to_at
    if one.closed_for in VOID:
        return None
    if one.job_state is JobState.CANCELLED or promise.to_at < now:
        return False
    return None


def decided_by(outcomes: Iterable[PromiseOutcome], at: datetime) -> list[PromiseOutcome]:
    """Return the promises that were decided by a moment, with what was known of each then."""
    known = []
    for one in outcomes:
        if one.done_at is not None and one.done_at <= at:
            known.append(one)
        elif one.promise.to_at < at:
            known.append(replace(one, done_at=None))
    return known


def late_share(outcomes: Sequence[PromiseOutcome], now: datetime) -> float:
    """Return the width of a window after its moment, as a share of the time until then.

    What nine of ten earlier promises would have needed; the usual share while few are known.
    """
    needed = sorted(_needed_share(one) for one in outcomes if was_kept(one, now) is not None)
    found = quantile(needed, KEPT_SHARE) if len(needed) >= LEAST_RECORD else None
    return LATE_SHARE if found is None else min(max(found, LATE_SHARE / 2), WIDEST_SHARE)


def window_of(visit: Expected, share: float, now: datetime) -> PromiseWindow | None:
    """Return the window to promise for a visit; `None` where its truck is too late.

    Parameters
    ----------
    share
        Its width after the expected moment, as `late_share` returns it.
    """
    return None if visit.late > FARTHEST_LATE else widened(visit.expected_at, share, now)


def widened(expected_at: datetime, share: float, now: datetime) -> PromiseWindow:
    """Return the window around a moment, as `window_of` has it."""
    lead = expected_at - now
    from_at = expected_at - max(EARLY_SHARE * lead, EARLY_LEAST)
    to_at = expected_at + max(share * lead, LATE_LEAST)
    return PromiseWindow(expected_at, max(_down(from_at), _down(now)), _up(to_at))


def window_to_tell(
    given: Promise | None, job_id: JobId, visit: Expected, share: float, now: datetime
) -> PromiseWindow | None:
    """Return the window to tell for a job: the last promise while it can be kept.

    Else a new one; `None` where its truck is too late to say.
    """
    if given is not None and given.job_id == job_id and visit.expected_at <= given.to_at:
        return PromiseWindow(visit.expected_at, given.from_at, given.to_at)
    return window_of(visit, share, now)


def window_of_request(
    tx: Tx, asked: ServiceRequest, arrivals: Arrivals | None
) -> PromiseWindow | None:
    """Return the expected window of a request, the same on every page and message.

    A promise that can be kept no more is told while nothing else is known and it is past: then
    the city owes its caller a word. `None` where there is no time to tell.
    """
    if asked.job_id is None:
        return None
    given = find_promise(tx, asked.id)
    visit = None if arrivals is None else arrivals.job(asked.job_id)
    if arrivals is not None and visit is not None:
        share = late_share(list_promise_outcomes(tx, REMEMBERED, arrivals.now), arrivals.now)
        found = window_to_tell(given, asked.job_id, visit, share, arrivals.now)
        if found is not None:
            return found
    if given is None or given.job_id != asked.job_id:
        return None
    if arrivals is not None and _cannot_be_kept(given, arrivals):
        return None
    return PromiseWindow(given.expected_at, given.from_at, given.to_at)


def _cannot_be_kept(given: Promise, arrivals: Arrivals) -> bool:
    """Whether the plan leaves out a part of the work of a promise whose time is still to come."""
    return given.job_id in arrivals.index.unserved and arrivals.now < given.to_at


def give_promise(
    tx: Tx,
    actor: Actor,
    asked: ServiceRequest,
    arrivals: Arrivals,
    said: SaidWindow | None = None,
) -> Promise | None:
    """Store the window of a request by the published plan; the one `said` while it can be kept.

    The same window again is not kept twice. `None` where nothing can be promised: no job, or a
    plan that does not come to its street any more.
    """
    if asked.state is not RequestState.OPEN or asked.job_id is None:
        return None
    now = arrivals.now
    share = late_share(list_promise_outcomes(tx, REMEMBERED, now), now)
    given = _promise(AwaitingPromise(asked.id, asked.job_id, None), arrivals, share)
    if given is None:
        return None
    if said is not None and _holds(said, given):
        given = replace(given, from_at=said.from_at, to_at=said.to_at)
    before = find_promise(tx, asked.id)
    if before is not None and (before.job_id, before.from_at, before.to_at) == (
        given.job_id,
        given.from_at,
        given.to_at,
    ):
        return before
    add_promises(tx, [given])
    after = {
        "job": given.job_id,
        "plan": given.plan_id,
        "from": given.from_at.isoformat(),
        "to": given.to_at.isoformat(),
    }
    add_event(tx, now, actor, "request.promised", f"request:{asked.id}", after=after)
    return given


def promise_open(
    tx: Tx, actor: Actor, arrivals: Arrivals, job_ids: Iterable[JobId] | None = None
) -> int:
    """Store promises for all open requests of a published plan, and return how many.

    Who was promised a time for this job that can still be kept is promised no other. One line of
    the audit log tells of them all. `job_ids` are the only jobs looked at, where given.
    """
    now = arrivals.now
    share = late_share(list_promise_outcomes(tx, REMEMBERED, now), now)
    wanted = arrivals.index.legs_for.keys() if job_ids is None else set(job_ids)
    waiting = [one for one in list_awaiting_promise(tx) if one.job_id in wanted]
    found = (_promise(one, arrivals, share) for one in waiting)
    given = [promise for promise in found if promise is not None]
    if given:
        add_promises(tx, given)
        after = {"requests": [promise.request_id for promise in given]}
        subject = f"plan:{arrivals.index.plan.id}"
        add_event(tx, now, actor, "plan.promised", subject, after=after)
    return len(given)


def _promise(asked: AwaitingPromise, arrivals: Arrivals, share: float) -> Promise | None:
    visit = arrivals.job(asked.job_id)
    if visit is None or (asked.until is not None and visit.expected_at <= asked.until):
        return None
    window = window_of(visit, share, arrivals.now)
    if window is None:
        return None
    return Promise(
        request_id=asked.request_id,
        job_id=asked.job_id,
        plan_id=arrivals.index.plan.id,
        made_at=arrivals.now,
        expected_at=window.expected_at,
        from_at=window.from_at,
        to_at=window.to_at,
    )


def _holds(said: SaidWindow, now_given: Promise) -> bool:
    """Whether a window that was said can be kept and is of the work that is promised now."""
    apart = max(abs(said.from_at - now_given.from_at), abs(said.to_at - now_given.to_at))
    most = max(SAID_APART, SAID_APART_SHARE * (now_given.to_at - now_given.from_at))
    return now_given.expected_at <= said.to_at and apart <= most


def _needed_share(one: PromiseOutcome) -> float:
    if one.done_at is None:
        return inf
    lead = max(one.promise.expected_at - one.promise.made_at, LEAST_LEAD)
    return (one.done_at - one.promise.expected_at) / lead


def _down(moment: datetime) -> datetime:
    return moment - (moment - datetime.min.replace(tzinfo=UTC)) % STEP


def _up(moment: datetime) -> datetime:
    return _down(moment + STEP - timedelta(microseconds=1))
