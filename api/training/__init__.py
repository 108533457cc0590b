"""How is a rehearsal made, led, and its clock stopped and set back?"""
