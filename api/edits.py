"""Manual edits of plans: drafts, previews, undo and redo, and standing orders."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from pydantic import Field

from api.replanning.delay_views import delayed_requests, street_names
from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context, DispatcherContext
from api.web.page_context import translator_of
from api.web.schemas import Wire
from data.errors import ConflictError, InvalidError, Need
from data.model import (
    Edited,
    EditKind,
    EditWish,
    OrderId,
    OrderKind,
    PlanEdit,
    PlanId,
    SegmentId,
    VehicleId,
)
from data.store.database.engine import Tx
from data.store.planning.plan_edits import find_open_edited_draft, get_edited_draft_head, list_edits
from data.store.planning.plans import get_plan
from data.store.planning.standing_orders import list_orders
from fleet.audit.last_change import UNCHANGED, find_change
from fleet.edits.edit_history import redo, require_draft, store_edit, undo
from fleet.planning.draft_validity import find_good_until
from fleet.planning.plan_difference import difference
from fleet.planning.standing_orders import OrderWish, give_order, lift_order
from fleet.setup.machine_list import known_machine, machine_names
from fleet.storms.storm_lookup import active_storm, wanted_storm
from maps.edits import (
    DraftNews,
    EditedView,
    EditsView,
    OrderView,
    TakerView,
    edited_view,
    edits_view,
    order_view,
    taker_view,
)
from maps.pages.i18n import Translator
from maps.replanning import DelayView

router = APIRouter(route_class=CheckedRoute)

REASON_LETTERS = 200

_OF_A_STREET = frozenset({EditKind.MOVE, EditKind.FORBID, EditKind.ALLOW, EditKind.CLOSE})


class EditIn(Wire):
    """An edit of a draft; a moved street comes right before `before_id`.

    `insist` stores a change that makes work late or breaks a promise.
    """

    kind: EditKind
    segment_id: SegmentId | None = None
    vehicle_id: VehicleId | None = None
    before_id: SegmentId | None = None
    reason: str = Field(default="", max_length=REASON_LETTERS)
    insist: bool = False


class OrderIn(Wire):
    """An order for a truck for the rest of the storm; a lock without a street covers its route."""

    kind: OrderKind
    vehicle_id: VehicleId
    segment_id: SegmentId | None = None


@router.post("/api/plans/{plan_id}/hand", status_code=201)
def create_edited_draft(request: Request, plan_id: PlanId, context: DispatcherContext) -> EditsView:
    """Create a draft from a plan, for manual edits.

    A draft that began so and is neither published nor discarded is the one that is returned.
    """
    with context.reading() as tx:
        get_plan(tx, plan_id)
        draft_id = find_open_edited_draft(tx, plan_id)
    if draft_id is None:
        draft_id = context.app.dispatch.begin_by_hand(plan_id, context.user.login)
    return _published(request, context, draft_id)


@router.get("/api/plans/{plan_id}/edits")
def list_draft_edits(request: Request, plan_id: PlanId, context: BoardContext) -> EditsView:
    """Return the edits of a draft with the cost of each, undone ones included."""
    with context.reading() as tx:
        return _edits(tx, context, plan_id, translator_of(request))


@router.post("/api/plans/{plan_id}/edits/preview")
def preview_edit(
    request: Request, plan_id: PlanId, wanted: EditIn, context: DispatcherContext
) -> EditedView:
    """Return what an edit would violate and cost, by the referee too; nothing is stored."""
    wish = _wish(context, wanted)
    with context.reading() as tx:
        require_draft(tx, plan_id)
    found = context.app.dispatch.edited(plan_id, wish)
    with context.reading() as tx:
        return _seen(tx, context, found, translator_of(request))


@router.get("/api/plans/{plan_id}/takers/{segment_id}")
def list_assignment_costs(
    request: Request, plan_id: PlanId, segment_id: SegmentId, context: DispatcherContext
) -> list[TakerView]:
    """Return an estimate of what giving a street to each truck costs, the cheapest first.

    The preview says whether the edit is possible; the referee checks it as one that is stored.
    """
    with context.reading() as tx:
        require_draft(tx, plan_id)
    found = context.app.dispatch.takers(plan_id, segment_id)
    with context.reading() as tx:
        vehicles = machine_names(tx)
    return [taker_view(one, vehicles, translator_of(request)) for one in found]


@router.post("/api/plans/{plan_id}/edits", status_code=201)
def create_edit(
    request: Request, plan_id: PlanId, wanted: EditIn, context: DispatcherContext
) -> EditsView:
    """Store an edit, unless the referee rejects it.

    Refused with 409 where it breaks a hard rule, and, unless `insist`, where it makes work late or
    breaks a promise; `words` say so.
    """
    wish, t = _wish(context, wanted), translator_of(request)
    with context.reading() as tx:
        require_draft(tx, plan_id)
    found = context.app.dispatch.edited(plan_id, wish)
    with context.changing(f"plan:{plan_id}") as tx:
        view = _seen(tx, context, found, t)
        if view.broken:
            words = " ".join(view.broken)
            raise ConflictError(words, reason="edit_broken", words=words)
        if view.needs_insisting and not wanted.insist:
            words = " ".join(view.strains)
            raise ConflictError(words, reason="edit_strains", words=words)
        store_edit(tx, context.actor, wish, found, context.now)
    return _published(request, context, plan_id)


@router.post("/api/plans/{plan_id}/undo")
def undo_edit(request: Request, plan_id: PlanId, context: DispatcherContext) -> EditsView:
    """Undo the last edit."""
    return _undone_or_redone(request, context, plan_id, undo)


@router.post("/api/plans/{plan_id}/redo")
def redo_edit(request: Request, plan_id: PlanId, context: DispatcherContext) -> EditsView:
    """Redo the edit undone last."""
    return _undone_or_redone(request, context, plan_id, redo)


@router.get("/api/orders")
def list_standing_orders(request: Request, context: BoardContext) -> list[OrderView]:
    """Return the orders of the active storm."""
    with context.reading() as tx:
        storm = wanted_storm(tx)
        standing = list_orders(tx, storm.id) if storm else []
        vehicles, t = machine_names(tx), translator_of(request)
    street = street_names(context.app.network, t)
    return [order_view(one, vehicles, street, t) for one in standing]


@router.post("/api/orders", status_code=201)
def create_standing_order(
    request: Request, wanted: OrderIn, context: DispatcherContext
) -> OrderView:
    """Add an order; later plans and replans obey it until it is lifted."""
    _require_street(context, wanted.segment_id)
    with context.writing() as tx:
        wish = OrderWish(active_storm(tx).id, wanted.kind, wanted.vehicle_id, wanted.segment_id)
        given = give_order(tx, context.actor, wish, context.now)
        vehicles = machine_names(tx)
    t = translator_of(request)
    view = order_view(given, vehicles, street_names(context.app.network, t), t)
    context.app.hub.publish("orders", [view])
    return view


@router.post("/api/orders/{order_id}/lift")
def lift_standing_order(
    request: Request, order_id: OrderId, context: DispatcherContext
) -> OrderView:
    """Lift an order."""
    with context.writing() as tx:
        lifted = lift_order(tx, context.actor, order_id, context.now)
        vehicles = machine_names(tx)
    t = translator_of(request)
    view = order_view(lifted, vehicles, street_names(context.app.network, t), t)
    context.app.hub.publish("orders", [view])
    return view


def _undone_or_redone(
    request: Request,
    context: Context,
    plan_id: PlanId,
    turn: Callable[..., PlanEdit],
) -> EditsView:
    with context.changing(f"plan:{plan_id}") as tx:
        turn(tx, context.actor, plan_id, context.now)
    return _published(request, context, plan_id)


def _published(request: Request, context: Context, plan_id: PlanId) -> EditsView:
    """Return a draft's edits, and notify other boards of the change."""
    with context.reading() as tx:
        view = _edits(tx, context, plan_id, translator_of(request))
    context.app.hub.publish("edits", [DraftNews(plan_id, view.version)])
    return view


