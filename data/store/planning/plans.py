"""Plans as rows; the legs of a route are one compressed text."""

from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, case, func, insert, literal, select, update

from data.errors import NotFoundError
from data.files.json_records import packed, to_plain, unpacked
from data.model import (
    DraftContent,
    Leg,
    Plan,
    PlanId,
    PlanOptions,
    PlanProof,
    PlanState,
    Route,
    ShiftId,
    StormId,
)
from data.store.database.engine import Tx
from data.store.database.records import record, records
from data.store.schema import leg_progress, plan, route

Legs = tuple[Leg, ...]


class PlanHead(NamedTuple):
    """A plan without its routes."""

    id: PlanId
    storm_id: StormId
    parent_id: PlanId | None
    revision: int
    made_at: datetime
    state: PlanState
    counts_from: datetime | None
    published_at: datetime | None


_HEAD = [plan.c[name] for name in PlanHead._fields]


def add_plan(tx: Tx, new: Plan) -> Plan:
    """Add a plan and return it with the id and the revision, counted per storm, that it got."""
    last = tx.execute(
        select(func.max(plan.c.revision)).where(plan.c.storm_id == new.storm_id)
    ).scalar()
    revision = (last or 0) + 1
    added = tx.execute(insert(plan).values(**_values(new, revision)).returning(plan.c.id))
    stored = replace(new, id=PlanId(added.scalar_one()), revision=revision)
    rows = [
        {
            "plan_id": stored.id,
            "shift_id": each.shift_id,
            "vehicle_id": each.vehicle_id,
            "legs": packed(Legs, each.legs),
        }
        for each in stored.routes
    ]
    if rows:
        tx.execute(insert(route), rows)
    return stored


def add_revision(tx: Tx, new: Plan, parent_id: PlanId, changed: Collection[ShiftId]) -> Plan:
    """Add a plan of which only some routes are others than its parent's; else like `add_plan`.

    The other routes are copied as they are, and what happened to the parent's legs goes over to it.
    """
    theirs = [each for each in new.routes if each.shift_id in changed]
    stored = add_plan(tx, replace(new, routes=tuple(theirs)))
    columns = [route.c.shift_id, route.c.vehicle_id, route.c.legs]
    same = select(literal(stored.id), *columns).where(
        route.c.plan_id == parent_id, route.c.shift_id.not_in(changed)
    )
    tx.execute(insert(route).from_select([route.c.plan_id, *columns], same))
    facts = [one for one in leg_progress.c if one is not leg_progress.c.plan_id]
    happened = select(literal(stored.id), *facts).where(leg_progress.c.plan_id == parent_id)
    tx.execute(insert(leg_progress).from_select([leg_progress.c.plan_id, *facts], happened))
    return replace(stored, routes=new.routes)


def get_plan(tx: Tx, plan_id: PlanId) -> Plan:
    """Return the plan with its routes."""
    row = tx.execute(select(plan).where(plan.c.id == plan_id)).first()
    if row is None:
        raise NotFoundError("plan", plan_id)
    return _plan(tx, row)


def get_plan_head(tx: Tx, plan_id: PlanId) -> PlanHead:
    """Return the plan without unpacking its routes."""
    row = tx.execute(select(*_HEAD).where(plan.c.id == plan_id)).first()
    if row is None:
        raise NotFoundError("plan", plan_id)
    return record(PlanHead, row)


def find_published_plan(tx: Tx, storm_id: StormId) -> Plan | None:
    """Return the plan that is driven in this storm."""
    plan_id = find_published_plan_id(tx, storm_id)
    return None if plan_id is None else get_plan(tx, plan_id)


def find_published_plan_id(tx: Tx, storm_id: StormId) -> PlanId | None:
    """Return which plan is driven, without unpacking its routes."""
    query = select(plan.c.id).where(
        plan.c.storm_id == storm_id, plan.c.state == PlanState.PUBLISHED
    )
    found = tx.execute(query).scalar()
    return None if found is None else PlanId(found)


