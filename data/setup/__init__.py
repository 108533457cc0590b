"""Which boundary, districts, depots and machines do a city's files name?

Which boundary, districts, depots and machines do a city's files name, and what can depots reach?
"""
