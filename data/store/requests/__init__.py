"""What do people ask for, what are they promised and told, as rows?"""
