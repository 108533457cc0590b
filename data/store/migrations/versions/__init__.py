"""Which revisions have the tables had? One file each, naming the one before it."""
