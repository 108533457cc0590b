"""Live positions of the fleet, and subscriptions to changes: in memory, one writer."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Event, Lock
from typing import Any, NamedTuple, Protocol

from data.model import LastPlace, LonLat, Position, Vehicle, VehicleId
from data.store.database.engine import written_version

SILENT_AFTER = timedelta(seconds=600)
"""A vehicle that says nothing for so long counts as silent (Traccar, status.timeout)."""

STANDING_MPS = 0.5
"""Slower is standing."""

MOST_VERSIONS = 5_000
"""Views of a kind whose versions are known: far more than change while one is on its way."""

TURNING_MPS = 1.0
"""Slower, a receiver's heading means nothing and the last one stays."""


class VehicleState(StrEnum):
    """State of a vehicle by its last fix."""

    WORKING = "working"
    DRIVING = "driving"
    STOPPED = "stopped"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class VehicleLive:
    """A vehicle at its last known place."""

    vehicle_id: VehicleId
    name: str
    type: str
    location: LonLat
    heading_deg: float | None
    speed_mps: float | None
    state: VehicleState
    fixed_at: datetime
    blade: bool | None = None


class LiveFleet:
    """Places of all vehicles by their latest fixes; late fixes change nothing.

    Safe from any thread: some fixes are shown as they come, others once they are looked at.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._vehicles: dict[VehicleId, Vehicle] = {}
        self._seen: dict[VehicleId, VehicleLive] = {}

    def meet(self, vehicles: Iterable[Vehicle]) -> None:
        """Set the known vehicles; fixes of others are ignored."""
        self._vehicles = {one.id: one for one in vehicles}

    def knows(self, vehicle_ids: Iterable[VehicleId]) -> bool:
        """Whether all of these vehicles are known."""
        return set(vehicle_ids) <= self._vehicles.keys()

    def see(self, positions: Iterable[Position], now: datetime) -> list[VehicleLive]:
        """Add fixes and return the vehicles that changed, each once."""
        moved: dict[VehicleId, VehicleLive] = {}
        with self._lock:
            for fix in positions:
                before, vehicle = self._seen.get(fix.vehicle_id), self._vehicles.get(fix.vehicle_id)
                outdated = before is not None and fix.fixed_at <= before.fixed_at
                if vehicle is None or outdated or fix.attributes.get("valid") is False:
                    continue
                seen = _seen_at(vehicle, fix, before, now)
                self._seen[vehicle.id] = moved[vehicle.id] = seen
        return list(moved.values())

    def fall_silent(self, now: datetime) -> list[VehicleLive]:
        """Return the vehicles that have just become silent."""
        with self._lock:
            quiet = [
                replace(one, state=VehicleState.SILENT)
                for one in self._seen.values()
                if one.state is not VehicleState.SILENT and now - one.fixed_at > SILENT_AFTER
            ]
            self._seen |= {one.vehicle_id: one for one in quiet}
        return quiet

    def places(self, vehicle_ids: Iterable[VehicleId]) -> list[LastPlace]:
        """Return the last places of some vehicles, for other servers of the city."""
        with self._lock:
            return [_place(self._seen[one]) for one in vehicle_ids if one in self._seen]

    def take(self, places: Iterable[LastPlace]) -> list[VehicleLive]:
        """Take over places that another server knows; return those of known vehicles."""
        taken: dict[VehicleId, VehicleLive] = {}
        with self._lock:
            for one in places:
                before, vehicle = self._seen.get(one.vehicle_id), self._vehicles.get(one.vehicle_id)
                if vehicle is None or (before is not None and before.fixed_at > one.fixed_at):
                    continue
                self._seen[vehicle.id] = taken[vehicle.id] = _live_at(vehicle, one)
        return list(taken.values())

    def picture(self) -> dict[VehicleId, VehicleLive]:
        """Return every vehicle with a known place."""
        with self._lock:
            return dict(self._seen)


def _seen_at(
    vehicle: Vehicle, fix: Position, before: VehicleLive | None, now: datetime
) -> VehicleLive:
    heading_deg = fix.heading_deg
    crawling = fix.speed_mps is not None and fix.speed_mps < TURNING_MPS
    if before is not None and (heading_deg is None or crawling):
        heading_deg = before.heading_deg
    silent = now - fix.fixed_at > SILENT_AFTER
    return VehicleLive(
        vehicle_id=vehicle.id,
        name=vehicle.name,
        type=vehicle.type,
        location=fix.location,
        heading_deg=heading_deg,
        speed_mps=fix.speed_mps,
        state=VehicleState.SILENT if silent else _state(fix),
        fixed_at=fix.fixed_at,
        blade=fix.blade,
    )


def _place(one: VehicleLive) -> LastPlace:
    return LastPlace(
        one.vehicle_id,
        one.fixed_at,
        one.location,
        one.heading_deg,
        one.speed_mps,
        one.state.value,
        one.blade,
    )


def _live_at(vehicle: Vehicle, place: LastPlace) -> VehicleLive:
    return VehicleLive(
        vehicle_id=vehicle.id,
        name=vehicle.name,
        type=vehicle.type,
        location=place.location,
        heading_deg=place.heading_deg,
        speed_mps=place.speed_mps,
        state=VehicleState(place.state),
        fixed_at=place.fixed_at,
        blade=place.blade,
    )


def _state(fix: Position) -> VehicleState:
    if fix.speed_mps is not None and fix.speed_mps < STANDING_MPS:
        return VehicleState.STOPPED
    return VehicleState.WORKING if fix.blade or fix.spreader else VehicleState.DRIVING


class HasId(Protocol):
    """An item of the board with an id by which lists find it."""

    @property
    def id(self) -> int:
        """Identity among items of its kind."""


Row = tuple[int, ...]
"""A street's id and its states."""


