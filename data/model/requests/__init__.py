"""Which records follow a request from the call to its end?"""
