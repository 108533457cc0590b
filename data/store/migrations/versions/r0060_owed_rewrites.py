"""Keep which tables still have the bytes of erased rows in their files."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, Text

revision = "0060"
down_revision = "0057"


def upgrade() -> None:
    """Make the table; what was erased before this revision is owed from the next erasure on."""
    whole = BigInteger().with_variant(Integer, "sqlite")
    op.create_table(
        "rewrite_owed",
        Column("name", Text, primary_key=True),
        Column("erasures", whole, nullable=False, server_default="1"),
    )
