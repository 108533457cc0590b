"""Second factors of people and their recovery codes, as rows."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update

from data.model import SecondFactor, UserId
from data.store.database.engine import Tx
from data.store.database.records import first_record, row_of
from data.store.schema import recovery_code, second_factor


def save_second_factor(tx: Tx, factor: SecondFactor) -> None:
    """Keep a second factor in place of an earlier one."""
    remove_second_factor(tx, factor.user_id)
    tx.execute(insert(second_factor).values(row_of(factor, second_factor)))


def find_second_factor(tx: Tx, user_id: UserId) -> SecondFactor | None:
    """Return the second factor of a user, one that is not confirmed too."""
    mine = select(second_factor).where(second_factor.c.user_id == user_id)
    return first_record(SecondFactor, tx.execute(mine))


def users_with_second_factor(tx: Tx) -> set[UserId]:
    """Return who has a confirmed one."""
    query = select(second_factor.c.user_id).where(second_factor.c.confirmed_at.is_not(None))
    return {UserId(user_id) for (user_id,) in tx.execute(query)}


def use_step(tx: Tx, user_id: UserId, step: int, latest: int) -> bool:
    """Write down that the code of a step was used; false where it or a later one was before.

    A step after the `latest` that can be now was used by a wrong clock and counts for nothing.
    """
    last = second_factor.c.last_step
    newer = (second_factor.c.user_id == user_id) & or_(last < step, last > latest)
    return tx.execute(update(second_factor).where(newer).values(last_step=step)).rowcount == 1


def set_confirmed(tx: Tx, user_id: UserId, at: datetime) -> None:
    """Say since when a second factor is asked for."""
    mine = second_factor.c.user_id == user_id
    tx.execute(update(second_factor).where(mine).values(confirmed_at=at))


def remove_second_factor(tx: Tx, user_id: UserId) -> None:
    """Forget the second factor of a user and the recovery codes."""
    tx.execute(delete(recovery_code).where(recovery_code.c.user_id == user_id))
    tx.execute(delete(second_factor).where(second_factor.c.user_id == user_id))


def save_recovery_codes(tx: Tx, user_id: UserId, digests: Iterable[str]) -> None:
    """Keep new recovery codes in place of all earlier ones."""
    tx.execute(delete(recovery_code).where(recovery_code.c.user_id == user_id))
    rows = [{"digest": digest, "user_id": user_id} for digest in digests]
    tx.execute(insert(recovery_code), rows)


def use_recovery_code(tx: Tx, user_id: UserId, digest: str) -> bool:
    """Forget a recovery code of a user; false where it is none."""
    same = (recovery_code.c.user_id == user_id) & (recovery_code.c.digest == digest)
    return tx.execute(delete(recovery_code).where(same)).rowcount == 1


def count_recovery_codes(tx: Tx, user_id: UserId) -> int:
    """Return how many recovery codes a user has left."""
    mine = select(recovery_code.c.digest).where(recovery_code.c.user_id == user_id)
    return len(tx.execute(mine).all())
