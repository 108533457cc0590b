"""Which boundary, districts and machines do a city's files name, and what can depots reach?"""
