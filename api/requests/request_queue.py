"""The request queue: its page, filters, bulk changes and undo."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.requests.call_answer import on_street
from api.web.checked_route import CheckedRoute
from api.web.context import Context, IntakeContext
from api.web.download import attachment
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Lat, Lon, Wire
from data.errors import InvalidError
from data.model import (
    AgencyId,
    ClosingReason,
    Danger,
    LonLat,
    QueueChangeId,
    QueuedRequest,
    QueueOrder,
    ReferralWay,
    RequestFilter,
    RequestId,
    RequestKind,
    SegmentId,
    ServiceClass,
    Snap,
    Stage,
)
from data.model.requests.request_queue import DeadlineRules, PageCursor
from data.store.database.engine import Tx
from data.store.requests.request_search import (
    ClassOfRoad,
    list_found_by_phone,
    search_requests,
    spots_of_requests,
    tally_requests,
)
from data.store.requests.requests import list_requests_by_id
from fleet.followup.bulk_changes import (
    BulkResult,
    CityRules,
    close_many,
    give_kind,
    last_change_of,
    place_many,
    places_by_text,
    refer_many,
    undo_change,
)
from fleet.followup.duplicates import merge_many
from fleet.followup.referrals import ReferralWish, referrals_of
from fleet.requests.caller_privacy import note_phone_search
from fleet.requests.intake import TEXT_LETTERS
from fleet.requests.request_lookup import deadlines, queue_deadlines
from fleet.requests.tracking_codes import WRITTEN_NUMBER, plain_reference
from maps.pages.error_texts import message_of
from maps.requests.request_queue import (
    QueueView,
    change_view,
    counts_of,
    cursor_of,
    queue_rows,
    spots_json,
    total_of,
)
from maps.requests.request_table import queue_table
from maps.requests.requests import request_view

PAGE_ROWS = 50
MOST_ROWS = 200
MOST_AT_ONCE = 200
"""Requests per bulk change, at most: longer ones would delay positions."""

MOST_NOTED = 1000
"""Requests listed in the log entry of a search by phone number."""

MOST_LINES = 20_000
"""Lines of a CSV download, at most."""

MOST_AGE_H = 24.0 * 400

router = APIRouter(route_class=CheckedRoute)

Age = Annotated[float | None, Field(ge=0, le=MOST_AGE_H, allow_inf_nan=False)]
Several = Annotated[list[str], Field(max_length=100)]
Id = Annotated[int, Field(ge=1, lt=2**63)]
Ids = Annotated[list[Id], Field(min_length=1, max_length=MOST_AT_ONCE)]
Note = Annotated[str, Field(max_length=TEXT_LETTERS)]


class FilterIn(Wire):
    """A filter of the queue; empty fields match all. `lang` is the language of the answer."""

    stage: Annotated[list[Stage], Field(default_factory=list)]
    kind: Annotated[list[RequestKind], Field(default_factory=list)]
    danger: Annotated[list[Danger], Field(default_factory=list)]
    service_class: Annotated[list[ServiceClass], Field(default_factory=list)]
    district: Annotated[Several, Field(default_factory=list)]
    older_h: Age = None
    younger_h: Age = None
    words: Annotated[str, Field(max_length=200)] = ""
    lang: Annotated[str, Field(max_length=20)] = ""

    def wanted(self, context: Context) -> RequestFilter:
        """Return the record that the store takes."""
        older, younger = (
            None if hours is None else context.now - timedelta(hours=hours)
            for hours in (self.older_h, self.younger_h)
        )
        return RequestFilter(
            stages=frozenset(self.stage),
            kinds=frozenset(self.kind),
            dangers=frozenset(self.danger),
            classes=frozenset(self.service_class),
            districts=frozenset(self.district),
            received_from=younger,
            received_before=older,
            words=self.words,
        )


class PageIn(FilterIn):
    """A page of the queue and its order."""

    order: QueueOrder = QueueOrder.OLDEST
    after: Annotated[str, Field(pattern=r"^\d{1,18}(@\d{1,18})?$")] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = PAGE_ROWS

    def behind(self) -> PageCursor | None:
        """Return the cursor behind which the page begins, as `QueueView.next` has it."""
        if self.after is None:
            return None
        number, _, due_s = self.after.partition("@")
        return PageCursor(RequestId(int(number)), int(due_s) if due_s else None)


class PlaceIn(Wire):
    """Requests to place at a pin, or by their words; `segment_id` is the street that it means."""

    ids: Ids
    lon: Lon | None = None
    lat: Lat | None = None
    segment_id: Id | None = None

    def pin(self) -> LonLat | None:
        """Return the pin; half a one is an `InvalidError`."""
        if (self.lon is None) != (self.lat is None):
            raise InvalidError("lat" if self.lat is None else "lon", "", "a value")
        return None if self.lon is None or self.lat is None else LonLat(self.lon, self.lat)


class KindIn(Wire):
    """The new kind of some requests."""

    ids: Ids
    kind: RequestKind


class CloseManyIn(Wire):
    """The reason for closing some requests."""

    ids: Ids
    reason: ClosingReason
    note: Note = ""


class MergeIn(Wire):
    """Requests that ask for the same, and which of them stands for all."""

    ids: Ids
    kept_id: Id


class ReferralIn(Wire):
    """The agency that gets some requests, and the way of sending."""

    ids: Ids
    agency_id: Id
    way: ReferralWay
    note: Note = ""
    with_caller: bool = False


class RefusalOut(Wire):
    """A request that was not changed, and why, in the reader's language."""

    id: int
    message: str


