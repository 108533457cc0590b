"""Which names, numbers and shapes of the city do the words fit?"""
