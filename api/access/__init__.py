"""Who is asking, and how often may they?"""
