"""What is read of a city for the council and for paper, in a server, a worker or a command?"""
