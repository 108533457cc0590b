"""How do simulated people sign in at a server, and what do simulated drivers do there?"""
