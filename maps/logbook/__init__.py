"""How does a vehicle's day look, as a page and as tables?"""
