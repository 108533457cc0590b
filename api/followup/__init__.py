"""How does the complaints office work on waiting requests, agencies and calls back?"""
