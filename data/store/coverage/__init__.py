"""Which passes and coverage does the evidence prove, as rows?"""
