"""A batch of positions through steps, matching and passes, one vehicle after the other.

Fixes are looked at twice where that is needed - after a restart, or when they come late - because
proof that is there already changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from data.model import (
    Coverage,
    Evidence,
    EvidenceKind,
    JobId,
    Match,
    Pass,
    Position,
    RequestId,
    Storm,
    Treatment,
    VehicleId,
)
from data.network import StreetNetwork
from data.policy import Policy, clear_width_m
from data.store.engine import Tx
from data.store.positions import list_between
from fleet.evidence import Driven, Proof, keep_evidence
from fleet.matching import Matcher, StreetMatcher, Trail
from fleet.steps import filtered
from fleet.ways import Stretch, total_m

AROUND = timedelta(minutes=2)
"""Earlier and later fixes looked at again around late ones and after a restart."""

SETTLED_AFTER = timedelta(minutes=1)
"""A vehicle silent for so long will not change our mind about its last fixes."""

STEADY = timedelta(seconds=15)
"""Over a longer gap, equipment counts as working only if it worked at both ends."""


@dataclass(slots=True)
class Track:
    """What is known of a vehicle on its way: fixes not settled yet, and the last that were."""

    trail: Trail = field(default_factory=Trail)
    waiting: dict[datetime, Position] = field(default_factory=dict)
    newest: Position | None = None
    last: tuple[Position, Match] | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """What a batch of positions came to."""

    positions: tuple[Position, ...] = ()
    passes: tuple[Pass, ...] = ()
    proof: Proof = field(default_factory=Proof)
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def coverage(self) -> tuple[Coverage, ...]:
        """Coverage rows that changed."""
        return self.proof.coverage

    @property
    def jobs(self) -> tuple[JobId, ...]:
        """Jobs that evidence closed."""
        return self.proof.jobs

    @property
    def requests(self) -> tuple[RequestId, ...]:
        """Requests that were answered by it."""
        return self.proof.requests


class TrackBook:
    """The tracks of all vehicles; one consumer writes it, in memory, and a restart rebuilds it."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        self.tracks: dict[VehicleId, Track] = {}

    def silent(self, now: datetime) -> list[Track]:
        """Return the tracks whose last fixes can be settled, since nothing comes any more."""
        return [
            track
            for track in self.tracks.values()
            if track.waiting and track.newest and now - track.newest.fixed_at > SETTLED_AFTER
        ]


def new_track_book(network: StreetNetwork) -> TrackBook:
    """Return an empty track book with the matcher in use."""
    return TrackBook(StreetMatcher(network))


@dataclass(slots=True)
class _Found:
    """What the vehicles of a batch did."""

    network: StreetNetwork
    passes: list[Pass] = field(default_factory=list)
    driven: list[Driven] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


def digest(
    tx: Tx,
    network: StreetNetwork,
    tracks: TrackBook,
    batch: Sequence[Position],
    policy: Policy,
    storm: Storm | None,
    now: datetime,
) -> Digest:
    """Match a batch, store the passes it proves, and say what changed.

    `batch` is in order of arrival and not marked as seen yet. Tracks of vehicles that have fallen
    silent are settled on the way, so an empty batch is worth a call now and then.
    """
    by_vehicle: dict[VehicleId, list[Position]] = defaultdict(list)
    for position in batch:
        by_vehicle[position.vehicle_id].append(position)
    found = _Found(network)
    for vehicle_id, fixes in by_vehicle.items():
        _follow(tx, tracks, vehicle_id, fixes, found)
    for track in tracks.silent(now):
        _settle(tracks.matcher, track, found)
    proof = Proof()
    if storm is not None:
        proof = keep_evidence(tx, storm, network, policy, found.passes, found.driven, now)
    return Digest(tuple(batch), tuple(found.passes), proof, found.dropped)


