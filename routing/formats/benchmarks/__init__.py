"""How are public arc-routing instances read, and solutions written for their judges?"""
