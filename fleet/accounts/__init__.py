"""Who may sign in, and which other systems may write?"""
