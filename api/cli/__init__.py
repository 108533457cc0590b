"""Which commands are there, and which of them run servers and workers?"""
