"""How are several cities served by one server, each under its host name?"""
