"""Is a solution right, and what does it cost? The referee shares no code with the search."""
