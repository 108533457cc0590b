"""What are the shortest deadheads with turns, and the exact times of routes along them?"""
