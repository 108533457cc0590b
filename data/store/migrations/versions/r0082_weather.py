"""Keep forecasts of snow and road weather."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Column, DateTime, Float, Integer, Text

revision = "0082"
down_revision = "0081"


def upgrade() -> None:
    """Add the tables and their indexes."""
    whole = BigInteger().with_variant(Integer, "sqlite")
    op.create_table(
        "forecast",
        Column("id", whole, primary_key=True, autoincrement=True),
        Column("source", Text, nullable=False),
        Column("made_at", DateTime, nullable=False),
        Column("received_at", DateTime, nullable=False),
        Column("received_by", Text, nullable=False),
        Column("hours", JSON, nullable=False),
    )
    op.create_index("forecast_by_time", "forecast", ["made_at"])
    op.create_table(
        "road_weather",
        Column("station", Text, primary_key=True),
        Column("at", DateTime, primary_key=True),
        Column("road_c", Float),
        Column("air_c", Float),
        Column("state", Text),
        Column("snow_mm", Float),
    )
    op.create_index("road_weather_by_time", "road_weather", ["at"])
