"""How do people and other systems get and lose access?"""
