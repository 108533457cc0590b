"""Which records is a plan made of, and the runs, edits and replans that make one?"""
