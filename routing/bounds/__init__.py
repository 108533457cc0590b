"""What no plan can beat: lower bounds on cost. Knows problems, nothing of the search."""
