"""What should be done: the optimizer. May import `data`, and its core not even that."""
