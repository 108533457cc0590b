"""What is happening: use cases of requests, plans, positions and coverage.

May import `routing` and `data`.
"""
