"""Which processes solve plan runs, and answer urgent ones at once?"""
