"""Who wants to hear of a street?"""
