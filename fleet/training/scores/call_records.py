"""The calls of a training with what became of each, read from its database."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import Event, RequestClock, RequestId, RequestKind, SegmentId, ServiceRequest
from data.model.training.live_training import TrainingCall
from data.store.audit.audit_log import last_events_by_subject
from data.store.database.engine import Tx
from data.store.requests.duplicates import kept_ids
from data.store.requests.promises import list_all_outcomes, list_last_promises
from data.store.requests.requests import list_requests_by_id
from data.store.requests.sla_clocks import list_clocks
from data.store.streets.places import list_houses
from data.store.training.calls import list_calls
from data.streets.network import StreetNetwork
from fleet.requests.promises import was_kept
from fleet.simulation.simulated_calls import spoken_name
from fleet.simulation.spoken_places import SpokenPlaces, same_street
from fleet.training.calls import CALL_TAKEN, call_subject
from fleet.training.clock_speeds import ClockSpeeds, clock_speeds
from fleet.training.scores.operator_score import CallRecord

MOST_PROMISES = 20_000
"""Promises that are looked at: a storm of days makes fewer."""


def call_records(tx: Tx, network: StreetNetwork, now: datetime) -> list[CallRecord]:
    """Return the calls of a training, in the order in which they rang."""
    calls = list_calls(tx)
    asked = [one.request_id for one in calls if one.request_id is not None]
    streets = (network.find(one.segment_id) for one in calls if one.address)
    named = {spoken_name(street) for street in streets if street}
    known = _Known(
        list_requests_by_id(tx, asked),
        list_clocks(tx, asked),
        kept_ids(tx, asked),
        _kept_promises(tx, asked, now),
        last_events_by_subject(tx, [CALL_TAKEN]),
        clock_speeds(tx, min((one.rang_at for one in calls), default=now), now, 1.0),
        network,
        SpokenPlaces(network, list_houses(tx, sorted(named))),
    )
    alike = defaultdict[_Alike, list[TrainingCall]](list)
    for one in calls:
        if one.request_id is not None and one.address:
            alike[_alike(network, one)].append(one)
    return [_record(one, alike[_alike(network, one)], known) for one in calls]


type _Alike = tuple[RequestKind, object]
"""What calls have in common that may be about the same: what is asked for, and a street."""


def _alike(network: StreetNetwork, call: TrainingCall) -> _Alike:
    """Return what a call has in common: all pieces of a street share its names."""
    segment = network.find(call.segment_id)
    names = frozenset(segment.names.items()) if segment and segment.names else call.segment_id
    return call.kind, names


@dataclass(frozen=True, slots=True)
class _Known:
    requests: Mapping[RequestId, ServiceRequest]
    clocks: Mapping[RequestId, RequestClock]
    merged: Mapping[RequestId, RequestId]
    promises: Mapping[RequestId, bool]
    taken: Mapping[str, Event]
    speeds: ClockSpeeds
    network: StreetNetwork
    places: SpokenPlaces

    def waits_at(self, call: TrainingCall, at: datetime) -> bool:
        """Whether the request of a call was open at a moment."""
        request, clock = self._request(call), self.clocks.get(call.request_id or RequestId(0))
        if request is None or request.received_at > at:
            return False
        ended = clock.done_at or clock.closed_at if clock else None
        return ended is None or ended > at

    def together(self, one: TrainingCall, other: TrainingCall) -> bool:
        """Whether two calls became one work: one request was merged into the other, or one job.

        One job counts on the caller's own street only: two wrong ones may meet elsewhere.
        """
        mine, theirs = self._request(one), self._request(other)
        if mine is None or theirs is None:
            return False
        ids = {self.merged.get(each.id, each.id) for each in (mine, theirs)}
        if len(ids) == 1:
            return True
        if mine.job_id is None or mine.job_id != theirs.job_id:
            return False
        noted = self.noted(other)
        right = same_street(self.network, other.segment_id, noted)
        return right or noted in self.fitting(other)

    def is_on_the_street(self, one: TrainingCall, call: TrainingCall) -> bool:
        """Whether the request of a call is where the caller of another one stands."""
        return same_street(self.network, call.segment_id, self.noted(one))

    def noted(self, call: TrainingCall) -> SegmentId | None:
        """Return the street of a call's request, `None` where it is unknown."""
        request = self._request(call)
        return None if request is None or request.snap is None else request.snap.segment_id

    def fitting(self, call: TrainingCall) -> frozenset[SegmentId]:
        """Return all pieces of street that fit what a caller says."""
        return self.places.fitting(call.segment_id, call.address)

    def lasted(self, call: TrainingCall, until: datetime) -> timedelta:
        """Return how long it was for the operator since a call rang.

        Where nobody changed the clock it ran as when the call was taken.
        """
        if self.speeds.until:
            return self.speeds.real(call.rang_at, until)
        line = self.taken.get(call_subject(call))
        speed = float(str(line.after.get("speed", 1.0))) if line else 1.0
        return (until - call.rang_at) / speed

    def _request(self, call: TrainingCall) -> ServiceRequest | None:
        return None if call.request_id is None else self.requests.get(call.request_id)


def _record(call: TrainingCall, alike: Iterable[TrainingCall], known: _Known) -> CallRecord:
    answered_at = call.taken_at or call.rang_at
    open_then = [
        one
        for one in alike
        if call.address
        and one.id != call.id
        and same_street(known.network, one.segment_id, call.segment_id)
        and known.waits_at(one, answered_at)
    ]
    joined = any(known.together(one, call) for one in open_then)
    request = None if call.request_id is None else known.requests.get(call.request_id)
    return CallRecord(
        rang_at=call.rang_at,
        taken_at=call.taken_at,
        taken_by=call.taken_by,
        over_at=call.ended_at,
        saved_at=None if request is None else request.received_at,
        meant=call.segment_id if call.address else None,
        noted=known.noted(call),
        fitting=known.fitting(call),
        # What is recorded elsewhere is not found by who looks on the caller's own street.
        repeats=joined or any(known.is_on_the_street(one, call) for one in open_then),
        joined=joined,
        kept=None if request is None else known.promises.get(request.id),
        lasted=None if request is None else known.lasted(call, request.received_at),
    )


def _kept_promises(tx: Tx, asked: list[RequestId], now: datetime) -> dict[RequestId, bool]:
    """Return whether the last promise of each request held, where that is decided."""
    last, found = list_last_promises(tx, asked), dict[RequestId, bool]()
    for one in list_all_outcomes(tx, MOST_PROMISES, now):
        kept = was_kept(one, now)
        if kept is not None and last.get(one.promise.request_id) == one.promise:
            found[one.promise.request_id] = kept
    return found
