"""Index that finds keys within a few edits of a word."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

SHORTLIST = 24
"""Keys sharing most letter pairs with a word, at most, that are compared letter by letter."""

_WIDE = 1 << 21
"""Factor larger than any code point, so that a pair of letters is one number."""


def edits_allowed(letters: int) -> int:
    """Return how many edits a name of this many letters may have."""
    if letters < 3:
        return 0
    if letters < 7:
        return 1
    return 2 if letters < 13 else 3


def edits(one: str, other: str) -> int:
    """Return how many letters to insert, leave out, change or swap with a neighbour."""
    return OSA.distance(one, other)


class SpellingIndex:
    """Pairs of neighbouring letters of many keys, with the keys that have each pair.

    K keys, P pairs in all: `_keys_of : int32[P]` in the order of `_pairs : int64[P]`.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = tuple(keys)
        pairs, owners = _pairs_of("\0" + "\0".join(keys) + "\0")
        order = np.argsort(pairs, kind="stable")
        self._keys_of = owners[order]
        self._pairs, self._first = np.unique(pairs[order], return_index=True)
        self._last = np.append(self._first[1:], len(pairs))
        self._letters = np.array([len(key) for key in keys], np.int32)

    def near(self, key: str) -> list[tuple[int, int]]:
        """Return the indexes of keys that may be this one misspelled, each with its edits.

        An edit inserts, leaves out or changes a letter, or swaps it with its neighbour.
        """
        allowed = edits_allowed(len(key))
        if not allowed or not self._keys:
            return []
        shortlist = self._shortlist(key, allowed)
        keys = self._keys
        found = ((i, OSA.distance(key, keys[i], score_cutoff=allowed)) for i in shortlist)
        return [(index, edits) for index, edits in found if edits <= allowed]

    def _shortlist(self, key: str, allowed: int) -> list[int]:
        pairs, _ = _pairs_of(f"\0{key}\0")
        at = np.searchsorted(self._pairs, pairs)
        at = np.minimum(at, len(self._pairs) - 1)
        at = at[self._pairs[at] == pairs]
        if not len(at):
            return []
        lists = [self._keys_of[self._first[i] : self._last[i]] for i in at.tolist()]
        shared = np.bincount(np.concatenate(lists), minlength=len(self._keys))
        enough = max(1, len(key) + 1 - 3 * allowed)
        near = np.flatnonzero(shared >= enough)
        apart = np.abs(self._letters[near] - len(key))
        near = near[apart <= allowed]
        if len(near) > SHORTLIST:
            # Pairs shared count twice: those of the word and those of the key.
            unlike = self._letters[near] - 2 * shared[near]
            near = near[np.argpartition(unlike, SHORTLIST)[:SHORTLIST]]
        return [int(index) for index in near]


def _pairs_of(text: str) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the letter pairs int64[P] of zero-separated keys, and the index of each pair's key."""
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.int64)
    owners = np.cumsum(codes == 0, dtype=np.int32)[:-1] - 1
    return codes[:-1] * _WIDE + codes[1:], owners.astype(np.int32)
