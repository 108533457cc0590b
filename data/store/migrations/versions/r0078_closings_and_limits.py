"""Find what was closed since a time, and the limits of a report, without reading all of them."""

from alembic import op

revision = "0078"
down_revision = "0077"


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("request_clock_by_closing", "request_clock", ["closed_at"])
    op.create_index("machine_limit_by_blockage", "machine_limit", ["blockage_id"])
