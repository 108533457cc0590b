"""What does the replay of a storm show?"""
