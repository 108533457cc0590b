"""What does the set-up show of people and of other systems?"""
