"""How do stored positions and taps become stored proof, and jobs done by it?"""