def _edits(tx: Tx, context: Context, plan_id: PlanId, t: Translator) -> EditsView:
    head, last = get_edited_draft_head(tx, plan_id), find_change(tx, f"plan:{plan_id}")
    return edits_view(
        head,
        find_good_until(tx, head.storm_id, head.made_at, head.state),
        last.id if last else UNCHANGED,
        list_edits(tx, plan_id),
        machine_names(tx),
        street_names(context.app.network, t),
        t,
    )


def _seen(tx: Tx, context: Context, found: Edited, t: Translator) -> EditedView:
    requests: tuple[DelayView, ...] = ()
    if not found.broken:
        delays = difference(found.before, found.routes).delays
        requests = delayed_requests(tx, delays, street_names(context.app.network, t))
    return edited_view(found, requests, machine_names(tx), t)


def _wish(context: Context, wanted: EditIn) -> EditWish:
    """Return the edit as a record; raise `InvalidError` where a field is missing."""
    if wanted.segment_id is None and wanted.kind in _OF_A_STREET:
        raise InvalidError("segment_id", "", Need("a street of the city"))
    _require_street(context, wanted.segment_id)
    if wanted.vehicle_id is None and wanted.kind is not EditKind.CLOSE:
        raise InvalidError("vehicle_id", "", Need("the vehicle that it is about"))
    if wanted.vehicle_id is not None:
        with context.reading() as tx:
            known_machine(tx, wanted.vehicle_id)
    reason = wanted.reason.strip()
    if wanted.kind is EditKind.CLOSE and not reason:
        raise InvalidError("reason", "", Need("why the street is closed"))
    return EditWish(wanted.kind, wanted.segment_id, wanted.vehicle_id, wanted.before_id, reason)


def _require_street(context: Context, segment_id: SegmentId | None) -> None:
    if segment_id is not None and context.app.network.find(segment_id) is None:
        raise InvalidError("segment_id", segment_id, Need("a street of the city"))
