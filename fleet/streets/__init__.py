"""Which streets are loaded, what became of them in a newer file, which class do they have?"""
