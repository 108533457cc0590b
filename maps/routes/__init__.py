"""How does a planned route look: on the map, step by step, on paper, against what was driven?"""
