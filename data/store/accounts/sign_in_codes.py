"""Codes that let somebody in without a password, by their digests."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from data.model import CodeKind, ShiftId, SignInCode, UserId
from data.store.database.engine import Tx
from data.store.database.records import first_record, records, row_of
from data.store.schema import sign_in_code


def add_code(tx: Tx, code: SignInCode) -> None:
    """Keep a code until it expires."""
    tx.execute(insert(sign_in_code).values(row_of(code, sign_in_code)))


def find_code(tx: Tx, digest: str, kind: CodeKind, now: datetime) -> SignInCode | None:
    """Return the code with this digest, unless it is of another kind or has expired."""
    wanted = (sign_in_code.c.digest == digest) & (sign_in_code.c.kind == kind)
    return first_record(
        SignInCode, tx.execute(select(sign_in_code).where(wanted, sign_in_code.c.expires_at > now))
    )


def list_codes(tx: Tx, kind: CodeKind) -> list[SignInCode]:
    """Return all codes of a kind, those that have expired too, the next to expire first."""
    query = select(sign_in_code).where(sign_in_code.c.kind == kind)
    return records(SignInCode, tx.execute(query.order_by(sign_in_code.c.expires_at)))


def extend_codes(tx: Tx, shift_id: ShiftId, until: datetime) -> None:
    """Let the codes of a shift last until a time, where they end sooner."""
    mine = (sign_in_code.c.shift_id == shift_id) & (sign_in_code.c.expires_at < until)
    tx.execute(update(sign_in_code).where(mine).values(expires_at=until))


def remove_codes(tx: Tx, user_id: UserId, kind: CodeKind) -> None:
    """Forget all codes of a kind that a user has."""
    same = (sign_in_code.c.user_id == user_id) & (sign_in_code.c.kind == kind)
    tx.execute(delete(sign_in_code).where(same))


def remove_expired_codes(tx: Tx, now: datetime) -> None:
    """Forget what lets nobody in any more."""
    tx.execute(delete(sign_in_code).where(sign_in_code.c.expires_at <= now))
