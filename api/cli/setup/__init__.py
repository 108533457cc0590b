"""Which commands make, change and save a city and its people?"""
