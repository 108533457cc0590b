import re
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from data.store.database.engine import create_engine, transaction
from data.store.migrations import upgrade
from data.store.schema import metadata


def test_the_revisions_end_at_the_tables_of_the_schema(tmp_path: Path) -> None:
    engine = create_engine(tmp_path / "barfrub.sqlite")
    upgrade(engine)
    with transaction(engine) as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []
    engine.dispose()


def test_the_revisions_make_the_same_tables_as_the_schema(tmp_path: Path) -> None:
    migrated, created = (create_engine(tmp_path / name) for name in ("a.sqlite", "b.sqlite"))
    upgrade(migrated)
    metadata.create_all(created)
    assert _definitions(migrated) == _definitions(created)
    migrated.dispose()
    created.dispose()


def test_upgrading_twice_changes_nothing() -> None:
    engine = create_engine(None)
    upgrade(engine)
    upgrade(engine)
    assert "storm" in inspect(engine).get_table_names()
    engine.dispose()


def _definitions(engine: Engine) -> dict[str, list[str]]:
    query = text("select name, sql from sqlite_master where sql is not null")
    with transaction(engine) as tx:
        found = {name: _clauses(sql) for name, sql in tx.execute(query)}
    return {name: clauses for name, clauses in found.items() if name != "alembic_version"}


def _clauses(sql: str) -> list[str]:
    """Return columns and constraints in a fixed order: foreign keys come in any."""
    return sorted(clause.strip() for clause in re.split(r",|\(\s|\s\)", " ".join(sql.split())))
