"""How do dispatchers and drivers write, call for help, and see who else is at work?"""
