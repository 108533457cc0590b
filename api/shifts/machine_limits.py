"""Streets and turns that machines are kept off: proposed by drivers and tracks, then decided."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import HTMLResponse

from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context, DispatcherContext
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Moment, Wire, moment_in
from data.model import Blockage, BlockageId
from data.model.ids import MachineLimitId
from data.model.machines import LimitState, MachineLimit
from data.store.database.engine import Tx
from data.store.shifts.blockages import blockages_by_id, get_blockage
from data.store.shifts.machine_limits import list_limits
from data.store.shifts.order_preferences import list_preferences
from fleet.accounts.people import names_by_login
from fleet.setup.machine_list import machine_names, machines_in_use
from fleet.shifts.blockages import clear_blockage
from fleet.shifts.machine_limits import (
    NOTE_LETTERS,
    LimitWish,
    accept_limit,
    reject_limit,
    take_back_limit,
)
from maps.shifts.driver import blockage_view
from maps.shifts.machine_limits import LimitContext, LimitRow, limit_row
from maps.shifts.order_preferences import OrderRow, order_row

router = APIRouter(route_class=CheckedRoute)


class LimitIn(Wire):
    """For which types of machines a limit holds, in which directions, until when, and a note."""

    types: Annotated[list[str], Field(min_length=1, max_length=50)]
    both_ways: bool = False
    until_at: Moment | None = None
    note: Annotated[str, Field(max_length=NOTE_LETTERS)] = ""

    def wish(self, context: Context) -> LimitWish:
        """Return the record that `fleet.shifts.machine_limits` takes."""
        zone = context.app.city.timezone
        until = None if self.until_at is None else moment_in(self.until_at, zone, "until_at")
        return LimitWish(tuple(self.types), self.both_ways, until, self.note)


@router.get("/machine-limits")
def limits_page(request: Request, context: BoardContext) -> HTMLResponse:
    """Show what drivers and storms proposed, and what holds."""
    rows, orders = _rows(request, context), order_rows(request, context)
    view = {
        "boot": boot_of(request, context),
        "proposed": [row for row in rows if row.state is LimitState.PROPOSED],
        "accepted": [row for row in rows if row.state is LimitState.ACCEPTED],
        "orders": orders,
    }
    return page(request, "shifts/machine_limits.html", view)


@router.get("/api/machine-limits")
def get_limits(request: Request, context: BoardContext) -> list[LimitRow]:
    """Return what is proposed and what is accepted, the oldest first."""
    return _rows(request, context)


@router.post("/api/machine-limits/{limit_id}/accept")
def accept_one_limit(
    request: Request, limit_id: MachineLimitId, wanted: LimitIn, context: DispatcherContext
) -> LimitRow:
    """Accept a limit, or change one that holds."""
    wish = wanted.wish(context)

    def order(tx: Tx) -> MachineLimit:
        return accept_limit(tx, context.actor, limit_id, wish, context.now)

    return _decided(request, context, limit_id, order)


@router.post("/api/machine-limits/{limit_id}/reject")
def reject_one_limit(
    request: Request, limit_id: MachineLimitId, context: DispatcherContext
) -> LimitRow:
    """Reject a limit."""

    def order(tx: Tx) -> MachineLimit:
        return reject_limit(tx, context.actor, limit_id, context.now)

    return _decided(request, context, limit_id, order)


@router.post("/api/machine-limits/{limit_id}/take-back")
def take_one_limit_back(
    request: Request, limit_id: MachineLimitId, context: DispatcherContext
) -> LimitRow:
    """Take back a limit that holds."""

    def order(tx: Tx) -> MachineLimit:
        return take_back_limit(tx, context.actor, limit_id, context.now)

    return _decided(request, context, limit_id, order)


def _decided(
    request: Request,
    context: Context,
    limit_id: MachineLimitId,
    order: Callable[[Tx], MachineLimit],
) -> LimitRow:
    """Carry a decision out, and settle the report that it is about on all boards."""
    with context.changing(f"machine_limit:{limit_id}") as tx:
        limit = order(tx)
        report = None if limit.blockage_id is None else get_blockage(tx, limit.blockage_id)
        if report is not None and report.cleared_at is None:
            report = clear_blockage(tx, context.actor, report.id, context.now)
        around = limit_context(request, tx, context)
    if report is not None:
        view = blockage_view(report, context.app.network, around.machines)
        context.app.hub.publish("blockages", [view])
    return limit_row(limit, report, around)


def _rows(request: Request, context: Context) -> list[LimitRow]:
    with context.reading() as tx:
        found = list_limits(tx, {LimitState.PROPOSED, LimitState.ACCEPTED})
        around = limit_context(request, tx, context)
        reports = blockages_by_id(tx, {one.blockage_id for one in found if one.blockage_id})
    return [limit_row(one, _report(one, reports), around) for one in found]


def order_rows(request: Request, context: Context) -> list[OrderRow]:
    """Return all orders of streets that were ever proposed, the oldest first."""
    with context.reading() as tx:
        found = list_preferences(tx, frozenset(LimitState))
        around = limit_context(request, tx, context)
    return [order_row(one, around) for one in found]


def _report(limit: MachineLimit, reports: Mapping[BlockageId, Blockage]) -> Blockage | None:
    return None if limit.blockage_id is None else reports[limit.blockage_id]


def limit_context(request: Request, tx: Tx, context: Context) -> LimitContext:
    """Return what rows of limits, and of orders of streets, are made with."""
    types = tuple(sorted({vehicle.type for vehicle in machines_in_use(tx)}))
    people, t = names_by_login(tx), translator_of(request)
    return LimitContext(context.app.network, machine_names(tx), types, people, t)
