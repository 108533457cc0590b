"""What does the dispatch board show?"""
