"""Seals: digests of evidence and plans, by which the audit log proves rows unchanged."""

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from data.model import PlanId, StormId, VehicleId
from data.store.audit.digests import digest_of, plain_value
from data.store.database.engine import Tx
from data.store.schema import passage, plan, position, route, unsealed

WINDOW, TOLD = "window", "told"
"""What is sealed: half hours of a vehicle, and what people told of a storm."""

SEALED = "evidence.sealed"
"""Verb of a line that says what evidence is."""

_PROOF = (
    passage.c.storm_id,
    passage.c.vehicle_id,
    passage.c.segment_id,
    passage.c.forward,
    passage.c.from_m,
    passage.c.to_m,
    passage.c.started_at,
    passage.c.ended_at,
    passage.c.treatment,
    passage.c.evidence_kind,
    passage.c.confidence,
    passage.c.material_kg,
)
_FIX = (
    position.c.source,
    position.c.fixed_at,
    position.c.received_at,
    position.c.lon,
    position.c.lat,
    position.c.speed_mps,
    position.c.heading_deg,
    position.c.accuracy_m,
    position.c.blade,
    position.c.spreader,
    position.c.material,
    position.c.rate_gm2,
    position.c.alarm,
    position.c.attributes,
)
_UNSEAL = upsert(unsealed).on_conflict_do_update(
    index_elements=["subject"], set_={"changes": unsealed.c.changes + 1}
)


class Seal(NamedTuple):
    """Number of some rows, and the SHA-256 of their content."""

    rows: int
    digest: str


def window_subject(vehicle_id: VehicleId, window: int) -> str:
    """Return the audit log's subject of a track window."""
    return f"{WINDOW}:{vehicle_id}:{window}"


def reported_subject(storm_id: StormId) -> str:
    """Return the audit log's subject of passes that people reported in a storm."""
    return f"{TOLD}:{storm_id}"


def unseal(tx: Tx, subjects: Iterable[str]) -> None:
    """Remember that evidence changed, in the transaction that changes it."""
    rows = [{"subject": subject} for subject in subjects]
    if rows:
        tx.execute(_UNSEAL, rows)


def list_unsealed(tx: Tx) -> list[str]:
    """Return what changed since it was sealed."""
    return list(tx.execute(select(unsealed.c.subject).order_by(unsealed.c.subject)).scalars())


def count_changes(tx: Tx) -> dict[str, int]:
    """Return how often what changed since it was sealed has changed again."""
    rows = tx.execute(select(unsealed).order_by(unsealed.c.subject))
    return {row.subject: row.changes for row in rows}


def forget_unsealed(tx: Tx, subject: str, changes: int) -> bool:
    """Mark evidence as sealed after so many changes; return whether it had no more."""
    as_read = (unsealed.c.subject == subject) & (unsealed.c.changes == changes)
    return tx.execute(delete(unsealed).where(as_read)).rowcount > 0


def newest_fix(tx: Tx, vehicle_id: VehicleId, since: datetime, until: datetime) -> int:
    """Return the id of the newest position of a vehicle in a time that was looked at; 0 for none.

    Ids grow in the order of arrival, and positions are looked at in that order.
    """
    query = select(func.max(position.c.id)).where(_fixes(vehicle_id, since, until))
    return int(tx.execute(query).scalar() or 0)


def arrivals_between(
    tx: Tx, vehicle_id: VehicleId, since: datetime, until: datetime, ids: tuple[int, int]
) -> dict[int, datetime]:
    """Return when the positions of a vehicle in a time came, by id.

    Of those with an id above the first of `ids` up to the second.
    """
    query = select(position.c.id, position.c.received_at).where(
        _fixes(vehicle_id, since, until), position.c.id > ids[0], position.c.id <= ids[1]
    )
    return {row.id: row.received_at for row in tx.execute(query.order_by(position.c.id))}


