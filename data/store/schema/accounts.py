"""Tables of who signs in, what they sent, and the audit log."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    false,
)
from sqlalchemy.event import listens_for

from data.store.schema.base import UtcDateTime, Whole, metadata, new_id

user = Table(
    "user",
    metadata,
    new_id(),
    Column("login", Text, nullable=False, unique=True),
    Column("roles", JSON, nullable=False),
    Column("language", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("phone", Text, nullable=False, server_default=""),
    Column("of_province", Boolean, nullable=False, server_default=false()),
    Column("name", Text, nullable=False, server_default=""),
    Column("district", Text, nullable=False, server_default=""),
)

city_role = Table(
    "city_role",
    metadata,
    Column("user_id", ForeignKey("user.id"), primary_key=True),
    Column("city", Text, primary_key=True),
    Column("roles", JSON, nullable=False),
)
"""Roles of people of a province in its cities: rows of the province's database alone."""

sign_in_code = Table(
    "sign_in_code",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("user_id", ForeignKey("user.id"), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("shift_id", ForeignKey("shift.id")),
)

session = Table(
    "session",
    metadata,
    new_id(),
    Column("digest", Text, nullable=False, unique=True),
    Column("user_id", ForeignKey("user.id"), nullable=False),
    Column("method", Text, nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("address", Text, nullable=False),
    Column("browser", Text, nullable=False),
    Column("begun_from", Whole),
)
"""`begun_from` is the session at the province with whose ticket this one began, and ends."""
Index("session_by_user", session.c.user_id)
Index("session_by_origin", session.c.begun_from)

entry_ticket = Table(
    "entry_ticket",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("session_id", ForeignKey("session.id", ondelete="CASCADE"), nullable=False),
    Column("city", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
"""Tickets with which sessions at a province begin others in its cities."""

second_factor = Table(
    "second_factor",
    metadata,
    Column("user_id", ForeignKey("user.id"), primary_key=True),
    Column("salt", Text, nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),
    Column("last_step", Integer, nullable=False),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user_id", ForeignKey("user.id"), nullable=False),
)

tap = Table(
    "tap",
    metadata,
    Column("key", Text, primary_key=True),
    Column("user_id", ForeignKey("user.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("answer", JSON, nullable=False),
)
"""Orders that phones may send twice, by the key they came with, and what was answered."""

device = Table(
    "device",
    metadata,
    new_id(),
    Column("name", Text, nullable=False, unique=True, doc="`id` of the OsmAnd protocol"),
    Column("vehicle_id", ForeignKey("vehicle.id"), nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("speed_unit", Text, nullable=False, server_default="kn"),
    Column("inputs", JSON, nullable=False, server_default="[]"),
    Column("trusted", Boolean, nullable=False, server_default=false(), doc="its name is enough"),
    Column("heard_at", UtcDateTime),
    Column("shows_texts", Boolean, nullable=False, server_default=false(), doc="to drivers"),
)

event = Table(
    "event",
    metadata,
    new_id(),
    Column("at", UtcDateTime, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
Index("event_by_subject", event.c.subject)
Index("event_by_verb", event.c.verb, event.c.at)


@listens_for(event, "after_create")
def _append_only(_table: Table, connection: Connection, **_words: object) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER event_without_change BEFORE UPDATE OR DELETE OR TRUNCATE ON event"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for order in ("UPDATE", "DELETE"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER event_without_{order.lower()} BEFORE {order} ON event BEGIN"
            " SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
