"""What do people on duty tell each other, and who else is at work on the same thing?"""
