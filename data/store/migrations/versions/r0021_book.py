"""The storm book is append-only in the database too, and tells what evidence and words are."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Refuse changes of lines; all evidence there is waits to be written down."""
    for order in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER event_without_{order.lower()} BEFORE {order} ON event BEGIN"
            " SELECT RAISE(ABORT, 'the storm book is append-only'); END"
        )
    op.create_table("unsealed", sa.Column("subject", sa.Text(), primary_key=True))
    op.execute(
        "INSERT INTO unsealed SELECT DISTINCT 'window:' || vehicle_id || ':' || window FROM pass"
        " WHERE window IS NOT NULL"
    )
    op.execute(
        "INSERT INTO unsealed SELECT DISTINCT 'told:' || storm_id FROM pass WHERE window IS NULL"
    )
    op.add_column("request", sa.Column("salt", sa.LargeBinary(), nullable=True))
