"""What may everybody know of a storm, and how much later?"""
