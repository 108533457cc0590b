"""How does everybody see the streets of a storm?"""
