"""What is shown of messages, notes and of who else is at work?"""
