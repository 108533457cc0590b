"""Which crews are there, with which shifts, jobs and photos, as rows?"""
