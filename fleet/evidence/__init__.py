"""How do stored positions and driver taps become passes, coverage and done jobs?"""
