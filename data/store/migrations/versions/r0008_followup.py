"""Add dangers and closing reasons of requests, their clocks, comments and sightings."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add columns and tables, and start the clocks of the requests that are there."""
    op.add_column("request", sa.Column("dangers", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("request", sa.Column("closed_for", sa.Text(), nullable=True))
    _name_reasons()
    _create_clock()
    _fill_clock()
    _create_comment()
    _create_sighting()


def _name_reasons() -> None:
    op.execute("UPDATE request SET closed_for = 'plowed' WHERE state = 'done'")
    op.execute("UPDATE request SET closed_for = 'withdrawn' WHERE state = 'cancelled'")


def _create_clock() -> None:
    op.create_table(
        "request_clock",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("placed_at", sa.DateTime(), nullable=True),
        sa.Column("planned_at", sa.DateTime(), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(), nullable=True),
        sa.Column("reopened", sa.Integer(), server_default="0", nullable=False),
        sa.Column("assigned_to", sa.Text(), server_default="", nullable=False),
        sa.Column("escalated_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"]),
        sa.PrimaryKeyConstraint("request_id"),
    )
    op.create_index("request_clock_by_target", "request_clock", ["due_at"])


def _fill_clock() -> None:
    """Take times from jobs and from the storm book; nobody noted when a caller was told."""
    op.execute(
        """
        INSERT INTO request_clock (request_id, placed_at, done_at, closed_at)
        SELECT request.id,
            (SELECT min(at) FROM event WHERE subject = 'request:' || request.id
                AND verb IN ('request.placed', 'request.opened')),
            job.done_at,
            coalesce(
                job.done_at,
                (SELECT max(at) FROM event WHERE subject = 'request:' || request.id
                    AND verb = 'request.cancelled')
            )
        FROM request LEFT JOIN job ON request.job_id = job.id
        """
    )


def _create_comment() -> None:
    op.create_table(
        "request_comment",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("request_comment_by_request", "request_comment", ["request_id"])


def _create_sighting() -> None:
    op.create_table(
        "sighting",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("clear", sa.Boolean(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("photo", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("sighting_by_request", "sighting", ["request_id"])
