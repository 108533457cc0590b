"""How does the world call us? HTTP, command line, processes, settings, clock, sign-in.

May import everything.
"""
