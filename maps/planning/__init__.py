"""What may a plan be asked for, what is proved of it, how do two compare?"""
