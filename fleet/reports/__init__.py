"""How well did the city keep its standard in a storm, and what did it cost?"""
