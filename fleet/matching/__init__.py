"""On which street was each fix, and which way was driven between two?"""
