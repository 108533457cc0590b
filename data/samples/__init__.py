"""Which files does a new city start with?"""
