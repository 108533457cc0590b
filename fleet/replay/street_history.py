"""History of one street in a storm: the evidence behind its colors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.coverage import merged
from data.model import Coverage, DirectedSegment, Pass, Segment, Storm
from data.policy.city_policy import Policy
from data.store.coverage.coverage import list_coverage
from data.store.database.engine import Tx
from data.store.replay import list_storm_passes
from data.store.reports import segments_only_salted
from fleet.coverage.street_coverage import drivable
from fleet.replay.color_history import Proven, coverage_steps


@dataclass(frozen=True, slots=True)
class StreetPast:
    """A street in a storm.

    `steps` say, for each direction that it has, what was proved from each moment on; `passes` are
    all that was seen, by their ends.
    """

    segment: Segment
    steps: Mapping[DirectedSegment, Sequence[tuple[datetime, Coverage]]]
    passes: Sequence[Pass]


def street_past(tx: Tx, storm: Storm, segment: Segment, policy: Policy) -> StreetPast:
    """Return what a storm's evidence says of a street, as the colors of the replay rest on it."""
    seen = list_storm_passes(tx, storm.id, segment.id)
    rows = list_coverage(tx, storm.id, [segment.id])
    proven = Proven(
        seen,
        {DirectedSegment(row.segment_id, row.forward): row for row in rows},
        frozenset(segments_only_salted(tx, storm.id)),
        (),
        policy.evidence,
    )
    ways = [
        DirectedSegment(segment.id, forward)
        for forward in (True, False)
        if drivable(segment, forward=forward)
    ]
    return StreetPast(
        segment,
        {way: coverage_steps(segment, way, proven, storm) for way in ways},
        sorted(
            (one for some in seen.values() for one in merged(some)), key=lambda one: one.ended_at
        ),
    )
