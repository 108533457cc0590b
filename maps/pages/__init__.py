"""How does anything become a page, a sheet of paper or a table, in the reader's language?"""
