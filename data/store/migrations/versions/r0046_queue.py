"""Let procrastinate keep the queue of plan runs on PostgreSQL, with all runs that wait in it."""

from alembic import op

from data.store.queue.run_queue import queue_of

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    """Make its tables, with a job for each run that is not over; SQLite needs none."""
    connection = op.get_bind()
    queue = queue_of(connection)
    queue.make(connection)
    queue.refill(connection)
