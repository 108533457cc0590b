"""What do people on duty write to each other, as rows?"""
