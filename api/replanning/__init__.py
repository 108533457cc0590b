"""How is urgent work inserted, and a replan requested?"""
