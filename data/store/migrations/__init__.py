"""How do the tables of an older database become those of today?"""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from data.errors import ConflictError
from data.store.database.engine import reading

HERE = Path(__file__).parent
NEWEST = max(file.name[1:5] for file in (HERE / "versions").glob("r*.py"))
"""Number of the revision that this program works with."""


def upgrade(engine: Engine) -> None:
    """Bring the tables of a new or older database up to date, in one transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def revision_of(engine: Engine) -> str:
    """Return the number of the revision that a database is at, or "" where it has none."""
    with reading(engine) as tx:
        if not inspect(tx).has_table("alembic_version"):
            return ""
        return str(tx.execute(text("SELECT version_num FROM alembic_version")).scalar())


def require_known(engine: Engine) -> None:
    """Raise `ConflictError` where a newer program made the tables."""
    found = revision_of(engine)
    if found > NEWEST:
        raise ConflictError(
            f"the tables of this city are of revision {found}, this Barfrub knows {NEWEST}: "
            "install a newer one",
            reason="tables_newer",
            found=found,
            known=NEWEST,
        )


def require_current(engine: Engine) -> None:
    """Raise `ConflictError` unless the tables are those that this program works with."""
    require_known(engine)
    found = revision_of(engine)
    if found < NEWEST:
        raise ConflictError(
            f"the tables of this city are of revision {found or 'none'}, "
            f"this Barfrub wants {NEWEST}: run barfrub upgrade",
            reason="tables_older",
            found=found,
            known=NEWEST,
        )
