"""How is the application of a city put together and served?"""
