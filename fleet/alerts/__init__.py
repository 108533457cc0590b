"""What needs a dispatcher now?"""
