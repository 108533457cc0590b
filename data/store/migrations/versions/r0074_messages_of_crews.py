"""Let a message be to a crew or from one: it has a crew's shift in place of a vehicle."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer

revision = "0074"
down_revision = "0073"


def upgrade() -> None:
    """Add the column; a message needs no vehicle any more."""
    with op.batch_alter_table("message") as table:
        table.alter_column("vehicle_id", existing_type=Integer(), nullable=True)
        table.add_column(
            Column("crew_shift_id", Integer, ForeignKey("crew_shift.id", name="message_crew_shift"))
        )
    op.create_index("message_by_crew_shift", "message", ["crew_shift_id"])
