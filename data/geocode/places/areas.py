"""Districts of a city as places, to tell streets of one name apart by the district they are in."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from data.geocode.text.copula import stems
from data.geocode.text.normalization import folded
from data.geocode.text.tokens import Token
from data.model import LonLat, Place
from data.streets.network import StreetNetwork

DISTRICT = "district"
"""Kind of these places."""

SPOKEN = (
    "منطقه {number}",
    "ناحیه {number}",
    "mantaghe {number}",
    "nahiye {number}",
    "district {number}",
    "rayon {number}",
    "{number} rayon",
    *(f"{{number}} {ending} rayon" for ending in ("ci", "cı", "cu", "cü")),
    "رایون {number}",
    "{number} رایون",
    "{number} منطقه",
)
"""What callers call the district of a number, whatever the map calls it: "2", «ناحیهٔ ۲»."""

DISTRICT_WORDS, ONE = frozenset({"منطقه", "ناحیه"}), "یک"
"""Words before the number of a district, where the word for one is a number and not "a"."""

_NUMBER = re.compile(r"\d+")


def with_district_numbers(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens of a sentence, with each number of a district as one.

    That is «یک» as well, and a number with the "is" of speech: «منطقهٔ چهاره».
    """
    found = list(tokens)
    for at in range(1, len(found)):
        if found[at - 1].text in DISTRICT_WORDS:
            meant = (_number(each) for each in (found[at], *stems(found[at])))
            found[at] = next(filter(None, meant), found[at])
    return found


def _number(token: Token) -> Token | None:
    if token.text == ONE:
        return Token("1", token.clause, digits=True, spelled=True)
    return token if token.digits else None


def districts(network: StreetNetwork) -> Iterator[Place]:
    """Yield a place for each district, at the mean of its streets' starts and reaching to all."""
    starts: dict[str, list[LonLat]] = defaultdict(list)
    for segment in network.segments:
        if segment.district:
            starts[segment.district].append(segment.geometry[0])
    numbers = _numbers(starts)
    for name, points in starts.items():
        lon, lat = np.mean(np.array(points), axis=0).tolist()
        middle = network.projection.plane(LonLat(lon, lat))
        away_m = np.hypot(*(network.projection.planes(np.array(points)) - middle).T)
        spoken = [each.format(number=numbers[name]) for each in SPOKEN if name in numbers]
        names = {"": (name, *spoken)}
        yield Place(DISTRICT, LonLat(lon, lat), names, reach_m=float(away_m.max()))


def _numbers(names: Iterable[str]) -> Mapping[str, str]:
    """Return the number in the name of each district that is the only one with it."""
    found = {name: _NUMBER.findall(folded(name)) for name in names}
    numbers = {name: each[0].lstrip("0") for name, each in found.items() if len(each) == 1}
    times = Counter(numbers.values())
    return {name: number for name, number in numbers.items() if number and times[number] == 1}
