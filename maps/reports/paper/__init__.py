"""How is the report of a storm printed, so that its figures are those of the council's page?"""
