"""Succession of streets between two files, pure: unchanged ones, and successors of vanished ones.

A street stays itself while its key matches. Mappers also cut ways in two, which counts the pieces
anew or gives them another way, and turn ways around: a piece between the same nodes along the same
line stays itself too.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
import shapely
from numpy.typing import NDArray

from data.model import NumberRange, Oneway, Restriction, Segment, SegmentId, SegmentKey, Side
from data.streets.network import StreetNetwork, build_network
from data.streets.projection import Projection

REDRAWN_M = 5.0
"""How far a line may have moved and still be the same street, or lie where it was."""

OVERLAP = 0.3
"""Share of the shorter of two streets that must lie along the other for it to succeed it."""

NEARLY_ALL = 0.8
"""Share of a vanished street that must lie along one that stood before and stands unchanged."""

ALONG = 0.5
"""What lies near a street but crosses it covers less of its course than this share of itself."""


@dataclass(frozen=True, slots=True)
class Vanished:
    """A street that the newer file lacks, and its successors in its order."""

    segment: Segment
    successors: tuple[SegmentId, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """Changes of a newer file; `network` has its streets under their final ids.

    `unchanged` streets are as they were; `changed` ones kept their id and got another course, way
    or attribute.
    """

    network: StreetNetwork
    unchanged: tuple[SegmentId, ...]
    changed: tuple[SegmentId, ...]
    new: tuple[SegmentId, ...]
    gone: tuple[Vanished, ...]


def difference_of(
    old: StreetNetwork,
    segments: Sequence[Segment],
    restrictions: Iterable[Restriction],
    first_id: SegmentId,
) -> Difference:
    """Return the difference of a newer file; added streets are numbered from `first_id`."""
    known = _same_streets(old.segments, segments, old.projection)
    numbers = count(first_id)
    streets = {s.id: known.get(s.id) or replace(s, id=SegmentId(next(numbers))) for s in segments}
    network = build_network(
        sorted(streets.values(), key=lambda s: s.id),
        [
            replace(
                sign,
                from_segment=streets[sign.from_segment].id,
                to_segment=streets[sign.to_segment].id,
            )
            for sign in restrictions
        ],
    )
    stayed = {street.id for street in known.values()}
    same = {street.id for street in known.values() if old.segment(street.id) == street}
    redrawn = stayed - same
    gone = [segment for segment in old.segments if segment.id not in stayed]
    return Difference(
        network=network,
        unchanged=tuple(s.id for s in network.segments if s.id in same),
        changed=tuple(s.id for s in network.segments if s.id in redrawn),
        new=tuple(s.id for s in network.segments if s.id not in stayed),
        gone=tuple(map(Vanished, gone, successors_of(gone, network, same))),
    )


def _same_streets(
    old: Sequence[Segment], new: Sequence[Segment], projection: Projection
) -> dict[SegmentId, Segment]:
    """Return the new streets that equal old ones, by the newer file's id.

    They are under their old id and in their old direction, so that "forward" means what it meant.
    """
    found: dict[SegmentId, Segment] = {}
    taken: set[SegmentId] = set()
    for identity, view, far_m in _IDENTITIES:
        waiting = _by(identity, (s for s in old if s.id not in taken))
        for segment in (s for s in new if s.id not in found):
            seen = view(segment)
            same = waiting.get(identity(seen))
            match = _likest(seen, same, projection, far_m) if same else None
            if same is not None and match is not None:
                same.remove(match)
                taken.add(match.id)
                found[segment.id] = replace(seen, id=match.id)
    return found


def _as_drawn(segment: Segment) -> Segment:
    return segment


def _turned(segment: Segment) -> Segment:
    """Return a street in the opposite direction."""
    way, start, end, nth = segment.key
    return replace(
        segment,
        key=SegmentKey(way, end, start, nth),
        start=segment.end,
        end=segment.start,
        geometry=segment.geometry[::-1],
        oneway=_OTHER_WAY[segment.oneway],
        incline=_OTHER_SLOPE.get(segment.incline, segment.incline),
        houses=tuple(
            NumberRange(_OTHER_SIDE[each.side], each.last, each.first, each.mixed)
            for each in segment.houses
        ),
    )


_OTHER_WAY = {
    Oneway.NO: Oneway.NO,
    Oneway.FORWARD: Oneway.BACKWARD,
    Oneway.BACKWARD: Oneway.FORWARD,
}
_OTHER_SIDE = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}
_OTHER_SLOPE = {"up": "down", "down": "up"}
"""Slopes in numbers keep their sign: nothing of ours looks at it."""


def _key(segment: Segment) -> Hashable:
    return segment.key


def _way_and_ends(segment: Segment) -> Hashable:
    return segment.key[:3]


def _ends(segment: Segment) -> Hashable:
    return segment.start, segment.end


_IDENTITIES: tuple[
    tuple[Callable[[Segment], Hashable], Callable[[Segment], Segment], float], ...
] = (
    (_key, _as_drawn, np.inf),
    (_way_and_ends, _as_drawn, np.inf),
    (_ends, _as_drawn, REDRAWN_M),
    (_way_and_ends, _turned, np.inf),
    (_ends, _turned, REDRAWN_M),
)
"""What makes two streets one, the surest first, and how far its line may have moved."""


def _by(
    identity: Callable[[Segment], Hashable], segments: Iterable[Segment]
) -> Mapping[Hashable, list[Segment]]:
    groups: dict[Hashable, list[Segment]] = defaultdict(list)
    for segment in segments:
        groups[identity(segment)].append(segment)
    return groups


def _likest(
    segment: Segment, candidates: Sequence[Segment], projection: Projection, far_m: float
) -> Segment | None:
    """Return the candidate with the nearest line, unless even that is too far."""
    if len(candidates) == 1 and far_m == np.inf:
        return candidates[0]
    (line, *others) = _lines([segment, *candidates], projection)
    away_m = shapely.hausdorff_distance(line, others)
    nearest = int(np.argmin(away_m))
    return candidates[nearest] if away_m[nearest] <= far_m else None


def successors_of(
    gone: Sequence[Segment], network: StreetNetwork, unchanged: Collection[SegmentId]
) -> list[tuple[SegmentId, ...]]:
    """Return the successors of each vanished street, in its order.

    An `unchanged` street was there before, so it must lie along nearly all of the vanished one.
    """
    if not gone:
        return []
    old, new = _lines(gone, network.projection), _lines(network.segments, network.projection)
    of, by = shapely.STRtree(new).query(old, predicate="dwithin", distance=REDRAWN_M)
    zones = shapely.buffer(old, REDRAWN_M, cap_style="flat")
    inside = shapely.intersection(new[by], zones[of])
    overlap_m = shapely.length(inside)
    old_m, new_m = shapely.length(old)[of], shapely.length(new)[by]
    stood = np.array([segment.id in unchanged for segment in network.segments])[by]
    wanted_m = np.where(stood, NEARLY_ALL * old_m, OVERLAP * np.minimum(old_m, new_m))
    found: dict[int, list[tuple[float, SegmentId]]] = defaultdict(list)
    for i in np.flatnonzero((overlap_m >= wanted_m) & (overlap_m > 0)).tolist():
        at_m = _course_m(old[of[i]], inside[i])
        if np.abs(np.diff(at_m)).sum() >= ALONG * overlap_m[i]:
            found[int(of[i])].append((float(at_m.mean()), network.segments[by[i]].id))
    return [tuple(each for _, each in sorted(found[i])) for i in range(len(gone))]


def _course_m(line: shapely.LineString, piece: shapely.Geometry) -> NDArray[np.float64]:
    """Return how far along the line each point of a nearby piece is."""
    points = shapely.points(shapely.get_coordinates(shapely.segmentize(piece, REDRAWN_M)))
    at_m: NDArray[np.float64] = shapely.line_locate_point(line, points)
    return at_m


def _lines(segments: Sequence[Segment], projection: Projection) -> NDArray[np.object_]:
    """Return the segments as lines in metres."""
    counts = [len(segment.geometry) for segment in segments]
    lonlat = np.array([point for segment in segments for point in segment.geometry])
    lines: NDArray[np.object_] = shapely.linestrings(
        projection.planes(lonlat), indices=np.repeat(np.arange(len(counts)), counts)
    )
    return lines
