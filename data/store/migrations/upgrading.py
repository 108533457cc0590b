"""Bringing the tables of a database up to date, with alembic."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect

from data.store import migrations
from data.store.queue.run_queue import queue_of
from data.store.schema import metadata


def upgrade(engine: Engine) -> None:
    """Bring the tables of a new or older database up to date, in one transaction.

    A new one on PostgreSQL gets the tables of today: no city was there at an older revision.
    """
    config = Config()
    config.set_main_option("script_location", str(migrations.HERE))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        if connection.dialect.name == "postgresql" and not inspect(connection).get_table_names():
            metadata.create_all(connection)
            queue_of(connection).make(connection)
            command.stamp(config, "head")
        else:
            command.upgrade(config, "head")
