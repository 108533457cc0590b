"""Offers of urgent work that dispatchers may still take, in memory."""

from dataclasses import dataclass
from threading import Lock

from cachetools import FIFOCache

from data.errors import ConflictError
from data.model import Plan, UrgentInsertion

MOST = 200
"""Offers kept; the oldest go first."""


@dataclass(slots=True)
class Offer:
    """An offer, the plan that it would change, and the plan that it became once taken."""

    id: str
    insertion: UrgentInsertion
    driven: Plan
    became: Plan | None = None


class Offers:
    """Offers of this server; safe from any thread. They do not survive a restart."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._offers: FIFOCache[str, Offer] = FIFOCache(MOST)
        self.taking = Lock()
        """Held while an offer is taken: the same one twice becomes one plan."""

    def add(self, insertion: UrgentInsertion, driven: Plan) -> Offer:
        """Keep an offer under its random key."""
        offer = Offer(insertion.key, insertion, driven)
        with self._lock:
            self._offers[offer.id] = offer
        return offer

    def get(self, offer_id: str) -> Offer:
        """Return an offer; raise `ConflictError` where it has expired or the server restarted."""
        with self._lock:
            offer = self._offers.get(offer_id)
        if offer is None:
            raise ConflictError("the offer is too old", reason="offer_too_old")
        return offer
