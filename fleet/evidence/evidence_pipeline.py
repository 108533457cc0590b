"""The evidence pipeline: a batch of positions through filters, matching and passes, by vehicle.

A vehicle's track is cut into windows of half an hour (`fleet.coverage.track_windows`). Fixes in
order go on where the last ones ended; a window that a late fix or a restart touches is followed
anew from the stored positions, and what it proves replaces what it had proved.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby

from data.model import (
    Coverage,
    DeviceId,
    JobId,
    Position,
    RequestId,
    SegmentId,
    Storm,
    StormId,
    VehicleId,
)
from data.store.audit.audit_seals import unseal, window_subject
from data.store.coverage.track_windows import close_windows, list_open_windows, open_windows
from data.store.database.engine import Tx
from data.store.database.vehicle_parts import ALL_PARTS, Parts
from data.store.storms.storms import list_storms
from data.store.tracking.positions import list_between
from data.streets.network import StreetNetwork
from fleet.context import CityContext
from fleet.coverage.coverage_cache import CoverageCache
from fleet.coverage.route_expectations import ExpectationCache, FleetExpectations
from fleet.coverage.track_windows import TrackWindow, fix_span, number_at, windows_reading
from fleet.evidence.driver_confirmations import judge_again, late_since
from fleet.evidence.proof_store import Proof, keep_windows, storms_in
from fleet.matching.map_matching import Matcher, StreetMatcher
from fleet.tracking.live_filter import LiveFilter

SETTLED_AFTER = timedelta(minutes=1)
"""A vehicle silent for so long will not change our mind about its last fixes."""

FORGOTTEN_AFTER = timedelta(hours=1)
"""A vehicle from which nothing came for so long is not waited for."""

RESUMED_AT_ONCE = 20
"""Windows taken up again in one go after a restart, apart from those that fixes ask for."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What a batch of positions changed: coverage, jobs and requests.

    `believed` are those that can be true, by vehicle and time; `faults` says how many cannot, by
    (tracker, reason).
    """

    positions: tuple[Position, ...] = ()
    proof: Proof = field(default_factory=Proof)
    dropped: Counter[str] = field(default_factory=Counter)
    believed: tuple[Position, ...] = ()
    faults: Counter[tuple[DeviceId, str]] = field(default_factory=Counter)

    def __add__(self, other: "Digest") -> "Digest":
        """Return both together."""
        return Digest(
            (*self.positions, *other.positions),
            self.proof + other.proof,
            self.dropped + other.dropped,
            (*self.believed, *other.believed),
            self.faults + other.faults,
        )

    @property
    def coverage(self) -> tuple[Coverage, ...]:
        """Coverage rows that changed."""
        return self.proof.coverage

    @property
    def streets(self) -> frozenset[SegmentId]:
        """Streets on which passes or what follows from them are stored otherwise than before."""
        return self.proof.streets | {row.segment_id for row in self.coverage}

    @property
    def jobs(self) -> tuple[JobId, ...]:
        """Jobs that evidence closed."""
        return self.proof.jobs

    @property
    def requests(self) -> tuple[RequestId, ...]:
        """Requests that were answered by it."""
        return self.proof.requests


class OpenTracks:
    """The open track windows of vehicles in some parts; a restart rebuilds it.

    One consumer writes it, and nobody else digests positions of these vehicles meanwhile. `left`
    are the windows that a restart has left open, `None` until they were looked for.
    """

    def __init__(self, matcher: Matcher, parts: Parts = ALL_PARTS) -> None:
        self.matcher = matcher
        self.parts = parts
        self.orders = ExpectationCache()
        self.sieve = LiveFilter()
        self.coverage_cache = CoverageCache()
        self.windows: dict[tuple[VehicleId, int], TrackWindow] = {}
        self.newest: dict[VehicleId, datetime] = {}
        self.fed_at: dict[VehicleId, datetime] = {}
        self.left: list[tuple[VehicleId, int]] | None = None

    def silent(self, now: datetime) -> list[TrackWindow]:
        """Return the windows to settle since their vehicles have sent nothing for a while."""
        return [
            window
            for window in self.windows.values()
            if not window.settled and window.heard_at and now - window.heard_at > SETTLED_AFTER
        ]

    def over(self, now: datetime) -> list[TrackWindow]:
        """Return the windows that are complete: later fixes came, or none for long."""
        return [
            window
            for window in self.windows.values()
            if self.newest[window.vehicle_id] >= fix_span(window.number)[1]
            or now - self.fed_at[window.vehicle_id] > FORGOTTEN_AFTER
        ]

    def waits(self, now: datetime) -> bool:
        """Whether windows are to be settled or closed without any new position."""
        return self.left is None or bool(self.left) or bool(self.silent(now))


def new_open_tracks(network: StreetNetwork) -> OpenTracks:
    """Return open tracks without any window, with the matcher in use."""
    return OpenTracks(StreetMatcher(network))


@dataclass(frozen=True, slots=True)
class ProcessedBatch:
    """A batch after matching, with its changed windows; nothing of it is stored yet.

    `over` are windows that nothing comes to any more, `opened` those that a restart would take up.
    """

    batch: Sequence[Position]
    storm: Storm | None
    touched: Sequence[TrackWindow]
    over: Sequence[tuple[VehicleId, int]]
    opened: Sequence[tuple[VehicleId, int]]
    dropped: Counter[str]

    def parts(self, windows: int) -> Iterator["ProcessedBatch"]:
        """Yield the batch in parts of so many windows, to be stored one after another.

        What a restart would take up comes first, and the batch with what is over last: where only
        some parts were kept, the same batch comes to the same again.
        """
        rest = self
        while len(rest.touched) > windows:
            touched = rest.touched[:windows]
            yield ProcessedBatch((), self.storm, touched, (), rest.opened, Counter())
            rest = replace(rest, touched=rest.touched[windows:], opened=())
        yield rest


def digest(
    city: CityContext, tracks: OpenTracks, batch: Sequence[Position], storm: Storm | None
) -> Digest:
    """Match a batch and store what it proves, in one transaction."""
    followed = follow(city.tx, city.network, tracks, batch, storm, city.now)
    unseal_fixes(city.tx, batch)
    return keep(city, tracks, followed)


def unseal_fixes(tx: Tx, fixes: Iterable[Position]) -> None:
    """Mark the track windows of fixes as unsealed, in the transaction that marks the fixes seen.

    `keep` does so for what they prove, which may be stored some transactions before.
    """
    unseal(tx, {window_subject(fix.vehicle_id, number_at(fix.fixed_at)) for fix in fixes})


def follow(
    tx: Tx,
    network: StreetNetwork,
    tracks: OpenTracks,
    batch: Sequence[Position],
    storm: Storm | None,
    now: datetime,
    heard_until: datetime | None = None,
) -> ProcessedBatch:
    """Match a batch to streets; reads only, so that no writer has to wait.

    `batch` is in order of arrival and not marked as seen yet; `storm` is the active one, and what
    is older goes to the storm that it belongs to. Windows of vehicles that have fallen silent are
    settled on the way, so an empty batch is worth a call now and then. Where more waits behind the
    batch, `heard_until` says when its last fix came: who is silent since then may have spoken, and
    to settle all who seem silent takes longer than to follow them. What comes back has to be
    kept: else the tracks have moved on without it, and have to begin again.
    """
    by_vehicle: dict[VehicleId, list[Position]] = defaultdict(list)
    for position in batch:
        by_vehicle[position.vehicle_id].append(position)
    at_work = _Round(tx, network, tracks, storm, now)
    for vehicle_id, fixes in by_vehicle.items():
        at_work.follow(vehicle_id, fixes)
    at_work.resume()
    over = at_work.settle(heard_until or now)
    opened = [
        key for key, one in at_work.touched.items() if one.recomputed and key in tracks.windows
    ]
    touched = list(at_work.touched.values())
    return ProcessedBatch(batch, storm, touched, over, opened, at_work.dropped)


def keep(city: CityContext, tracks: OpenTracks, followed: ProcessedBatch) -> Digest:
    """Store the passes of a batch, and return what changed."""
    close_windows(city.tx, followed.over)
    open_windows(city.tx, followed.opened)
    storms = _storms(city.tx, followed.storm)  # one may have ended since the batch was followed
    proof = keep_windows(city, storms, followed.touched, tracks.coverage_cache)
    late = late_since(followed.batch)
    for storm in storms if late else ():
        proof += judge_again(city, storm, late)
    believed, faults = tracks.sieve.plausible(followed.batch)
    dropped = +followed.dropped
    return Digest(tuple(followed.batch), proof, dropped, tuple(believed), faults)


def _storms(tx: Tx, active: Storm | None) -> list[Storm]:
    """Return the storms that have ended, and the active one."""
    ended = [one for one in list_storms(tx) if one.ended_at is not None]
    if active is None or any(one.id == active.id for one in ended):
        return ended
    return [*ended, active]


class _Round:
    """One batch on its way through its track windows."""

    def __init__(
        self,
        tx: Tx,
        network: StreetNetwork,
        tracks: OpenTracks,
        storm: Storm | None,
        now: datetime,
    ) -> None:
        self._tx = tx
        self._network = network
        self._tracks = tracks
        self._now = now
        self._storms = _storms(tx, storm)
        self.touched: dict[tuple[VehicleId, int], TrackWindow] = {}
        self.dropped: Counter[str] = Counter()
        self._told: dict[tuple[StormId, ...], FleetExpectations] = {}
        if tracks.left is None:
            tracks.left = list_open_windows(tx, tracks.parts)

    def follow(self, vehicle_id: VehicleId, fixes: Iterable[Position]) -> None:
        """Feed a vehicle's fixes to the windows that read them."""
        by_window: dict[int, list[Position]] = defaultdict(list)
        for fix in sorted(fixes, key=_in_time):
            for number in windows_reading(fix.fixed_at):
                by_window[number].append(fix)
        from_start = [
            one for one in sorted(by_window) if self._begins(vehicle_id, one, by_window[one])
        ]
        stored = self._stored(vehicle_id, from_start)
        for number in sorted(by_window):
            if number in stored:
                self._from_first_fix(vehicle_id, number, stored[number], by_window[number])
            else:
                self.dropped += self._feed(
                    self._tracks.windows[vehicle_id, number], by_window[number]
                )

    def _begins(self, vehicle_id: VehicleId, number: int, fixes: Sequence[Position]) -> bool:
        """Whether a window is to be read from its first fix: it is not open, or a fix came late."""
        window = self._tracks.windows.get((vehicle_id, number))
        return window is None or window.heard_at is None or fixes[0].fixed_at <= window.heard_at

    def _stored(self, vehicle_id: VehicleId, numbers: Iterable[int]) -> dict[int, list[Position]]:
        """Return the stored fixes of each of these windows; one query for consecutive ones."""
        found: dict[int, list[Position]] = {}
        for _, grouped in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
            row = [number for _, number in grouped]
            since, until = fix_span(row[0])[0], fix_span(row[-1])[1]
            found |= {number: [] for number in row}
            for fix in list_between(self._tx, vehicle_id, since, until - timedelta.resolution):
                for number in windows_reading(fix.fixed_at):
                    if number in found:
                        found[number].append(fix)
        return found

    def resume(self) -> None:
        """Reopen windows that were open before a restart."""
        left = [key for key in self._tracks.left or () if key not in self._tracks.windows]
        for vehicle_id, number in left[:RESUMED_AT_ONCE]:
            self._from_first_fix(vehicle_id, number, self._stored(vehicle_id, [number])[number], [])
        self._tracks.left = left[RESUMED_AT_ONCE:]

    def settle(self, heard_until: datetime) -> list[tuple[VehicleId, int]]:
        """Settle the silent and complete windows, and return the complete ones."""
        tracks = self._tracks
        over = tracks.over(self._now)
        for window in over:
            if not window.settled:
                window.finish(tracks.matcher, self._network, self._orders(window))
                self.touched[window.key] = window
            del tracks.windows[window.key]
        for window in tracks.silent(heard_until):
            window.settle(tracks.matcher, self._network, self._orders(window))
            self.touched[window.key] = window
        return [window.key for window in over]

    def _from_first_fix(
        self,
        vehicle_id: VehicleId,
        number: int,
        stored: Sequence[Position],
        fixes: Sequence[Position],
    ) -> None:
        """Process a window from its first stored fix."""
        window = self._tracks.windows[vehicle_id, number] = TrackWindow(vehicle_id, number)
        both = self._feed(window, sorted([*stored, *fixes], key=_in_time))
        if both:
            both -= TrackWindow(vehicle_id, number).dropped(stored)
        self.dropped += both

    def _feed(self, window: TrackWindow, fixes: Sequence[Position]) -> Counter[str]:
        tracks, vehicle_id = self._tracks, window.vehicle_id
        tracks.fed_at[vehicle_id] = self._now
        last_at = fixes[-1].fixed_at if fixes else fix_span(window.number)[0]
        tracks.newest[vehicle_id] = max(tracks.newest.get(vehicle_id, last_at), last_at)
        self.touched[window.key] = window
        return window.feed(tracks.matcher, self._network, self._orders(window), fixes)

    def _orders(self, window: TrackWindow) -> FleetExpectations:
        """Return the expected work in a window's time; read once for all vehicles."""
        storms = tuple(storms_in(self._storms, *fix_span(window.number)))
        if storms not in self._told:
            self._told[storms] = self._tracks.orders.during(self._tx, storms)
        return self._told[storms]


def _in_time(fix: Position) -> tuple[datetime, str]:
    return fix.fixed_at, fix.source
