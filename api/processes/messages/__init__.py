"""How do messages come to people: by text message, e-mail, browser, or the log of an exercise?"""
