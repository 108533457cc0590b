"""Which lines make the streets of the drawn sample town?"""
