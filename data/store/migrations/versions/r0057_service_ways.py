"""Keep service ways that are no streets, for the matching of positions."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0057"
down_revision = "0054"


def upgrade() -> None:
    """Add a table; the next street file fills it."""
    whole = BigInteger().with_variant(Integer, "sqlite")
    op.create_table(
        "service_way",
        Column("id", whole, primary_key=True, autoincrement=False),
        Column("osm_way_id", whole, nullable=False),
        Column("start", whole, nullable=False),
        Column("end", whole, nullable=False),
        Column("geometry", LargeBinary, nullable=False),
        Column("oneway", Text, nullable=False),
    )
