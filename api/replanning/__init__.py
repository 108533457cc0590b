"""How is urgent work put in, and a replan asked for?"""
