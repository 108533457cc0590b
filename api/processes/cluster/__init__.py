"""Which server of a city leads, and how do its servers hear of each other's changes?

A city on PostgreSQL may have several servers; one on SQLite has one, which always leads.
"""
