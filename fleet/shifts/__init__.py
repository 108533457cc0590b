"""Who drives what, with which code, and what do drivers report?"""
