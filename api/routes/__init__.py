"""How is planned against driven shown, and a route printed?"""
