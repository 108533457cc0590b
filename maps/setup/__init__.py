"""What do the pages of the set-up show of city, streets, machines and policy?"""
