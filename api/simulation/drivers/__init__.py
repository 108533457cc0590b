"""What do simulated drivers tell the server beside where their trucks are?"""
