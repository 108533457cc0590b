"""Which programs make what is kept in the repository? They are not installed."""
