"""What do passes prove of every street?"""
