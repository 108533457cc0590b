"""How is a city made, changed and taken away: streets, policy, machines, recorded logs?"""
