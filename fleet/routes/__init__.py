"""How far is each truck on its planned route, how late, and is it off it?"""
