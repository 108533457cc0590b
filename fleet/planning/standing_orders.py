"""Standing orders for the rest of a storm: a truck keeps a street or route, or is banned from one.

Every later plan and replan heeds them, until they are lifted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from data.errors import ConflictError, InvalidError, Need
from data.model import (
    Actor,
    DirectedSegment,
    Leg,
    OrderId,
    OrderKind,
    Present,
    SegmentId,
    Shift,
    ShiftId,
    StandingOrder,
    StormId,
    Vehicle,
    VehicleId,
)
from data.model.machines import WayLimit
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.planning.standing_orders import add_order, get_order, list_orders, set_order_lifted
from data.store.setup.machines import get_vehicle
from data.store.storms.storms import open_storm
from fleet.routes.route_progress import PlanCheck

NOT_YET = OrderId(0)
"""Id of an order that the database has not numbered yet."""


class OrderWish(NamedTuple):
    """A standing order to give; a lock without a street is of a whole route."""

    storm_id: StormId
    kind: OrderKind
    vehicle_id: VehicleId
    segment_id: SegmentId | None


@dataclass(frozen=True, slots=True)
class OrderIndex:
    """Standing orders by street and truck: locked streets, locked routes, and bans.

    `barred` are directions that are impossible for a truck.
    """

    locked_to: Mapping[SegmentId, VehicleId] = field(default_factory=dict)
    fixed: frozenset[VehicleId] = frozenset()
    banned: frozenset[tuple[VehicleId, SegmentId]] = frozenset()
    barred: frozenset[tuple[VehicleId, DirectedSegment]] = frozenset()

    def allows(self, vehicle_id: VehicleId, segment_id: SegmentId) -> bool:
        """Whether a truck may work on a street."""
        kept_by = self.locked_to.get(segment_id, vehicle_id)
        return kept_by == vehicle_id and (vehicle_id, segment_id) not in self.banned

    def allows_some(self, vehicle_id: VehicleId, ways: Iterable[DirectedSegment]) -> bool:
        """Whether a truck may and can work on some of these directions of streets."""
        return any(
            self.allows(vehicle_id, way.segment_id) and (vehicle_id, way) not in self.barred
            for way in ways
        )

    def locked(self, vehicle_id: VehicleId, segment_id: SegmentId | None) -> "OrderIndex":
        """Return a copy with one more lock."""
        if segment_id is None:
            return replace(self, fixed=self.fixed | {vehicle_id})
        return replace(self, locked_to={**self.locked_to, segment_id: vehicle_id})

    def unlocked(self, vehicle_id: VehicleId, segment_id: SegmentId | None) -> "OrderIndex":
        """Return a copy without a lock."""
        if segment_id is None:
            return replace(self, fixed=self.fixed - {vehicle_id})
        left = {one: by for one, by in self.locked_to.items() if one != segment_id}
        return replace(self, locked_to=left)

    def forbidden(self, vehicle_id: VehicleId, segment_id: SegmentId) -> "OrderIndex":
        """Return a copy with one more ban."""
        return replace(self, banned=self.banned | {(vehicle_id, segment_id)})

    def allowed(self, vehicle_id: VehicleId, segment_id: SegmentId) -> "OrderIndex":
        """Return a copy without a ban."""
        return replace(self, banned=self.banned - {(vehicle_id, segment_id)})


def orders_from(orders: Iterable[StandingOrder]) -> OrderIndex:
    """Return standing orders as an index."""
    found = OrderIndex()
    for one in orders:
        if one.kind is OrderKind.LOCK:
            found = found.locked(one.vehicle_id, one.segment_id)
        elif one.segment_id is not None:
            found = found.forbidden(one.vehicle_id, one.segment_id)
    return found


def with_limits(
    orders: OrderIndex, limits: Iterable[WayLimit], vehicles: Iterable[Vehicle]
) -> OrderIndex:
    """Return orders that keep machines off the ways that are impossible for their type too."""
    known = list(vehicles)
    ways = {
        (vehicle.id, one.way)
        for one in limits
        if one.came is None
        for vehicle in known
        if vehicle.type in one.types
    }
    return replace(orders, barred=orders.barred | ways)


def give_order(
    tx: Tx,
    actor: Actor,
    wish: OrderWish,
    now: datetime,
) -> StandingOrder:
    """Give a standing order; an equal one that holds is returned instead.

    Raises `ConflictError` where another order contradicts it, and says whose.
    """
    open_storm(tx, wish.storm_id)
    get_vehicle(tx, wish.vehicle_id)
    if wish.segment_id is None and wish.kind is OrderKind.FORBID:
        raise InvalidError("segment_id", "", Need("a street of the city"))
    for other in list_orders(tx, wish.storm_id):
        if _same(other, wish):
            return other
        if _contradicts(other, wish):
            raise ConflictError(
                f"order {other.id} of {other.added_by} says otherwise",
                reason="order_contradicts",
                order=other.id,
                who=other.added_by,
            )
    added = add_order(tx, StandingOrder(NOT_YET, *wish, added_at=now, added_by=actor.id))
    after = {
        "storm": added.storm_id,
        "kind": str(added.kind),
        "vehicle": added.vehicle_id,
        "segment": added.segment_id,
    }
    add_event(tx, now, actor, "order.added", f"order:{added.id}", after=after)
    return added


def lift_order(tx: Tx, actor: Actor, order_id: OrderId, now: datetime) -> StandingOrder:
    """Lift a standing order; lifting it again changes nothing."""
    order = get_order(tx, order_id)
    open_storm(tx, order.storm_id)
    if order.lifted_at is not None:
        return order
    set_order_lifted(tx, order_id, now, actor.id)
    add_event(tx, now, actor, "order.lifted", f"order:{order_id}")
    return replace(order, lifted_at=now, lifted_by=actor.id)


def find_order(tx: Tx, wish: OrderWish) -> StandingOrder | None:
    """Return the equal order that holds, or `None`."""
    return next((one for one in list_orders(tx, wish.storm_id) if _same(one, wish)), None)


def with_orders(
    present: Present,
    orders: OrderIndex,
    vehicle_ids: Sequence[VehicleId],
    shifts: Sequence[Shift],
    check: PlanCheck | None,
) -> Present:
    """Return the plan input with standing orders; `check` is of the plan with locked routes.

    A street that a truck keeps is forbidden to all others, as long as it is in service.
    """
    serving = {shift.vehicle_id for shift in shifts}
    kept = {one: by for one, by in orders.locked_to.items() if by in serving}
    others = {
        (vehicle_id, street)
        for street, by in kept.items()
        for vehicle_id in vehicle_ids
        if vehicle_id != by
    }
    fixed = orders.fixed if check is not None else frozenset()
    locked = {shift.id: _ahead(check, shift.id) for shift in shifts if shift.vehicle_id in fixed}
    return replace(
        present,
        forbidden=present.forbidden | orders.banned | others,
        locked={**present.locked, **locked},
        full=present.full | locked.keys(),
    )


def _ahead(check: PlanCheck | None, shift_id: ShiftId) -> tuple[Leg, ...]:
    """Return the legs that a shift has still to do by the plan that is driven."""
    if check is None:
        return ()
    next_leg = {one.shift_id: one.next_leg for one in check.routes}
    legs = (route.legs for route in check.plan.routes if route.shift_id == shift_id)
    return next(legs, ())[next_leg.get(shift_id, 0) :]


def _same(one: StandingOrder, wish: OrderWish) -> bool:
    return OrderWish(one.storm_id, one.kind, one.vehicle_id, one.segment_id) == wish


def _contradicts(one: StandingOrder, wish: OrderWish) -> bool:
    """Whether an order and a wish for one street cannot both be obeyed."""
    if one.segment_id is None or one.segment_id != wish.segment_id:
        return False
    if one.kind is OrderKind.LOCK and wish.kind is OrderKind.LOCK:
        return one.vehicle_id != wish.vehicle_id
    return one.kind is not wish.kind and one.vehicle_id == wish.vehicle_id
