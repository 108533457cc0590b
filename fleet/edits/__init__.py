"""How do dispatchers change a draft by hand?"""
