"""How do other systems read and write through Open311?"""
