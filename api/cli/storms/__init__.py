"""Which commands work on storms, plans and evidence?"""
