"""Keep what an inspection found by codes, and let it be about a street that nobody asked for."""

from alembic import op
from sqlalchemy import JSON, Column, Integer, bindparam, column, table

from data.store.schema.base import Whole

revision = "0080"
down_revision = "0078"

CODES = {
    "Not plowed": "not_plowed",
    "Only partly done": "half_done",
    "Ridge of snow in the way": "ridge",
    "Icy": "ice",
    "Parked cars": "parked_cars",
    "برف‌روبی نشده": "not_plowed",
    "نیمه‌کاره": "half_done",
    "پشتهٔ برف سر راه": "ridge",
    "یخ‌زده": "ice",
    "خودروهای پارک‌شده": "parked_cars",
    "Təmizlənməyib": "not_plowed",
    "Yarımçıq": "half_done",
    "Yolda qar yığını": "ridge",
    "Buzlu": "ice",
    "Park edilmiş avtomobillər": "parked_cars",
}
"""What phones wrote of the faults that were tapped, in the language of whoever tapped."""

BETWEEN = (", ", "، ")
"""What phones wrote between faults, and before words of somebody's own."""

sighting = table("sighting", column("id"), column("clear"), column("text"), column("faults", JSON))


def upgrade() -> None:
    """Add the columns, and read the codes out of what was written."""
    with op.batch_alter_table("sighting") as changed:
        changed.alter_column("request_id", existing_type=Integer(), nullable=True)
        changed.add_column(Column("segment_id", Whole))
        changed.add_column(Column("faults", JSON, nullable=False, server_default="[]"))
    op.create_index("sighting_by_segment", "sighting", ["segment_id", "seen_at"])
    connection = op.get_bind()
    written = connection.execute(
        sighting.select().where(sighting.c.clear.is_(False), sighting.c.text != "")
    )
    found = [(row.id, *faults_and_words(row.text)) for row in written]
    changes = [
        {"of_id": id_, "faults": faults, "text": words} for id_, faults, words in found if faults
    ]
    if changes:
        order = sighting.update().where(sighting.c.id == bindparam("of_id"))
        connection.execute(
            order.values(faults=bindparam("faults"), text=bindparam("text")), changes
        )


def faults_and_words(text: str) -> tuple[list[str], str]:
    """Return the codes that a text begins with, and the rest of it."""
    faults: list[str] = []
    while known := next((each for each in CODES if _begins(text, each)), None):
        faults.append(CODES[known])
        rest = text[len(known) :]
        text = next((rest.removeprefix(each) for each in BETWEEN if rest.startswith(each)), "")
    return faults, text


def _begins(text: str, words: str) -> bool:
    return text == words or text.startswith(tuple(words + each for each in BETWEEN))
