"""Bulk changes of requests: placed, reclassified, closed, referred; each can be undone whole."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from data.errors import BarfrubError, ConflictError, DiskFullError, InvalidError
from data.geocode import Geocoder
from data.model import (
    Actor,
    ClosingReason,
    JobState,
    LonLat,
    QueueChange,
    QueueChangeId,
    QueueStep,
    RequestBefore,
    RequestId,
    RequestKind,
    RequestState,
    ServiceRequest,
    Snap,
)
from data.policy.city_policy import Policy
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx, savepoint
from data.store.followup.bulk_changes import (
    add_queue_change,
    find_last_queue_change,
    get_queue_change,
    set_undone,
)
from data.store.requests.duplicates import (
    duplicate_ids,
    list_duplicates,
    take_out_duplicate,
)
from data.store.requests.requests import get_request, list_requests_by_id, save_request
from data.store.requests.sla_clocks import let_clock_run
from data.store.storms.storms import find_active_storm
from data.store.work import get_job, set_job_state
from data.streets.network import StreetNetwork
from fleet.context import CityContext
from fleet.followup.referrals import ReferralWish, refer, withdraw_referral
from fleet.requests.closing import STILL_OPEN, close_request, drop_unwanted_job, merge
from fleet.requests.intake import TREATMENTS, subject_of, wrong_state
from fleet.requests.notices import retract_end_notice
from fleet.requests.placing import find_place, place_and_promise, place_by_hand
from fleet.routes.published_plan import PublishedPlanCache

UNDO_FOR = timedelta(hours=12)
"""So long a change of many requests may be taken back at once."""


class QueueAction(StrEnum):
    """What was done to many requests."""

    PLACED = "placed"
    KIND = "kind"
    CLOSED = "closed"
    HANDED_OVER = "handed_over"
    TAKEN_IN = "taken_in"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class CityRules:
    """What changes of requests need to know of the city."""

    network: StreetNetwork
    policy: Policy
    plans: PublishedPlanCache

    def context(self, tx: Tx, now: datetime) -> CityContext:
        """Return the context for decisions about the city in a transaction."""
        return CityContext(tx, self.network, self.policy, now)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that a bulk change left as it was, and why."""

    request_id: RequestId
    error: BarfrubError


@dataclass(frozen=True, slots=True)
class BulkResult:
    """Result of a bulk change; `change_id` undoes it, and is `None` where nothing changed."""

    changed: tuple[RequestId, ...]
    refusals: tuple[Refusal, ...]
    change_id: QueueChangeId | None


NONE_MERGED: Mapping[RequestId, tuple[RequestId, ...]] = {}
"""What a change that merges nothing takes along."""

type Act = Callable[[ServiceRequest], ServiceRequest]


def places_by_text(
    tx: Tx, ids: Collection[RequestId], network: StreetNetwork, geocoder: Geocoder
) -> dict[RequestId, Snap]:
    """Return the unambiguous places that the texts of unplaced requests name.

    It takes its time, so nobody should wait for the end of this transaction.
    """
    asked_for = list_requests_by_id(tx, list(ids)).values()
    loose = [asked for asked in asked_for if asked.snap is None]
    found = {asked.id: find_place(asked, network, geocoder) for asked in loose}
    return {request_id: place[1] for request_id, place in found.items() if place is not None}


def place_many(
    tx: Tx,
    actor: Actor,
    ids: Collection[RequestId],
    places: Mapping[RequestId, LonLat | Snap],
    rules: CityRules,
    now: datetime,
) -> BulkResult:
    """Place requests at their points; one that is on a street already moves there."""

    def placed(asked: ServiceRequest) -> ServiceRequest:
        place = places.get(asked.id)
        if place is None:
            raise ConflictError(
                f"the words of request {asked.reference} name no place without doubt",
                reason="place_in_doubt",
                reference=asked.reference,
            )
        _off_its_job(tx, actor, asked, asked.kind, now)
        return place_by_hand(rules.context(tx, now), actor, asked.id, place, rules.plans)

    return change_in_bulk(tx, actor, QueueAction.PLACED, ids, placed, now)


def give_kind(
    tx: Tx,
    actor: Actor,
    ids: Collection[RequestId],
    kind: RequestKind,
    rules: CityRules,
    now: datetime,
) -> BulkResult:
    """Change the kind of requests; their jobs change where that is another kind of work."""

    def changed(asked: ServiceRequest) -> ServiceRequest:
        if asked.state not in STILL_OPEN:
            raise wrong_state(asked)
        if asked.kind is kind:
            return asked
        change = ({"kind": asked.kind}, {"kind": kind})
        add_event(tx, now, actor, "request.kind", subject_of(asked), *change)
        if TREATMENTS.get(kind) is TREATMENTS.get(asked.kind):
            same_work = replace(asked, kind=kind)
            save_request(tx, same_work)
            return same_work
        loose = _off_its_job(tx, actor, asked, kind, now)
        worked_on = asked.state is RequestState.OPEN
        return _back_to_work(tx, actor, loose, rules, now) if worked_on else loose

    return change_in_bulk(tx, actor, QueueAction.KIND, ids, changed, now)


