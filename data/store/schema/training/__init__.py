"""Which tables hold a rehearsed storm?"""
