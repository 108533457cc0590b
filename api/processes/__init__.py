"""What do long-running parts of the server share?

The city's state, periodic and background work, message gateways.
"""
