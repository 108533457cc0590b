"""How are crews registered, dispatched and told, and how do they answer?"""
