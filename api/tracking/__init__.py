"""How do trackers send positions, and how are they set up?"""
