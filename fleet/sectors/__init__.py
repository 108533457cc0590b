"""How is the plan of a large city made by several workers, each for a sector of it?"""
