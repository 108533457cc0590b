"""From the words of a caller to a street, side and point; Persian and Latin scripts."""

from data.geocode.candidate import Candidate, Reason
from data.geocode.geocoder import Geocoder
from data.geocode.reverse import Address
from data.geocode.words import bare, clauses, normal

__all__ = ["Address", "Candidate", "Geocoder", "Reason", "bare", "clauses", "normal"]
