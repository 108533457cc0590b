"""How does a request come in, what is its caller told and promised, how does it end?"""
