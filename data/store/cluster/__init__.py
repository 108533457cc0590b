"""What do several servers of one city share, and which of them leads? On PostgreSQL alone."""
