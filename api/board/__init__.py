"""How does the board ask for everything at once, a street, a truck, the timeline?"""
