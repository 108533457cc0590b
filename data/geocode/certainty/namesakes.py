"""Streets of one name: at most one of them is meant, so that they share a probability."""

from collections.abc import Sequence

from data.geocode.certainty.reading import Reading
from data.geocode.places.candidate import Reason
from data.geocode.places.name_index import NameIndex
from data.geocode.text.tokens import untitled

SHARPNESS = 64
"""Power of their scores (0-1) by which streets of one name share: a word for "street" that fits
makes one of two several times likelier. Fitted on callers who mean one of several."""


def namesakes(index: NameIndex, readings: Sequence[Reading]) -> list[tuple[int, ...]]:
    """Return for each reading which ones take the same words for a street of the same name.

    Streets whose names all have the words that were said as a part are of one name here.
    """
    groups: dict[object, list[int]] = {}
    keys = [_key(index, reading) for reading in readings]
    for at, key in enumerate(keys):
        groups.setdefault(key, []).append(at)
    return [tuple(groups[key]) for key in keys]


def share(readings: Sequence[Reading], at: int, group: Sequence[int]) -> float:
    """Return the likelihood (0-1) of one of the streets of a name, if it is one of them."""
    score, other_kind = readings[at].scored.score, _is_other_kind(readings[at])
    rivals = [each for each in group if other_kind or not _is_other_kind(readings[each])]
    return 1.0 / sum((readings[each].scored.score / score) ** SHARPNESS for each in rivals)


def _is_other_kind(reading: Reading) -> bool:
    """Whether another word for "street" was said, so that one with this word is not that one."""
    return reading.hit.reason is Reason.OTHER_KIND


def _key(index: NameIndex, reading: Reading) -> object:
    name, target = index.names[index.twin(reading.hit.name)], reading.parse.target
    if reading.hit.found_by is Reason.PART:
        return target.first, target.last, bool(name.segments)
    return untitled(name.core), target.first, target.last, bool(name.segments)
