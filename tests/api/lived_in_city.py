"""A city with history on the disk, and what lies in its tables."""

from pathlib import Path

from sqlalchemy import Engine, MetaData, select
from typer import Typer
from typer.testing import CliRunner, Result

from data.model import Actor, ActorKind
from data.store.accounts.accounts import add_device
from data.store.audit.audit_log import add_event
from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from data.store.schema.moment import moment
from data.store.tracking.positions import add_positions
from tests import village as v
from tests.fleet.drives import a_drive

SYSTEM = Actor(ActorKind.SYSTEM, "test")


def live_in(folder: Path) -> None:
    """Give a city fixes, events, a photo, a policy file, and something half-written."""
    engine = open_at(folder)
    with transaction(engine) as tx:
        add_device(tx, "phone-1", v.a_vehicle(1).id, "hash")
        add_positions(tx, a_drive((0, 0), (900, 0), blade=True))
        add_event(tx, v.NOW, SYSTEM, "storm.started", "storm:1", after={"name": "برف نخست"})
    engine.dispose()
    (folder / "photos").mkdir()
    (folder / "photos" / "a1b2.jpg").write_bytes(bytes(range(256)) * 500)
    (folder / "policy.toml").write_text("# ما\n", encoding="utf-8")
    (folder / ".half-written").write_bytes(b"nobody's")


def run(command, *words: object) -> Result:
    app = Typer()
    app.command()(command)
    return CliRunner().invoke(app, [str(word) for word in words])


def open_at(folder: Path) -> Engine:
    return database_of(folder)


def rows_of(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table of the schema, as it lies there, those of partitions once.

    But not of those that servers share for a moment.
    """
    engine, tables = open_at(folder), MetaData()
    with reading(engine) as tx:
        tables.reflect(tx)
        rows = {
            name: sorted((tuple(row) for row in tx.execute(select(table))), key=repr)
            for name, table in tables.tables.items()
            if not name.startswith(("position_", "procrastinate_")) and name not in moment.tables
        }
    engine.dispose()
    return rows
