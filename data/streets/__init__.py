"""What is the street network in memory: segments, directed arcs, turn costs, distances?"""
