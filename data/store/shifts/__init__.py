"""Who drives what, what do drivers say and report, as rows?"""