class BulkOut(Wire):
    """The result of a bulk change; `change_id` undoes it."""

    changed: list[int]
    refused: list[RefusalOut]
    change_id: int | None


@router.get("/requests")
def requests_page(request: Request, context: IntakeContext) -> Response:
    """Show the queue, the callback list and the referrals."""
    boot = boot_of(request, context) | {
        "kinds": list(RequestKind),
        "dangers": list(Danger),
        "reasons": [reason for reason in ClosingReason if reason != ClosingReason.HANDED_OVER],
        "most": MOST_AT_ONCE,
    }
    return page(request, "requests/queue/page.html", {"boot": boot})


@router.get("/api/queue")
def get_request_queue(asked: Annotated[PageIn, Query()], context: IntakeContext) -> QueueView:
    """Return a page of the matching requests, and counts for each filter."""
    app, wanted = context.app, asked.wanted(context)
    classes = app.policy.classes
    _note_look(context, wanted)
    with context.reading() as tx:
        rules = queue_deadlines(tx, app.policy)
        page = asked.limit + 1
        found = search_requests(tx, wanted, classes, asked.order, page, asked.behind(), rules)
        numbered = _numbered(tx, asked.words, classes, rules)
        tallies = tally_requests(tx, wanted, classes)
        listed = [each.request.id for each in (*found, *numbered)]
        referrals, agencies = referrals_of(tx, listed)
        last = last_change_of(tx, context.actor.id, context.now)
    shown = found[: asked.limit]
    return QueueView(
        now=context.now,
        rows=queue_rows(shown, app.network, referrals, agencies),
        total=total_of(tallies, wanted),
        next=cursor_of(shown[-1]) if len(found) > len(shown) else None,
        counts=counts_of(tallies, wanted),
        last_change=None if last is None else change_view(last),
        numbered=next(iter(queue_rows(numbered, app.network, referrals, agencies)), None),
    )


@router.get("/api/queue/map")
def get_request_map(asked: Annotated[FilterIn, Query()], context: IntakeContext) -> Response:
    """Return the matching requests with a place: `[id, lon, lat, kind, danger, received, due]`."""
    wanted = asked.wanted(context)
    _note_look(context, wanted)
    with context.reading() as tx:
        rules = queue_deadlines(tx, context.app.policy)
        spots = spots_of_requests(tx, wanted, context.app.policy.classes, rules)
    return Response(spots_json(spots), media_type="application/json")


@router.get("/requests.csv")
def download_requests(
    request: Request, asked: Annotated[FilterIn, Query()], context: IntakeContext
) -> Response:
    """Return the matching requests as CSV, without callers."""
    wanted, classes = asked.wanted(context), context.app.policy.classes
    _note_look(context, wanted)
    with context.reading() as tx:
        rules = queue_deadlines(tx, context.app.policy)
        found = search_requests(tx, wanted, classes, QueueOrder.OLDEST, MOST_LINES, rules=rules)
    return attachment(queue_table(found, translator_of(request)), "text/csv", "requests.csv")


