"""From the words of a caller to a street, side and point; Persian and Latin scripts."""

from data.geocode.geocoder import Candidate, Geocoder
from data.geocode.words import bare, clauses, normal

__all__ = ["Candidate", "Geocoder", "bare", "clauses", "normal"]
