"""How are problems in our own JSON format read, and solutions written?"""
