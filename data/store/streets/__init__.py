"""Which streets, places, districts and levels of service does the database hold?"""
