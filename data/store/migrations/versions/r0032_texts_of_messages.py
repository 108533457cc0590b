"""Keep the words of messages by language in one column, instead of a column a language."""

from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Make the table anew and carry the words over, none of those that were erased."""
    op.execute("ALTER TABLE message RENAME TO message_before")
    op.execute(
        """
        CREATE TABLE message (
            id INTEGER NOT NULL, storm_id INTEGER NOT NULL, vehicle_id INTEGER NOT NULL,
            shift_id INTEGER, from_driver BOOLEAN NOT NULL, texts JSON NOT NULL, salt BLOB,
            sent_by TEXT NOT NULL, sent_at DATETIME NOT NULL, delivered_at DATETIME,
            seen_at DATETIME, command_id INTEGER, PRIMARY KEY (id),
            FOREIGN KEY(storm_id) REFERENCES storm (id),
            FOREIGN KEY(vehicle_id) REFERENCES vehicle (id),
            FOREIGN KEY(shift_id) REFERENCES shift (id),
            FOREIGN KEY(command_id) REFERENCES device_command (id) ON DELETE SET NULL
        )
        """
    )
    op.execute(
        """
        INSERT INTO message SELECT id, storm_id, vehicle_id, shift_id, from_driver,
            CASE WHEN salt IS NULL THEN '{}'
                 ELSE json_object('fa', text_fa, 'en', text_en) END,
            salt, sent_by, sent_at, delivered_at, seen_at, command_id
        FROM message_before
        """
    )
    op.execute("DROP TABLE message_before")
    op.execute("CREATE INDEX message_by_storm ON message (storm_id, vehicle_id)")
    op.execute("CREATE INDEX message_by_shift ON message (shift_id)")
