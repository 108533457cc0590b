"""The queue of requests: what fits a filter, a page at a time, counted, and as points on a map."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    null,
    or_,
    select,
    true,
    tuple_,
)

from data.geocode.text.normalization import normal
from data.model import (
    BoardRequest,
    QueuedRequest,
    QueueOrder,
    RequestFilter,
    RequestId,
    RequestPoint,
    RequestState,
    RoadClass,
    ServiceClass,
    ServiceRequest,
    Stage,
    Tally,
)
from data.model.requests.request_queue import DeadlineRules, PageCursor
from data.requests.phone_number import plain_number
from data.store.database.engine import Tx
from data.store.database.functions import Lesser, Rounded, WholeEpochSeconds
from data.store.database.records import record, records
from data.store.schema import (
    UtcDateTime,
    caller,
    request,
    request_clock,
    segment,
    segment_level,
)

type ClassOfRoad = Mapping[RoadClass, ServiceClass]

_STAGES: Mapping[Stage, ColumnElement[bool]] = {
    Stage.UNPLACED: and_(request.c.state == RequestState.NEW, request.c.segment_id.is_(None)),
    Stage.PLACED: and_(request.c.state == RequestState.NEW, request.c.segment_id.is_not(None)),
    Stage.OPEN: request.c.state == RequestState.OPEN,
    Stage.HANDED_OVER: request.c.state == RequestState.HANDED_OVER,
    Stage.CLOSED: request.c.state.in_((RequestState.DONE, RequestState.CANCELLED)),
}
_TABLES: FromClause = (
    request.outerjoin(segment, segment.c.id == request.c.segment_id)
    .outerjoin(segment_level, segment_level.c.segment_id == request.c.segment_id)
    .outerjoin(request_clock, request_clock.c.request_id == request.c.id)
)
_DANGERS = cast(request.c.dangers, Text)
NEVER_S = 2**53
"""A deadline behind all others, of what has none."""

_DISTRICT = func.coalesce(segment.c.district, "")


def search_requests(
    tx: Tx,
    wanted: RequestFilter,
    classes: ClassOfRoad,
    order: QueueOrder,
    limit: int,
    after: PageCursor | None = None,
    rules: DeadlineRules | None = None,
) -> list[QueuedRequest]:
    """Return the requests that fit, in order; with `after`, those that come behind that cursor.

    Pages hold still while requests come in: a page begins behind a request, not at a number.
    Without `rules` no request has a deadline.
    """
    due_s = _due_s(rules, classes)
    query = _rows(classes, due_s).where(*_conditions(wanted, classes))
    first = func.coalesce(due_s, NEVER_S) if order is QueueOrder.DUE else request.c.received_at
    if after is not None:
        query = query.where(_behind(tx, first, order, after))
    by = (each.desc() if order is QueueOrder.NEWEST else each for each in (first, request.c.id))
    return [_found(row) for row in tx.execute(query.order_by(*by).limit(limit))]


def tally_requests(tx: Tx, wanted: RequestFilter, classes: ClassOfRoad) -> list[Tally]:
    """Return how many requests fit age and words, by everything else that can be chosen."""
    stage = case(*((condition, name) for name, condition in _STAGES.items()), else_="")
    by = {
        "stage": stage,
        "kind": request.c.kind,
        "dangers": _DANGERS,
        "service_class": _class(classes),
        "district": _DISTRICT,
    }
    named = [column.label(name) for name, column in by.items()]
    loose = RequestFilter(
        received_from=wanted.received_from,
        received_before=wanted.received_before,
        words=wanted.words,
    )
    query = (
        select(*named, func.count().label("requests"))
        .select_from(_TABLES)
        .where(*_conditions(loose, classes))
    )
    rows = tx.execute(query.group_by(*by.values()))
    return [record(Tally, row, dangers=tuple(json.loads(row.dangers))) for row in rows]


def spots_of_requests(
    tx: Tx, wanted: RequestFilter, classes: ClassOfRoad, rules: DeadlineRules | None = None
) -> list[RequestPoint]:
    """Return all requests that fit and have a place, the newest last."""
    query = (
        select(
            request.c.id,
            request.c.lon,
            request.c.lat,
            request.c.kind,
            (_DANGERS != "[]").label("danger"),
            WholeEpochSeconds(request.c.received_at).label("received_s"),
            _due_s(rules, classes).label("due_s"),
        )
        .select_from(_TABLES)
        .where(request.c.lon.is_not(None), *_conditions(wanted, classes))
        .order_by(request.c.received_at, request.c.id)
    )
    return records(RequestPoint, tx.execute(query))


def list_waiting(tx: Tx, classes: ClassOfRoad, rules: DeadlineRules) -> list[BoardRequest]:
    """Return all requests that are neither done nor handed over, the oldest first.

    They are due by their own target, once they have a machine's job.
    Places are told to a decimetre: ten thousand rows must be a small answer.
    """
    query = (
        select(
            request.c.id,
            Rounded(request.c.lon, 6).label("lon"),
            Rounded(request.c.lat, 6).label("lat"),
            request.c.kind,
            WholeEpochSeconds(request.c.received_at).label("received_s"),
            case((request.c.job_id.is_not(None), _due_s(rules, classes))).label("due_s"),
        )
        .select_from(_TABLES)
        .where(request.c.state.in_((RequestState.NEW, RequestState.OPEN)))
        .order_by(request.c.received_at, request.c.id)
    )
    return records(BoardRequest, tx.execute(query))


def count_waiting(tx: Tx) -> int:
    """Return how many requests are neither done nor handed over."""
    waits = request.c.state.in_((RequestState.NEW, RequestState.OPEN))
    return tx.execute(select(func.count()).select_from(request).where(waits)).scalar_one()


def list_found_by_phone(
    tx: Tx, wanted: RequestFilter, classes: ClassOfRoad, limit: int
) -> list[RequestId]:
    """Return the newest requests that fit and whose caller's number the words have a part of."""
    numbers = [number for words in _runs(wanted.words) if (number := _number(words))]
    if not numbers:
        return []
    query = (
        select(request.c.id)
        .select_from(_TABLES)
        .where(or_(*(request.c.id.in_(_phoned(number)) for number in numbers)))
        .where(*_conditions(wanted, classes))
        .order_by(request.c.id.desc())
        .limit(limit)
    )
    return [RequestId(found) for found in tx.execute(query).scalars()]


