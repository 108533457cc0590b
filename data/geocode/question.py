"""The question that decides between candidates, in words to say to the caller."""

from collections.abc import Callable, Sequence

from data.geocode.certainty.confidence import DOUBTS, OTHERS
from data.geocode.places.candidate import Candidate, Reason
from data.geocode.places.titles import JOINT
from data.geocode.reverse import Address, in_sentence
from data.geocode.text.lexicon import speech
from data.languages import languages

AS_LIKELY = 0.6
"""A candidate whose confidence is this share of the best one's may be the one that is meant."""

SEVERAL = 0.25
"""Likelihood of other streets of the name from which on the caller has to tell where his is."""

type AddressOf = Callable[[Candidate, str], Address | None]
"""Spoken address of a candidate, on its own street, in a language."""


def question(found: Sequence[Candidate], address_of: AddressOf, language: str) -> str:
    """Return what to ask the caller before the best candidate is taken, "" where it is sure.

    Where two places are likely, it is which of them he means; where these are two streets that do
    not meet, on which of them it is; where they are gates of one place, at which. Where the street
    lacks the number and the map has others of it, it is which house. Where the street is found and
    his house, alley or second street is not, or nothing tells streets of one name apart, it is what
    is near. Else it is whether that is what he said. Nothing is asked while his words may still be
    the begin of a name.
    """
    if not found or found[0].confident or Reason.BEGUN in found[0].reasons:
        return ""
    best, *others = found
    one = said(best, address_of, language)
    rivals = [each for each in others if each.confidence >= AS_LIKELY * best.confidence]
    texts = dict.fromkeys(said(each, address_of, language) for each in rivals)
    different = [text for text in texts if text != one]
    phrases = speech(language)
    if different and Reason.GATE in best.reasons:
        place = one.partition(JOINT)[0] + JOINT
        *some, last = one, *(text.removeprefix(place) for text in different)
        comma = languages()[language].comma if language in languages() else ", "
        return phrases["which"].format(one=comma.join(some), other=last)
    if different:
        apart = best.name != rivals[0].name and all(Reason.APART in e.reasons for e in found[:2])
        return phrases["apart" if apart else "which"].format(one=one, other=different[0])
    if Reason.HOUSE_UNKNOWN in best.reasons and best.houses_near:
        number, *known = spoken_numbers((best.number, *best.houses_near), language)
        houses = phrases["both"].format(one=known[0], other=known[-1]) if known[1:] else known[0]
        return phrases["no_house"].format(one=one, number=number, houses=houses)
    unmet = any(best.evidence[doubt] for doubt in DOUBTS)
    near = unmet or best.evidence[OTHERS] > SEVERAL
    return phrases["what_is_near" if near else "was_it"].format(one=one)


def said(candidate: Candidate, address_of: AddressOf, language: str) -> str:
    """Return a street or a house with the streets around it, any other place by its name.

    A place with gates comes with the street of the gate, see `title`.
    """
    if candidate.kind not in ("street", "address"):
        parts = candidate.names.get(language, candidate.name).split(JOINT)
        return JOINT.join(in_sentence(part, language) for part in parts)
    address = address_of(candidate, language)
    return in_sentence(candidate.name, language) if address is None else address.text


def spoken_numbers(numbers: Sequence[str], language: str) -> list[str]:
    """Return house numbers in a language's own digits."""
    spoken = languages().get(language)
    return [each.translate(spoken.own_digits) if spoken else each for each in numbers]
