"""Find the sessions that a session's tickets have begun, and end with it, by an index."""

from alembic import op
from sqlalchemy import BigInteger

revision = "0061"
down_revision = "0060"


def upgrade() -> None:
    """Add the index; on PostgreSQL ids of sessions are as wide in these columns as everywhere."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("session", "begun_from", type_=BigInteger())
        op.alter_column("entry_ticket", "session_id", type_=BigInteger())
    op.create_index("session_by_origin", "session", ["begun_from"])
