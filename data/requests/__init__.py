"""How are requests of another system read from a file, and phone numbers compared?"""
