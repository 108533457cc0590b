"""Which place does a caller mean, and how sure is that?"""

from data.geocode.geocoder import Geocoder
from data.geocode.places.candidate import Candidate, Reason
from data.geocode.reverse import REACH_M, Address
from data.geocode.text.normalization import clauses, normal, without_kinds

__all__ = [
    "REACH_M",
    "Address",
    "Candidate",
    "Geocoder",
    "Reason",
    "clauses",
    "normal",
    "without_kinds",
]
