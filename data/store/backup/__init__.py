"""How does a city go into one file, and come out of it again?"""
