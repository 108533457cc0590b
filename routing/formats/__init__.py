"""Which format does a file have, and how is it solved whatever that is?"""
