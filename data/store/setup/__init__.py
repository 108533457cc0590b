"""How is the city set up, as rows: its record, policy, depots and machines?"""
