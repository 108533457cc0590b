"""Add what callers were promised, and what finds a caller or a place again."""

import sqlalchemy as sa
from alembic import op

from data.requests.phone_number import plain_number

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the table and the indexes; write the numbers of callers in plain digits."""
    op.create_table(
        "promise",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expected_at", sa.DateTime(), nullable=False),
        sa.Column("from_at", sa.DateTime(), nullable=False),
        sa.Column("to_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"]),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"]),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("promise_by_request", "promise", ["request_id"])
    op.create_index("request_by_segment", "request", ["segment_id"])
    op.create_index("pass_by_vehicle", "pass", ["storm_id", "vehicle_id", "ended_at"])
    op.add_column("caller", sa.Column("number", sa.Text(), server_default="", nullable=False))
    op.create_index("caller_by_number", "caller", ["number"])
    _fill_numbers()


def _fill_numbers() -> None:
    connection = op.get_bind()
    known = connection.execute(sa.text("SELECT request_id, phone FROM caller")).all()
    change = sa.text("UPDATE caller SET number = :number WHERE request_id = :id")
    for request_id, phone in known:
        connection.execute(change, {"number": plain_number(phone), "id": request_id})
