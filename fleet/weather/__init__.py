"""What does the sky bring, and what does it begin?"""
