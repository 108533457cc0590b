"""Which tasks does the server repeat on a timer?"""
