"""Duplicate jobs: the open job that covers a place already, which a request joins."""

from collections.abc import Iterator

from data.model import Job, Segment, SegmentId, Snap, StormId, Treatment
from data.policy.city_policy import Policy
from data.store.database.engine import Tx
from data.store.work import find_open_job
from data.streets.network import StreetNetwork


def covering_job(
    tx: Tx,
    storm_id: StormId,
    snap: Snap,
    treatment: Treatment,
    network: StreetNetwork,
    policy: Policy,
) -> Job | None:
    """Return the open job that a request joins: of its segment, else of its street close by."""
    for segment_id in joined_segments(snap, network, policy):
        found = find_open_job(tx, storm_id, segment_id, treatment)
        if found is not None:
            return found
    return None


def joined_segments(snap: Snap, network: StreetNetwork, policy: Policy) -> Iterator[SegmentId]:
    """Yield the segment of a place, then those of the same street close by.

    How far, and whether another class counts too, is a rule of the policy.
    """
    yield snap.segment_id
    if policy.join.radius_m <= 0:
        return
    segment = network.segment(snap.segment_id)
    here = network.point_at(segment.id, snap.offset_m)
    for near in network.nearby(here, policy.join.radius_m):
        other = network.segment(near.segment_id)
        if _joined(segment, other, policy):
            yield other.id


def _joined(segment: Segment, other: Segment, policy: Policy) -> bool:
    if other.id == segment.id or not _spellings(segment) & _spellings(other):
        return False
    return policy.join.across_classes or policy.class_of(other) == policy.class_of(segment)


def _spellings(segment: Segment) -> set[str]:
    return {spelling for spellings in segment.names.values() for spelling in spellings}
