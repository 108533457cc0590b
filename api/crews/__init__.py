"""How are crews registered, given jobs and dispatched, and how do they report?"""
