from pathlib import Path

from sqlalchemy import Engine, text

from data.store.database.engine import transaction

STATEMENTS = Path(__file__).with_suffix(".sql")
"""What 31 revisions made one after the other, one statement a line."""


def make_tables_of_0031(engine: Engine) -> None:
    """Make an empty database as the last program with all the revisions left it."""
    with transaction(engine) as tx:
        for statement in STATEMENTS.read_text(encoding="utf-8").splitlines():
            tx.exec_driver_sql(statement)
        tx.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        tx.execute(text("INSERT INTO alembic_version VALUES ('0031')"))
