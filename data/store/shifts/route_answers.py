"""What drivers said of their routes, as rows."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from data.model import PlanId, RouteAnswer, ShiftId
from data.store.database.engine import Tx
from data.store.database.records import first_record, records, row_of
from data.store.schema import route_answer


def save_answer(tx: Tx, answer: RouteAnswer) -> None:
    """Write what was said of a route over what was said of it before."""
    values = row_of(answer, route_answer)
    new = insert_or_update(route_answer).values(values)
    key = route_answer.primary_key.columns
    tx.execute(new.on_conflict_do_update(index_elements=key, set_=values))


def find_answer(tx: Tx, plan_id: PlanId, shift_id: ShiftId) -> RouteAnswer | None:
    """Return what was said of a route, if anything."""
    query = select(route_answer).where(
        route_answer.c.plan_id == plan_id, route_answer.c.shift_id == shift_id
    )
    return first_record(RouteAnswer, tx.execute(query))


def list_answers(tx: Tx, plan_id: PlanId) -> dict[ShiftId, RouteAnswer]:
    """Return what was said of the routes of a plan, by shift."""
    query = select(route_answer).where(route_answer.c.plan_id == plan_id)
    return {one.shift_id: one for one in records(RouteAnswer, tx.execute(query))}


def erase_answer_texts(tx: Tx, before: datetime) -> int:
    """Take the words of answers away that were given before a moment; return of how many."""
    old = (route_answer.c.at < before) & (route_answer.c.text != "")
    return tx.execute(update(route_answer).where(old).values(text="")).rowcount


def copy_answers(tx: Tx, before: PlanId, after: PlanId, shifts: Collection[ShiftId]) -> None:
    """Let what was said of some shifts' routes count for another plan too."""
    facts = [one for one in route_answer.c if one is not route_answer.c.plan_id]
    said = select(literal(after), *facts).where(
        route_answer.c.plan_id == before, route_answer.c.shift_id.in_(shifts)
    )
    tx.execute(insert(route_answer).from_select([route_answer.c.plan_id, *facts], said))