def fixes_wait(tx: Tx, vehicle_id: VehicleId, since: datetime, until: datetime) -> bool:
    """Whether there are positions of a vehicle in a time that nobody has looked at."""
    query = select(position.c.id).where(
        position.c.vehicle_id == vehicle_id,
        position.c.fixed_at >= since,
        position.c.fixed_at < until,
        position.c.seen.is_(False),
    )
    return tx.execute(query.limit(1)).first() is not None


def seals_of_fixes(
    tx: Tx, vehicle_id: VehicleId, since: datetime, until: datetime, marks: Sequence[int]
) -> tuple[list[Seal], int]:
    """Return the seals of a vehicle's positions of a time up to each of these ids, in order.

    The second value is the number of positions after the last mark. Those that were set aside, or
    that nobody has looked at yet, are no part of it.
    """
    columns = (position.c.id, position.c.device_id, *_FIX)
    query = select(*columns).where(_fixes(vehicle_id, since, until)).order_by(position.c.id)
    whole, count, seals = hashlib.sha256(), 0, list[Seal]()
    waiting = deque(marks)
    for row in tx.execute(query):
        while waiting and row.id > waiting[0]:
            seals.append(Seal(count, whole.copy().hexdigest()))
            waiting.popleft()
        whole.update(digest_of([plain_value(value) for value in row]).encode())
        count += 1
    seals += [Seal(count, whole.hexdigest())] * len(waiting)
    return seals, count - seals[-1].rows if seals else count


def first_seal_of_fixes(tx: Tx, vehicle_id: VehicleId, since: datetime, until: datetime) -> Seal:
    """Return the seal of positions as lines have it that name no newest position.

    So was evidence sealed before seals could be told apart by the positions that they are of.
    """
    query = select(*_FIX).where(_fixes(vehicle_id, since, until))
    return _seal(tx, query.order_by(position.c.fixed_at, position.c.source))


def _fixes(vehicle_id: VehicleId, since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(
        position.c.vehicle_id == vehicle_id,
        position.c.fixed_at >= since,
        position.c.fixed_at < until,
        position.c.seen,
        position.c.fault == "",
    )


def seal_of_window(tx: Tx, vehicle_id: VehicleId, window: int) -> Seal:
    """Return the seal of the passes of a track window."""
    mine = (passage.c.vehicle_id == vehicle_id) & (passage.c.window == window)
    return _seal(tx, select(*_PROOF).where(mine).order_by(*_PROOF))


def seal_of_reported(tx: Tx, storm_id: StormId) -> Seal:
    """Return the seal of the passes of a storm that people reported."""
    told = (passage.c.storm_id == storm_id) & passage.c.window.is_(None)
    return _seal(tx, select(*_PROOF).where(told).order_by(*_PROOF))


def seal_of_plan(tx: Tx, plan_id: PlanId) -> Seal:
    """Return the seal of a plan: its cost, what it leaves undone, and all its routes."""
    head = (plan.c.storm_id, plan.c.revision, plan.c.made_at, plan.c.network_version, plan.c.cost)
    whole = tx.execute(select(*head, plan.c.unserved).where(plan.c.id == plan_id)).one()
    ways = (
        select(route.c.shift_id, route.c.vehicle_id, route.c.legs)
        .where(route.c.plan_id == plan_id)
        .order_by(route.c.shift_id)
    )
    routes = _seal(tx, ways)
    return Seal(routes.rows, digest_of([[plain_value(value) for value in whole], routes.digest]))


def list_passes_sealed_apart(tx: Tx) -> list[tuple[StormId, VehicleId | None, int | None]]:
    """Return the groups in which passes are sealed: storm, vehicle, track window."""
    columns = (passage.c.storm_id, passage.c.vehicle_id, passage.c.window)
    rows = tx.execute(select(*columns).distinct())
    return [(StormId(row.storm_id), row.vehicle_id, row.window) for row in rows]


def _seal(tx: Tx, query: Select[Any]) -> Seal:
    whole, count = hashlib.sha256(), 0
    for row in tx.execute(query):
        whole.update(digest_of([plain_value(value) for value in row]).encode())
        count += 1
    return Seal(count, whole.hexdigest())
