"""Which plans, runs, hand edits and standing orders are there, as rows?"""
