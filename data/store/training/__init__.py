"""Which rehearsal does this database hold, and what was kept of it?"""
