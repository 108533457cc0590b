"""Name tables and columns of agencies, referrals, unknown trackers and edits by standard terms."""

from alembic import op

revision = "0034"
down_revision = "0033"

TABLES = (
    """
    CREATE TABLE agency (
        id INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, contact TEXT NOT NULL,
        phone TEXT NOT NULL, email TEXT NOT NULL, address TEXT NOT NULL,
        retired BOOLEAN DEFAULT 0 NOT NULL, PRIMARY KEY (id), UNIQUE (name)
    )
    """,
    """
    CREATE TABLE referral (
        id INTEGER NOT NULL, request_id INTEGER NOT NULL, agency_id INTEGER NOT NULL,
        at DATETIME NOT NULL, way TEXT NOT NULL, note TEXT NOT NULL, with_caller BOOLEAN NOT NULL,
        state TEXT NOT NULL, answer TEXT NOT NULL, answered_at DATETIME, PRIMARY KEY (id),
        FOREIGN KEY(request_id) REFERENCES request (id),
        FOREIGN KEY(agency_id) REFERENCES agency (id)
    )
    """,
    """
    CREATE TABLE unknown_tracker (
        name TEXT NOT NULL, protocol TEXT NOT NULL, fault TEXT NOT NULL, address TEXT NOT NULL,
        first_at DATETIME NOT NULL, last_at DATETIME NOT NULL, times INTEGER NOT NULL, lon FLOAT,
        lat FLOAT, PRIMARY KEY (name)
    )
    """,
)

ROWS = (
    """
    INSERT INTO agency SELECT id, name, kind, contact, phone, email, address, retired FROM body
    """,
    """
    INSERT INTO referral SELECT id, request_id, body_id, at, way, note, with_caller, state, answer,
        answered_at
    FROM hand_over
    """,
    """
    INSERT INTO unknown_tracker SELECT name, door, fault, address, first_at, last_at, times, lon,
        lat
    FROM stranger
    """,
)


def upgrade() -> None:
    """Make the tables anew under their names, carry their rows over, rename a column and a text."""
    for statement in (*TABLES, *ROWS):
        op.execute(statement)
    for table in ("hand_over", "body", "stranger"):
        op.drop_table(table)
    op.execute("CREATE INDEX referral_by_request ON referral (request_id)")
    op.execute("CREATE INDEX referral_by_state ON referral (state, at)")
    op.execute("ALTER TABLE plan_edit RENAME COLUMN tolls TO totals")
    for order in ("UPDATE", "DELETE"):
        op.execute(f"DROP TRIGGER event_without_{order.lower()}")
        op.execute(
            f"CREATE TRIGGER event_without_{order.lower()} BEFORE {order} ON event BEGIN"
            " SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
