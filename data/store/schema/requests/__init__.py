"""Which tables follow a request after it came in?

The request itself stands with the storm's tables.
"""
