"""What are the shortest deadheads with turns?

What are the shortest deadheads with turns, and the exact times of routes and single tasks along
them?
"""
