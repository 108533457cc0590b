"""How is what storms taught of durations looked at, put in force and undone?"""
