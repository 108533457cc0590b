"""How does the public ask for what it may know of a storm?"""
