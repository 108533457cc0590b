"""How does a storm's situation become a problem of numbers, and a solution a plan?"""
