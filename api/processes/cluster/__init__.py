"""Which server of a city leads, and what do its servers share: changes, counts, open boards?

A city on PostgreSQL may have several servers; one on SQLite has one, which always leads.
"""
