"""Which tables still have the bytes of erased rows in their files, kept over restarts."""

from collections.abc import Collection, Mapping

from sqlalchemy import Table, delete, select
from sqlalchemy.dialects.postgresql import insert

from data.store.database.engine import Tx
from data.store.schema import rewrite_owed

_CHANGED = """
    SELECT relname FROM pg_stat_xact_user_tables
    WHERE schemaname = current_schema() AND n_tup_upd + n_tup_del > 0
"""


def owe_rewrites(tx: Tx, tables: Collection[Table]) -> None:
    """Remember those of the tables whose rows this transaction has changed or deleted.

    On SQLite, which keeps all of them in one file, these are all.
    """
    names = {table.name for table in tables}
    if tx.dialect.name == "postgresql":
        names &= set(tx.exec_driver_sql(_CHANGED).scalars())
    for name in sorted(names):
        again = {"erasures": rewrite_owed.c.erasures + 1}
        owed = insert(rewrite_owed).values(name=name)
        tx.execute(owed.on_conflict_do_update(index_elements=[rewrite_owed.c.name], set_=again))


def list_owed_rewrites(tx: Tx) -> dict[str, int]:
    """Return how often rows were erased from each table since it was written anew."""
    rows = tx.execute(select(rewrite_owed).order_by(rewrite_owed.c.name))
    return {row.name: row.erasures for row in rows}


def settle_rewrites(tx: Tx, written: Mapping[str, int]) -> None:
    """Forget tables that were written anew, unless rows were erased from them meanwhile."""
    for name, erasures in written.items():
        own = (rewrite_owed.c.name == name) & (rewrite_owed.c.erasures == erasures)
        tx.execute(delete(rewrite_owed).where(own))
