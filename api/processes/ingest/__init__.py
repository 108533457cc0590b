"""How do positions and reports get onto the disk before they are acknowledged?

How do positions and reports get onto the disk before they are acknowledged, and from there to
evidence and boards?
"""
