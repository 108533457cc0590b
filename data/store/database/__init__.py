"""How is a city's database opened, written by one at a time, and kept whole on the disk?"""
