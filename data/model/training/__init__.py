"""Which records is a rehearsed storm made of: what is rehearsed, its marks?"""
