import re
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2
from sqlalchemy import insert, inspect, select, text
from typer.testing import CliRunner

from api.cli.main import commands
from api.cli.setup.restore import upgrade
from api.config.clock import Clock
from api.server.app import create_app
from data.errors import ConflictError
from data.store import migrations
from data.store.backup.backup import write_backup
from data.store.backup.restore import restore_city
from data.store.database.engine import create_engine, reading, transaction
from data.store.migrations import BASELINE, NEWEST, REVISIONS
from data.store.schema import metadata
from tests import village as v
from tests.api.lived_in_city import open_at, rows_of, run
from tests.data.store.migrations.tables_of_0031 import make_tables_of_0031
from tests.postgres import url_for_new_cities


def test_the_program_tells_its_version() -> None:
    told = CliRunner().invoke(commands, ["--version"]).output
    assert re.fullmatch(r"barfrub \d+\.\d+\.\d+\n", told)


LATER = """
from alembic import op
revision, down_revision = "9001", "{before}"
def upgrade():
    op.execute("ALTER TABLE city ADD COLUMN mayor TEXT DEFAULT 'nobody' NOT NULL")
"""


@pytest.fixture
def newer_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program know one more revision than the cities that were made."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.HERE, folder)
    later = LATER.format(before=migrations.NEWEST)
    (folder / "versions" / "r9001_mayor.py").write_text(later, encoding="utf-8")
    monkeypatch.setattr(migrations, "HERE", folder)
    monkeypatch.setattr(migrations, "NEWEST", "9001")


def test_older_tables_are_not_served(lived_in: Path, settings, newer_program) -> None:
    with pytest.raises(ConflictError, match="run barfrub upgrade"):
        create_app(settings, lived_in, Clock())


def test_newer_tables_are_left_alone(lived_in: Path) -> None:
    engine = open_at(lived_in)
    with transaction(engine) as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    refused = run(upgrade).exception
    assert isinstance(refused, ConflictError)
    assert refused.reason == "tables_newer"


def test_an_upgrade_saves_the_city_first(
    lived_in: Path, settings, newer_program, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows_of(lived_in)
    assert f"tables {REVISIONS[-1]} to 9001" in run(upgrade).output
    (saved,) = (settings.var / "backups").iterdir()
    (city,) = rows_of(lived_in)["city"]
    assert city == (*before["city"][0], "nobody")
    monkeypatch.undo()
    restore_city(saved, settings.var / "saved", database_url=url_for_new_cities())
    assert rows_of(settings.var / "saved") == before


@pytest.mark.sqlite
def test_a_city_of_the_revisions_before_the_baseline_is_restored_upgraded_and_served(
    lived_in: Path, settings, tmp_path: Path
) -> None:
    before = rows_of(lived_in)
    move_into_tables_of_0031(lived_in / "barfrub.sqlite")
    write_backup(lived_in, tmp_path / "saved.tar.gz", v.NOW)
    restored = tmp_path / "restored"
    assert restore_city(tmp_path / "saved.tar.gz", restored).tables == BASELINE
    assert f"tables {BASELINE} to {NEWEST}" in run(upgrade).output
    create_app(settings, lived_in, Clock())
    assert in_any_order_of_columns(rows_of(lived_in)) == in_any_order_of_columns(before)


def move_into_tables_of_0031(database: Path) -> None:
    """Put the rows of a city that this program made into tables of the last one's."""
    made, old = database.with_name("made.sqlite"), database.with_name("old.sqlite")
    with closing(dbapi2.connect(str(database))) as connection:
        connection.execute("VACUUM INTO ?", [str(made)])
    for one in database.parent.glob("barfrub.sqlite*"):
        one.unlink()
    engine = create_engine(old)
    make_tables_of_0031(engine)
    source = create_engine(made)
    with reading(source) as full, transaction(engine) as tx:
        for table in metadata.sorted_tables:
            if rows := full.execute(select(table)).mappings().all():
                old_columns = {each["name"] for each in inspect(tx).get_columns(table.name)}
                kept = [{name: row[name] for name in row if name in old_columns} for row in rows]
                tx.execute(insert(table), kept)
    source.dispose()
    engine.dispose()
    made.unlink()
    old.rename(database)


def in_any_order_of_columns(tables: dict[str, list[tuple[object, ...]]]):
    return {name: sorted(sorted(map(repr, row)) for row in rows) for name, rows in tables.items()}
