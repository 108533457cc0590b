"""How is a storm begun, met and closed?"""