def find_plan_driven_at(tx: Tx, storm_id: StormId, at: datetime) -> PlanId | None:
    """Return which plan was driven at a moment; one whose publication was taken back never was.

    Of plans published before that was kept it is known when they were made; so it is of one into
    which urgent work was inserted, that was published with the routes that it goes on with.
    """
    published_at = func.coalesce(plan.c.published_at, plan.c.made_at)
    driven_from = case((published_at < plan.c.made_at, plan.c.made_at), else_=published_at)
    was_driven = plan.c.state.in_((PlanState.PUBLISHED, PlanState.SUPERSEDED))
    query = select(plan.c.id).where(plan.c.storm_id == storm_id, was_driven, driven_from <= at)
    found = tx.execute(query.order_by(driven_from.desc(), plan.c.id.desc()).limit(1)).scalar()
    return None if found is None else PlanId(found)


def get_revision(tx: Tx, plan_id: PlanId) -> int:
    """Return the number of a plan in its storm, without unpacking its routes."""
    return get_plan_head(tx, plan_id).revision


def list_plan_heads(tx: Tx, storm_id: StormId, *, drafts: bool = False) -> list[PlanHead]:
    """Return which plans of a storm are or were driven, the newest first; `drafts` too if asked."""
    query = select(*_HEAD).where(plan.c.storm_id == storm_id, plan.c.state != PlanState.DISCARDED)
    if not drafts:
        query = query.where(plan.c.state != PlanState.DRAFT)
    return records(PlanHead, tx.execute(query.order_by(plan.c.revision.desc())))


def list_plans(tx: Tx, storm_id: StormId) -> list[Plan]:
    """Return the plans of a storm with their routes, newest first."""
    query = select(plan).where(plan.c.storm_id == storm_id).order_by(plan.c.id.desc())
    return [_plan(tx, row) for row in tx.execute(query).all()]


def find_route(tx: Tx, plan_id: PlanId, shift_id: ShiftId) -> Route | None:
    """Return the route of one shift, without unpacking the others."""
    query = select(route).where(route.c.plan_id == plan_id, route.c.shift_id == shift_id)
    row = tx.execute(query).first()
    return None if row is None else _route(row)


def set_plan_state(tx: Tx, plan_id: PlanId, state: PlanState) -> None:
    """Put a plan into a state; the caller checked the old one and writes the event."""
    tx.execute(update(plan).where(plan.c.id == plan_id).values(state=state))


def set_published(tx: Tx, plan_id: PlanId, at: datetime) -> None:
    """Put a draft's routes into the hands of trucks; else like `set_plan_state`."""
    values = {"state": PlanState.PUBLISHED, "published_at": at}
    tx.execute(update(plan).where(plan.c.id == plan_id).values(**values))


def set_draft_again(tx: Tx, plan_id: PlanId) -> None:
    """Take a published plan back, as if trucks had never had it; else like `set_plan_state`."""
    values = {"state": PlanState.DRAFT, "published_at": None}
    tx.execute(update(plan).where(plan.c.id == plan_id).values(**values))


def set_draft_content(tx: Tx, plan_id: PlanId, content: DraftContent) -> None:
    """Change some routes, what is left and the cost of a draft; the caller checked that it is one.

    A route that is given back as it was is stored as it was, to the byte.
    """
    for shift_id, legs in content.routes:
        mine = (route.c.plan_id == plan_id) & (route.c.shift_id == shift_id)
        tx.execute(update(route).where(mine).values(legs=packed(Legs, legs)))
    sums = {"unserved": content.unserved, "cost": asdict(content.cost)}
    tx.execute(update(plan).where(plan.c.id == plan_id).values(**sums))


def _values(new: Plan, revision: int) -> dict[str, object]:
    return {
        "storm_id": new.storm_id,
        "parent_id": new.parent_id,
        "revision": revision,
        "made_at": new.made_at,
        "network_version": new.network_version,
        "unserved": new.unserved,
        "cost": asdict(new.cost),
        "bound": new.bound,
        "solver": new.solver,
        "seed": new.seed,
        "state": new.state,
        "options": to_plain(PlanOptions, new.options),
        "aside": dict(new.aside),
        "proofs": [to_plain(PlanProof, proof) for proof in new.proofs],
        "counts_from": new.counts_from,
        "published_at": new.published_at,
    }


def _plan(tx: Tx, row: Row[Any]) -> Plan:
    routes = tx.execute(select(route).where(route.c.plan_id == row.id).order_by(route.c.shift_id))
    return record(Plan, row, routes=tuple(_route(each) for each in routes))


def _route(row: Row[Any]) -> Route:
    return record(Route, row, legs=unpacked(Legs, row.legs))
