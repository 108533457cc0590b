"""Put letters to other bodies into the outbox of messages to callers."""

from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Make each letter the message of its request whose number is its hand-over's."""
    op.execute(
        """
        INSERT INTO notice (
            request_id, kind, nth, facts, state, written_at, due_at, stale_at, tries, told_at
        )
        SELECT hand_over.request_id, 'letter', hand_over.id, '{}', body_letter.state,
            hand_over.at, body_letter.due_at,
            strftime('%Y-%m-%d %H:%M:%f000', body_letter.due_at, '+365 days'),
            body_letter.tries, body_letter.told_at
        FROM body_letter JOIN hand_over ON hand_over.id = body_letter.hand_over_id
        ORDER BY hand_over.id
        """
    )
    op.drop_table("body_letter")