def item_key(item: HasId | Row) -> int:
    """Return the id by which lists find an item."""
    return item[0] if isinstance(item, tuple) else item.id


class Published(NamedTuple):
    """An item, and the version of the city that its publisher had written; see `Hub.publish`."""

    item: Any
    version: int | None


class Subscription:
    """Updates that one listener has not taken yet; a newer state replaces the older one.

    `wake` is called, from any thread, when there is something to take; of some `kinds` only, where
    given. `listeners` counts the people who read it, none for the server's `own`.
    """

    def __init__(
        self, wake: Callable[[], None], kinds: frozenset[str] | None = None, *, own: bool = False
    ) -> None:
        self.listeners = 0 if own else 1
        self.wake = wake
        self._kinds = kinds
        self._waiting: dict[str, dict[int, Published]] = {}
        self._lock = Lock()

    def put(self, kind: str, items: Iterable[HasId | Row], version: int | None = None) -> None:
        """Queue the items for the listener, unless they are not for it."""
        if self._kinds is not None and kind not in self._kinds:
            return
        with self._lock:
            waiting = self._waiting.setdefault(kind, {})
            waiting |= {item_key(item): Published(item, version) for item in items}
        self.wake()

    def take(self) -> list[tuple[str, list[Any]]]:
        """Return the queued items by kind, and clear the queue."""
        return [(kind, [one.item for one in waiting]) for kind, waiting in self.take_published()]

    def take_published(self) -> list[tuple[str, list[Published]]]:
        """Return the queued items by kind with their versions, and clear the queue."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        return [(kind, list(items.values())) for kind, items in waiting.items()]


class Hub:
    """Publishes changes to all listeners; safe from any thread, slow listeners hold up nobody."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self._lock = Lock()
        self._published: Counter[str] = Counter()
        self._versions: dict[str, dict[int, int]] = {}
        self.closed = Event()

    @property
    def listeners(self) -> int:
        """Number of listening people, without the server's own listeners."""
        with self._lock:
            return sum(one.listeners for one in self._subscriptions)

    def published(self, kind: str) -> int:
        """Return how often changes of a kind were published: a number that grows with each."""
        return self._published[kind]

    def subscribe(
        self, wake: Callable[[], None], kinds: frozenset[str] | None = None, *, own: bool = False
    ) -> Subscription:
        """Return a new subscription to some kinds of updates or to all; `own` is the server's."""
        subscription = Subscription(wake, kinds, own=own)
        with self._lock:
            self._subscriptions.add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """End a subscription."""
        with self._lock:
            self._subscriptions.discard(subscription)

    def close(self) -> None:
        """Wake all listeners a last time; nothing is published any more."""
        with self._lock:
            self.closed.set()
            listeners = list(self._subscriptions)
        for one in listeners:
            one.wake()

    def publish(
        self,
        kind: str,
        items: Sequence[HasId | Row],
        but: Subscription | None = None,
        version: int | None = None,
    ) -> None:
        """Publish changes: views with an `id`, or rows that begin with one.

        All subscriptions get them `but` one, from which they came. `version` is that of the city
        which the publisher has written, by default as of `written_version`: a view is left out
        where a newer one was published already. Without a version it always counts.
        """
        version = written_version() if version is None else version
        with self._lock:
            newest = [item for item in items if not self._outdated(kind, item, version)]
            self._published[kind] += bool(newest)
            for one in self._subscriptions - {but} if newest else ():
                one.put(kind, newest, version)

    def forget_versions(self) -> None:
        """Take all views as new again: the database may be another one."""
        with self._lock:
            self._versions.clear()

    def _outdated(self, kind: str, item: HasId | Row, version: int | None) -> bool:
        if version is None or isinstance(item, tuple):
            return False
        known = self._versions.setdefault(kind, {})
        if known.get(item.id, version) > version:
            return True
        known.pop(item.id, None)
        known[item.id] = version
        if len(known) > MOST_VERSIONS:
            del known[next(iter(known))]
        return False
