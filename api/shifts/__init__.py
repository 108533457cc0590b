"""How do drivers sign in and report progress, and how is the roster changed?"""
