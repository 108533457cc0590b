"""A storm as it stands, for a plan of what is left: where machines are, what is done or fixed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from data.model.ids import SegmentId, ShiftId, VehicleId
from data.model.machines import WayLimit
from data.model.planning.plans import Leg, WorkPass
from data.model.planning.street_orders import PreferredOrder
from data.model.streets import DirectedSegment


@dataclass(frozen=True, slots=True)
class TruckStart:
    """Where and when a machine takes up a plan, and with which load.

    It is at the end of the street `at`, in its depot where that is `None`. One that is `underway`
    has to drive home even if it gets nothing to do. `finishing` is a leg that it has begun and
    ends by `ready_at`.
    """

    at: DirectedSegment | None
    ready_at: datetime
    load_kg: float
    underway: bool = False
    finishing: Leg | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """What a plan must take as given; nothing at the start of a storm.

    Shifts that have none of the `starts` begin in their depots with full hoppers. Nobody drives on
    `closed` streets or works there. A vehicle does not work on streets that are `forbidden` to it.
    A route begins with the work and the reloads of its `locked` legs, and gets nothing else where
    its shift is `full`. Machines of some types are kept off what is in `limits`, and
    do streets in a `preferred` order where that costs hardly anything.
    """

    starts: Mapping[ShiftId, TruckStart] = field(default_factory=dict)
    done: frozenset[WorkPass] = frozenset()
    closed: frozenset[DirectedSegment] = frozenset()
    forbidden: frozenset[tuple[VehicleId, SegmentId]] = frozenset()
    locked: Mapping[ShiftId, tuple[Leg, ...]] = field(default_factory=dict)
    full: frozenset[ShiftId] = frozenset()
    limits: frozenset[WayLimit] = frozenset()
    preferred: frozenset[PreferredOrder] = frozenset()