def _follow(
    tx: Tx, tracks: TrackBook, vehicle_id: VehicleId, fixes: Sequence[Position], found: _Found
) -> None:
    """Follow a vehicle on; fixes older than its newest are looked at with those around them."""
    track = tracks.tracks.get(vehicle_id)
    if track is None:
        track = tracks.tracks[vehicle_id] = Track()
        *_, latest = _clusters(fixes)
        first_at = latest[0].fixed_at
        before = list_between(tx, vehicle_id, first_at - AROUND, first_at)
        _advance(tracks.matcher, track, before, found)
        newest_at: datetime | None = first_at - timedelta.resolution
    else:
        newest_at = track.newest.fixed_at if track.newest else None
    for late in _clusters(f for f in fixes if newest_at is not None and f.fixed_at <= newest_at):
        around = list_between(tx, vehicle_id, late[0].fixed_at - AROUND, late[-1].fixed_at + AROUND)
        aside = Track()
        _advance(tracks.matcher, aside, [*around, *late], found)
        _settle(tracks.matcher, aside, found)
    in_time = [fix for fix in fixes if newest_at is None or fix.fixed_at > newest_at]
    _advance(tracks.matcher, track, in_time, found)


def _clusters(fixes: Iterable[Position]) -> Iterator[list[Position]]:
    """Yield fixes that are near in time together, so that no more is looked at than needed."""
    cluster: list[Position] = []
    for fix in sorted(fixes, key=lambda fix: fix.fixed_at):
        if cluster and fix.fixed_at - cluster[-1].fixed_at > AROUND:
            yield cluster
            cluster = []
        cluster.append(fix)
    if cluster:
        yield cluster


def _advance(matcher: Matcher, track: Track, fixes: Sequence[Position], found: _Found) -> None:
    kept, dropped = filtered(fixes, track.newest)
    found.dropped += dropped
    if kept:
        track.newest = kept[-1]
        track.waiting |= {fix.fixed_at: fix for fix in kept}
        _walk(matcher, track, matcher.match(track.trail, kept), found)


def _settle(matcher: Matcher, track: Track, found: _Found) -> None:
    _walk(matcher, track, matcher.settle(track.trail), found)


def _walk(matcher: Matcher, track: Track, matches: Iterable[Match], found: _Found) -> None:
    """Turn settled matches into passes, from each fix to the next."""
    for match in matches:
        position = track.waiting[match.fixed_at]
        for passed in [at for at in track.waiting if at <= match.fixed_at]:
            del track.waiting[passed]  # fixes of a standing vehicle share one match
        if track.last is not None:
            before, start = track.last
            stretches = matcher.between(start, match)
            confidence = min(start.confidence, match.confidence)
            _judge(before, position, stretches, confidence, found)
        track.last = (position, match)


def _judge(
    a: Position, b: Position, stretches: Sequence[Stretch], confidence: float, found: _Found
) -> None:
    """Say of every stretch whether it was worked on or only driven through."""
    whole_m, gone_m = total_m(stretches), 0.0
    kinds = [
        (treatment, kind)
        for treatment, kind, before, after in (
            (Treatment.PLOW, EvidenceKind.BLADE, a.blade, b.blade),
            (Treatment.SALT, EvidenceKind.SPREADER, a.spreader, b.spreader),
        )
        if before and (after or b.fixed_at - a.fixed_at <= STEADY)
    ]
    for stretch in stretches:
        started_at = a.fixed_at + (b.fixed_at - a.fixed_at) * (gone_m / whole_m)
        gone_m += stretch.to_m - stretch.from_m
        ended_at = a.fixed_at + (b.fixed_at - a.fixed_at) * (gone_m / whole_m)
        if not kinds:
            found.driven.append(Driven(stretch.directed, ended_at))
        for treatment, kind in kinds:
            evidence = Evidence(kind, confidence)
            one = _pass(found.network, a, stretch, started_at, ended_at, treatment, evidence)
            found.passes.append(one)


def _pass(
    network: StreetNetwork,
    fix: Position,
    stretch: Stretch,
    started_at: datetime,
    ended_at: datetime,
    treatment: Treatment,
    evidence: Evidence,
) -> Pass:
    segment = network.segment(stretch.directed.segment_id)
    from_m, to_m = stretch.from_m, stretch.to_m
    if not stretch.directed.forward:
        from_m, to_m = segment.length_m - to_m, segment.length_m - from_m
    material_kg = 0.0
    if treatment is Treatment.SALT and fix.rate_gm2 is not None:
        material_kg = fix.rate_gm2 * clear_width_m(segment) * (to_m - from_m) / 1000
    return Pass(
        segment_id=segment.id,
        forward=stretch.directed.forward,
        from_m=from_m,
        to_m=to_m,
        vehicle_id=fix.vehicle_id,
        started_at=started_at,
        ended_at=ended_at,
        treatment=treatment,
        evidence=evidence,
        material_kg=material_kg,
    )
