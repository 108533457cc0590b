"""How are good routes found for a whole problem?"""
