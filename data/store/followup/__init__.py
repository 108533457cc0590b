"""What becomes of requests that wait: notes, sightings, referrals to agencies, calls back?

What becomes of requests that wait: notes, sightings, referrals to agencies, calls back, bulk
changes, as rows?
"""
