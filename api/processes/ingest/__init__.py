"""How do positions and reports reach the disk, evidence and boards?

Each is stored before it is acknowledged.
"""
