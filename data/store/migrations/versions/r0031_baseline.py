"""Create every table, index and trigger; the statements do not follow later changes of the schema.

The revisions 0001 to 0031 made the same tables, so a database at 0031 needs nothing.
"""

from pathlib import Path

from alembic import op

revision = "0031"
down_revision = None


def upgrade() -> None:
    """Run the statements beside this file, which empty lines separate."""
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in statements.split("\n\n"):
        op.execute(statement)
