"""Towns, so that "Maple Street Spokane" is no street of another town that has a Maple Street."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from data.geocode.text.sounds import is_persian, phonetic, pronounced, skeleton, spells
from data.model import LonLat

KEPT_NAMES = 1 << 16
"""Names whose towns are kept in memory."""

LEAST_LETTERS = 4
"""Letters of a name that may be a town's."""


@lru_cache(KEPT_NAMES)
def towns_called(name: str) -> tuple[LonLat, ...]:
    """Return where towns of a name are, which is written in one; a Latin one is heard as well."""
    if len(name) < LEAST_LETTERS:
        return ()
    found = _towns().get(name)
    if found or is_persian(name):
        return tuple(found or ())
    sounds = phonetic(name)
    heard = (town for town, own in _sounds().get(skeleton(sounds), ()) if spells(sounds, own))
    return tuple(point for town in heard for point in _towns()[town])


@cache
def _towns() -> Mapping[str, Sequence[LonLat]]:
    """Return the places of all towns by name, from a file for each country."""
    found: dict[str, list[LonLat]] = defaultdict(list)
    for file in files("data.geocode.text").joinpath("towns").iterdir():
        for line in file.read_text("utf-8").splitlines() if file.name.endswith(".txt") else ():
            lat, lon, *names = line.split()
            for name in names:
                found[name].append(LonLat(float(lon), float(lat)))
    return found


@cache
def _sounds() -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return the Persian names of towns by their consonants, each with one of its sounds."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in filter(is_persian, _towns()):
        for sounds in pronounced(name):
            found[skeleton(sounds)].append((name, sounds))
    return found