@router.post("/api/queue/place")
def place_requests(request: Request, wanted: PlaceIn, context: IntakeContext) -> BulkOut:
    """Place requests at a pin, or where their words are unambiguous."""
    app, ids, pin = context.app, _ids(wanted.ids), wanted.pin()
    places: Mapping[RequestId, LonLat | Snap]
    if pin is None:
        with context.reading() as tx:
            places = places_by_text(tx, ids, app.network, app.geocoder)
    elif wanted.segment_id is None:
        places = dict.fromkeys(ids, pin)
    else:
        places = dict.fromkeys(ids, on_street(app.network, pin, SegmentId(wanted.segment_id)))
    rules = _city_rules(context)
    return _changed(
        request,
        context,
        lambda tx: place_many(tx, context.actor, ids, places, rules, context.now),
    )


@router.post("/api/queue/kind")
def update_request_kinds(request: Request, wanted: KindIn, context: IntakeContext) -> BulkOut:
    """Change the kind of requests."""
    ids, rules = _ids(wanted.ids), _city_rules(context)
    return _changed(
        request,
        context,
        lambda tx: give_kind(tx, context.actor, ids, wanted.kind, rules, context.now),
    )


@router.post("/api/queue/close")
def close_requests(request: Request, wanted: CloseManyIn, context: IntakeContext) -> BulkOut:
    """Close requests with a reason of the fixed list."""
    ids, reason, note = _ids(wanted.ids), wanted.reason, wanted.note
    return _changed(
        request,
        context,
        lambda tx: close_many(tx, context.actor, ids, reason, note, context.now),
    )


@router.post("/api/queue/merge")
def merge_requests(request: Request, wanted: MergeIn, context: IntakeContext) -> BulkOut:
    """Close requests as duplicates of one that stays open."""
    kept = RequestId(wanted.kept_id)
    return _changed(
        request,
        context,
        lambda tx: merge_many(tx, context.actor, _ids(wanted.ids), kept, context.now),
    )


@router.post("/api/queue/refer")
def refer_requests(request: Request, wanted: ReferralIn, context: IntakeContext) -> BulkOut:
    """Refer requests to an agency."""
    agency = AgencyId(wanted.agency_id)
    handing = ReferralWish(agency, wanted.way, wanted.note, wanted.with_caller)
    return _changed(
        request,
        context,
        lambda tx: refer_many(tx, context.actor, _ids(wanted.ids), handing, context.now),
    )


@router.post("/api/queue/changes/{change_id}/undo")
def undo_queue_change(
    request: Request, change_id: Annotated[int, Path(ge=1, lt=2**63)], context: IntakeContext
) -> BulkOut:
    """Undo a bulk change."""
    rules, change = _city_rules(context), QueueChangeId(change_id)
    return _changed(
        request,
        context,
        lambda tx: undo_change(tx, context.actor, change, rules, context.now),
    )


def _note_look(context: Context, wanted: RequestFilter) -> None:
    """Log which callers a search by phone digits found; most searches have no digits."""
    with context.reading() as tx:
        found = list_found_by_phone(tx, wanted, context.app.policy.classes, MOST_NOTED)
    if found:
        with context.writing() as tx:
            note_phone_search(tx, context.actor, found, context.now)


def _numbered(
    tx: Tx, words: str, classes: ClassOfRoad, rules: DeadlineRules
) -> list[QueuedRequest]:
    """Return the request whose number was searched, open or closed; most words are no number."""
    if not WRITTEN_NUMBER.fullmatch(words.strip()):
        return []
    wanted = RequestFilter(reference=plain_reference(words))
    return search_requests(tx, wanted, classes, QueueOrder.OLDEST, 1, rules=rules)


def _ids(ids: list[int]) -> list[RequestId]:
    return [RequestId(one) for one in ids]


def _city_rules(context: Context) -> CityRules:
    return CityRules(context.app.network, context.app.policy, context.app.plans)


def _changed(request: Request, context: Context, change: Callable[[Tx], BulkResult]) -> BulkOut:
    """Apply a bulk change, then publish it; only after the commit, so that readers see it."""
    with context.writing() as tx:
        bulk = change(tx)
        asked = list(list_requests_by_id(tx, bulk.changed).values())
        due_at = deadlines(tx, asked, context.app.network, context.app.policy)
    if asked:
        views = [request_view(each, due_at, context.app.network) for each in asked]
        context.app.hub.publish("requests", views)
    t = translator_of(request)
    return BulkOut(
        changed=list(bulk.changed),
        refused=[
            RefusalOut(id=each.request_id, message=message_of(each.error, t))
            for each in bulk.refusals
        ],
        change_id=bulk.change_id,
    )