def close_many(
    tx: Tx,
    actor: Actor,
    ids: Collection[RequestId],
    reason: ClosingReason,
    note: str,
    now: datetime,
) -> BulkResult:
    """Close requests for one reason, which must be true of each."""
    if reason is ClosingReason.HANDED_OVER:
        raise InvalidError("reason", reason, "an agency to refer to")
    return change_in_bulk(
        tx,
        actor,
        QueueAction.CLOSED,
        ids,
        lambda asked: close_request(tx, actor, asked.id, reason, note, now),
        now,
        duplicate_ids(tx, ids),
    )


def refer_many(
    tx: Tx, actor: Actor, ids: Collection[RequestId], handing: ReferralWish, now: datetime
) -> BulkResult:
    """Refer requests to an agency."""
    return change_in_bulk(
        tx,
        actor,
        QueueAction.HANDED_OVER,
        ids,
        lambda asked: refer(tx, actor, asked, handing, now),
        now,
    )


def note_taken_in(
    tx: Tx, actor: Actor, taken: Collection[ServiceRequest], now: datetime
) -> QueueChangeId:
    """Record requests imported together, so that the import can be undone as a whole."""
    steps = [QueueStep(asked.id, None, RequestBefore.of(asked)) for asked in taken]
    return _kept(tx, actor, QueueAction.TAKEN_IN, steps, now)


def undo_change(
    tx: Tx, actor: Actor, change_id: QueueChangeId, rules: CityRules, now: datetime
) -> BulkResult:
    """Restore every request of a change; one that has changed since stays as it is.

    Requests that were taken in are closed as withdrawn. Raises `ConflictError` where the change was
    taken back already.
    """
    change = get_queue_change(tx, change_id)
    if change.undone_at is not None:
        raise ConflictError("the change was taken back already", reason="change_undone")
    steps = {step.request_id: step for step in change.steps}
    done, refusals = _each(
        tx, steps, lambda asked: _taken_back(tx, actor, steps[asked.id], change, rules, now)
    )
    set_undone(tx, change_id, now)
    ids = tuple(step.request_id for step in done)
    after = {"action": change.action, "requests": list(ids)}
    add_event(tx, now, actor, "queue.undone", f"queue:{change_id}", after=after)
    return BulkResult(ids, refusals, None)


def change_in_bulk(
    tx: Tx,
    actor: Actor,
    action: QueueAction,
    ids: Collection[RequestId],
    act: Act,
    now: datetime,
    duplicates: Mapping[RequestId, tuple[RequestId, ...]] = NONE_MERGED,
) -> BulkResult:
    """Apply a change to each request, and keep how each stood, so that it can be undone.

    `duplicates` are those that a merging takes along, or that a closing may leave alone.
    """
    steps, refusals = _each(tx, ids, act)
    steps = [_with_duplicates(tx, step, duplicates.get(step.request_id, ())) for step in steps]
    change_id = _kept(tx, actor, action, steps, now) if steps else None
    return BulkResult(tuple(step.request_id for step in steps), refusals, change_id)


def _each(
    tx: Tx, ids: Collection[RequestId], act: Act
) -> tuple[list[QueueStep], tuple[Refusal, ...]]:
    """Apply a change to each request in a savepoint: a refusal leaves nothing half done."""
    steps: list[QueueStep] = []
    refusals: list[Refusal] = []
    for request_id in dict.fromkeys(ids):
        try:
            with savepoint(tx):
                before = get_request(tx, request_id)
                after = act(before)
        except DiskFullError:  # SQLite may have taken the whole transaction back
            raise
        except BarfrubError as error:
            refusals.append(Refusal(request_id, error))
            continue
        if after != before:
            steps.append(QueueStep(request_id, RequestBefore.of(before), RequestBefore.of(after)))
    return steps, tuple(refusals)


def _with_duplicates(tx: Tx, step: QueueStep, ids: Collection[RequestId]) -> QueueStep:
    found = list_requests_by_id(tx, list(ids)).values()
    return replace(step, duplicates={each.id: RequestBefore.of(each) for each in found})


