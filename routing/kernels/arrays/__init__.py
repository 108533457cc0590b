"""How are loops compiled, and which arrays do they read and write?"""
