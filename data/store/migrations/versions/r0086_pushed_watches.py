"""Keep where a browser gets messages about a street."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0086"
down_revision = "0088"


def upgrade() -> None:
    """Add the columns; whoever subscribed before gets messages by phone or e-mail."""
    for name in ("endpoint", "push_key", "push_secret"):
        op.add_column("street_watch", Column(name, Text, nullable=False, server_default=""))
    op.create_index("street_watch_by_endpoint", "street_watch", ["endpoint"])
