"""How do simulated or recorded trucks and callers reach a server?"""
