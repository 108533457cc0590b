"""What was seen and known at each moment of a past storm?"""
