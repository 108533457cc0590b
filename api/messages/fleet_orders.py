"""One order about several machines at once: longer shifts, cancelled shifts, back to the yard."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from api.messages.messages import MOST_TRUCKS, add_messages, publish_messages
from api.shifts.roster import published_shift
from api.web.checked_route import CheckedRoute
from api.web.context import Context, DispatcherContext
from api.web.page_context import translator_of
from api.web.schemas import Moment, Wire, moment_in
from data.model import StormId, VehicleId
from data.policy.message_rules import COME_BACK
from fleet.setup.machine_list import machine_names
from fleet.shifts.fleet_orders import FleetOrder, FleetOrderKind, order_shifts
from maps.pages.error_texts import message_of
from maps.shifts.roster import ShiftView

router = APIRouter(route_class=CheckedRoute)


class FleetOrderIn(Wire):
    """An order for machines; an extension is by `hours`, or `until` a time in the city's zone."""

    kind: FleetOrderKind
    vehicle_ids: Annotated[tuple[int, ...], Field(min_length=1, max_length=MOST_TRUCKS)]
    hours: float = 0.0
    until: Moment | None = None
    long_hours: bool = False

    def order(self, context: Context) -> FleetOrder:
        """Return the record that `fleet.shifts.fleet_orders` takes."""
        zone = context.app.city.timezone
        return FleetOrder(
            kind=self.kind,
            until=moment_in(self.until, zone, "until") if self.until else None,
            more=timedelta(hours=self.hours),
            long_hours=self.long_hours,
        )


class RefusedOut(Wire):
    """A machine whose shift stays as it is, and why."""

    vehicle_id: int
    vehicle: str
    reason: str
    message: str


class FleetOrderOut(Wire):
    """Shifts that changed, machines that keep theirs, and those that hear of nothing."""

    changed: list[ShiftView]
    refused: list[RefusedOut]
    unreached: list[int]


@router.post("/api/storms/{storm_id}/fleet-orders")
def create_fleet_order(
    request: Request, storm_id: StormId, wanted: FleetOrderIn, context: DispatcherContext
) -> FleetOrderOut:
    """Order something of several machines; where it does not fit, a shift stays as it is.

    Drivers who are called back are told so, in their languages.
    """
    order, t = wanted.order(context), translator_of(request)
    vehicle_ids = [VehicleId(one) for one in wanted.vehicle_ids]
    with context.writing() as tx:
        done = order_shifts(tx, context.actor, storm_id, vehicle_ids, order, context.now)
        changed = [published_shift(tx, context, one) for one in done.changed]
        names = machine_names(tx)
        called = [one.vehicle_id for one in done.changed]
        recalled = order.kind is FleetOrderKind.RECALL and called
        sent = add_messages(tx, context, called, COME_BACK["en"]) if recalled else None
    if sent:
        publish_messages(context, sent)
    return FleetOrderOut(
        changed=changed,
        refused=[
            RefusedOut(
                vehicle_id=vehicle_id,
                vehicle=names.get(vehicle_id, ""),
                reason=str(error.values.get("reason", error.code)),
                message=message_of(error, t),
            )
            for vehicle_id, error in done.refused.items()
        ],
        unreached=list(sent.unreached) if sent else [],
    )
