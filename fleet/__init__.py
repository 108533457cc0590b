"""What is happening? Requests, storms, plans, positions, coverage.

May import `routing` and `data`.
"""
