"""In which phase is a storm, and what is it met with: snow, closures, machines, policy?"""
