"""Which storms are there and what is each met with, as rows?"""
