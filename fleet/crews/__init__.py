"""Which crews are on duty, what is on their lists, and what did they do?"""
