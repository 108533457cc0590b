"""How do the tables of an older database become those of today?

`upgrade` has a module of its own, `upgrading`: alembic takes a while to load, and few commands
need it.
"""

import re
from pathlib import Path

from sqlalchemy import Engine, inspect, text

from data.errors import ConflictError
from data.store.database.engine import reading

HERE = Path(__file__).parent

_NUMBER = re.compile(r'^(revision|down_revision) = "(\d{4})"', re.MULTILINE)


def _in_order() -> list[str]:
    """Return the numbers of the revisions, each after the one that it changes."""
    files = [file.read_text("utf-8") for file in (HERE / "versions").glob("r*.py")]
    numbers = [dict(_NUMBER.findall(text)) for text in files]
    after = {each.get("down_revision", ""): each["revision"] for each in numbers}
    order = [after[""]]
    while order[-1] in after:
        order.append(after[order[-1]])
    return order


REVISIONS = _in_order()
BASELINE, NEWEST = REVISIONS[0], REVISIONS[-1]
"""Numbers of the oldest revision that this program upgrades, and of the one that it works with."""

LAST_WITH_OLDER = "0.1.0 (commit d95c4261)"
"""The program that upgrades tables older than the baseline to it."""


def revision_of(engine: Engine) -> str:
    """Return the number of the revision that a database is at, or "" where it has none."""
    with reading(engine) as tx:
        if not inspect(tx).has_table("alembic_version"):
            return ""
        return str(tx.execute(text("SELECT version_num FROM alembic_version")).scalar())


def require_known(engine: Engine) -> None:
    """Raise `ConflictError` unless this program has revisions for the tables."""
    found = revision_of(engine)
    if "" < found < BASELINE:
        raise ConflictError(
            f"the tables of this city are of revision {found}, this Barfrub upgrades from "
            f"{BASELINE} on: run barfrub upgrade of Barfrub {LAST_WITH_OLDER} first",
            reason="tables_too_old",
            found=found,
            version=LAST_WITH_OLDER,
        )
    if found not in {"", NEWEST, *REVISIONS}:
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
    if found != NEWEST:
        raise ConflictError(
            f"the tables of this city are of revision {found or 'none'}, "
            f"this Barfrub wants {NEWEST}: run barfrub upgrade",
            reason="tables_older",
            found=found,
            known=NEWEST,
        )
