"""How does hidden Markov map matching run, a fix at a time? (compiled)"""
