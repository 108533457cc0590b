"""Drafts under manual edit, kept in the dispatch worker's memory for instant previews."""

import threading
from dataclasses import replace
from typing import Any

from cachetools import LRUCache

from api.config.clock import Clock
from data.errors import ConflictError
from data.files.json_records import from_plain, to_plain
from data.model import Actor, ActorKind, AssignmentCost, Edited, EditId, EditWish, PlanId, SegmentId
from data.store.database.engine import Database, reading, transaction
from data.store.planning.plan_edits import list_edit_heads
from data.store.planning.plans import get_plan
from data.streets.network import StreetNetwork
from fleet.edits.draft import PreparedDraft, drafted, prepared_draft
from fleet.edits.draft_changes import Outcome, assignment_costs, checked, made
from fleet.edits.edit_history import as_begun, begin, last_edit_and_orders
from fleet.planning.plan_preparation import prepare
from fleet.planning.standing_orders import OrderIndex

KEPT = 60
"""Drafts in memory, one for each edit; those used last."""

PREVIEWS = 200
"""Previewed edits that may be stored in a moment."""


class DraftCache:
    """Computes the outcomes of edits of drafts; safe from any thread."""

    def __init__(self, engine: Database, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._drafts: LRUCache[tuple[PlanId, EditId], PreparedDraft] = LRUCache(KEPT)
        self._seen: LRUCache[tuple[PlanId, EditId, EditWish], Outcome] = LRUCache(PREVIEWS)
        self._looking = threading.Lock()

    def answer(self, question: dict[str, Any], network: StreetNetwork) -> dict[str, Any]:
        """Return the answer to a question about a draft; both are plain JSON values."""
        plan_id = PlanId(question["plan"])
        with self._looking:
            match question["ask"]:
                case "hand_begin":
                    return {"plan": self._begin(plan_id, network, question["by"])}
                case "hand_takers":
                    draft = self._draft(plan_id, network)
                    found = assignment_costs(
                        draft, SegmentId(question["segment"]), self._clock.now()
                    )
                    return {"takers": [to_plain(AssignmentCost, one) for one in found]}
                case "hand_edit":
                    wish = from_plain(EditWish, question["wish"])
                    outcome = self._outcome(self._draft(plan_id, network), wish)
                    return {"edited": to_plain(Edited, outcome[0])}
        raise ConflictError("nobody knows this question", reason="question_unknown")

    def _begin(self, base_id: PlanId, network: StreetNetwork, by: str) -> PlanId:
        """Store a plan as a draft from the trucks' present positions, and load it."""
        now, actor = self._clock.now(), Actor(ActorKind.USER, by)
        with reading(self._engine) as tx:
            base = get_plan(tx, base_id)
            prepared = prepare(tx, base.storm_id, network, now)
        new, ready = drafted(prepared, base)
        with transaction(self._engine) as tx:
            plan_id = begin(tx, actor, base_id, new, prepared, now).id
            edit_id, orders = last_edit_and_orders(tx, plan_id)
        self._drafts[plan_id, edit_id] = replace(ready, plan_id=plan_id, orders=orders)
        return plan_id

    def _draft(self, plan_id: PlanId, network: StreetNetwork) -> PreparedDraft:
        """Return a draft as stored, from memory where it is loaded."""
        with reading(self._engine) as tx:
            edit_id, orders = last_edit_and_orders(tx, plan_id)
            edits = list_edit_heads(tx, plan_id)
        known = self._drafts.get((plan_id, edit_id))
        if known is None or known.orders != orders:
            before = max((one.id for one in edits if one.id < edit_id), default=EditId(0))
            wish = next((one.wish for one in edits if one.id == edit_id), None)
            outcome = None if wish is None else self._seen.get((plan_id, before, wish))
            known = None if outcome is None else _after(outcome, edit_id, orders)
        if known is None:
            known = self._read(plan_id, network)
        self._drafts[plan_id, edit_id] = known
        return known

    def _read(self, plan_id: PlanId, network: StreetNetwork) -> PreparedDraft:
        with reading(self._engine) as tx:
            stored = get_plan(tx, plan_id)
            begun = as_begun(tx, stored, network)
        return prepared_draft(begun[0], stored, *begun[1:])

    def _outcome(self, draft: PreparedDraft, wish: EditWish) -> Outcome:
        """Return the outcome of an edit by the referee too, from memory where it was previewed."""
        key = (draft.plan_id, draft.edit_id, wish)
        found = self._seen.get(key)
        if found is None:
            outcome = checked(draft, made(draft, wish, self._clock.now()))
            found = self._seen[key] = outcome
        return found


def _after(outcome: Outcome, edit_id: EditId, orders: OrderIndex) -> PreparedDraft | None:
    """Return the draft after an edit, under its number; `None` where orders have changed since."""
    edited, draft = outcome
    if edited.broken or draft.orders != orders:
        return None
    return replace(draft, edit_id=edit_id)
