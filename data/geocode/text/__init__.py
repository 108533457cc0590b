"""How are the words of an address made comparable, in Persian and Latin scripts?"""
