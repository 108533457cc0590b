"""What do long-running parts of the server share: the city's state?

What do long-running parts of the server share: the city's state, periodic and background work?
"""
