"""How do drivers sign in, tell their progress and report, and how is the roster changed?"""
