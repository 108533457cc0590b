"""What do trackers send, who are they, where are vehicles now, and in which yard?"""
