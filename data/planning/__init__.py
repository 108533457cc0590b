"""How do plans, edits and insertions look as JSON, for the database and between processes?"""
