"""How is a sandbox made of a city, filled, and set back to a mark?"""
