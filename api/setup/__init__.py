"""How is a city set up in the browser?"""
