"""Count apart how often a request was opened again since its proof was gone: nobody asked then."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add the count, and fill it from the storm book."""
    unproved = sa.Column("unproved", sa.Integer(), server_default="0", nullable=False)
    op.add_column("request_clock", unproved)
    op.execute(
        """
        UPDATE request_clock SET unproved = (
            SELECT count(*) FROM event
            WHERE event.subject = 'request:' || request_clock.request_id
            AND event.verb = 'request.reopened'
            AND json_extract(event.after, '$.reason') = 'unproved'
        ) WHERE reopened > 0
        """
    )
