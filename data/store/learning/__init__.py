"""What did storms teach of how long things take, and which of it is in force?"""
