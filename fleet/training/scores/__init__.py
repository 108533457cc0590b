"""How well did trainees do, by rules in the open, and what would have been better?"""
