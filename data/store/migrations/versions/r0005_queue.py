"""Add what the queue of requests needs: words to search, other bodies, calls, changes in bulk."""

import sqlalchemy as sa
from alembic import op

from data.geocode.text.normalization import normal

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the words of requests and the tables."""
    _add_words()
    _create_bodies()
    _create_call_attempt()
    _create_queue_change()


def _add_words() -> None:
    op.add_column("request", sa.Column("sought", sa.Text(), server_default="", nullable=False))
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, reference, address, text FROM request")).all()
    for row in rows:
        words = normal(f"{row.reference} {row.address} {row.text}")
        connection.execute(
            sa.text("UPDATE request SET sought = :words WHERE id = :id"),
            {"words": words, "id": row.id},
        )


def _create_bodies() -> None:
    op.create_table(
        "body",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("name", "kind", "contact", "phone", "email", "address")
        ),
        sa.Column("retired", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("with_caller", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"]),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("hand_over_by_request", "hand_over", ["request_id"])
    op.create_index("hand_over_by_state", "hand_over", ["state", "at"])


def _create_call_attempt() -> None:
    op.create_table(
        "call_attempt",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("news", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("call_attempt_by_request", "call_attempt", ["request_id", "news"])


def _create_queue_change() -> None:
    op.create_table(
        "queue_change",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
