"""How sure is a candidate, by the evidence for and against it?"""
