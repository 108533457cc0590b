"""What becomes of requests that wait, as rows?

Notes, sightings, referrals to agencies, calls back, bulk changes.
"""
