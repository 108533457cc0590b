"""How are text and JSON files read with errors that name the place?"""