def _kept(
    tx: Tx, actor: Actor, action: QueueAction, steps: Collection[QueueStep], now: datetime
) -> QueueChangeId:
    change_id = add_queue_change(tx, now, actor.id, action, tuple(steps))
    after = {"action": action, "requests": [step.request_id for step in steps]}
    add_event(tx, now, actor, "queue.changed", f"queue:{change_id}", after=after)
    return change_id


def _off_its_job(
    tx: Tx, actor: Actor, asked: ServiceRequest, kind: RequestKind, now: datetime
) -> ServiceRequest:
    """Return the request waiting, of a kind; a job that only it asked for is cancelled."""
    if asked.state not in STILL_OPEN:
        raise wrong_state(asked)
    loose = replace(asked, kind=kind, state=RequestState.NEW, job_id=None)
    save_request(tx, loose)
    drop_unwanted_job(tx, actor, asked, now)
    return loose


def _back_to_work(
    tx: Tx, actor: Actor, asked: ServiceRequest, rules: CityRules, now: datetime
) -> ServiceRequest:
    """Return a placed request with a job in the active storm, if there is one."""
    storm = find_active_storm(tx)
    if storm is None or asked.snap is None or rules.network.find(asked.snap.segment_id) is None:
        return asked
    return place_and_promise(rules.context(tx, now), actor, asked, rules.plans)


def _taken_back(
    tx: Tx,
    actor: Actor,
    step: QueueStep,
    change: QueueChange,
    rules: CityRules,
    now: datetime,
) -> ServiceRequest:
    asked = get_request(tx, step.request_id)
    if step.before is None:
        return close_request(tx, actor, asked.id, ClosingReason.WITHDRAWN, "", now)
    if RequestBefore.of(asked) != step.after:
        raise ConflictError(
            f"request {asked.reference} has changed since",
            reason="request_changed",
            reference=asked.reference,
        )
    if change.action == QueueAction.HANDED_OVER:
        withdraw_referral(tx, actor, asked, now)
    if change.action == QueueAction.MERGED:
        take_out_duplicate(tx, asked.id, list(step.duplicates))
    restored = _restored(tx, actor, asked, step.before, rules, now)
    if change.action == QueueAction.CLOSED and restored.state in STILL_OPEN:
        _merge_again(tx, actor, step.duplicates, restored, now)
    if asked.closed_for is not None:
        for each in (asked, *list_duplicates(tx, asked.id)):
            retract_end_notice(tx, each.id, change.at, now)
    return restored


def _restored(
    tx: Tx,
    actor: Actor,
    asked: ServiceRequest,
    before: RequestBefore,
    rules: CityRules,
    now: datetime,
) -> ServiceRequest:
    wanted = before.restored(asked)
    change = (_facts(asked), _facts(wanted))
    add_event(tx, now, actor, "request.restored", subject_of(asked), *change)
    if wanted.state is RequestState.OPEN:
        wanted = replace(wanted, state=RequestState.NEW, job_id=None)
    save_request(tx, wanted)
    drop_unwanted_job(tx, actor, asked, now)
    if wanted.state in STILL_OPEN:
        let_clock_run(tx, asked.id)
    if before.state is not RequestState.OPEN:
        return wanted
    _revive_job(tx, actor, before, now)
    return _back_to_work(tx, actor, wanted, rules, now)


def _merge_again(
    tx: Tx,
    actor: Actor,
    duplicates: Mapping[RequestId, RequestBefore | None],
    kept: ServiceRequest,
    now: datetime,
) -> None:
    """Merge those into a request again that its closing opened and nobody has changed since."""
    for each in list_requests_by_id(tx, list(duplicates)).values():
        if each.state in STILL_OPEN and RequestBefore.of(each) == duplicates[each.id]:
            merge(tx, actor, each, kept, now)


def _revive_job(tx: Tx, actor: Actor, before: RequestBefore, now: datetime) -> None:
    """Reopen the job that was cancelled with a request, with its old deadline."""
    job = None if before.job_id is None else get_job(tx, before.job_id)
    storm = find_active_storm(tx)
    if job is None or storm is None or job.storm_id != storm.id:
        return
    if job.state is JobState.CANCELLED:
        set_job_state(tx, [job.id], JobState.OPEN)
        change = ({"state": job.state}, {"state": JobState.OPEN})
        add_event(tx, now, actor, "job.reopened", f"job:{job.id}", *change)


def _facts(asked: ServiceRequest) -> dict[str, object]:
    return {
        "state": asked.state,
        "kind": asked.kind,
        "job": asked.job_id,
        "segment": asked.snap.segment_id if asked.snap else None,
        "reason": asked.closed_for,
    }


def last_change_of(tx: Tx, login: str, now: datetime) -> QueueChange | None:
    """Return somebody's last bulk change, while it may be undone."""
    return find_last_queue_change(tx, login, now - UNDO_FOR)
