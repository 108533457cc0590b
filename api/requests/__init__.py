"""How do requests come in, get found, changed and closed?"""
