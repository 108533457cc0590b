"""What should be done? The optimizer. May import `data`, and its core not even that."""
