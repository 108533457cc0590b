"""Keep sessions on the server; until now cookies held all of them."""

from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Make the table; people sign in once more."""
    op.execute(
        """
        CREATE TABLE session (
            id INTEGER NOT NULL, digest TEXT NOT NULL, user_id INTEGER NOT NULL,
            method TEXT NOT NULL, begun_at DATETIME NOT NULL, used_at DATETIME NOT NULL,
            expires_at DATETIME NOT NULL, address TEXT NOT NULL, browser TEXT NOT NULL,
            PRIMARY KEY (id), UNIQUE (digest), FOREIGN KEY(user_id) REFERENCES user (id)
        )
        """
    )
    op.execute("CREATE INDEX session_by_user ON session (user_id)")
