"""What do drivers see, and what does the roster show of them?"""
