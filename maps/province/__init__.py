"""What do people see of all cities of a province?"""
