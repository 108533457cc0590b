"""Drafts edited by hand and their edits as rows; what an edit changed is one compressed text."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, func, insert, select, update

from data.errors import NotFoundError
from data.files.json_records import from_plain, packed, to_plain, unpacked
from data.model import (
    DraftContent,
    DraftTotals,
    Edited,
    EditedDraftHead,
    EditId,
    EditState,
    EditWish,
    PlanEdit,
    PlanId,
    PlanState,
    Present,
)
from data.model.planning.paces import Pace
from data.planning.plan_json import (
    edit_wish_from_plain,
    pace_from_packed,
    packed_pace,
    present_from,
)
from data.store.database.engine import Tx
from data.store.database.records import get_record, record
from data.store.schema import hand_draft, plan, plan_edit


class BeforeAfter(NamedTuple):
    """What an edit changed."""

    before: DraftContent
    after: DraftContent


class EditedDraft(NamedTuple):
    """A draft that is edited by hand, and how its storm stood when that began.

    `pace` is how long everything took by then, `None` in drafts of former versions.
    """

    plan_id: PlanId
    base_id: PlanId
    begun_by: str
    present: Present
    pace: Pace | None


class EditHead(NamedTuple):
    """An edit without what it changed."""

    id: EditId
    state: EditState
    wish: EditWish


def add_edited_draft(tx: Tx, new: EditedDraft) -> None:
    """Say that a draft may be edited by hand; what was ordered of trucks is kept elsewhere."""
    present = Present(new.present.starts, new.present.done, new.present.closed)
    values = {
        "plan_id": new.plan_id,
        "base_id": new.base_id,
        "begun_by": new.begun_by,
        "present": packed(Present, present),
        "pace": None if new.pace is None else packed_pace(new.pace),
    }
    tx.execute(insert(hand_draft).values(**values))


def get_edited_draft(tx: Tx, plan_id: PlanId) -> EditedDraft:
    """Return how the editing of a draft began; raise `NotFoundError` where it never did."""
    row = tx.execute(select(hand_draft).where(hand_draft.c.plan_id == plan_id)).first()
    if row is None:
        raise NotFoundError("hand_draft", plan_id)
    pace = None if row.pace is None else pace_from_packed(row.pace)
    return record(EditedDraft, row, present=present_from(row.present), pace=pace)


def get_edited_draft_head(tx: Tx, plan_id: PlanId) -> EditedDraftHead:
    """Return what a draft by hand is; raise `NotFoundError` for a plan that is none."""
    query = (
        select(
            hand_draft.c.plan_id,
            hand_draft.c.base_id,
            plan.c.storm_id,
            plan.c.revision,
            plan.c.made_at,
            plan.c.state,
            hand_draft.c.begun_by,
        )
        .join(plan, plan.c.id == hand_draft.c.plan_id)
        .where(hand_draft.c.plan_id == plan_id)
    )
    return get_record(EditedDraftHead, tx.execute(query), "hand_draft", plan_id)


def find_open_edited_draft(tx: Tx, base_id: PlanId) -> PlanId | None:
    """Return the newest draft that began as a plan and is a draft still."""
    query = (
        select(hand_draft.c.plan_id)
        .join(plan, plan.c.id == hand_draft.c.plan_id)
        .where(hand_draft.c.base_id == base_id, plan.c.state == PlanState.DRAFT)
    )
    found = tx.execute(query.order_by(hand_draft.c.plan_id.desc()).limit(1)).scalar()
    return None if found is None else PlanId(found)


def add_edit(
    tx: Tx, wish: EditWish, edited: Edited, before: DraftContent, by: str, at: datetime
) -> PlanEdit:
    """Add an edit behind those that hold; what was undone is dropped."""
    mine = plan_edit.c.plan_id == edited.plan_id
    undone = mine & (plan_edit.c.state == EditState.UNDONE)
    tx.execute(update(plan_edit).where(undone).values(state=EditState.DROPPED))
    last = tx.execute(select(func.max(plan_edit.c.n)).where(mine)).scalar()
    routes = tuple((route.shift_id, route.legs) for route in edited.routes)
    after = DraftContent(routes, edited.unserved, edited.cost)
    values = {
        "plan_id": edited.plan_id,
        "n": (last or 0) + 1,
        "kind": wish.kind,
        "args": to_plain(EditWish, wish),
        "edited_by": by,
        "edited_at": at,
        "state": EditState.DONE,
        "totals": [
            to_plain(DraftTotals, totals) for totals in (edited.totals_before, edited.totals)
        ],
        "content": packed(BeforeAfter, BeforeAfter(before, after)),
    }
    return _edit(tx.execute(insert(plan_edit).values(**values).returning(plan_edit)).one())


def list_edits(tx: Tx, plan_id: PlanId) -> list[PlanEdit]:
    """Return the edits of a draft that hold or could be redone, in order."""
    query = select(plan_edit).where(
        plan_edit.c.plan_id == plan_id, plan_edit.c.state != EditState.DROPPED
    )
    return [_edit(row) for row in tx.execute(query.order_by(plan_edit.c.n))]


def list_edit_heads(tx: Tx, plan_id: PlanId) -> list[EditHead]:
    """Return the edits of a draft that hold or could be redone, in order, and not their routes."""
    query = select(plan_edit.c.id, plan_edit.c.state, plan_edit.c.args).where(
        plan_edit.c.plan_id == plan_id, plan_edit.c.state != EditState.DROPPED
    )
    return [
        record(EditHead, row, wish=edit_wish_from_plain(row.args))
        for row in tx.execute(query.order_by(plan_edit.c.n))
    ]


def find_last_edit_id(tx: Tx, plan_id: PlanId) -> EditId:
    """Return the last edit of a draft that holds; 0 where none does."""
    query = select(func.max(plan_edit.c.id)).where(
        plan_edit.c.plan_id == plan_id, plan_edit.c.state == EditState.DONE
    )
    return EditId(tx.execute(query).scalar() or 0)


def set_edit_state(tx: Tx, edit_id: EditId, state: EditState) -> None:
    """Say whether an edit holds."""
    tx.execute(update(plan_edit).where(plan_edit.c.id == edit_id).values(state=state))


def _edit(row: Row[Any]) -> PlanEdit:
    before, after = unpacked(BeforeAfter, row.content)
    totals_before, totals = (from_plain(DraftTotals, totals) for totals in row.totals)
    return record(
        PlanEdit,
        row,
        wish=edit_wish_from_plain(row.args),
        by=row.edited_by,
        at=row.edited_at,
        totals_before=totals_before,
        totals=totals,
        before=before,
        after=after,
    )