def _rows(classes: ClassOfRoad, due_s: ColumnElement[Any]) -> Select[Any]:
    columns = (*request.c, _class(classes).label("level"), _DISTRICT.label("district"))
    return select(*columns, due_s.label("due_s")).select_from(_TABLES)


def _behind(
    tx: Tx, first: ColumnElement[Any], order: QueueOrder, after: PageCursor
) -> ColumnElement[bool]:
    """Return the condition for what comes behind a cursor."""
    if order is QueueOrder.DUE:
        found: object = NEVER_S if after.due_s is None else after.due_s
    else:
        received_at = select(request.c.received_at).where(request.c.id == after.request_id)
        found = tx.execute(received_at).scalar()
    key, last = tuple_(first, request.c.id), tuple_(found, after.request_id)
    return key < last if order is QueueOrder.NEWEST else key > last


def _due_s(rules: DeadlineRules | None, classes: ClassOfRoad) -> ColumnElement[Any]:
    """Return the target of the step that a request waits for, as `next_due` of fleet has it."""
    if rules is None:
        return null()
    asked_s = WholeEpochSeconds(
        func.coalesce(request_clock.c.reopened_at, request.c.received_at, type_=UtcDateTime())
    )
    own_s = WholeEpochSeconds(request_clock.c.due_at)
    machine = request.c.kind.in_(sorted(rules.machine_kinds))
    storm_s = asked_s if rules.storm_since_s is None else _later(asked_s, rules.storm_since_s)
    idle = true() if rules.storm_since_s is None else request.c.state == RequestState.NEW
    since_s = case((machine, storm_s), else_=asked_s)
    return case(
        (request.c.state.not_in((RequestState.NEW, RequestState.OPEN)), null()),
        (request.c.segment_id.is_(None), func.coalesce(own_s, asked_s + rules.place_s)),
        (and_(machine, idle), null()),
        else_=func.coalesce(own_s, since_s + _target_s(rules, classes)),
    )


def _later(moment_s: ColumnElement[Any], other_s: int) -> ColumnElement[Any]:
    return case((moment_s < other_s, other_s), else_=moment_s)


def _target_s(rules: DeadlineRules, classes: ClassOfRoad) -> ColumnElement[Any]:
    """Return within which time work is wanted: a few values for each class, whatever the kinds."""
    level = _class(classes)
    usual_s: ColumnElement[Any] = case(
        {"": rules.anywhere_s, **rules.class_s}, value=level, else_=rules.last_s
    )
    if rules.kind_s:
        of_kind = {f"{kind} {name}": target for (kind, name), target in rules.kind_s.items()}
        usual_s = case(of_kind, value=cast(request.c.kind, Text) + " " + level, else_=usual_s)
    return Lesser(usual_s, case((_DANGERS != "[]", rules.danger_s), else_=NEVER_S))


def _conditions(wanted: RequestFilter, classes: ClassOfRoad) -> Iterable[ColumnElement[bool]]:
    if wanted.stages:
        yield or_(*(_STAGES[stage] for stage in sorted(wanted.stages)))
    chosen = (
        (request.c.kind, wanted.kinds),
        (_class(classes), wanted.classes),
        (_DISTRICT, wanted.districts),
    )
    for column, values in chosen:
        if values:
            yield column.in_(sorted(values))
    if wanted.dangers:
        yield or_(*(_DANGERS.contains(f'"{danger}"') for danger in sorted(wanted.dangers)))
    if wanted.received_from is not None:
        yield request.c.received_at >= wanted.received_from
    if wanted.received_before is not None:
        yield request.c.received_at < wanted.received_before
    if wanted.reference:
        yield request.c.reference == wanted.reference
    yield from _words(wanted)


def _words(wanted: RequestFilter) -> Iterable[ColumnElement[bool]]:
    for words in _runs(wanted.words):
        said = and_(*(request.c.sought.contains(word, autoescape=True) for word in words))
        number = _number(words) if wanted.by_phone else ""
        yield or_(said, request.c.id.in_(_phoned(number))) if number else said


def _runs(text: str) -> Iterable[list[str]]:
    """Yield the words of a search; numbers that follow each other together, as phones are said."""
    for numeric, group in groupby(normal(text).split(), str.isdecimal):
        words = list(group)
        yield from [words] if numeric else [[word] for word in words]


def _number(words: list[str]) -> str:
    return plain_number("".join(words)) if words[0].isdecimal() else ""


def _phoned(number: str) -> Select[tuple[int]]:
    return select(caller.c.request_id).where(caller.c.number.contains(number, autoescape=True))


def _class(classes: ClassOfRoad) -> ColumnElement[str]:
    by_road = case(
        *((segment.c.road_class == road, name) for road, name in classes.items()), else_=""
    )
    return func.coalesce(segment_level.c.service_class, by_road)


def _found(row: Row[Any]) -> QueuedRequest:
    due_at = None if row.due_s is None else datetime.fromtimestamp(row.due_s, UTC)
    return QueuedRequest(record(ServiceRequest, row), row.level, row.district, due_at)
