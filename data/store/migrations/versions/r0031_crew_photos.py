"""Photos that crews take of their work."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add which photos show which job; the files lie in the city's photo folder."""
    op.create_table(
        "crew_job_photo",
        sa.Column("name", sa.Text(), primary_key=True, nullable=False),
        sa.Column("job_id", sa.Integer(), sa.ForeignKey("crew_job.id"), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
    )
    op.create_index("crew_job_photo_by_job", "crew_job_photo", ["job_id"])
